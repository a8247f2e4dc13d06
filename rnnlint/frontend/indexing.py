"""Subscripts: columns, rows, windows, steps; reading and writing."""

from __future__ import annotations

from collections.abc import Hashable
from dataclasses import replace
from typing import Any

import libcst as cst

from rnnlint.frontend import quantities
from rnnlint.frontend.arrangement import TIME, removed, role
from rnnlint.frontend.drift import note_history, note_item
from rnnlint.frontend.machine import Machine, size_of
from rnnlint.frontend.reaches import reached
from rnnlint.frontend.stacking import stack
from rnnlint.frontend.values import (
    ArrayRef,
    Const,
    External,
    Instance,
    Mapping,
    Opaque,
    Sequence,
    Slice,
    Symbol,
    Thing,
    Union,
    Value,
    options_of,
    settled,
)
from rnnlint.frontend.vocabularies import complete_numbering, token
from rnnlint.program import size as sizes
from rnnlint.program.data import Array, Kind, Padding, Part, Quantity, Reach
from rnnlint.program.size import Linear, Size, known_int
from rnnlint.program.value import Known, Setting, Site, known

Keys = tuple[Value, ...]


def subscript(m: Machine, value: Value, keys: Keys, node: cst.CSTNode) -> Value:
    """`value[keys]`."""
    if isinstance(name := settled(keys[0]), str):
        m.record.keys.add(name)
    if isinstance(value, ArrayRef):
        note_item(m, value, keys[0], node)
        return _array_item(m, value, keys, node)
    if isinstance(value, Sequence):
        if "recurrent" in value.slots and len(keys) > 1 and value.kind == "tuple":
            output = m.misused(value, m.site(node))
            return _array_item(m, output, keys, node) if output is not None else Opaque("a step of a tuple")
        series = _as_series(m, value, keys[0], node)
        return _array_item(m, series, keys, node) if series is not None else _sequence_item(m, value, keys[0])
    if isinstance(value, Mapping):
        key = settled(keys[0])
        if isinstance(keys[0], Const) and _hashable(key) and key in value.slots:
            found: Value = value.slots[key]
            return found
        numbering = complete_numbering(value)
        return token(numbering) if numbering is not None else Opaque("an entry that is not known")
    if isinstance(value, Thing):
        return _thing_item(m, value, keys, node)
    if isinstance(value, Instance):
        return _instance_item(m, value, keys, node)
    if isinstance(value, Union):
        from rnnlint.frontend.sequences import union

        with m.doubting():
            return union(m, [subscript(m, option, keys, node) for option in value.options])
    if isinstance(value, Opaque) and isinstance(keys[0], Slice) and _cut_at_a_share(keys[0]):
        return _array_item(m, ArrayRef(m.assumed(value, m.site(node))), keys, node)
    if isinstance(value, External) and value.path.split(".", 1)[0] in {"builtins", "typing", "collections"}:
        return value  # a generic such as list[int]
    return Opaque("an item of something that is not known")


def _cut_at_a_share(key: Slice) -> bool:
    """Whether a bound depends on how many rows there are."""
    sizes_of_bounds = (size_of(key.low), size_of(key.high))
    return any(isinstance(size, Linear) and size.mentions("len") for size in sizes_of_bounds)


def _hashable(value: Any) -> bool:
    return isinstance(value, Hashable)


def _as_series(m: Machine, value: Sequence, key: Value, node: cst.CSTNode) -> ArrayRef | None:
    """A list of numbers that is cut at positions which are not known: a series typed into the program."""
    items = value.items
    bounds = (key.low, key.high) if isinstance(key, Slice) else (key,)
    if not items or len(items) < 8 or not any(isinstance(bound, Symbol) for bound in bounds):
        return None
    if not all(isinstance(settled(item), int | float) for item in items):
        return None
    made = value.slots.get("series")
    if made is None:
        made = value.slots["series"] = stack(m, m.site(node), value, new_axis=True)
    return made if isinstance(made, ArrayRef) else None


def _sequence_item(m: Machine, value: Sequence, key: Value) -> Value:
    from rnnlint.frontend.sequences import generic

    items = value.items
    index = settled(key)
    if items is not None and isinstance(index, int) and -len(items) <= index < len(items):
        return items[index]
    if isinstance(key, Slice):
        low, high, step = (settled(part) if part is not None else None for part in (key.low, key.high, key.step))
        exact = all(part is None or isinstance(settled(part), int) for part in (key.low, key.high, key.step))
        if items is not None and exact and step != 0:
            return Sequence(value.kind, items[low:high:step])
        return Sequence(value.kind, None, generic(m, value) or Opaque("an item"))
    return generic(m, value) or Opaque("an item of an empty sequence")


