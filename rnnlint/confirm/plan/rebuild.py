"""From the Program's arrays to a graph that an engine can build: layers with their sizes, tensors' rearrangements."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from rnnlint.confirm.graph import ARITHMETIC, Graph, LayerSpec, Node
from rnnlint.confirm.plan.base import Unplanned
from rnnlint.confirm.plan.facts import USUAL_FEATURES, USUAL_UNITS, Sizes
from rnnlint.program.data import Array
from rnnlint.program.network import Layer
from rnnlint.program.program import Program
from rnnlint.program.size import Size, known_int
from rnnlint.program.value import Known, known

SAMPLES, STEPS = 6, 9
MOST_UNITS = 64
TORCH_LAYERS = {
    "lstm",
    "gru",
    "rnn",
    "lstm_cell",
    "gru_cell",
    "rnn_cell",
    "embedding",
    "dense",
    "dropout",
    "activation",
    "layer_normalization",
}
NOT_REBUILT = {"lambda", "other", "input"}  # Keras layers whose work is not in their settings
TRANSPARENT = {"sequence", "cast", "dropout"}  # ops without settings of their own
VOCABULARY = 50


class CannotRebuildError(Exception):
    """A part of the network that no engine can build; the message says which."""


class Rebuilder:
    """Builds one graph, from a layer's input to a value made of its output."""

    def __init__(self, start: Array, exact: bool = False) -> None:
        """`start` is the layer's output; its input is what the graph is fed. `exact` keeps the program's sizes."""
        self._start = start
        self._exact = exact
        self._source = start.inputs[0]
        self._nodes: list[Node] = []
        self._layers: list[LayerSpec] = []
        self._numbers: dict[int, int] = {}
        self._sizes = Sizes()

    def graph(self, result: Array) -> Graph | Unplanned:
        """The graph whose last node is `result`."""
        layer = self._start.layer
        assert layer is not None
        try:
            self._number(result)
        except CannotRebuildError as error:
            return Unplanned(str(error))
        return Graph(layer.framework, tuple(self._layers), tuple(self._nodes))

    def _number(self, array: Array) -> int:
        if array.number not in self._numbers:
            node = self._input() if array is self._source else self._node(array)
            self._nodes.append(node)
            if array.cut is not None and not (array.op == "apply" and array.layer and array.layer.recurrent):
                self._nodes.append(Node("cut", (len(self._nodes) - 1,)))
            self._numbers[array.number] = len(self._nodes) - 1
        return self._numbers[array.number]

    def _input(self) -> Node:
        """Shape (samples, steps, features) in the order in which the program has them, or (samples, steps) of ids."""
        layer, shape = self._start.layer, self._source.shape
        assert layer is not None
        if layer.kind == "embedding":
            return Node("input", settings={"shape": (SAMPLES, STEPS), "high": VOCABULARY})
        if layer.kind == "dense":
            return Node("input", settings={"shape": self._of_features(layer, shape)})
        if shape is not None and len(shape) != 3:
            raise CannotRebuildError(f"the recurrent layer reads {len(shape)} axes")
        sizes = list(shape or (None, None, None))
        stated = known(layer.settings.get("input_size"))
        features = (self._exact and stated) or known_int(sizes[2]) or stated or USUAL_FEATURES
        place = self.sample_axis
        numbers = [SAMPLES if axis == place else self._steps(sizes[axis]) for axis in (0, 1)]
        return Node("input", settings={"shape": (*numbers, int(features))})

    def _of_features(self, layer: Layer, shape: tuple[Size | None, ...] | None) -> tuple[int, ...]:
        width = known(layer.settings.get("input_size")) or (known_int(shape[-1]) if shape else None) or USUAL_FEATURES
        return (SAMPLES, int(width)) if shape is not None and len(shape) == 2 else (SAMPLES, STEPS, int(width))

    def _steps(self, size: Size | None) -> int:
        steps = known_int(size)
        return steps if steps is not None and 2 <= steps <= 64 and steps != SAMPLES else STEPS

    @property
    def sample_axis(self) -> int:
        """Which axis of the input holds the samples: what the program shows, or else what the layer reads."""
        axes = self._source.axes[:2]
        if "batch" in axes:
            return axes.index("batch")
        if "time" in axes:
            return 1 - axes.index("time")
        layer = self._start.layer
        assert layer is not None
        return 1 if layer.framework == "torch" and not layer.is_set("batch_first", True) else 0

    def _node(self, array: Array) -> Node:
        if not any(source is self._source or source.op == "apply" for source in array.ancestry()):
            raise CannotRebuildError(f"{array.op} is not part of the network")
        if array.op == "apply" and array.layer is not None:
            return self._applied(array, array.layer)
        inputs = tuple(self._number(source) for source in array.inputs)
        if array.op in TRANSPARENT and len(inputs) == 1:
            return Node(array.op, inputs)
        read = _READERS.get(array.op)
        if read is None:
            raise CannotRebuildError(f"the operation {array.op} is not rebuilt")
        return Node(array.op, inputs, settings=read(array))

    def _applied(self, array: Array, layer: Layer) -> Node:
        torch = layer.framework == "torch"
        if layer.kind in NOT_REBUILT or (torch and layer.kind not in TORCH_LAYERS):
            raise CannotRebuildError(f"{layer.type_name} is not rebuilt")
        if layer.recurrent and len(array.inputs) > 1:
            raise CannotRebuildError(f"{layer.type_name} is given a state")
        inputs = tuple(self._number(source) for source in array.inputs[: None if layer.framework == "keras" else 1])
        self._layers.append(layer_spec(layer, self._exact))
        return Node("apply", inputs, len(self._layers) - 1)


