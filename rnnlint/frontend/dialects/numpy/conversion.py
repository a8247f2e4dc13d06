"""Lists and arrays as arrays, and methods that keep rows and values."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from rnnlint.frontend import quantities
from rnnlint.frontend.arithmetic import gaps_filled
from rnnlint.frontend.devices import fetches, note_fetch, note_send
from rnnlint.frontend.dispatch import Call, attribute, function, method
from rnnlint.frontend.dtypes import dtype_name
from rnnlint.frontend.lookahead import filling
from rnnlint.frontend.stacking import array_of, stack
from rnnlint.frontend.values import (
    ArrayRef,
    Const,
    External,
    Opaque,
    Sequence,
    Value,
    settled,
)
from rnnlint.frontend.vocabularies import largest_of
from rnnlint.program.data import Kind, Quantity

KEEPING = (
    "asarray", "ascontiguousarray", "asfreq", "astype", "backfill", "bfill", "bool", "byte", "clone", "contiguous",
    "convert_dtypes", "copy", "cpu", "cuda", "detach", "double", "ffill", "fillna", "flip", "float", "half",
    "infer_objects", "int", "interpolate", "item", "long", "nan_to_num", "numpy", "pin_memory", "reindex", "rename",
    "rename_axis", "requires_grad_", "reset_index", "round", "set_axis", "sort_index",
    "to", "to_frame", "to_numpy", "tolist", "type", "type_as", "tz_convert", "tz_localize",
)  # fmt: skip
CUTTING = frozenset({"detach", "item", "long", "int", "bool", "byte"})


@method("array", *KEEPING)
def keep(call: Call) -> Value:
    """Methods that keep rows and values."""
    source = call.own
    host = note_fetch(call, call.receiver) if fetches(call) else {}
    if call.path in {"to", "cuda"}:
        note_send(call, call.get(0, "device") or Const("cuda"))
    if call.path == "item" and (largest := largest_of(source)) is not None:
        return largest
    if call.path in {"numpy", "to_numpy", "tolist"}:
        facts: dict[str, Any] = {"quantity": quantities.whole(source), "columns": {}, "cut": call.site}
        return ArrayRef(call.machine.derive(source, "cast", call.site, **facts, settings=host))
    kept = source.recurrent_output if call.path != "flip" else None
    quantity = source.quantity
    if (
        call.path in {"float", "double", "astype", "type", "to"}
        and quantity.kind is Kind.TOKENS
        and quantity.high is not None
    ):
        quantity = _counted(quantity, call)
    inplace = settled(call.get(None, "inplace")) is True
    changed: dict[str, Any] = {"recurrent_output": kept, "quantity": quantity, "dtype": _converted(call, source.dtype)}
    changed["cut"] = call.site if call.path in CUTTING else None
    if call.path in {"reset_index", "set_index", "to_frame"} and settled(call.get(None, "drop")) is not True:
        changed["shape"] = None  # a column more or less
    result = call.machine.derive(source, "cast", call.site, **changed, settings={**filling(call), **host})
    value = call.get(0, "value") if call.path == "fillna" else None
    if isinstance(value, ArrayRef) and value.array.op == "stat":
        result = gaps_filled(call.machine, source, value.array, result, call.site)
    if inplace and isinstance(call.receiver, ArrayRef):
        call.machine.heap.write(call.receiver, "array", result)
        return Const(None)
    return ArrayRef(result)


def _converted(call: Call, before: str) -> str:
    if call.path in {"float", "double", "half"}:
        return "float"
    if call.path in {"long", "int", "byte", "bool"}:
        return "int"
    if call.path in {"astype", "to", "type"}:
        return dtype_name(call.get(0, "dtype"), before)
    return before


def _counted(quantity: Quantity, call: Call) -> Quantity:
    """Whole numbers made floats are amounts, not indices."""
    kind = settled(call.get(0, "dtype"), "float")
    name = call.args[0].path if call.args and isinstance(call.args[0], External) else str(kind)
    return replace(quantity, kind=Kind.GENERATED) if "float" in name.lower() or "double" in name.lower() else quantity


@function("numpy.array", "numpy.asarray", "numpy.asanyarray", "numpy.stack", "numpy.vstack", "numpy.hstack",
          "numpy.concatenate", "numpy.column_stack", "numpy.dstack", "numpy.ascontiguousarray", "numpy.append",
          "numpy.c_",
          "numpy.nan_to_num", "numpy.copy", "numpy.float32", "numpy.float64", "numpy.r_")  # fmt: skip
def array(call: Call) -> Value:
    """Lists and arrays as one array."""
    name = call.path.rsplit(".", 1)[-1]
    if name in {"float32", "float64"} and isinstance(call.get(0, "x"), Const):
        return call.args[0]
    if name == "append" and len(call.args) > 1:
        both = Sequence("list", call.args[:2])
        return stack(call.machine, call.site, both, new_axis=False)
    value = call.get(0, "object") or call.get(None, "arrays") or call.get(None, "tup")
    new_axis = name in {"array", "asarray", "stack", "asanyarray", "column_stack"}
    new_axis = new_axis or (name == "vstack" and _rank(value) == 1)
    if isinstance(value, ArrayRef):
        found = array_of(call.machine, call.site, value)
        assert found is not None
        return ArrayRef(call.machine.derive(found, "cast", call.site, dtype=_dtype(call, found.dtype)))
    made = stack(call.machine, call.site, value, new_axis and not _has_columns(name, value), _axis(call, name, value))
    if isinstance(made, ArrayRef) and "dtype" in call.keywords:
        return ArrayRef(call.machine.derive(made.array, "cast", call.site, dtype=_dtype(call, made.array.dtype)))
    return made


def _rank(value: Value | None) -> int | None:
    """The number of axes of the arrays in a list."""
    item = (value.items or (value.element,))[0] if isinstance(value, Sequence) else None
    return len(item.array.shape) if isinstance(item, ArrayRef) and item.array.shape is not None else None


def _axis(call: Call, name: str, value: Value | None) -> int:
    """The axis along which arrays are put together."""
    if name == "column_stack" or (name == "hstack" and _has_columns("column_stack", value)):
        return 1
    axis = settled(call.get(1, "axis"), 0) if name in {"stack", "concatenate"} else 0
    return axis if isinstance(axis, int) else 0


def _has_columns(name: str, value: Value | None) -> bool:
    """Whether arrays put side by side have two axes already."""
    items = value.items if isinstance(value, Sequence) else None
    first = items[0].array.shape if items and isinstance(items[0], ArrayRef) else None
    return name == "column_stack" and first is not None and len(first) > 1


def _dtype(call: Call, otherwise: str) -> str:
    return dtype_name(call.get(None, "dtype"), otherwise)


@attribute("array", "data", "values", "real", "grad_fn", "is_cuda", "ndim", "dtype", "device")
def same_data(call: Call) -> Value:
    """x.data, df.values."""
    base = call.own
    if call.path in {"ndim"}:
        return Const(len(base.shape)) if base.shape is not None else Opaque("a rank")
    if call.path in {"dtype", "device", "is_cuda", "grad_fn"}:
        return Opaque(f"the {call.path} of an array")
    return ArrayRef(call.machine.derive(base, "cast", call.site, quantity=quantities.whole(base), columns={},
                                        cut=call.site if call.path == "data" else None))  # fmt: skip


@method("array", "dim", "numel", "nelement", "ndimension")
def counts(call: Call) -> Value:
    """Numbers about an array."""
    base = call.own
    if call.path in {"dim", "ndimension"} and base.shape is not None:
        return Const(len(base.shape))
    return Opaque("a rank")