def _thing_item(m: Machine, value: Thing, keys: Keys, node: cst.CSTNode) -> Value:
    if value.kind == "locator":
        target: ArrayRef = value.slots["target"]
        return _array_item(m, target, keys, node)
    if value.kind == "history record":
        note_history(m, value, keys[0], node)
    layers = value.slots.get("layers")
    index = settled(keys[0])
    if isinstance(layers, tuple) and isinstance(index, int) and -len(layers) <= index < len(layers):
        layer: Value = layers[index]
        return layer
    if isinstance(layers, tuple) and layers:
        from rnnlint.frontend.sequences import union

        return union(m, list(layers))
    entries = value.slots.get("entries")
    if isinstance(entries, Mapping):
        return subscript(m, entries, keys, node)
    return Opaque("an item of a library object")


def _instance_item(m: Machine, value: Instance, keys: Keys, node: cst.CSTNode) -> Value:
    method = value.cls.lookup("__getitem__")
    return m.call(method, (value, keys[0]), {}, node) if method is not None else Opaque("an item of an object")


def column_names(key: Value) -> tuple[str, ...] | None:
    """The column names that a key selects, if it is made of texts."""
    if isinstance(key, Const) and isinstance(key.value, str):
        return (key.value,)
    if isinstance(key, Sequence) and key.items:
        names = tuple(settled(item) for item in key.items)
        if all(isinstance(name, str) for name in names):
            return names
    return None


def select_columns(m: Machine, ref: ArrayRef, names: tuple[str, ...], many: bool, site: Site) -> ArrayRef:
    """The columns of a table by name."""
    base = ref.array
    chosen = {name: quantities.of_column(base, name) for name in names}
    quantity = quantities.combine(list(chosen.values()))
    shape: tuple[Size | None, ...] | None = (base.shape[0] if base.shape else None,)
    if many:
        shape = (base.shape[0] if base.shape else None, len(names))
    elif base.op == "parameter":
        shape = None  # a mapping of tensors is read in the same way as a table
    facts: dict[str, Any] = {"quantity": quantity, "columns": chosen if many else {}, "shape": shape}
    facts["settings"] = {"names": Known(names)}
    label = base.name + "[" + ", ".join(repr(name) for name in names[:3]) + "]" if base.name else ""
    return ArrayRef(m.derive(base, "columns", site, **facts, name=m.naming or label))


def _array_item(m: Machine, ref: ArrayRef, keys: Keys, node: cst.CSTNode) -> Value:
    site, base = m.site(node), ref.array
    names = column_names(keys[0]) if len(keys) == 1 else None
    if names is not None and known(base.settings.get("archive")):
        return ArrayRef(m.source("read", site, name=names[0]))
    if names is not None:
        return select_columns(m, ref, names, isinstance(keys[0], Sequence), site)
    if len(keys) == 1 and isinstance(keys[0], ArrayRef):
        return ArrayRef(_masked(m, base, keys[0].array, site))
    if len(keys) == 1 and isinstance(keys[0], Sequence) and _lists_columns(keys[0]):
        return ArrayRef(m.derive(base, "columns", site, shape=None))
    if len(keys) == 1 and isinstance(keys[0], Opaque | Sequence):
        return ArrayRef(m.derive(base, "gather", site, rows=_sampled(m, base), shape=_headless(base), axes=base.axes))
    if len(keys) == 2 and (names := column_names(keys[1])) is not None:
        rows = _array_item(m, ref, keys[:1], node)
        if isinstance(rows, ArrayRef):
            return select_columns(m, rows, names, isinstance(keys[1], Sequence), site)
    return ArrayRef(_positional(m, base, _expanded(base, keys), site))


def _lists_columns(key: Sequence) -> bool:
    """Whether a list that is not known item by item surely holds column names."""
    return any(isinstance(settled(option), str) for member in key.members for option in options_of(member))


def _sampled(m: Machine, base: Array) -> Any:
    return base.rows.select(Part("sample", m.fresh("sample"))) if base.rows is not None else None


