"""From findings to comments that suppress them: `# noqa` where it is read, with the codes of each line."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path

from rnnlint.finding import Edit, Finding, Span
from rnnlint.fix.patch import patched
from rnnlint.fixing import write_files
from rnnlint.outcome import Contents, Fixed, LintResult
from rnnlint.silencing import UNUSED_SUPPRESSION
from rnnlint.source.document import Document
from rnnlint.source.excerpt import Excerpts
from rnnlint.source.problems import INVALID_SYNTAX, IO_ERROR
from rnnlint.source.reading import UnreadableError, read_bytes, read_document
from rnnlint.source.statements import LogicalLines
from rnnlint.source.suppression import Suppression, suppressions

_NEVER = frozenset({UNUSED_SUPPRESSION[0], INVALID_SYNTAX[0], IO_ERROR[0]})
_LIKE_A_CODE = re.compile(r"[A-Za-z]+[0-9]+\b")


def suppress(lint: Callable[[Contents], LintResult], reason: str = "") -> tuple[Fixed, dict[str, int]]:
    """Lint, and write a comment behind each statement with a finding; how many comments each file got.

    `reason` stands behind the codes of new comments. What no comment can silence is left: files that cannot be read,
    text that does not parse, and comments that suppress nothing.
    """
    fixed = Fixed(lint({}))
    added: dict[str, int] = {}
    for path in dict.fromkeys(finding.span.path for finding in fixed.result.findings):
        findings = [f for f in fixed.result.findings if f.span.path == path and f.code not in _NEVER]
        edits = _additions(path, findings, reason)
        if edits and _patch(fixed, path, edits):
            added[path] = len(edits)
    if added:
        fixed.result = lint(fixed.after)
        write_files(fixed, lint)
    return fixed, {path: added[path] for path in fixed.changed}


def _patch(fixed: Fixed, path: str, edits: list[Edit]) -> bool:
    """Change a file in memory, if that leaves text that parses as before."""
    before = read_bytes(Path(path))
    try:
        after = patched(before, path, edits)
    except UnicodeEncodeError:
        return False
    if len(read_document(after, path).problems) > len(read_document(before, path).problems):
        return False
    fixed.before[path], fixed.after[path] = before, after
    return True


def _additions(path: str, findings: Iterable[Finding], reason: str) -> list[Edit]:
    excerpts = Excerpts()
    try:
        document = read_document(excerpts.content(path), path).document
    except UnreadableError:
        return []
    return list(_edits(document, findings, excerpts, reason)) if document is not None else []


def _edits(document: Document, findings: Iterable[Finding], excerpts: Excerpts, reason: str) -> Iterator[Edit]:
    """An edit for each comment to be written or extended, with all codes that belong there."""
    statements = LogicalLines(document)
    comments = [comment for comment in suppressions(document) if _can_be_extended(comment)]
    codes: dict[Span, set[str]] = {}
    for finding in findings:
        comment = next((comment for comment in comments if comment.covers(finding.span)), None)
        place = _behind(comment) if comment else _end_of_statement(finding.span, statements, excerpts)
        if place is not None:
            codes.setdefault(place, set()).add(finding.code)
    extended = {_behind(comment) for comment in comments}
    for place, wanted in codes.items():
        listed = ", ".join(sorted(wanted))
        yield Edit(place, f", {listed}" if place in extended else f"  # noqa: {listed}{_behind_codes(reason)}")


def _can_be_extended(comment: Suppression) -> bool:
    return comment.rules_span is not None and comment.lines is not None and not comment.native


def _behind(comment: Suppression) -> Span:
    """The place behind the codes of a comment."""
    span = comment.rules_span or comment.span
    return Span(span.path, span.cell, span.end_line, span.end_column, span.end_line, span.end_column)


def _end_of_statement(span: Span, statements: LogicalLines, excerpts: Excerpts) -> Span | None:
    """The blanks at the end of the last line of a statement: a comment there is about all of its lines."""
    statement = statements.at(span)
    lines = excerpts.lines(span)
    if statement is None or statement.last > len(lines):
        return None
    line = lines[statement.last - 1]
    return Span(span.path, span.cell, statement.last, len(line.rstrip()) + 1, statement.last, len(line) + 1)


def _behind_codes(reason: str) -> str:
    """The reason as it is not taken for one more code."""
    if not reason:
        return ""
    return f" - {reason}" if _LIKE_A_CODE.match(reason) else f" {reason}"
