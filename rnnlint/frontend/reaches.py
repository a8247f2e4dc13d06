"""Which rows of a series a sample holds: the bounds of windows, counted by a loop's index."""

from __future__ import annotations

from typing import Any

from rnnlint.frontend.arrangement import TIME, role
from rnnlint.frontend.machine import size_of
from rnnlint.frontend.values import Slice, Symbol, Value, settled
from rnnlint.program.data import Array, Reach
from rnnlint.program.size import Linear, Size, add, scale, term

STEP = "step"


def index_by(number: Linear, step: Size | None) -> Symbol:
    """The index of a loop that counts in steps; one that itself varies from loop to loop is taken for unknown."""
    if isinstance(step, Linear) and step.mentions("loop"):
        step = None
    return Symbol(number) if step == 1 else Symbol(term("loop", number, (STEP, step)))


def windows_of(width: Size | None, stride: Size | None) -> Reach | None:
    """The reach of windows that a library makes."""
    if width is None:
        return None
    return Reach(0, width, stride)


def reached(base: Array, keys: tuple[Value, ...], low: Size | None, high: Size | None) -> Reach | None:
    """The reach after a selection by position: a loop picks it from the rows, later slices narrow it."""
    if base.reach is None:
        return _picked(low, high) if base.rows is not None and base.layer is None else None
    reach: Reach | None = base.reach
    for axis, key in enumerate(keys):
        if role(base, axis) == TIME and reach is not None:
            reach = _narrowed(reach, key)
    return reach


def _picked(low: Size | None, high: Size | None) -> Reach | None:
    if not isinstance(low, Linear) or high is None or not low.mentions("loop"):
        return None
    indices = [(key, share) for key, share in low.terms if _mentions_loop(key)]
    step = _step(indices[0][0]) if len(indices) == 1 else None
    if step is None:
        return Reach(low, high, None)
    start = Linear((indices[0],))
    return Reach(add(low, start, -1), add(high, start, -1), scale(step, indices[0][1]))


def _step(key: Any) -> Size | None:
    """The step of the loop whose index this is; None for other terms."""
    if not isinstance(key, tuple) or key[0] != "loop":
        return None
    step: Size | None = key[2][1] if len(key) > 2 and key[2][0] == STEP else 1
    return step


def _mentions_loop(key: Any) -> bool:
    return Linear(((key, 1),)).mentions("loop")


def _narrowed(reach: Reach, key: Value) -> Reach | None:
    """Some of a sample's steps, counted from its start or its end."""
    if isinstance(key, Slice):
        low = reach.low if key.low is None else _from(reach, size_of(key.low))
        high = reach.high if key.high is None else _from(reach, size_of(key.high))
        return Reach(low, high, reach.stride) if low is not None and high is not None else None
    place = settled(key)
    at = _from(reach, place) if isinstance(place, int) and not isinstance(place, bool) else None
    return Reach(at, add(at, 1), reach.stride) if at is not None else None


def _from(reach: Reach, place: Size | None) -> Size | None:
    if isinstance(place, int | float):
        return add(reach.low if place >= 0 else reach.high, place)
    return None
