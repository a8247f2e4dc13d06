"""A file as one Python program: a script as it stands, or a notebook's code cells in order."""

from __future__ import annotations

from bisect import bisect_right
from dataclasses import dataclass
from pathlib import Path

from rnnlint.finding import Span


@dataclass(frozen=True, slots=True)
class Cell:
    """A notebook cell: its number over all cells (from 1), and the line of `Document.text` it starts at.

    `indent` is the width of an indentation that the whole cell has in the notebook and not in the text.
    """

    number: int
    first_line: int
    indent: int = 0


@dataclass(frozen=True, slots=True)
class Document:
    """Python text that parses, and the way from its lines back to the file's own places.

    `text` holds every code cell of a notebook in order; magics and cells that do not parse are masked by
    lines of the same number, so that a position in `text` is a position in its cell.
    `display` is the path as findings print it; `path` is absolute, or None for text that has no file.
    """

    display: str
    text: str
    path: Path | None = None
    cells: tuple[Cell, ...] = ()

    def span(self, line: int, column: int, end_line: int, end_column: int) -> Span:
        """The file's own place of a range of `text` (all four 1-based, end exclusive)."""
        if not self.cells:
            return Span(self.display, 0, line, column, end_line, end_column)
        cell = self.cells[max(0, bisect_right([c.first_line for c in self.cells], line) - 1)]
        shift = cell.first_line - 1
        return Span(
            self.display,
            cell.number,
            line - shift,
            column + cell.indent,
            end_line - shift,
            end_column + cell.indent,
        )

    def locate(self, span: Span) -> tuple[int, int, int, int]:
        """Where a place of the file lies in `text`: the inverse of `span`."""
        if not self.cells:
            return span.line, span.column, span.end_line, span.end_column
        cell = next(cell for cell in self.cells if cell.number == span.cell)
        shift = cell.first_line - 1
        return span.line + shift, span.column - cell.indent, span.end_line + shift, span.end_column - cell.indent
