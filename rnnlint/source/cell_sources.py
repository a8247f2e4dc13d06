"""Where the source of each cell stands in the JSON text of a notebook."""

from __future__ import annotations

import json
import re
from bisect import bisect_right
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from rnnlint.source.reading import UnreadableError

_BLANKS = re.compile(r"[ \t\n\r]*")
_CHARACTER = re.compile(
    r"""\\u[dD][89abAB][0-9a-fA-F]{2}\\u[dD][c-fC-F][0-9a-fA-F]{2} | \\u[0-9a-fA-F]{4} | \\. | [^\\]""", re.VERBOSE
)
_LINE_END = re.compile(r"\r\n|\r|\n")
_BYTE_ORDER_MARK = "\N{ZERO WIDTH NO-BREAK SPACE}"
_value_at = json.JSONDecoder().raw_decode

Range = tuple[int, int]


@dataclass(frozen=True, slots=True)
class Literal:
    """A JSON string: what it means, and its range in the notebook's text, quotes included (0-based, end exclusive)."""

    value: str
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class CellSource:
    """The source of one cell, numbered from 1 over all cells as in `notebook.code_cells`.

    `start` and `end` are the range of the whole value in the notebook's text: one string, or with `is_list` a list
    of strings that count together as one. `literals` are those strings.
    """

    number: int
    start: int
    end: int
    is_list: bool
    literals: tuple[Literal, ...]

    @property
    def text(self) -> str:
        """The source with the line ends that the notebook gives it."""
        return "".join(literal.value for literal in self.literals)


class NotebookMap:
    """From places in a notebook's cells to places in its JSON text.

    `text` is the file's content decoded as UTF-8, a byte order mark kept, so that ranges of it can be cut out
    and encoded again. UnreadableError when it is not JSON.
    """

    def __init__(self, text: str) -> None:
        self.text = text
        self.cells = cell_sources(text)
        self._line_starts = [0, *(match.end() for match in re.finditer("\n", text))]

    def place(self, cell: int, line: int, column: int) -> tuple[int, int] | None:
        """Line and column in the JSON text (1-based, code points) of a line and column in a cell; None without it."""
        source = self.cells.get(cell)
        if source is None:
            return None
        position = offset_of(self.text, source, line, column)
        row = bisect_right(self._line_starts, position)
        marked = row == 1 and self.text.startswith(_BYTE_ORDER_MARK)
        return row, position - self._line_starts[row - 1] + (0 if marked else 1)


def cell_sources(text: str) -> Mapping[int, CellSource]:
    """The source of every cell that has one, by the cell's number; UnreadableError when `text` is not JSON."""
    start = len(_BYTE_ORDER_MARK) if text.startswith(_BYTE_ORDER_MARK) else 0
    try:
        json.loads(text[start:])
    except (ValueError, RecursionError) as error:
        raise UnreadableError(f"not a notebook: not JSON that can be read ({error})") from error
    return {source.number: source for source in _sources(text, _skip(text, start))}


def offset_of(text: str, source: CellSource, line: int, column: int) -> int:
    """The offset in the notebook's text of a place in a cell (1-based); what lies beyond a line is at its end."""
    content = source.text
    ends = [*_LINE_END.finditer(content)]
    starts = [0, *(end.end() for end in ends)]
    if line > len(starts):
        return source.literals[-1].end - 1 if source.literals else source.start
    last = ends[line - 1].start() if line <= len(ends) else len(content)
    return _offset(text, source, min(starts[line - 1] + column - 1, last))


def in_strings(text: str, cell: CellSource, content: str) -> str:
    """Python text as it stands inside a string of the cell; a list of strings gets one for each line."""
    newline = "\r\n" if "\r\n" in cell.text else "\n"
    lines = content.split("\n")
    ascii_only = text.isascii()
    encoded = [json.dumps(line + newline, ensure_ascii=ascii_only)[1:-1] for line in lines[:-1]]
    encoded.append(json.dumps(lines[-1], ensure_ascii=ascii_only)[1:-1])
    return f'"{_separator(text, cell)}"'.join(encoded) if cell.is_list else "".join(encoded)


def _separator(text: str, cell: CellSource) -> str:
    """What stands between two strings of the cell's list."""
    if len(cell.literals) > 1:
        return text[cell.literals[0].end : cell.literals[1].start]
    return "," + text[cell.start + 1 : cell.literals[0].start] if cell.literals else ", "


def _offset(text: str, source: CellSource, index: int) -> int:
    for literal in source.literals:
        if index < len(literal.value):
            return _offset_in(text, literal, index)
        index -= len(literal.value)
    return source.literals[-1].end - 1 if source.literals else source.start


def _offset_in(text: str, literal: Literal, index: int) -> int:
    if len(literal.value) == literal.end - literal.start - 2:  # nothing is escaped
        return literal.start + 1 + index
    position = literal.start + 1
    for _ in range(index):
        character = _CHARACTER.match(text, position)
        assert character is not None
        position = character.end()
    return position


def _sources(text: str, start: int) -> Iterator[CellSource]:
    notebook = _members(text, start)
    sheets = _items(text, notebook["worksheets"]) if "worksheets" in notebook else []
    holders = [notebook, *(_members(text, sheet[0]) for sheet in sheets)]
    cells = [cell for holder in holders if "cells" in holder for cell in _items(text, holder["cells"])]
    for number, cell in enumerate(cells, start=1):
        members = _members(text, cell[0])
        value = members.get("source", members.get("input"))
        if value is not None:
            yield _source(text, number, value)


def _source(text: str, number: int, value: Range) -> CellSource:
    is_list = text[value[0]] == "["
    strings = [item for item in (_items(text, value) if is_list else [value]) if text[item[0]] == '"']
    literals = tuple(Literal(_value_at(text, start)[0], start, end) for start, end in strings)
    return CellSource(number, *value, is_list, literals)


def _members(text: str, start: int) -> dict[str, Range]:
    """The range of each value of the object at `start`, by key, the last of equal keys; empty for what is none."""
    members: dict[str, Range] = {}
    if text[start] != "{":
        return members
    position = _skip(text, start + 1)
    while text[position] == '"':
        key, position = _value_at(text, position)
        value = _skip(text, _skip(text, position) + 1)
        members[key] = value, _value_at(text, value)[1]
        position = _next(text, members[key][1])
    return members


def _items(text: str, value: Range) -> list[Range]:
    """The range of each item of the list at `value`; empty for what is none."""
    items: list[Range] = []
    if text[value[0]] != "[":
        return items
    position = _skip(text, value[0] + 1)
    while text[position] != "]":
        items.append((position, _value_at(text, position)[1]))
        position = _next(text, items[-1][1])
    return items


def _next(text: str, end: int) -> int:
    """Where the next member or item starts, or the bracket that closes behind the last."""
    position = _skip(text, end)
    return _skip(text, position + 1) if text[position] == "," else position


def _skip(text: str, position: int) -> int:
    blanks = _BLANKS.match(text, position)
    assert blanks is not None
    return blanks.end()
