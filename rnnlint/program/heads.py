"""What ends a network: the last layer and the activation behind it."""

from __future__ import annotations

from dataclasses import dataclass

from rnnlint.finding import Confidence
from rnnlint.program.data import Array
from rnnlint.program.network import Layer
from rnnlint.program.size import known_int
from rnnlint.program.value import Site, confidence_of, known
from rnnlint.program.walks import learns, width_of

PASSING = frozenset({"cast", "squeeze", "reshape", "index", "unsqueeze", "dropout", "part", "transpose", "rows"})


@dataclass(frozen=True, slots=True)
class Head:
    """The activation that ends a network, "linear" where there is none, and the layer that it stands in.

    `width` is the number of outputs a sample or step, None where it is not known.
    """

    activation: str
    layer: Layer
    dense: Layer | None
    width: int | None
    array: Array
    confidence: Confidence

    @property
    def site(self) -> Site:
        """Where the activation is stated."""
        return self.layer.site


def head_of(output: Array) -> Head | None:
    """The head behind changes of shape, or None where it is something else or not known."""
    array, rearranged = output, False
    while array.inputs and (array.op in PASSING or _passes(array)):
        rearranged = rearranged or array.op in {"reshape", "transpose"}
        array = array.inputs[0]
    width = width_of(array)
    if rearranged and (output.shape is None or len(output.shape) > 1):
        width = known_int(output.shape[-1]) if output.shape else None
    layer = array.layer
    if array.op != "apply" or layer is None or layer.kind not in {"dense", "activation"}:
        return None
    if layer.kind == "dense" and layer.framework == "torch":
        return Head("linear", layer, layer, width, array, Confidence.HIGH)
    setting = layer.settings.get("activation")
    activation = known(setting)
    if not isinstance(activation, str):
        return None
    dense = layer if layer.kind == "dense" else _dense_behind(array)
    if dense is None and not learns(array):
        return None  # values that no network computes
    return Head(activation, layer, dense, width, array, confidence_of(setting))


def _passes(array: Array) -> bool:
    """Whether it is dropout, or an activation that changes nothing."""
    layer = array.layer if array.op == "apply" else None
    if layer is None:
        return False
    linear = layer.kind == "activation" and known(layer.settings.get("activation")) == "linear"
    return layer.kind == "dropout" or linear


def _dense_behind(array: Array) -> Layer | None:
    """The dense layer that an activation is applied to."""
    while array.inputs:
        array = array.inputs[0]
        if array.op == "apply" and not _passes(array):
            return array.layer if array.layer is not None and array.layer.kind == "dense" else None
        if array.op not in PASSING and array.op != "apply":
            return None
    return None


def class_columns(head: Head, output: Array, framework: str) -> int | None:
    """How many classes a loss sees: in torch the second axis holds them where there are three or more."""
    if framework == "torch" and output.shape is not None and len(output.shape) > 2:
        return known_int(output.shape[1])
    return head.width


def softmax_width(array: Array) -> int | None:
    """The size of the axis along which a softmax sums to 1, where `array` is what the softmax made."""
    layer = array.layer
    if layer is None:
        return None
    if layer.kind == "dense":
        units = known(layer.settings.get("units"))
        return units if isinstance(units, int) else None
    source, axis = array.inputs[0], known(layer.settings.get("axis"), -1 if layer.framework != "torch" else None)
    if axis == -1:
        return width_of(source)
    if isinstance(axis, int) and source.shape is not None and -len(source.shape) <= axis < len(source.shape):
        return known_int(source.shape[axis])
    return None
