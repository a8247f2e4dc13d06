"""Writes to cells with undo, so that both arms of a branch start from the same state and are joined."""

from __future__ import annotations

from collections.abc import Callable, Hashable
from typing import Any

from rnnlint.frontend.values import Cell, births

MISSING: Any = object()
Key = tuple[int, Hashable]
Delta = dict[Key, tuple[Cell, Any]]
Join = Callable[[Any, Any], Any]


class Heap:
    """The state of all cells, with a stack of journals."""

    def __init__(self) -> None:
        self._journals: list[tuple[int, Delta]] = []

    def write(self, cell: Cell, key: Hashable, value: Any) -> None:
        """Set a slot."""
        self._remember(cell, key)
        cell.slots[key] = value

    def erase(self, cell: Cell, key: Hashable) -> None:
        """Remove a slot."""
        if key in cell.slots:
            self._remember(cell, key)
            del cell.slots[key]

    def _remember(self, cell: Cell, key: Hashable) -> None:
        if self._journals:
            start, journal = self._journals[-1]
            if cell.born < start:
                journal.setdefault((id(cell), key), (cell, cell.slots.get(key, MISSING)))

    def begin(self) -> None:
        """Start a branch."""
        self._journals.append((next(births), {}))

    def end(self, undo: bool = True) -> Delta:
        """End the branch; its writes, undone unless told otherwise (older values are then returned)."""
        _, journal = self._journals.pop()
        delta: Delta = {}
        for (number, key), (cell, old) in journal.items():
            now = cell.slots.get(key, MISSING)
            if undo:
                delta[number, key] = (cell, now)
                _restore(cell, key, old)
            else:
                delta[number, key] = (cell, old)
                self._remember_old(cell, key, old)
        return delta

    def _remember_old(self, cell: Cell, key: Hashable, old: Any) -> None:
        if self._journals:
            start, journal = self._journals[-1]
            if cell.born < start:
                journal.setdefault((id(cell), key), (cell, old))

    def apply(self, delta: Delta) -> None:
        """Make a branch's writes real."""
        for (_, key), (cell, value) in delta.items():
            if value is MISSING:
                self.erase(cell, key)
            else:
                self.write(cell, key, value)

    def merge(self, one: Delta, two: Delta, join: Join) -> None:
        """Make the join of two branches real; a slot that one of them did not write keeps its value there."""
        for number, key in {**one, **two}:
            cell = (one.get((number, key)) or two[number, key])[0]
            now = cell.slots.get(key, MISSING)
            left = one.get((number, key), (cell, now))[1]
            right = two.get((number, key), (cell, now))[1]
            value = either(left, right, join)
            if value is not MISSING:
                self.write(cell, key, value)


def _restore(cell: Cell, key: Hashable, old: Any) -> None:
    if old is MISSING:
        cell.slots.pop(key, None)
    else:
        cell.slots[key] = old


def either(left: Any, right: Any, join: Join) -> Any:
    """The join of two slots of which one may be missing."""
    if left is MISSING:
        return right
    return left if right is MISSING else join(left, right)
