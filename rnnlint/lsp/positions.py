"""Between a finding's places (1-based code points) and the protocol's (0-based, units of the negotiated encoding)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from lsprotocol import types
from pygls.workspace import PositionCodec

from rnnlint.finding import Span


@dataclass(frozen=True, slots=True)
class Text:
    """A document of the editor as it was when it was linted: its lines, and what its columns are counted in."""

    uri: str
    version: int | None
    lines: Sequence[str]
    codec: PositionCodec

    def range_of(self, span: Span) -> types.Range:
        """The span as a range. What lies behind the end of a line is its end."""
        return types.Range(self._position(span.line, span.column), self._position(span.end_line, span.end_column))

    def _position(self, line: int, column: int) -> types.Position:
        if line > len(self.lines):
            return types.Position(line - 1, 0)
        before = self.lines[line - 1].rstrip("\r\n")[: column - 1]
        return types.Position(line - 1, self.codec.client_num_units(before))

    def column_at(self, position: types.Position) -> int:
        """The 0-based code point of its line that a position stands before."""
        if position.line >= len(self.lines):
            return 0
        line = self.lines[position.line].rstrip("\r\n")
        units = 0
        for column, character in enumerate(line):
            if units >= position.character:
                return column
            units += self.codec.client_num_units(character)
        return len(line)


def overlap(one: types.Range, other: types.Range) -> bool:
    """Whether two ranges have a place in common; touching is enough, as a cursor has no width."""
    return _key(one.start) <= _key(other.end) and _key(other.start) <= _key(one.end)


def _key(position: types.Position) -> tuple[int, int]:
    return position.line, position.character
