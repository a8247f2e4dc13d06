"""Other arrangements of the same values: shapes, windows, padding, parts."""

from __future__ import annotations

from typing import Any

from rnnlint.frontend import quantities
from rnnlint.frontend.dispatch import Call, attribute, function, method
from rnnlint.frontend.machine import number, size_of
from rnnlint.frontend.values import (
    ArrayRef,
    Opaque,
    Sequence,
    Symbol,
    Value,
    settled,
)
from rnnlint.program.data import Array, Kind, Padding, Part
from rnnlint.program.size import Linear, Size, known_int
from rnnlint.program.value import Known, Setting


@method(
    "array",
    "reshape",
    "view",
    "flatten",
    "ravel",
    "transpose",
    "permute",
    "swapaxes",
    "t",
    "mT",
    "view_as",
    "expand_as",
)
@function(
    "numpy.reshape",
    "numpy.transpose",
    "numpy.ravel",
    "numpy.expand_dims",
    "numpy.swapaxes",
    "numpy.atleast_2d",
)
def reshape(call: Call) -> Value:
    """Another arrangement of the same values; rows stay rows as far as the program shows."""
    method_call = isinstance(call.receiver, ArrayRef)
    source = call.receiver if method_call else call.get(0, "a")
    if not isinstance(source, ArrayRef):
        return Opaque("a new shape of an array that is not known")
    name = call.path.rsplit(".", 1)[-1]
    arguments = call.args if method_call else call.args[1:]
    base = source.array
    facts: dict[str, Any] = {
        "shape": None,
        "recurrent_output": None,
        "quantity": quantities.whole(base),
        "columns": {},
    }
    if name in {"reshape", "view"}:
        facts["shape"] = _reshaped(base, arguments, call)
        facts["padding"] = base.padding if facts["shape"] and len(facts["shape"]) == len(base.shape or ()) else None
        if base.padding is not None and base.shape is None:
            facts["padding"] = base.padding
    elif name == "expand_dims" and base.shape is not None:
        axis = settled(call.get(1, "axis"))
        if isinstance(axis, int):
            place = axis if axis >= 0 else len(base.shape) + 1 + axis
            facts["shape"] = (*base.shape[:place], 1, *base.shape[place:])
    return ArrayRef(call.machine.derive(base, "reshape", call.site, **facts))


def _reshaped(base: Array, arguments: tuple[Value, ...], call: Call) -> tuple[Size | None, ...] | None:
    target: Value | None = arguments[0] if arguments else call.get(None, "newshape") or call.get(None, "shape")
    items = target.items if isinstance(target, Sequence) else arguments
    if not items:
        return None
    sizes: list[Size | None] = []
    for item in items:
        size = size_of(item)
        sizes.append(None if size is not None and known_int(size) == -1 else size)
    return tuple(sizes)


@function("numpy.pad")
def pad(call: Call) -> Value:
    """np.pad: sequences made equal where the width depends on each one's own length."""
    source = call.array(0, "array")
    if source is None:
        return Opaque("a padded array that is not known")
    mode = settled(call.get(2, "mode"), "constant")
    base, widths = source.array, call.get(1, "pad_width")
    side = _pad_side(widths)
    facts: dict[str, Any] = {"shape": (None, *base.shape[1:]) if base.shape else None}
    if side is not None and mode == "constant":
        floats = base.quantity.kind not in {Kind.TOKENS, Kind.CLASSES}
        facts["padding"] = Padding(call.site, side, floats, "np.pad")
        call.machine.record.paddings.append(facts["padding"])
    return ArrayRef(call.machine.derive(base, "pad", call.site, **facts))


def _pad_side(widths: Value | None) -> Setting | None:
    """The side on which a width depends on a length."""
    pair = widths
    while isinstance(pair, Sequence) and pair.items and isinstance(pair.items[0], Sequence):
        pair = pair.items[0]
    if not isinstance(pair, Sequence) or pair.items is None or len(pair.items) != 2:
        return None
    before, after = (size_of(item) for item in pair.items)
    if isinstance(after, Linear) and after.varies:
        return Known("post")
    if isinstance(before, Linear) and before.varies:
        return Known("pre")
    return None


@attribute("array", "shape")
def shape_of(call: Call) -> Value:
    """x.shape."""
    base = call.own
    if base.shape is None:
        rank = [
            number(call.machine.length(base)),
            *(Symbol(Linear(((("axis", base.number, i), 1),))) for i in range(1, 3)),
        ]
        return Sequence("tuple", tuple(rank))
    sizes = [call.machine.dimension(base, axis) for axis in range(len(base.shape))]
    return Sequence("tuple", tuple(number(size) if size is not None else Opaque("a size") for size in sizes))


@attribute("array", "T", "mT")
def transposed(call: Call) -> Value:
    """x.T."""
    base = call.own
    shape = tuple(reversed(base.shape)) if base.shape is not None else None
    return ArrayRef(call.machine.derive(base, "reshape", call.site, shape=shape, recurrent_output=None))


@function("numpy.lib.stride_tricks.sliding_window_view")
def sliding_windows(call: Call) -> Value:
    """Windows over the rows."""
    source = call.array(0, "x")
    if source is None:
        return Opaque("windows of data that are not known")
    size = size_of(call.get(1, "window_shape"))
    base = source.array
    shape = (None, *base.shape[1:], size) if base.shape is not None else None
    return ArrayRef(call.machine.derive(base, "windows", call.site, shape=shape))


@function("numpy.array_split", "numpy.split")
def array_split(call: Call) -> Value:
    """Rows in parts."""
    source = call.array(0, "ary")
    if source is None:
        return Opaque("parts of data that are not known")
    base, bounds = source.array, call.get(1, "indices_or_sections")
    count = len(bounds.items) + 1 if isinstance(bounds, Sequence) and bounds.items is not None else 2
    key = ("np.split", call.site)
    parts = [base.rows.select(Part("split", key, i)) if base.rows is not None else None for i in range(count)]
    return Sequence("list", tuple(ArrayRef(call.machine.derive(base, "rows", call.site, rows=rows)) for rows in parts))
