"""The files that findings speak of, read again for what reports and baselines say of their lines."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from rnnlint.finding import Edit, Span
from rnnlint.source.cell_sources import NotebookMap, in_strings
from rnnlint.source.reading import NOTEBOOK_SUFFIX, UnreadableError, decode, read_bytes


class Excerpts:
    """Looks up source lines by place; what cannot be read any more has none."""

    def __init__(self, contents: Mapping[str, bytes] | None = None) -> None:
        """`contents` holds, by the path that findings print, text that is not in a file."""
        self._contents = contents or {}
        self._cells: dict[tuple[str, bool], Mapping[int, list[str]]] = {}
        self._maps: dict[str, NotebookMap | None] = {}

    def content(self, display: str) -> bytes:
        """The bytes of a file, by the path that findings print; UnreadableError without them."""
        return self._contents[display] if display in self._contents else read_bytes(Path(display))

    def lines(self, span: Span) -> list[str]:
        """Every line of the script or cell that the span lies in; of a notebook's JSON for a place in that."""
        key = span.path, bool(span.cell)
        if key not in self._cells:
            self._cells[key] = self._read(*key)
        return self._cells[key].get(span.cell, [])

    def in_file(self, span: Span) -> Span | None:
        """The span as a place in the file itself: of a notebook, in its JSON text. None when it is not there."""
        if not span.cell:
            return span
        notebook = self._map(span.path)
        start = notebook.place(span.cell, span.line, span.column) if notebook else None
        end = notebook.place(span.cell, span.end_line, span.end_column) if notebook else None
        return Span(span.path, 0, *start, *end) if start and end else None

    def edit_in_file(self, edit: Edit) -> Edit | None:
        """The edit as one of the file itself: of a notebook, in its JSON text. None when its place is not there."""
        span = self.in_file(edit.span)
        notebook = self._map(edit.span.path) if edit.span.cell else None
        if span is None or notebook is None:
            return None if edit.span.cell else edit
        cell = notebook.cells[edit.span.cell]
        return Edit(span, in_strings(notebook.text, cell, edit.content)) if cell.literals else None

    def _map(self, display: str) -> NotebookMap | None:
        if display not in self._maps:
            self._maps[display] = self._read_map(display)
        return self._maps[display]

    def _read(self, display: str, in_cells: bool) -> Mapping[int, list[str]]:
        try:
            data = self.content(display)
            cells = self._code_cells(display, data)
            return cells if in_cells else {0: decode(data).split("\n")}
        except UnreadableError:
            return {}

    def _code_cells(self, display: str, data: bytes) -> Mapping[int, list[str]]:
        """The lines of each code cell; UnreadableError for a notebook that is none, which has no lines at all."""
        if not display.lower().endswith(NOTEBOOK_SUFFIX):
            return {}
        from rnnlint.source.notebook import code_cells

        return {cell.number: cell.text.split("\n") for cell in code_cells(data)}

    def _read_map(self, display: str) -> NotebookMap | None:
        try:
            return NotebookMap(self.content(display).decode("utf-8"))
        except (UnreadableError, UnicodeDecodeError):
            return None
