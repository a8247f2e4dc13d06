"""What a finding is about in its statement, as text that stays the same when lines move or get other blanks."""

from __future__ import annotations

import re

from rnnlint.finding import Span
from rnnlint.source.excerpt import Excerpts
from rnnlint.source.reading import UnreadableError, read_document
from rnnlint.source.statements import LogicalLine, LogicalLines

_TRAILING_COMMA = re.compile(r",(?=[)\]}])")


class StatementTexts:
    """Looks up code by place, without blanks, comments, continuations and trailing commas."""

    def __init__(self, excerpts: Excerpts) -> None:
        self._excerpts = excerpts
        self._statements: dict[str, LogicalLines | None] = {}

    def __call__(self, span: Span) -> str:
        """The statement that the place starts in; of one that spans several lines, those that the place covers.

        The line where there is no statement (a comment, text that is not Python); "" without text.
        """
        if span.path not in self._statements:
            self._statements[span.path] = self._read(span.path)
        statements = self._statements[span.path]
        statement = statements.at(span) if statements is not None else None
        if statement is not None:
            return _bare(_covered(statement, span))
        lines = self._excerpts.lines(span)
        return _bare(lines[span.line - 1]) if span.line <= len(lines) else ""

    def _read(self, display: str) -> LogicalLines | None:
        try:
            document = read_document(self._excerpts.content(display), display).document
        except UnreadableError:
            return None
        return LogicalLines(document) if document is not None else None


def _covered(statement: LogicalLine, span: Span) -> str:
    """The lines of a statement that a place covers, without the comma that leads on to the next."""
    end = span.end_line if span.end_column > 1 else span.end_line - 1
    if span.line == statement.first and end >= statement.last:
        return statement.code
    lines = statement.code.split("\n")[span.line - statement.first : max(end, span.line) - statement.first + 1]
    return "\n".join(lines).rstrip().removesuffix(",")


def _bare(code: str) -> str:
    return _TRAILING_COMMA.sub("", "".join(code.replace("\\\n", "").split()))
