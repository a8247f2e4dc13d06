"""Lists of arrays made into one array: windows collected in a loop, batches, columns side by side."""

from __future__ import annotations

import math
from typing import Any

from rnnlint.frontend import quantities
from rnnlint.frontend.machine import Machine, size_of
from rnnlint.frontend.values import ArrayRef, Const, Opaque, Sequence, Value
from rnnlint.program.data import UNKNOWN_QUANTITY, Array, Kind, Padding, Part, Quantity
from rnnlint.program.size import Linear, Size
from rnnlint.program.value import Known, Site


def array_of(m: Machine, site: Site, value: Value | None) -> Array | None:
    """A value as an array: itself, or a list of numbers, of arrays or of lists."""
    if isinstance(value, ArrayRef):
        array = value.array
        if array.columns:
            return m.derive(array, "cast", site, quantity=quantities.whole(array))
        return array
    if isinstance(value, Sequence):
        stacked = stack(m, site, value, new_axis=True)
        return stacked.array if isinstance(stacked, ArrayRef) else None
    return None


def stack(m: Machine, site: Site, value: Value | None, new_axis: bool) -> Value:
    """One array from several."""
    if isinstance(value, ArrayRef):
        return value
    if not isinstance(value, Sequence):
        return Opaque("arrays that are not known")
    items, padding = value.items, value.slots.get("padding")
    if padding is not None:
        return ArrayRef(m.source("pad", site, shape=(None,), padding=padding, quantity=Quantity(Kind.TOKENS)))
    if items is None:
        return _from_element(m, site, value.element, new_axis)
    numbers = _numbers(value)
    if numbers is not None:
        return _literal(m, site, numbers, _literal_shape(value))
    arrays = [array for item in items if (array := array_of(m, site, item)) is not None]
    if not arrays or len(arrays) < len(items):
        return Opaque("arrays that are not known")
    return _joined(m, site, arrays, new_axis)


def _from_element(m: Machine, site: Site, element: Value | None, new_axis: bool) -> Value:
    array = array_of(m, site, element)
    if array is None:
        if isinstance(element, Const) or size_of(element) is not None:
            return ArrayRef(m.source("stack", site, shape=(None,)))
        return Opaque("arrays that are not known")
    shape = array.shape
    if shape is not None:
        shape = (None, *shape) if new_axis else (None, *shape[1:])
    quantity = quantities.whole(array)
    return ArrayRef(m.derive(array, "stack", site, shape=shape, quantity=quantity, columns={}))


def _joined(m: Machine, site: Site, arrays: list[Array], new_axis: bool) -> Value:
    first = next((array for array in arrays if array.op != "zeros"), arrays[0])
    facts: dict[str, Any] = {
        "quantity": quantities.combine([quantities.whole(array) for array in arrays]),
        "columns": {},
        "scaled_by": frozenset().union(*(array.scaled_by for array in arrays)),
        "rows": first.rows if all(array.rows == first.rows for array in arrays) else None,
        "padding": next((array.padding for array in arrays if array.padding is not None), None)
        or _filled(m, site, arrays),
        "shape": _joined_shape(arrays, new_axis),
    }
    if facts["rows"] is None:
        sources = {array.rows.source for array in arrays if array.rows is not None}
        if len(sources) == 1 and all(array.rows is not None for array in arrays) and first.rows is not None:
            facts["rows"] = _common(arrays, first)
    return ArrayRef(m.derive(first, "join", site, *arrays[1:], **facts))


def _filled(m: Machine, site: Site, arrays: list[Array]) -> Padding | None:
    """Zeros as many as a sequence lacks, put before or behind it."""
    for index, array in enumerate(arrays):
        count = array.shape[0] if array.shape else None
        if array.op == "zeros" and isinstance(count, Linear) and count.varies:
            floats = all(
                other.quantity.kind not in {Kind.TOKENS, Kind.CLASSES} for other in arrays if other is not array
            )
            padding = Padding(site, Known("pre" if index == 0 else "post"), floats, "adding zeros")
            m.record.paddings.append(padding)
            return padding
    return None


def _common(arrays: list[Array], first: Array) -> Any:
    """The rows that hold all of several selections of one source: their shared path, taken anew."""
    assert first.rows is not None
    path: tuple[Part, ...] = first.rows.path
    for array in arrays[1:]:
        other = array.rows.path if array.rows is not None else ()
        length = next(
            (i for i, (a, b) in enumerate(zip(path, other, strict=False)) if a != b),
            min(len(path), len(other)),
        )
        path = path[:length]
    return type(first.rows)(first.rows.source, path)


def _joined_shape(arrays: list[Array], new_axis: bool) -> tuple[Size | None, ...] | None:
    shapes = [array.shape for array in arrays]
    if any(shape is None for shape in shapes) or shapes[0] is None:
        return None
    if new_axis:
        return (len(arrays), *shapes[0])
    return tuple(None for _ in shapes[0])


def _numbers(value: Value) -> list[float] | None:
    """All numbers of nested literal lists."""
    if isinstance(value, Const) and isinstance(value.value, int | float | bool):
        return [float(value.value)]
    if isinstance(value, Sequence) and value.items is not None:
        numbers: list[float] = []
        for item in value.items:
            inner = _numbers(item)
            if inner is None:
                return None
            numbers.extend(inner)
        return numbers
    return None


def _literal_shape(value: Sequence) -> tuple[Size | None, ...] | None:
    items = value.items
    if items is None:
        return None
    if items and isinstance(items[0], Sequence):
        inner = _literal_shape(items[0])
        even = all(
            isinstance(i, Sequence) and i.items is not None and len(i.items) == len(items[0].items or ()) for i in items
        )
        return (len(items), *inner) if inner is not None and even else (len(items),)
    return (len(items),)


def _literal(m: Machine, site: Site, numbers: list[float], shape: tuple[Size | None, ...] | None) -> Value:
    quantity = UNKNOWN_QUANTITY
    if numbers and all(math.isfinite(number) for number in numbers):
        mean = sum(numbers) / len(numbers)
        std = (sum((number - mean) ** 2 for number in numbers) / len(numbers)) ** 0.5
        whole = all(number.is_integer() for number in numbers)
        kind = Kind.CLASSES if whole and min(numbers) >= 0 and max(numbers) <= 20 else Kind.GENERATED
        quantity = Quantity(kind, min(numbers), max(numbers), mean, std, "the literal values", site)
    return ArrayRef(m.source("literal", site, shape=shape, quantity=quantity))
