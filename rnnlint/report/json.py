"""A JSON array with an object for each finding; ruff's keys, and rnnlint's own beside them."""

from __future__ import annotations

import json
import os
from collections.abc import Iterator
from typing import Any

from rnnlint.finding import Confirmation, Edit, Finding, Fix, Note, Span
from rnnlint.report.base import Report


def render(report: Report) -> Iterator[str]:
    """The array. Only ASCII characters, so that every terminal and pipe can carry it."""
    yield json.dumps([as_object(finding) for finding in report.findings], indent=2, sort_keys=True) + "\n"


def as_object(finding: Finding) -> dict[str, Any]:
    """A finding as other programs read it."""
    return {
        "cell": _cell(finding.span),
        "code": finding.code,
        "confidence": finding.confidence.value,
        "confirmation": confirmation_object(finding.confirmation),
        "end_location": _end(finding.span),
        "filename": _filename(finding.span),
        "fix": _fix(finding.fix),
        "help": finding.help,
        "location": _start(finding.span),
        "message": finding.message,
        "name": finding.name,
        "noqa_row": finding.span.line,
        "notes": [_note(note) for note in finding.notes],
        "severity": finding.severity.value,
        "symptoms": list(finding.symptoms),
        "url": finding.url,
    }


def confirmation_object(confirmation: Confirmation | None) -> dict[str, Any] | None:
    """The verdict of a probe with what it measured."""
    if confirmation is None:
        return None
    return {
        "curve": list(confirmation.curve),
        "curve_name": confirmation.curve_name,
        "outcome": confirmation.outcome.value,
        "reason": confirmation.reason,
        "seconds": round(confirmation.seconds, 3),
        "seeds": list(confirmation.seeds),
        "statistic": confirmation.statistic,
        "threshold": confirmation.threshold,
        "value": confirmation.value,
    }


def _fix(fix: Fix | None) -> dict[str, Any] | None:
    if fix is None:
        return None
    return {
        "applicability": fix.applicability.value,
        "edits": [_edit(edit) for edit in fix.edits],
        "message": fix.message,
    }


def _edit(edit: Edit) -> dict[str, Any]:
    return {"content": edit.content, "end_location": _end(edit.span), "location": _start(edit.span)}


def _note(note: Note) -> dict[str, Any]:
    return {
        "cell": _cell(note.span),
        "end_location": _end(note.span),
        "filename": _filename(note.span),
        "location": _start(note.span),
        "message": note.message,
    }


def _filename(span: Span) -> str:
    return span.path if span.path.startswith("<") else os.path.abspath(span.path)


def _cell(span: Span) -> int | None:
    return span.cell or None


def _start(span: Span) -> dict[str, int]:
    return {"column": span.column, "row": span.line}


def _end(span: Span) -> dict[str, int]:
    return {"column": span.end_column, "row": span.end_line}