def _headless(base: Array) -> tuple[Size | None, ...] | None:
    return (None, *base.shape[1:]) if base.shape else None


def _masked(m: Machine, base: Array, mask: Array, site: Site) -> Array:
    """Rows chosen by a condition, its negation, or the indices of a splitter."""
    if mask.op == "indices" and mask.rows is not None and base.rows is not None:
        part = mask.rows.path[-1]
        return m.derive(base, "rows", site, rows=base.rows.select(part), shape=_headless(base), axes=base.axes)
    rows = base.rows
    if rows is not None:
        key: Hashable = ("condition", mask.number)
        index = 0
        condition = mask.settings.get("condition")
        if isinstance(condition, Known):
            key, index = condition.value
        rows = rows.select(Part("filter", key, index))
    quantity = base.quantity
    if quantity.kind is Kind.CLASSES:
        quantity = replace(quantity, low=None, high=None)  # some classes may be left out
    return m.derive(base, "rows", site, rows=rows, shape=_headless(base), axes=base.axes, quantity=quantity)


def _expanded(base: Array, keys: Keys) -> Keys:
    """Keys without an ellipsis, and with None for a new axis."""
    keys = tuple(Const(None) if isinstance(key, External) and key.path.endswith(".newaxis") else key for key in keys)
    for position, key in enumerate(keys):
        if settled(key) is ...:
            real = sum(1 for other in keys if settled(other, 0) is not None) - 1
            missing = max(0, len(base.shape) - real) if base.shape else 1
            return (*keys[:position], *(Slice(None, None, None),) * missing, *keys[position + 1 :])
    return keys


def _positional(m: Machine, base: Array, keys: Keys, site: Site) -> Array:
    """Slices, positions and new axes along the array's axes."""
    shape: list[Size | None] | None = [] if base.shape is not None else None
    old = list(base.shape) if base.shape is not None else []
    op, rows, axis = "index", base.rows, 0
    roles: list[str] = []
    for key in keys:
        if isinstance(key, Const) and key.value is None:
            roles.append("")
            if shape is not None:
                shape.append(1)
            continue
        if isinstance(key, Slice):
            if axis == 0 and base.layer is None and base.recurrent_output is None:
                op, rows = _row_slice(m, base, key)
            roles.append(TIME if op == "window" and axis == 0 else role(base, axis))
            if shape is not None:
                shape.append(_sliced(m, base, axis, key))
        elif axis == 0 and base.rows is not None and base.recurrent_output is None:
            op = "item" if len(keys) == 1 else op
        axis += 1
    roles.extend(base.axes[axis:])
    if shape is not None:
        shape.extend(old[axis:])
    if any(isinstance(key, ArrayRef | Sequence | Opaque) for key in keys):
        shape, roles = None, roles[:1] if isinstance(keys[0], Slice) else []  # several places at once
    return m.derive(
        base,
        op,
        site,
        rows=rows,
        shape=tuple(shape) if shape is not None else None,
        axes=tuple(roles),
        recurrent_output=None,
        settings={"keys": Known(tuple(_printed(key) for key in keys), site)},
        reach=_reach(m, base, keys),
        **_positions_of_columns(base, keys),
        **({"padding": None, "mask": None} if _one_step(base, keys) or _one_position(base, keys) else {}),
    )


def _reach(m: Machine, base: Array, keys: Keys) -> Reach | None:
    """Which rows of a series the keys pick for one sample."""
    first = keys[0]
    if isinstance(first, Slice):
        low = 0 if first.low is None else _bound(m, base, first.low)
        return reached(base, keys, low, _bound(m, base, first.high))
    place = _bound(m, base, first)
    return reached(base, keys, place, sizes.add(place, 1) if place is not None else None)


def _positions_of_columns(base: Array, keys: Keys) -> dict[str, Any]:
    """A column picked by position: which of the named ones it is cannot be told."""
    if not base.columns or len(keys) < 2:
        return {}
    return {"columns": {}, "quantity": quantities.combine([base.quantity, *base.columns.values()])}


def _one_step(base: Array, keys: Keys) -> bool:
    """Whether the keys pick one step of a sequence."""
    return base.recurrent_output is not None and any(not isinstance(key, Slice) for key in keys)


def _one_position(base: Array, keys: Keys) -> bool:
    """Whether the keys pick one step of every padded sequence."""
    return base.padding is not None and len(keys) > 1 and isinstance(settled(keys[1]), int)


