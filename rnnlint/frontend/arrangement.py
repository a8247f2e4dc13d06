"""What operations do to the axes of an array: their sizes, and which holds samples, time steps or features."""

from __future__ import annotations

from typing import Any

from rnnlint.frontend.machine import Machine
from rnnlint.program.data import Array
from rnnlint.program.size import Size, known_int, scale

BATCH, TIME = "batch", "time"
Facts = dict[str, Any]


def sizes(m: Machine, array: Array) -> tuple[Size, ...] | None:
    """The size of every axis, by a symbol where it is not known; None where their number is not known."""
    if array.shape is None:
        return None
    found = tuple(m.dimension(array, axis) for axis in range(len(array.shape)))
    return tuple(size for size in found if size is not None)


def role(array: Array, axis: int) -> str:
    """What an axis holds, "" where it is not known."""
    if axis < 0:
        if array.shape is None:
            return ""
        axis += len(array.shape)
    return array.axes[axis] if 0 <= axis < len(array.axes) else ""


def permuted(base: Array, order: tuple[int, ...]) -> Facts:
    """The axes in another order."""
    rank = len(order)
    places = tuple(axis % rank for axis in order)
    if sorted(places) != list(range(rank)):
        return {"shape": None, "axes": ()}
    known = base.shape is not None and len(base.shape) == rank
    shape = tuple(base.shape[place] for place in places) if known and base.shape is not None else (None,) * rank
    by_rows = base.by_rows and bool(places) and places[0] == 0
    return {"shape": shape, "axes": tuple(role(base, place) for place in places), "by_rows": by_rows}


def swapped(m: Machine, base: Array, one: int, two: int) -> Facts:
    """Two axes exchanged."""
    if base.shape is None:
        if one < 0 or two < 0 or max(one, two) >= 3:
            return {"shape": None, "axes": ()}
        order = list(range(max(one, two) + 1))
        order[one], order[two] = order[two], order[one]
        return {"shape": None, "axes": tuple(role(base, axis) for axis in order)}
    rank = len(base.shape)
    if not (-rank <= one < rank and -rank <= two < rank):
        return {"shape": None, "axes": ()}
    order = list(range(rank))
    order[one], order[two] = order[two], order[one]
    facts = permuted(base, tuple(order))
    full = sizes(m, base)
    if full is not None:
        facts["shape"] = tuple(full[place] for place in order)
    return facts


def inserted(base: Array, axis: int, size: Size | None = 1, name: str = "") -> Facts:
    """A new axis."""
    if base.shape is not None:
        rank = len(base.shape) + 1
        place = axis if axis >= 0 else rank + axis
        if not 0 <= place < rank:
            return {"shape": None, "axes": ()}
        shape = (*base.shape[:place], size, *base.shape[place:])
        axes = _padded(base.axes, place)
        return {"shape": shape, "axes": (*axes[:place], name, *base.axes[place:])}
    if axis < 0:
        return {"shape": None, "axes": base.axes}
    axes = _padded(base.axes, axis)
    return {"shape": None, "axes": (*axes[:axis], name, *base.axes[axis:])}


def removed(base: Array, axis: int) -> Facts:
    """One axis less."""
    if base.shape is not None:
        rank = len(base.shape)
        if not -rank <= axis < rank:
            return {"shape": None, "axes": ()}
        place = axis % rank
        shape = (*base.shape[:place], *base.shape[place + 1 :])
        return {"shape": shape, "axes": (*base.axes[:place], *base.axes[place + 1 :])}
    if axis < 0:
        return {"shape": None, "axes": base.axes[:1]}
    return {"shape": None, "axes": (*base.axes[:axis], *base.axes[axis + 1 :])}


def squeezed(base: Array, axis: int | None) -> Facts:
    """Axes of size 1 removed; one alone where it is named."""
    if axis is not None:
        if base.shape is not None and -len(base.shape) <= axis < len(base.shape):
            size = base.shape[axis]
            if isinstance(size, int | float) and size != 1:
                return {}
        return removed(base, axis)
    if base.shape is None:
        return {"shape": None, "axes": base.axes[:1] if base.axes[:1] == (BATCH,) else ()}
    kept = [place for place, size in enumerate(base.shape) if size != 1]
    return {"shape": tuple(base.shape[place] for place in kept), "axes": tuple(role(base, place) for place in kept)}


def reshaped(m: Machine, base: Array, target: tuple[Size | None, ...]) -> Facts:
    """The same values in another shape; -1 or None in `target` is what remains."""
    open_places = [i for i, size in enumerate(target) if size is None or known_int(size) == -1]
    shape: list[Size | None] = [None if i in open_places else size for i, size in enumerate(target)]
    if len(open_places) == 1:
        shape[open_places[0]] = _remaining(m, base, [size for size in shape if size is not None])
    kept = bool(shape) and shape[0] is not None and shape[0] == m.dimension(base, 0)
    return {"shape": tuple(shape), "axes": _roles_after(m, base, shape, open_places), "by_rows": base.by_rows and kept}


def _remaining(m: Machine, base: Array, given: list[Size]) -> Size | None:
    full = sizes(m, base)
    if full is None:
        return None
    left = [size for size in full if size != 1]
    divisor: list[Size] = []
    for size in given:
        if size in left:
            left.remove(size)
        elif size != 1:
            divisor.append(size)
    symbols = [size for size in left if known_int(size) is None]
    number = _product([size for size in left if known_int(size) is not None])
    share = _product(divisor)
    if number is None or not share or number % share:
        return None
    if not symbols:
        return number // share
    return scale(symbols[0], number // share) if len(symbols) == 1 else None


def _product(values: list[Size]) -> int | None:
    result = 1
    for value in values:
        whole = known_int(value)
        if whole is None:
            return None
        result *= whole
    return result


def _roles_after(m: Machine, base: Array, shape: list[Size | None], open_places: list[int]) -> tuple[str, ...]:
    """Roles of the leading axes that a reshape leaves as they were."""
    roles: list[str] = []
    for place, size in enumerate(shape):
        if place >= len(base.axes):
            break
        same = size is not None and size == m.dimension(base, place)
        rest = len(shape) - 1
        whole = base.shape is None and rest >= 2
        leads = place == 0 and open_places == [0] and base.axes[0] == BATCH
        if not same and not (leads and (whole or (base.shape is not None and rest >= len(base.shape) - 1))):
            break
        roles.append(base.axes[place])
    return tuple(roles)


def _padded(axes: tuple[str, ...], length: int) -> tuple[str, ...]:
    return (*axes, *("",) * max(0, length - len(axes)))
