"""The lines a finding speaks of, read again for reports that show them."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from rnnlint.finding import Span
from rnnlint.source.reading import NOTEBOOK_SUFFIX, UnreadableError, decode, read_bytes


class Excerpts:
    """Looks up source lines by place; what cannot be read any more has none."""

    def __init__(self, contents: Mapping[str, bytes] | None = None) -> None:
        """`contents` holds, by the path that findings print, text that is not in a file."""
        self._contents = contents or {}
        self._cells: dict[str, Mapping[int, list[str]]] = {}

    def lines(self, span: Span) -> list[str]:
        """Every line of the script or cell that the span lies in."""
        if span.path not in self._cells:
            self._cells[span.path] = self._read(span.path)
        return self._cells[span.path].get(span.cell, [])

    def _read(self, display: str) -> Mapping[int, list[str]]:
        try:
            data = self._contents[display] if display in self._contents else read_bytes(Path(display))
            if not display.lower().endswith(NOTEBOOK_SUFFIX):
                return {0: decode(data).split("\n")}
            from rnnlint.source.notebook import code_cells

            return {cell.number: cell.text.split("\n") for cell in code_cells(data)}
        except UnreadableError:
            return {}
