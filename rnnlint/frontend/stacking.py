"""Lists of arrays made into one array: windows collected in a loop, batches, columns side by side."""

from __future__ import annotations

import math
from dataclasses import replace
from typing import Any

from rnnlint.frontend import quantities
from rnnlint.frontend.arrangement import BATCH, TIME, inserted
from rnnlint.frontend.machine import Machine, size_of
from rnnlint.frontend.values import ArrayRef, Const, Opaque, Sequence, Value
from rnnlint.frontend.vocabularies import tokens_in
from rnnlint.program.data import UNKNOWN_QUANTITY, Array, Kind, Padding, Part, Quantity
from rnnlint.program.size import Linear, Size, add, known_int
from rnnlint.program.value import Known, Setting, Site, known


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


def stack(m: Machine, site: Site, value: Value | None, new_axis: bool, axis: int = 0) -> Value:
    """One array from several, along a new axis or one that they have."""
    if isinstance(value, ArrayRef):
        return value
    if not isinstance(value, Sequence):
        return Opaque("arrays that are not known")
    items, padding = value.items, value.slots.get("padding")
    if padding is not None:
        return ArrayRef(m.source("pad", site, shape=(None,), padding=padding, quantity=Quantity(Kind.TOKENS)))
    if items is None and "counts" in value.slots:
        counts: dict[float, int] = value.slots["counts"]
        quantity = quantities.counted(counts, "labels written out", site)
        settings = {"runs": Known(runs)} if (runs := value.slots.get("runs")) is not None else {}
        facts: dict[str, Any] = {"shape": (sum(counts.values()),), "quantity": quantity, "settings": settings}
        return ArrayRef(m.source("literal", site, dtype="int", **facts))
    tokens = tokens_in(value)
    if tokens is not None:
        shape = _literal_shape(value) or (None,) * _depth(value)
        return ArrayRef(m.source("stack", site, shape=shape, quantity=tokens, dtype="int"))
    if items is None:
        return _from_element(m, site, value.element, new_axis, axis)
    numbers = _numbers(value)
    if numbers == []:
        return ArrayRef(m.source("stack", site))  # filled in a way that is not followed
    if numbers is not None:
        return _literal(m, site, numbers, value)
    arrays = [array for item in items if (array := array_of(m, site, item)) is not None]
    if not arrays or len(arrays) < len(items):
        return Opaque("arrays that are not known")
    return _joined(m, site, arrays, new_axis, axis)


def _from_element(m: Machine, site: Site, element: Value | None, new_axis: bool, axis: int) -> Value:
    array = array_of(m, site, element)
    if array is None:
        size = size_of(element)
        if isinstance(element, Const) or size is not None:
            varies = isinstance(size, Linear) and (size.varies or size.mentions("loop"))
            settings = {"lengths": Known(True)} if varies else {}
            return ArrayRef(m.source("stack", site, shape=(None,), settings=settings, dtype="int"))
        return Opaque("arrays that are not known")
    facts = _with_new_axis(array, axis, None) if new_axis else _longer(array, axis, None)
    facts["timeline"] = array.timeline if array.reach is not None else None
    return ArrayRef(m.derive(array, "stack", site, **facts, quantity=quantities.whole(array), columns={}))


def _depth(value: Value | None) -> int:
    """How deeply lists are nested."""
    depth = 0
    while isinstance(value, Sequence):
        depth += 1
        value = value.element if value.items is None else (value.items[0] if value.items else None)
    return depth


def _with_new_axis(array: Array, axis: int, size: Size | None) -> dict[str, Any]:
    """Windows side by side are samples; the same samples side by side are steps."""
    name = {TIME: BATCH, BATCH: TIME}.get(array.axes[0] if array.axes else "", "")
    return inserted(array, axis, size, name)


def _longer(array: Array, axis: int, size: Size | None) -> dict[str, Any]:
    """Another size along one axis."""
    if array.shape is None or not -len(array.shape) <= axis < len(array.shape):
        return {"shape": None, "axes": array.axes}
    place = axis % len(array.shape)
    return {"shape": (*array.shape[:place], size, *array.shape[place + 1 :]), "axes": array.axes}


