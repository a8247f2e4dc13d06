"""Lists, tuples and other holders of values as Python iterates over them."""

from __future__ import annotations

from itertools import groupby

from rnnlint.frontend.machine import Machine
from rnnlint.frontend.values import (
    Const,
    Mapping,
    Opaque,
    Sequence,
    Thing,
    Value,
)

MAX_UNROLLED = 24


def union(m: Machine, values: list[Value]) -> Value:
    """The join of several values."""
    if not values:
        return Opaque("it has no value")
    result = values[0]
    for value in values[1:]:
        result = m.join(result, value)
    return result


def generic(m: Machine, value: Sequence) -> Value | None:
    """A value that stands for every item, or None for an empty sequence."""
    if value.items is None:
        return value.element
    return union(m, list(value.items)) if value.items else None


def iterate(m: Machine, value: Value) -> tuple[Value, ...] | None:
    """The items of an iterable where they are known one by one."""
    if isinstance(value, Sequence):
        return value.items
    if isinstance(value, Mapping) and value.complete:
        return tuple(Const(key) for key in value.slots)
    if isinstance(value, Const) and isinstance(value.value, str) and len(value.value) <= MAX_UNROLLED:
        return tuple(Const(character) for character in value.value)
    if isinstance(value, Thing) and value.kind in {"container", "sequential"}:
        layers: tuple[Value, ...] = value.slots["layers"]
        return layers
    return None


def counts_of(value: Sequence) -> dict[float, int] | None:
    """How often each number occurs in a list of numbers."""
    if "counts" in value.slots:
        known: dict[float, int] = value.slots["counts"]
        return known
    counts: dict[float, int] = {}
    for item in value.items or (Opaque(),):
        if not isinstance(item, Const) or not isinstance(item.value, int | float):
            return None
        counts[float(item.value)] = counts.get(float(item.value), 0) + 1
    return counts


Runs = tuple[tuple[float, int], ...]


def runs_of(value: Sequence) -> Runs | None:
    """The numbers of a list in their order, each with how often it comes in a row."""
    if "runs" in value.slots:
        known: Runs = value.slots["runs"]
        return known
    numbers = [item.value for item in value.items or () if isinstance(item, Const)]
    if not numbers or len(numbers) < len(value.items or ()):
        return None
    if not all(isinstance(number, int | float) for number in numbers):
        return None
    return tuple((float(number), len(list(run))) for number, run in groupby(numbers))


def mix(m: Machine, value: Sequence) -> None:
    """Forget the order of a list's items."""
    counts, item = counts_of(value), generic(m, value)
    for slot, kept in (("element", item), ("items", None), ("counts", counts)):
        if kept is not None or slot == "items":
            m.heap.write(value, slot, kept)
    m.heap.erase(value, "runs")
