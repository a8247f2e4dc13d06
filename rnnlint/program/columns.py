"""Ways back through tables, column by column: what the values of an array were made from."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace

from rnnlint.program.data import Array, Kind
from rnnlint.program.value import Known, known

STOPS = frozenset({"index_of", "indices", "order", "encode", "one_hot", "prediction", "loss", "argmax", "learned"})


@dataclass(frozen=True, slots=True)
class Columns:
    """Which columns are followed: those in `only` (None: all) but `without`; `vague` if chosen by place as well."""

    only: frozenset[str] | None = None
    without: frozenset[str] = frozenset()
    vague: bool = False

    @property
    def all(self) -> bool:
        """Whether every column is followed."""
        return self == ALL

    def holds(self, names: frozenset[str]) -> bool:
        """Whether one of these columns is surely among them."""
        return not self.vague and any((self.only is None or n in self.only) and n not in self.without for n in names)

    def of(self, names: frozenset[str]) -> Columns:
        """Those of them that a choice by name leaves."""
        left = names - self.without
        return replace(self, only=left if self.only is None else left & self.only, without=frozenset())

    def but(self, names: frozenset[str]) -> Columns:
        """Those of them that are left without these."""
        if self.only is not None:
            return replace(self, only=self.only - names)
        return replace(self, without=self.without | names)


ALL = Columns()


@dataclass(frozen=True, eq=False, slots=True)
class Origin:
    """An array that values were made from, with the columns that matter, and whether windows were cut since."""

    array: Array
    columns: Columns = ALL
    windowed: bool = False


def origins(array: Array, columns: Columns = ALL) -> Iterator[Origin]:
    """Everything that surely has a part in the values of the array, itself first.

    Statistics of all rows and columns that were not chosen have none.
    """
    waiting = [Origin(array, columns)]
    seen: set[tuple[int, Columns, bool]] = set()
    while waiting:
        origin = waiting.pop(0)
        state = (origin.array.number, origin.columns, origin.windowed)
        if state not in seen and origin.columns.only != frozenset():
            seen.add(state)
            yield origin
            waiting.extend(_before(origin))


def _before(origin: Origin) -> Iterator[Origin]:
    array, columns = origin.array, origin.columns
    windowed = origin.windowed or array.op in {"window", "windows"}
    names = _named(array, "names")
    if array.op in STOPS or (array.op == "stat" and not moves(array)):
        return
    if array.op == "apply":
        embeds = array.layer is not None and array.layer.kind == "embedding"
        yield from (Origin(source, ALL, windowed) for source in array.inputs[:1] if not embeds)
    elif array.op == "assign" and names:
        yield Origin(array.inputs[0], columns.but(names), windowed)
        yield from (Origin(given, ALL, windowed) for given in array.inputs[1:] if columns.holds(names))
    elif array.op == "columns":
        dropped = _named(array, "dropped")
        fewer = columns.of(names) if names else columns.but(dropped)
        yield Origin(array.inputs[0], fewer if names or dropped else replace(columns, vague=True), windowed)
    elif len(array.inputs) < 2 or columns.all or array.op not in {"join", "frame", "stack"}:
        left = replace(columns, vague=True) if _picks_columns(array) else columns
        yield from (Origin(source, left, windowed) for source in array.inputs)


def moves(array: Array) -> bool:
    """Whether it is the statistics of a window that moves along the rows, not of them all."""
    source = array.inputs[0] if array.inputs else None
    while source is not None and source.op == "columns" and source.inputs:
        source = source.inputs[0]
    return source is not None and "moving" in source.settings


def unexplained(array: Array) -> bool:
    """Whether a column was written into it whose values are not known."""
    names = _named(array, "names") if array.op == "assign" else frozenset()
    unknown = any(array.columns[name].kind is Kind.UNKNOWN for name in names if name in array.columns)
    return len(array.inputs) == 1 and unknown


def _named(array: Array, setting: str) -> frozenset[str]:
    found = array.settings.get(setting)
    return frozenset(found.value) if isinstance(found, Known) else frozenset()


def _picks_columns(array: Array) -> bool:
    """Whether it picks columns by position, or by keys that are not known, which may be names."""
    if array.op == "gather":
        return True
    keys = known(array.settings.get("keys"))
    return isinstance(keys, tuple) and any(key != ":" for key in keys[1:])