def _joined(m: Machine, site: Site, arrays: list[Array], new_axis: bool, axis: int) -> Value:
    place = next((i for i, array in enumerate(arrays) if array.op != "zeros"), 0)
    first, others = arrays[place], (*arrays[:place], *arrays[place + 1 :])
    facts: dict[str, Any] = {
        "quantity": quantities.combine([quantities.whole(array) for array in arrays]),
        "columns": {},
        "scaled_by": frozenset().union(*(array.scaled_by for array in arrays)),
        "rows": first.rows if all(array.rows == first.rows for array in arrays) else None,
        "padding": next((array.padding for array in arrays if array.padding is not None), None)
        or _filled(m, site, arrays),
        "timeline": next((array.timeline for array in arrays if array.timeline is not None), None),
        **_joined_axes(arrays, new_axis, axis),
    }
    settings: dict[str, Setting] = {"axis": Known(axis), "new_axis": Known(new_axis), "place": Known(place)}
    if not new_axis and (runs := _runs(arrays)) is not None:
        settings["runs"] = Known(runs)
    if (counts := _constants(arrays)) is not None:
        facts["quantity"] = quantities.counted(counts, "labels written out", site)
    if facts["rows"] is None:
        sources = {array.rows.source for array in arrays if array.rows is not None}
        if len(sources) == 1 and all(array.rows is not None for array in arrays) and first.rows is not None:
            facts["rows"] = _common(arrays, first)
    return ArrayRef(m.derive(first, "join", site, *others, **facts, settings=settings))


def _runs(arrays: list[Array]) -> tuple[tuple[float, int | None], ...] | None:
    """Rows of one number after rows of another: the numbers, and how many rows where it is known."""
    runs: list[tuple[float, int | None]] = []
    for array in arrays:
        value = known(array.settings.get("constant"))
        if array.shape is None or array.shape[1:] not in {(), (1,)} or not isinstance(value, int | float):
            return None
        runs.append((float(value), known_int(array.shape[0])))
    return tuple(runs)


def _constants(arrays: list[Array]) -> dict[float, int] | None:
    """How often each number occurs in rows of zeros, ones and the like."""
    counts: dict[float, int] = {}
    for array in arrays:
        value, count = known(array.settings.get("constant")), known_int(array.shape[0]) if array.shape else None
        column = array.shape is not None and (len(array.shape) == 1 or array.shape[1:] == (1,))
        if not column or count is None or not isinstance(value, int | float):
            return None
        counts[float(value)] = counts.get(float(value), 0) + count
    return counts


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


def _joined_axes(arrays: list[Array], new_axis: bool, axis: int) -> dict[str, Any]:
    first = arrays[0]
    alike = replace(first, axes=first.axes if all(array.axes == first.axes for array in arrays) else ())
    if any(array.shape is None for array in arrays):
        return {"shape": None, "axes": alike.axes if not new_axis else ()}
    if new_axis:
        return _with_new_axis(alike, axis, len(arrays))
    rank = len(first.shape or ())
    if rank == 0 or any(len(array.shape or ()) != rank for array in arrays) or not -rank <= axis < rank:
        return {"shape": None, "axes": ()}
    size = _total([array.shape[axis] for array in arrays if array.shape is not None])
    facts = _longer(alike, axis, size)
    others = [[array.shape[i] for array in arrays if array.shape is not None] for i in range(rank)]
    agreed = tuple(
        facts["shape"][i] if i == axis % rank else next((size for size in others[i] if size is not None), None)
        for i in range(rank)
    )
    return {**facts, "shape": agreed}


def _total(parts: list[Size | None]) -> Size | None:
    total: Size = 0
    for part in parts:
        if part is None:
            return None
        total = add(total, part)
    return total


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


def _literal(m: Machine, site: Site, numbers: list[float], value: Sequence) -> Value:
    shape = _literal_shape(value)
    quantity = UNKNOWN_QUANTITY
    if numbers and all(math.isfinite(number) for number in numbers):
        mean = sum(numbers) / len(numbers)
        std = (sum((number - mean) ** 2 for number in numbers) / len(numbers)) ** 0.5
        whole = all(number.is_integer() for number in numbers)
        kind = Kind.CLASSES if whole and min(numbers) >= 0 and max(numbers) <= 20 else Kind.GENERATED
        quantity = Quantity(kind, min(numbers), max(numbers), mean, std, "the literal values", site)
    dtype = "int" if _whole(value) else "float"
    settings = {"numbers": Known(tuple(numbers))} if shape is not None and len(shape) == 1 else {}
    return ArrayRef(m.source("literal", site, shape=shape, quantity=quantity, dtype=dtype, settings=settings))


def _whole(value: Value) -> bool:
    """Whether literals are all written as whole numbers."""
    if isinstance(value, Sequence):
        return all(_whole(item) for item in value.items or ())
    return isinstance(value, Const) and isinstance(value.value, int)
