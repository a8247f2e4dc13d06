"""Where to write `# noqa: CODE` so that it silences a finding: behind its statement, merged with one that is there."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterable, Sequence
from dataclasses import replace

from rnnlint.finding import Edit, Finding
from rnnlint.source.document import Document
from rnnlint.source.statements import logical_lines
from rnnlint.source.suppression import Suppression, suppressions


def noqa_edits(document: Document, findings: Iterable[Finding], reason: str = "") -> tuple[Edit, ...]:
    """The insertions that silence findings which no comment silences yet, one for each statement, from the top.

    The comment goes behind the statement's last line, from where it reaches all of its lines. One that stands there
    and names rules gets the new codes and keeps its own reason. In a notebook, the end of a line is that of
    `Document.text`: a line that holds a magic may be longer in its cell.
    """
    comments = suppressions(document)
    lines = document.text.split("\n")
    return tuple(
        _merged(document, line, together, comments) or _appended(document, line, lines[line - 1], together, reason)
        for line, together in sorted(_by_last_line(document, findings).items())
        if line <= len(lines)
    )


def _by_last_line(document: Document, findings: Iterable[Finding]) -> dict[int, list[Finding]]:
    """The findings by the last line of `Document.text` of the statement they start in."""
    lines = logical_lines(document)
    starts = [first for first, _ in lines]
    grouped: dict[int, list[Finding]] = {}
    for finding in findings:
        line = document.line_of(finding.span)
        if line is None:
            continue
        index = bisect_right(starts, line) - 1
        inside = index >= 0 and line <= lines[index][1]
        grouped.setdefault(lines[index][1] if inside else line, []).append(finding)
    return grouped


def _merged(document: Document, line: int, findings: Sequence[Finding], comments: Iterable[Suppression]) -> Edit | None:
    """The codes added to a comment of this line that reaches the findings and names rules."""
    here = document.span(line, 1, line, 1)
    for comment in comments:
        beside = (comment.span.cell, comment.span.line) == (here.cell, here.line) and comment.lines is not None
        if beside and comment.rules and comment.rules_span and all(comment.covers(f.span) for f in findings):
            span = comment.rules_span
            return Edit(replace(span, line=span.end_line, column=span.end_column), f", {_codes(findings)}")
    return None


def _appended(document: Document, line: int, text: str, findings: Sequence[Finding], reason: str) -> Edit:
    """A comment at the end of the line, two blanks behind what is there."""
    column = len(text) + 1
    blanks = "" if not text.strip() else " " * max(0, 2 - (len(text) - len(text.rstrip(" "))))
    return Edit(document.span(line, column, line, column), f"{blanks}# noqa: {_codes(findings)} {reason}".rstrip())


def _codes(findings: Iterable[Finding]) -> str:
    return ", ".join(dict.fromkeys(finding.code for finding in findings))
