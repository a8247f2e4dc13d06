"""Where to write `# noqa: CODE` so that it silences a finding: on its line, merged with one that is there."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable

from rnnlint.finding import Edit, Finding, Span
from rnnlint.source.document import Document
from rnnlint.source.statements import LogicalLines
from rnnlint.source.suppression import Suppression, suppressions

_LIKE_A_CODE = re.compile(r"[A-Za-z]+[0-9]+\b")


def noqa_edits(
    document: Document, findings: Iterable[Finding], lines: Callable[[Span], list[str]], reason: str = ""
) -> tuple[Edit, ...]:
    """The edits that silence findings which no comment silences yet, one for each comment, from the top.

    A comment goes to the end of the line that the finding starts on. Where none may stand there (inside of a string,
    before a backslash), it goes behind the statement's last line, from where it reaches all of its lines. One that is
    there, reaches no further and names rules gets the new codes and keeps its own reason. `lines` gives those of the
    script or the cell that a place lies in, as the file has them.
    """
    statements = LogicalLines(document)
    comments = [comment for comment in suppressions(document) if comment.rules_span and comment.lines is not None]
    codes: dict[Span, set[str]] = {}
    for finding in findings:
        span = finding.span
        first, last = _reach(span, statements)
        comment = next((each for each in comments if each.covers(span) and _within(each, first, last)), None)
        place = _behind(comment) if comment else _end_of_line(span, last, lines(span))
        if place is not None:
            codes.setdefault(place, set()).add(finding.code)
    extended = {_behind(comment) for comment in comments}
    return tuple(
        Edit(place, f", {listed}" if place in extended else f"{_blanks(place)}# noqa: {listed}{_behind_codes(reason)}")
        for place, wanted in sorted(codes.items())
        for listed in (", ".join(sorted(wanted)),)
    )


def _behind(comment: Suppression) -> Span:
    """The place behind the codes of a comment."""
    span = comment.rules_span or comment.span
    return Span(span.path, span.cell, span.end_line, span.end_column, span.end_line, span.end_column)


def _reach(span: Span, statements: LogicalLines) -> tuple[int, int]:
    """The lines that a new comment about a place will reach; it stands on the last of them."""
    statement = statements.at(span)
    if statement is None or span.line in statement.breaks:
        return span.line, span.line
    return statement.first, statement.last


def _within(comment: Suppression, first: int, last: int) -> bool:
    return comment.lines is not None and first <= comment.lines[0] and comment.lines[1] <= last


def _end_of_line(span: Span, number: int, lines: list[str]) -> Span | None:
    """The blanks at the end of a line in the same script or cell: a comment there is read."""
    if number > len(lines):
        return None
    line = lines[number - 1]
    return Span(span.path, span.cell, number, len(line.rstrip()) + 1, number, len(line) + 1)


def _blanks(place: Span) -> str:
    return "  " if place.column > 1 else ""


def _behind_codes(reason: str) -> str:
    """The reason as it is not taken for one more code."""
    if not reason:
        return ""
    return f" - {reason}" if _LIKE_A_CODE.match(reason) else f" {reason}"
