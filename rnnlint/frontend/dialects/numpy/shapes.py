"""Other arrangements of the same values: shapes, windows, padding, parts."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import libcst as cst

from rnnlint.frontend import arrangement, quantities
from rnnlint.frontend.dispatch import METHODS, Call, attribute, function, method
from rnnlint.frontend.machine import number, size_of
from rnnlint.frontend.reaches import windows_of
from rnnlint.frontend.values import (
    ArrayRef,
    Opaque,
    Sequence,
    Value,
    settled,
)
from rnnlint.program.data import Array, Kind, Padding, Part
from rnnlint.program.size import Linear, Size, add
from rnnlint.program.value import Known, Setting
from rnnlint.program.walks import width_of


@method("array", "reshape", "view", "flatten", "ravel", "view_as", "expand_as")
@function("numpy.reshape", "numpy.ravel", "numpy.atleast_2d")
def reshape(call: Call) -> Value:
    """Another arrangement of the same values; rows stay rows as far as the program shows."""
    base, arguments = _operand(call)
    if base is None:
        return Opaque("a new shape of an array that is not known")
    name = call.path.rsplit(".", 1)[-1]
    facts: dict[str, Any] = {**_REARRANGED, "shape": None, "quantity": quantities.whole(base)}
    target = _target(arguments, call) if name in {"reshape", "view"} else None
    if name in {"ravel", "flatten"} and not arguments:
        target = (-1,)
    if target is not None:
        facts.update(arrangement.reshaped(call.machine, base, target))
        facts["padding"] = base.padding if base.shape is None or len(target) == len(base.shape) else None
    elif name in {"reshape", "view"} and base.shape is None:
        facts["padding"] = base.padding
    if name == "flatten" and arguments:
        facts.update(_flattened(call, base))
    if target is not None:
        computed = any(isinstance(inner, cst.BinaryOperation) for inner in _size_nodes(call))
        facts["settings"] = {
            "computed": Known(computed),
            "before": Known(arrangement.sizes(call.machine, base) or _leading(call, base)),
        }
    return ArrayRef(call.machine.derive(base, "reshape", call.site, **facts))


def _size_nodes(call: Call) -> list[cst.CSTNode]:
    """The expressions that a new shape is written with."""
    found: list[cst.CSTNode] = []
    for argument in getattr(call.node, "args", ()):
        value = argument.value
        found.extend(element.value for element in value.elements) if isinstance(value, cst.Tuple | cst.List) else (
            found.append(value)
        )
    return found


def _leading(call: Call, base: Array) -> tuple[Size, ...]:
    """The sizes of the first axes of an array whose number of axes is not known."""
    found = tuple(call.machine.dimension(base, axis) for axis in range(3))
    return tuple(size for size in found if size is not None)


_REARRANGED: dict[str, Any] = {"recurrent_output": None, "columns": {}}


def _operand(call: Call) -> tuple[Array | None, tuple[Value, ...]]:
    """The array of a method or of a function's first argument, with the remaining arguments."""
    if isinstance(call.receiver, ArrayRef):
        return call.receiver.array, call.args
    first = call.get(0, "a") or call.get(None, "input") or call.get(None, "x")
    return (first.array if isinstance(first, ArrayRef) else None), call.args[1:]


def _flattened(call: Call, base: Array) -> dict[str, Any]:
    """torch's flatten(start, end): the axes before `start` stay."""
    start = settled(call.get(0, "start_dim"))
    if not isinstance(start, int) or start < 0 or len(call.args) + len(call.keywords) > 1 or start > 1:
        return {"shape": None, "axes": ()}
    return arrangement.reshaped(call.machine, base, (*(call.machine.dimension(base, i) for i in range(start)), -1))


@method("array", "transpose", "permute", "swapaxes", "moveaxis", "t")
@function("numpy.transpose", "numpy.swapaxes", "numpy.moveaxis")
def transpose(call: Call) -> Value:
    """Axes in another order."""
    base, arguments = _operand(call)
    if base is None:
        return Opaque("a transposition of an array that is not known")
    name = call.path.rsplit(".", 1)[-1]
    facts = {**_REARRANGED, "quantity": quantities.whole(base), "padding": base.padding}
    order = _order(call, name, base, arguments)
    facts.update(_permuted(call, base, order))
    how = "swap" if order is not None and _swaps(call, order) else "order"
    settings: dict[str, Setting] = {how: Known(order)} if order is not None else {}
    return ArrayRef(call.machine.derive(base, "transpose", call.site, **facts, settings=settings))


def _order(call: Call, name: str, base: Array, arguments: tuple[Value, ...]) -> tuple[int, ...] | None:
    """The new order of the axes, or the two that change places; None where it is not known."""
    given = arguments[0] if arguments else call.get(None, "dims") or call.get(None, "axes")
    items = given.items if isinstance(given, Sequence) else arguments
    axes = [settled(item) for item in items or ()]
    if not items:
        axes = [settled(call.get(None, "dim0")), settled(call.get(None, "dim1"))] if "dim0" in call.keywords else []
    if name == "moveaxis" or not all(isinstance(axis, int) for axis in axes):
        return None
    if axes:
        return tuple(axes)
    rank = len(base.shape) if base.shape is not None else 0
    if name == "t" and rank > 2:
        return (1, 0, *range(2, rank))  # what torch did before it refused more than two axes
    return tuple(reversed(range(rank))) if rank else None


def _permuted(call: Call, base: Array, order: tuple[int, ...] | None) -> dict[str, Any]:
    if order is None:
        return {"shape": None, "axes": ()}
    if _swaps(call, order):
        return arrangement.swapped(call.machine, base, *order)
    return arrangement.permuted(base, order)


