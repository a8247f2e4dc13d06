"""Ways back through a network, from what it computes to what it was computed from."""

from __future__ import annotations

from collections.abc import Iterator

from rnnlint.program.data import Array, Batch
from rnnlint.program.network import ELEMENTWISE_KINDS, Layer
from rnnlint.program.size import known_int
from rnnlint.program.value import known

UNCHANGED = frozenset({"cast", "dropout", "masked"})
REARRANGED = frozenset(
    {"cast", "squeeze", "dropout", "masked", "reshape", "unsqueeze", "index", "reduce", "sequence", "transpose"}
)


def behind_elementwise(array: Array) -> Array:
    """The nearest array that is not only the result of layers which work on each value alone."""
    while array.inputs and (array.op in UNCHANGED or _elementwise(array.layer, array.op)):
        array = array.inputs[0]
    return array


def behind_rearrangement(array: Array) -> Array:
    """The nearest array that is not only another arrangement or selection of the same values."""
    while array.inputs and array.op in REARRANGED:
        array = array.inputs[0]
    return array


def chain(array: Array) -> Iterator[Array]:
    """The array and its first inputs, nearest first."""
    yield array
    while array.inputs:
        array = array.inputs[0]
        yield array


def batch_behind(array: Array) -> Batch | None:
    """The batch of a loader that it was computed from, by its first inputs."""
    return next((source.batch for source in chain(array) if source.batch is not None), None)


def width_of(array: Array) -> int | None:
    """The size of the last axis, also where the number of axes is not known."""
    while True:
        if "width" in array.settings:
            width = known(array.settings["width"])
            return width if isinstance(width, int) else None
        if array.shape:
            return known_int(array.shape[-1])
        if array.op in {"apply", "prediction"} and array.layer is not None and array.layer.kind == "dense":
            units = known(array.layer.settings.get("units"))
            return units if isinstance(units, int) else None
        if not array.inputs or not (array.op in UNCHANGED or _elementwise(array.layer, array.op)):
            return None
        array = array.inputs[0]


def _elementwise(layer: Layer | None, op: str) -> bool:
    return op == "apply" and layer is not None and layer.kind in ELEMENTWISE_KINDS


def learns(array: Array) -> bool:
    """Whether a layer other than an activation has a part in it."""
    layers = (source.layer for source in array.ancestry() if source.op == "apply")
    return any(layer is not None and layer.kind != "activation" for layer in layers)
