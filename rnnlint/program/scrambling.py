"""Whether a reshape keeps the order of axes, or mixes the values of several."""

from __future__ import annotations

from collections.abc import Iterator
from enum import Enum
from itertools import accumulate
from operator import mul

from rnnlint.program.data import Array
from rnnlint.program.network import ELEMENTWISE_KINDS
from rnnlint.program.program import Program
from rnnlint.program.size import Linear, Size, known_int
from rnnlint.program.value import known


class Mixed(Enum):
    """What a reshape does to the order of axes; the value says it in words."""

    NOT = ""
    EXCHANGED = "exchanges axes by their sizes alone"
    MERGED = "merges axes that do not stand side by side"


def mixed(array: Array) -> Mixed | None:
    """What a reshape did, by the sizes before and after; None where they are not known.

    A reshape walks through the values in the order of memory: sizes that are kept must keep their order, and each
    axis of the result must begin where one of the source begins, or inside of one that is divided.
    """
    before, after = known(array.settings.get("before")), array.shape
    if before is None or after is None:
        return None
    source, target = _without_common_start([s for s in before if s != 1], [s for s in after if s != 1])
    if len(source) < 2 or not target:
        return Mixed.NOT
    numbers = _numbers(source), _numbers(target)
    if numbers[0] is not None and numbers[1] is not None and _regrouped(array, numbers[0], numbers[1]):
        return Mixed.NOT
    places = [_place(size, source, target) for size in target]
    kept = [place for place in places if place is not None]
    symbolic = any(isinstance(size, Linear) for size in source)
    if array.inputs[0].shape is None and symbolic and not _leading_batch(array, source, before):
        return None  # one of the exchanged axes may have the length 1
    if kept != sorted(kept):
        return None if known(array.settings.get("computed"), False) else Mixed.EXCHANGED
    if places[0] and list(source[places[0] :]) == list(target):
        return None  # the sizes cannot meet at all
    if places[0] and _skips(source[: places[0]], target):
        return Mixed.MERGED
    return Mixed.NOT if kept or None not in target else None


def undone(program: Program, array: Array) -> bool:
    """Whether a later reshape brings the leading axes back, or this one does so for an earlier one.

    Between the two stands only what treats every row alone, so that no value has met another row's. Where a part is
    cut off in between, the view was offset on purpose, as for relative positions.
    """
    earlier = any(_opposite(array, other) or _offset(other, array, cut) for other, cut in _before(array))
    return earlier or any(
        _opposite(array, other) or _offset(array, other, cut) for other, cut in _after(program, array)
    )


def _opposite(one: Array, two: Array) -> bool:
    before, after = known(one.settings.get("before")), one.shape
    origin, result = known(two.settings.get("before")), two.shape
    if before is None or after is None or origin is None or result is None:
        return False
    return before[:-1] == result[:-1] and after[:-1] == origin[:-1] and len(after) > 2


def _offset(first: Array, second: Array, cut: bool) -> bool:
    """Whether two reshapes leave the same leading axes alone, and what lies between them is cut behind those."""
    one, two = first.shape, second.shape
    return cut and one is not None and two is not None and len(two) > 2 and None not in one[:2] and one[:2] == two[:2]


def _before(array: Array) -> Iterator[tuple[Array, bool]]:
    """Earlier reshapes, each with whether a part was cut off since."""
    waiting = [(source, False) for source in array.inputs]
    while waiting:
        source, cut = waiting.pop()
        if source.op == "reshape":
            yield source, cut
        elif _by_row(source) or _cuts(source):
            waiting.extend((earlier, cut or _cuts(source)) for earlier in source.inputs)


def _after(program: Program, array: Array) -> Iterator[tuple[Array, bool]]:
    """Later reshapes, each with whether a part was cut off before."""
    waiting, seen = [(user, False) for user in program.users_of(array)], set[int]()
    while waiting:
        user, cut = waiting.pop()
        if user.op == "reshape":
            yield user, cut
        elif (_by_row(user) or _cuts(user)) and user.number not in seen:
            seen.add(user.number)
            waiting.extend((later, cut or _cuts(user)) for later in program.users_of(user))


def _cuts(array: Array) -> bool:
    """Whether it leaves a part of an axis behind the first away."""
    keys: tuple[object, ...] = known(array.settings.get("keys"), ()) if array.op == "index" else ()
    return len(keys) > 2 and set(keys) == {":", "slice"} and keys[0] == ":"


def _by_row(array: Array) -> bool:
    """Whether it works on each row alone: elementwise, on the features, or joining features."""
    if array.op == "apply" and array.layer is not None:
        return array.layer.kind in ELEMENTWISE_KINDS or array.layer.kind == "dense"
    if array.op == "join":
        return array.shape is not None and all(_leads(source) == array.shape[:-1] for source in array.inputs)
    return array.op in {"arithmetic", "cast", "dropout"}


def _leads(array: Array) -> tuple[Size | None, ...] | None:
    return array.shape[:-1] if array.shape is not None else None


def _without_common_start(source: list[Size], target: list[Size | None]) -> tuple[list[Size], list[Size | None]]:
    while source and target and source[0] == target[0]:
        source, target = source[1:], target[1:]
    return source, target


def _leading_batch(array: Array, source: list[Size], before: tuple[Size, ...]) -> bool:
    """Whether the first axis is known to hold samples and is among those that move."""
    return array.inputs[0].axes[:1] == ("batch",) and source[0] == before[0]


def _numbers(sizes: list[Size] | list[Size | None]) -> list[int] | None:
    found = [known_int(size) for size in sizes]
    return [number for number in found if number is not None] if None not in found else None


def _regrouped(array: Array, source: list[int], target: list[int]) -> bool:
    """Whether whole numbers allow that axes are only divided or put together.

    The same sizes in another order are taken for an exchange, unless the program computes them from one another.
    """
    if sorted(source) == sorted(target) and not known(array.settings.get("computed"), False):
        return False
    return _aligned(source, target)


def _aligned(source: list[int], target: list[int]) -> bool:
    """Whether every boundary of the result falls on one of the source, or divides an axis evenly."""
    bounds = list(accumulate(source, mul))
    return all(_fits(edge, bounds) for edge in accumulate(target, mul))


def _fits(edge: int, bounds: list[int]) -> bool:
    """An edge between two bounds must be a multiple of the one below, and divide the one above."""
    below = max((bound for bound in bounds if bound <= edge), default=1)
    above = min((bound for bound in bounds if bound >= edge), default=edge)
    return edge % below == 0 and above % edge == 0


def _place(size: Size | None, source: list[Size], target: list[Size | None]) -> int | None:
    """Where a size stands in the source, if it occurs once on both sides."""
    if size is None or source.count(size) != 1 or target.count(size) != 1:
        return None
    return source.index(size)


def _skips(skipped: list[Size], target: list[Size | None]) -> bool:
    """Whether the axes before the one that comes first now are longer than 1 and cannot be part of it."""
    if any(size in target for size in skipped):
        return False
    if isinstance(target[0], Linear) or all(isinstance(size, int) and size > 1 for size in skipped):
        return True
    return None not in target and _numbers(target) is not None and len(target) > 2
