"""Which layers an object holds."""

from __future__ import annotations

from rnnlint.frontend.values import Instance, LayerValue, Mapping, Sequence, Thing, Union, Value
from rnnlint.program.data import Array
from rnnlint.program.network import Layer

MAX_MODEL_DEPTH = 8


def layers_of(value: Value, depth: int = 0, seen: set[int] | None = None) -> list[Layer]:
    """Every layer that an object holds, in the order in which it got them."""
    seen = seen if seen is not None else set()
    if id(value) in seen or depth > MAX_MODEL_DEPTH:
        return []
    seen.add(id(value))
    if isinstance(value, LayerValue):
        return [value.layer]
    parts: list[Value] = []
    if isinstance(value, Instance | Mapping):
        parts = [item for item in value.slots.values() if isinstance(item, Value)]
        if isinstance(value, Instance):
            added = value.slots.get("layers")
            parts.extend(added if isinstance(added, tuple) else ())
    elif isinstance(value, Thing):
        parts = list(value.slots.get("layers", ()))
        return _graph_layers(value.slots.get("outputs", ())) + _all_layers(parts, depth, seen)
    elif isinstance(value, Sequence):
        parts = [*value.members]
    elif isinstance(value, Union):
        parts = list(value.options)
    return _all_layers(parts, depth, seen)


def _all_layers(parts: list[Value], depth: int, seen: set[int]) -> list[Layer]:
    found: list[Layer] = []
    for part in parts:
        found.extend(layer for layer in layers_of(part, depth + 1, seen) if layer not in found)
    return found


def _graph_layers(outputs: tuple[Array, ...]) -> list[Layer]:
    found: list[Layer] = []
    for output in outputs:
        for array in output.ancestry():
            if array.layer is not None and array.layer not in found:
                found.insert(0, array.layer)
    return found