def _printed(key: Value) -> Any:
    if isinstance(key, Slice):
        whole = key.low is None and key.high is None and key.step is None
        return ":" if whole else "slice"
    constant = settled(key, "?")
    return constant if isinstance(constant, int | None) else "?"


def _row_slice(m: Machine, base: Array, key: Slice) -> tuple[str, Any]:
    low, high = _bound(m, base, key.low), _bound(m, base, key.high)
    if (key.low is None and key.high is None) or (role(base, 0) == TIME and base.reach is not None):
        return "index", base.rows
    if any(isinstance(bound, Linear) and bound.mentions("loop") for bound in (low, high)):
        return "window", base.rows
    if base.rows is None:
        return "rows", None
    length = m.length(base)
    if low == 0:
        low = None
    if high == length:
        high = None
    if low is None and high is None and not (_unknown(key.low) or _unknown(key.high)):
        return "index", base.rows
    if _unknown(key.low) or _unknown(key.high):
        return "rows", base.rows.select(Part("slice", m.fresh("slice")))
    return "rows", base.rows.select(Part("slice", None, 0, low, high))


def _unknown(value: Value | None) -> bool:
    return value is not None and size_of(value) is None and settled(value, 0) is not None


def _bound(m: Machine, base: Array, value: Value | None) -> Size | None:
    size = size_of(value)
    if isinstance(size, int | float) and size < 0:
        return sizes.add(m.length(base), size)
    return size


def _sliced(m: Machine, base: Array, axis: int, key: Slice) -> Size | None:
    assert base.shape is not None
    size = base.shape[axis] if axis < len(base.shape) else None
    if key.step is not None and settled(key.step, 1) != -1:
        return None
    low, high = size_of(key.low), size_of(key.high)
    if key.low is None and key.high is None:
        return size
    start: Size | None = 0 if key.low is None else low
    end: Size | None = size if key.high is None else high
    if isinstance(start, int | float) and start < 0:
        return -start if key.high is None else None
    if isinstance(end, int | float) and end < 0:
        end = sizes.add(size, end) if size is not None else None
    if start is None or end is None:
        return None
    length = sizes.add(end, start, -1)
    if isinstance(length, int | float) and isinstance(size, int | float):
        return min(length, size)
    return length


def each(m: Machine, ref: ArrayRef, node: cst.CSTNode) -> Value:
    """The item that iteration over an array yields."""
    base = ref.array
    objects = base.op == "columns" and base.quantity.kind is Kind.UNKNOWN  # a column may hold lists and arrays
    facts = removed(base, 0) if base.shape != () and not objects else {"shape": None}
    return ArrayRef(m.derive(base, "item", m.site(node), **facts, recurrent_output=None))


def assign_item(m: Machine, holder: Value, keys: Keys, value: Value, node: cst.CSTNode) -> None:
    """`holder[keys] = value`."""
    for target in options_of(holder):
        if isinstance(target, External) and target.path == "os.environ":
            m.record.environment[str(settled(keys[0]))] = settled(value)
        elif isinstance(target, Thing) and target.kind == "locator":
            inner: ArrayRef = target.slots["target"]
            _write_array(m, inner, keys, value, node)
        elif isinstance(target, ArrayRef):
            _write_array(m, target, keys, value, node)
        elif isinstance(target, Mapping):
            key = settled(keys[0])
            if isinstance(keys[0], Const) and _hashable(key) and not isinstance(key, float):
                m.heap.write(target, key, value)
            else:
                target.complete = False
        elif isinstance(target, Sequence):
            _write_sequence(m, target, keys[0], value)
        else:
            m.record.handed.append(("", value))


def _write_sequence(m: Machine, target: Sequence, key: Value, value: Value) -> None:
    items, index = target.items, settled(key)
    if items is not None and isinstance(index, int) and -len(items) <= index < len(items):
        replaced = list(items)
        replaced[index] = value
        m.heap.write(target, "items", tuple(replaced))
    elif items is not None:
        m.heap.write(target, "items", tuple(m.join(item, value) for item in items))
    else:
        m.heap.write(target, "element", m.join(target.element or value, value))


