"""The statement a finding starts in, as text that stays the same when lines move or are formatted anew."""

from __future__ import annotations

import re

from rnnlint.finding import Span
from rnnlint.source.excerpt import Excerpts
from rnnlint.source.reading import UnreadableError, read_document
from rnnlint.source.statements import LogicalLines

_TRAILING_COMMA = re.compile(r",(?=[)\]}])")


class StatementTexts:
    """Looks up statements by place, each without blanks, comments, continuations and trailing commas."""

    def __init__(self, excerpts: Excerpts) -> None:
        self._excerpts = excerpts
        self._statements: dict[str, LogicalLines | None] = {}

    def __call__(self, span: Span) -> str:
        """The statement, or the line where there is none (a comment, text that is not Python); "" without text."""
        if span.path not in self._statements:
            self._statements[span.path] = self._read(span.path)
        statements = self._statements[span.path]
        statement = statements.at(span) if statements is not None else None
        if statement is not None:
            return _bare(statement.code)
        lines = self._excerpts.lines(span)
        return _bare(lines[span.line - 1]) if span.line <= len(lines) else ""

    def _read(self, display: str) -> LogicalLines | None:
        try:
            document = read_document(self._excerpts.content(display), display).document
        except UnreadableError:
            return None
        return LogicalLines(document) if document is not None else None


def _bare(code: str) -> str:
    return _TRAILING_COMMA.sub("", "".join(code.replace("\\\n", "").split()))
