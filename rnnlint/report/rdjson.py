"""reviewdog's diagnostic format, with fixes as suggestions."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

from rnnlint.finding import DOCUMENTATION_URL, Finding, Note, Span
from rnnlint.report.base import Report, printable
from rnnlint.report.machine import (
    RULE_SOURCE,
    cell_place,
    forward_slashes,
    grade,
    joined_edit,
    may_apply,
    one_line,
    stored_place,
)


def render(report: Report) -> Iterator[str]:
    """One JSON object."""
    document = {
        "source": {"name": RULE_SOURCE, "url": DOCUMENTATION_URL},
        "diagnostics": [_diagnostic(report, finding) for finding in report.findings],
    }
    yield json.dumps(document, indent=2) + "\n"


def _diagnostic(report: Report, finding: Finding) -> dict[str, Any]:
    suggestions = _suggestions(report, finding)
    return {
        "message": one_line(finding),
        "location": _location(report, finding.span),
        "severity": grade(finding, "ERROR", "WARNING", "INFO", refuted="INFO"),
        "code": {"value": finding.code, "url": finding.url},
        **({"suggestions": suggestions} if suggestions else {}),
        **({"related_locations": [_related(report, note) for note in finding.notes]} if finding.notes else {}),
    }


def _suggestions(report: Report, finding: Finding) -> list[dict[str, Any]]:
    """The fix as one suggestion, since each can be taken without the others; none for places elsewhere."""
    if finding.fix is None or not may_apply(finding.fix):
        return []
    joined = joined_edit(report, finding.fix)
    edit = report.edit_in_file(joined) if joined is not None else None
    if edit is None or edit.span.path != finding.span.path:
        return []
    return [{"range": _range(report, edit.span), "text": edit.content}]


def _related(report: Report, note: Note) -> dict[str, Any]:
    return {"message": cell_place(note.span) + printable(note.message), "location": _location(report, note.span)}


def _location(report: Report, span: Span) -> dict[str, Any]:
    return {"path": forward_slashes(span.path), "range": _range(report, stored_place(report, span))}


def _range(report: Report, span: Span) -> dict[str, Any]:
    """A range whose columns count bytes of UTF-8, as reviewdog's do."""
    lines = report.lines(span)
    return {
        "start": {"line": span.line, "column": _byte_column(lines, span.line, span.column)},
        "end": {"line": span.end_line, "column": _byte_column(lines, span.end_line, span.end_column)},
    }


def _byte_column(lines: list[str], line: int, column: int) -> int:
    if line > len(lines):
        return column
    return len(lines[line - 1][: column - 1].encode("utf-8", "surrogatepass")) + 1
