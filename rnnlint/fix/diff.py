"""What changed in a file, as a unified diff; in a notebook, cell by cell."""

from __future__ import annotations

import difflib
from collections.abc import Iterator

from rnnlint.source.cell_sources import cell_sources
from rnnlint.source.reading import NOTEBOOK_SUFFIX, encoding_of

NO_NEWLINE = "\\ No newline at end of file\n"


def diff(display: str, before: bytes, after: bytes) -> Iterator[str]:
    """The lines of the diff, with their ends."""
    if not display.lower().endswith(NOTEBOOK_SUFFIX):
        encoding = encoding_of(before)
        yield from _unified(display, before.decode(encoding), after.decode(encoding))
        return
    old, new = cell_sources(before.decode("utf-8")), cell_sources(after.decode("utf-8"))
    for number in old:
        yield from _unified(f"{display}:cell {number}", _ended(old[number].text), _ended(new[number].text))


def _unified(name: str, before: str, after: str) -> Iterator[str]:
    lines = difflib.unified_diff(before.splitlines(True), after.splitlines(True), name, name)
    for line in lines:
        yield line if line.endswith("\n") else f"{line}\n{NO_NEWLINE}"


def _ended(cell: str) -> str:
    """A cell's last line has no end in the notebook, which says nothing."""
    return cell if cell.endswith("\n") else f"{cell}\n"
