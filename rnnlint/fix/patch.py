"""Edits applied to the content of a file; every byte that no edit covers stays."""

from __future__ import annotations

import re
from collections.abc import Iterable

from rnnlint.finding import Edit, Span
from rnnlint.source.cell_sources import CellSource, cell_sources, in_strings, offset_of
from rnnlint.source.reading import NOTEBOOK_SUFFIX, encoding_of, read_document

_LINE_END = re.compile(r"\r\n|\r|\n")
Piece = tuple[int, int, str]


def patched(data: bytes, display: str, edits: Iterable[Edit]) -> bytes:
    """The content of the file that findings call `display`, with edits that do not overlap."""
    if display.lower().endswith(NOTEBOOK_SUFFIX):
        text = data.decode("utf-8")
        return _spliced(text, _in_notebook(text, edits)).encode("utf-8")
    encoding = encoding_of(data)
    text = data.decode(encoding)
    return _spliced(text, _in_script(text, edits)).encode(encoding)


def parses_as_before(before: bytes, after: bytes, display: str) -> bool:
    """Whether a patched file has no fault of syntax that it did not have."""
    return len(read_document(after, display).problems) <= len(read_document(before, display).problems)


def conflicting(edits: Iterable[Edit], others: Iterable[Edit]) -> bool:
    """Whether an edit touches a place that another one touches, unless both do the same."""
    known = list(others)
    return any(edit != other and _touch(edit.span, other.span) for edit in edits for other in known)


def _touch(one: Span, other: Span) -> bool:
    if (one.path, one.cell) != (other.path, other.cell):
        return False
    return _start(one) <= _end(other) and _start(other) <= _end(one)


def _start(span: Span) -> tuple[int, int]:
    return span.line, span.column


def _end(span: Span) -> tuple[int, int]:
    return span.end_line, span.end_column


def _spliced(text: str, pieces: Iterable[Piece]) -> str:
    for start, end, content in sorted(set(pieces), reverse=True):
        text = text[:start] + content + text[end:]
    return text


def _in_script(text: str, edits: Iterable[Edit]) -> list[Piece]:
    ends = [*_LINE_END.finditer(text)]
    starts = [0, *(end.end() for end in ends)]
    newline = ends[0].group() if ends else "\n"

    def offset(line: int, column: int) -> int:
        return min(starts[line - 1] + column - 1, len(text)) if line <= len(starts) else len(text)

    return [
        (offset(*_start(edit.span)), offset(*_end(edit.span)), edit.content.replace("\n", newline)) for edit in edits
    ]


def _in_notebook(text: str, edits: Iterable[Edit]) -> list[Piece]:
    cells = cell_sources(text)
    return [_in_cell(text, cells[edit.span.cell], edit) for edit in edits]


def _in_cell(text: str, cell: CellSource, edit: Edit) -> Piece:
    content = in_strings(text, cell, edit.content)
    if not cell.literals:
        return cell.start, cell.end, f'["{content}"]'
    return offset_of(text, cell, *_start(edit.span)), offset_of(text, cell, *_end(edit.span)), content