def layer_spec(layer: Layer, exact: bool = False) -> LayerSpec:
    """The layer with its settled settings; what is open keeps the framework's default.

    Sizes are capped, and the width of the input is left open, unless they are to be `exact`.
    """
    settings = {name: value for name in layer.settings if _plain(value := known(layer.settings[name]))}
    settings.pop("weights", None)
    if exact:
        return LayerSpec(layer.kind, layer.type_name, settings)
    units = settings.get("units")
    if layer.recurrent or layer.kind == "dense":
        settings["units"] = min(units, MOST_UNITS) if isinstance(units, int) and units > 0 else USUAL_UNITS
    if layer.kind == "embedding":
        settings["input_dim"] = VOCABULARY
        settings["output_dim"] = min(int(settings.get("output_dim", USUAL_UNITS)), MOST_UNITS)
    settings.pop("input_size", None)
    return LayerSpec(layer.kind, layer.type_name, settings)


def _plain(value: object) -> bool:
    if isinstance(value, tuple):
        return all(map(_plain, value))
    return isinstance(value, bool | int | float | str)


def _index(array: Array) -> dict[str, Any]:
    keys = known(array.settings.get("keys"))
    if not isinstance(keys, tuple) or not all(key is None or key in {":", "..."} or type(key) is int for key in keys):
        raise CannotRebuildError("an index that is not known is not rebuilt")
    return {"keys": keys}


def _required(*names: str) -> Any:
    def read(array: Array) -> dict[str, Any]:
        settings: Mapping[str, Any] = array.settings
        if not all(isinstance(settings.get(name), Known) for name in names):
            raise CannotRebuildError(f"the {names[0]} of {array.op} is not known")
        return {name: known(settings[name]) for name in names}

    return read


def _transposed(array: Array) -> dict[str, Any]:
    how = "swap" if "swap" in array.settings else "order"
    found: dict[str, Any] = _required(how)(array)
    return found


def _arithmetic(array: Array) -> dict[str, Any]:
    symbol, constant = known(array.settings.get("symbol")), known(array.settings.get("constant"))
    if symbol not in ARITHMETIC or (len(array.inputs) < 2 and constant is None):
        raise CannotRebuildError("an operator with a value that is not known is not rebuilt")
    return {"symbol": symbol, "constant": constant}


_READERS = {
    "arithmetic": _arithmetic,
    "index": _index,
    "final_state": _required("state"),
    "reduce": _required("stat", "axis"),
    "transpose": _transposed,
    "squeeze": _required("axis"),
    "unsqueeze": _required("axis"),
    "join": _required("axis", "new_axis", "place"),
}


def start_of(result: Array) -> Array | None:
    """The nearest recurrent layer's output that a value is made of."""
    arrays = (array for array in result.ancestry() if array.op == "apply" and array.layer is not None)
    return next((array for array in arrays if array.layer is not None and array.layer.recurrent), None)


def outputs(program: Program) -> tuple[Array, ...]:
    """What the networks of the program return or are trained by."""
    found = [*(array for fit in program.fits for array in fit.outputs), *program.outputs]
    return tuple({array.number: array for array in found if start_of(array) is not None}.values())