def _swaps(call: Call, order: tuple[int, ...]) -> bool:
    """Whether the numbers are two axes that change places, rather than all axes in order."""
    pair = len(order) == 2 and call.path.rsplit(".", 1)[-1] in {"transpose", "swapaxes"}
    return pair and not any(isinstance(value, Sequence) for value in call.args[-1:])


@method("array", "unsqueeze")
@function("numpy.expand_dims", "torch.unsqueeze")
def unsqueeze(call: Call) -> Value:
    """A new axis of size 1."""
    base, arguments = _operand(call)
    if base is None:
        return Opaque("a new axis of an array that is not known")
    axis = settled(arguments[0] if arguments else call.get(None, "dim") or call.get(None, "axis"))
    facts = arrangement.inserted(base, axis) if isinstance(axis, int) else {"shape": None}
    settings: dict[str, Setting] = {"axis": Known(axis)} if isinstance(axis, int) else {}
    if base.shape is None and axis in {0, 1} and (width := width_of(base)) is not None:
        settings["width"] = Known(width)
    made = call.machine.derive(base, "unsqueeze", call.site, **facts, settings=settings, recurrent_output=None)
    return ArrayRef(made)


@method("array", "squeeze")
@function("numpy.squeeze", "torch.squeeze")
def squeeze(call: Call) -> Value:
    """Axes of size 1 removed."""
    base, arguments = _operand(call)
    if base is None:
        return Opaque("fewer axes of an array that is not known")
    given = arguments[0] if arguments else call.get(None, "dim") or call.get(None, "axis")
    axis = settled(given)
    if given is not None and not isinstance(axis, int):
        return ArrayRef(call.machine.derive(base, "squeeze", call.site, shape=None))
    settings: dict[str, Setting] = {"axis": Known(axis)}
    facts = arrangement.squeezed(base, axis)
    return ArrayRef(call.machine.derive(base, "squeeze", call.site, **facts, settings=settings))


@method("array", "squeeze_", "unsqueeze_", "transpose_", "t_", "swapaxes_")
def in_place(call: Call) -> Value:
    """x.squeeze_(1): every name of this tensor sees its new shape."""
    made = METHODS["array", call.path.removesuffix("_")](replace(call, path=call.path.removesuffix("_")))
    if isinstance(made, ArrayRef) and isinstance(call.receiver, ArrayRef):
        call.machine.heap.write(call.receiver, "array", made.array)
    return call.receiver


def _target(arguments: tuple[Value, ...], call: Call) -> tuple[Size | None, ...] | None:
    target: Value | None = arguments[0] if arguments else call.get(None, "newshape") or call.get(None, "shape")
    items = target.items if isinstance(target, Sequence) else arguments
    if not items:
        return None
    return tuple(size_of(item) for item in items)


@function("numpy.pad")
def pad(call: Call) -> Value:
    """np.pad: sequences made equal where the width depends on each one's own length."""
    source = call.array(0, "array")
    if source is None:
        return Opaque("a padded array that is not known")
    mode = settled(call.get(2, "mode"), "constant")
    base, widths = source.array, call.get(1, "pad_width")
    side = _pad_side(widths)
    facts: dict[str, Any] = {"shape": _widened(base, widths), "axes": base.axes}
    if side is not None and mode == "constant":
        floats = base.quantity.kind not in {Kind.TOKENS, Kind.CLASSES}
        facts["padding"] = Padding(call.site, side, floats, "np.pad")
        call.machine.record.paddings.append(facts["padding"])
    return ArrayRef(call.machine.derive(base, "pad", call.site, **facts))


def _widened(base: Array, widths: Value | None) -> tuple[Size | None, ...] | None:
    """The shape behind np.pad, where the widths are written out."""
    if base.shape is None:
        return None
    pairs = widths.items if isinstance(widths, Sequence) else None
    if pairs is None or len(pairs) != len(base.shape):
        return (None,) * len(base.shape)
    grown: list[Size | None] = []
    for size, pair in zip(base.shape, pairs, strict=True):
        sides = [size_of(side) for side in pair.items or ()] if isinstance(pair, Sequence) else []
        first, second = sides if len(sides) == 2 else (None, None)
        known_all = size is not None and first is not None and second is not None
        grown.append(add(add(size, first), second) if known_all else None)  # type: ignore[arg-type]
    return tuple(grown)


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
            *(number(size) for axis in (1, 2) if (size := call.machine.dimension(base, axis)) is not None),
        ]
        return Sequence("tuple", tuple(rank))
    sizes = [call.machine.dimension(base, axis) for axis in range(len(base.shape))]
    return Sequence("tuple", tuple(number(size) if size is not None else Opaque("a size") for size in sizes))


@attribute("array", "T", "mT")
def transposed(call: Call) -> Value:
    """x.T."""
    base = call.own
    rank = len(base.shape) if base.shape is not None else 0
    order = tuple(reversed(range(rank)))
    facts = arrangement.permuted(base, order) if rank else {"shape": None}
    settings: dict[str, Setting] = {"order": Known(order)} if rank else {}
    made = call.machine.derive(base, "transpose", call.site, **facts, settings=settings, recurrent_output=None)
    return ArrayRef(made)


@function("numpy.lib.stride_tricks.sliding_window_view")
def sliding_windows(call: Call) -> Value:
    """Windows over the rows."""
    source = call.array(0, "x")
    if source is None:
        return Opaque("windows of data that are not known")
    size = size_of(call.get(1, "window_shape"))
    base = source.array
    shape = (None, *base.shape[1:], size) if base.shape is not None else None
    along_rows = settled(call.get(2, "axis"), 0) == 0
    reach = windows_of(size, 1) if along_rows else base.reach
    return ArrayRef(call.machine.derive(base, "windows", call.site, shape=shape, reach=reach))


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
