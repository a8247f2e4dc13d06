"""The statement a finding starts in, as text that stays the same when lines move or are formatted anew."""

from __future__ import annotations

import re
from bisect import bisect_right

from rnnlint.finding import Span
from rnnlint.source.document import Document
from rnnlint.source.excerpt import Excerpts
from rnnlint.source.reading import UnreadableError, read_document
from rnnlint.source.statements import logical_lines

_TRAILING_COMMA = re.compile(r",(?=[)\]}])")


class StatementTexts:
    """Looks up statements by place, each without blanks, comments, continuations and trailing commas."""

    def __init__(self, excerpts: Excerpts) -> None:
        self._excerpts = excerpts
        self._statements: dict[str, _Statements | None] = {}

    def __call__(self, span: Span) -> str:
        """The statement, or the line where there is none (a comment, text that is not Python); "" without text."""
        if span.path not in self._statements:
            self._statements[span.path] = self._read(span.path)
        statements = self._statements[span.path]
        if statements is not None and (text := statements.at(span)):
            return text
        lines = self._excerpts.lines(span)
        return _bare(lines[span.line - 1]) if span.line <= len(lines) else ""

    def _read(self, display: str) -> _Statements | None:
        try:
            document = read_document(self._excerpts.content(display), display).document
        except UnreadableError:
            return None
        return _Statements(document) if document is not None else None


class _Statements:
    def __init__(self, document: Document) -> None:
        self._document = document
        self._first_lines = {cell.number: cell.first_line for cell in document.cells} or {0: 1}
        self._logical_lines = tuple(logical_lines(document))
        self._starts = [line.first for line in self._logical_lines]

    def at(self, span: Span) -> str:
        """The statement of a place, or "" where there is none."""
        if span.cell not in self._first_lines:
            return ""
        number = self._first_lines[span.cell] + span.line - 1
        index = bisect_right(self._starts, number) - 1
        if index < 0 or number > self._logical_lines[index].last:
            return ""
        return _bare(self._logical_lines[index].code)


def _bare(code: str) -> str:
    return _TRAILING_COMMA.sub("", "".join(code.replace("\\\n", "").split()))
