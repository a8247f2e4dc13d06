"""Slices of the same rows that cross: how much of one lies in the other."""

from __future__ import annotations

from rnnlint.program.data import Part, Rows
from rnnlint.program.size import Linear, Size, at

COUNTS = (300, 2_000, 10_000, 1_000_000)  # a claim about shares of all rows must hold for each of these numbers
Bounds = tuple[float, float]


def shared_with(rows: Rows, other: Rows) -> float | None:
    """The share of these rows that the other slice surely holds as well, where the two cross.

    0.0 where they do not, or where one lies within the other; None where their bounds cannot be compared.
    """
    if rows.source != other.source or not rows.path or rows.path[:-1] != other.path[:-1]:
        return 0.0
    mine, theirs = rows.path[-1], other.path[-1]
    if mine.kind != "slice" or theirs.kind != "slice":
        return 0.0
    if mine.key is not None or theirs.key is not None:
        return None
    counts = _counts([bound for part in (mine, theirs) for bound in (part.low, part.high) if bound is not None])
    length = ("len", Rows(rows.source, rows.path[:-1]))
    shares: list[float] = []
    for count in counts:
        one, two = _bounds(mine, length, count), _bounds(theirs, length, count)
        if one is None or two is None:
            return None
        shares.append(_share(one, two))
    return min(shares, default=None)


def _counts(bounds: list[Size]) -> tuple[int, ...]:
    """Numbers of rows to try: none where only some of the bounds depend on their number."""
    if all(isinstance(bound, Linear) for bound in bounds):
        return COUNTS
    numbers = [bound for bound in bounds if not isinstance(bound, Linear)]
    return (10 * int(max(numbers)),) if len(numbers) == len(bounds) else ()


def _share(one: Bounds, two: Bounds) -> float:
    crossed = (one[0] - two[0]) * (one[1] - two[1]) > 0
    overlap = min(one[1], two[1]) - max(one[0], two[0])
    return overlap / (one[1] - one[0]) if crossed and overlap > 0 else 0.0


def _bounds(part: Part, length: tuple[str, Rows], count: int) -> Bounds | None:
    low = 0 if part.low is None else at(part.low, length, count)
    high = count if part.high is None else at(part.high, length, count)
    return (_within(low, count), _within(high, count)) if low is not None and high is not None else None


def _within(bound: float, count: int) -> float:
    return min(max(bound + count if bound < 0 else bound, 0), count)