def _write_array(m: Machine, ref: ArrayRef, keys: Keys, value: Value, node: cst.CSTNode) -> None:
    base, site = ref.array, m.site(node)
    names = column_names(keys[-1])
    given = value.array if isinstance(value, ArrayRef) else None
    scaled_by = base.scaled_by | (given.scaled_by if given is not None else frozenset())
    inputs = (given,) if given is not None else ()
    with m.named(base.name):
        if names is not None:
            quantity = _given_quantity(value, site)
            columns = {**base.columns, **{name: quantities.named(quantity, name) for name in names}}
            timeline = base.timeline or (given.timeline if given is not None else None)
            shape = base.shape if set(names) <= set(base.columns) else _headless(base)
            if shape is not None and shape is not base.shape:
                shape = (shape[0], None)
            facts: dict[str, Any] = {"columns": columns, "scaled_by": scaled_by, "shape": shape, "timeline": timeline}
            result = m.derive(base, "assign", site, *inputs, **facts, settings={"names": Known(names)})
        elif given is not None and all(_printed(key) == ":" for key in keys):
            result = m.derive(
                base, "assign", site, given, quantity=given.quantity, columns={}, scaled_by=given.scaled_by
            )
        else:
            result = _fill(m, base, keys, value, scaled_by, site)
    m.heap.write(ref, "array", result)


def _given_quantity(value: Value, site: Site) -> Quantity:
    if isinstance(value, ArrayRef):
        return value.array.quantity
    constant = settled(value)
    if isinstance(constant, int | float):
        return Quantity(Kind.GENERATED, float(constant), float(constant), float(constant), 0.0, str(constant), site)
    return Quantity()


def _fill(m: Machine, base: Array, keys: Keys, value: Value, scaled_by: frozenset[Any], site: Site) -> Array:
    """Items written into an array, such as sequences into zeros: the commonest padding by hand."""
    empty = base.op in {"zeros", "fill"}
    given = value.array if isinstance(value, ArrayRef) else None
    quantity = base.quantity
    if empty and given is not None:
        quantity = given.quantity
    elif empty and settled(value) in (1, True) and len(keys) >= 2:
        quantity = Quantity(Kind.ONE_HOT, 0.0, 1.0, label=base.name, site=site)
    elif empty:
        quantity = _marked(base, keys, value, site)
    facts: dict[str, Any] = {"quantity": quantity, "scaled_by": scaled_by}
    if empty and given is not None and given.rows is not None:
        facts["rows"] = given.rows
    side = _padded_side(keys) if base.op in {"zeros", "fill"} else None
    if side is not None and base.padding is None:
        facts["padding"] = Padding(site, side, _holds_floats(base, given), "np.zeros")
        m.record.paddings.append(facts["padding"])
    return m.derive(base, "fill", site, *((given,) if given is not None else ()), **facts)


def _marked(base: Array, keys: Keys, value: Value, site: Site) -> Quantity:
    """Labels that start as one number, of which some are set to another: `y[:40] = 1`."""
    before, after = known(base.settings.get("constant")), settled(value)
    total = known_int(base.shape[0]) if base.shape and len(base.shape) == 1 else None
    key = keys[0]
    if total is None or before is None or not isinstance(after, int | float) or not isinstance(key, Slice):
        return Quantity()
    low, high = settled(key.low, 0) if key.low else 0, settled(key.high) if key.high else total
    if not isinstance(low, int) or not isinstance(high, int):
        return Quantity()
    count = len(range(total)[low:high])
    return quantities.counted({float(before): total - count, float(after): count}, "labels written out", site)


def _padded_side(keys: Keys) -> Setting | None:
    """`x[i, :len(s)]` pads behind, `x[i, -len(s):]` before; a constant bound does not pad."""
    if len(keys) < 2 or not isinstance(keys[0], Symbol | Opaque):
        return None
    for key in keys[1:2]:
        if isinstance(key, Slice):
            high, low = size_of(key.high), size_of(key.low)
            if key.low is None and isinstance(high, Linear) and high.varies:
                return Known("post")
            if key.high is None and isinstance(low, Linear) and low.varies:
                return Known("pre")
    return None


def _holds_floats(base: Array, given: Array | None) -> bool:
    if given is not None and given.quantity.kind in {Kind.TOKENS, Kind.CLASSES}:
        return False
    dtype = base.settings.get("dtype")
    if isinstance(dtype, Known) and "int" in str(dtype.value):
        return False
    return base.shape is not None and len(base.shape) >= 3
