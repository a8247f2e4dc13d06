"""Labels that were written out class by class."""

from __future__ import annotations

from itertools import groupby

from rnnlint.program.data import Array
from rnnlint.program.value import known
from rnnlint.program.walks import chain

KEEPING_ORDER = frozenset({"cast", "one_hot", "reshape", "squeeze", "unsqueeze", "input"})
Runs = tuple[tuple[float, int | None], ...]


def in_class_order(array: Array) -> tuple[Runs, Array] | None:
    """The classes in their order with how many labels each has, and where they were put so; None where they mix."""
    for earlier in chain(array):
        runs = known(earlier.settings.get("runs")) or _written(known(earlier.settings.get("numbers")))
        if isinstance(runs, tuple):
            classes = [value for value, _ in runs]
            return (runs, earlier) if len(classes) > 1 and len(set(classes)) == len(classes) else None
        if earlier.op not in KEEPING_ORDER:
            return None
    return None


def _written(numbers: object) -> Runs | None:
    if not isinstance(numbers, tuple) or len(set(numbers)) == len(numbers):
        return None
    return tuple((value, len(list(run))) for value, run in groupby(numbers))
