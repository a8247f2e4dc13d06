"""Workflow commands, which GitHub Actions turns into annotations of the changed lines."""

from __future__ import annotations

import os
from collections.abc import Iterator

from rnnlint.finding import Finding
from rnnlint.report.base import Report, location, printable, verdict_mark
from rnnlint.report.machine import RULE_SOURCE, grade, stored_place


def render(report: Report) -> Iterator[str]:
    """A command for each finding. A refuted one is a notice."""
    for finding in report.findings:
        command = grade(finding, "error", "warning", "notice", refuted="notice")
        properties = ",".join(f"{key}={_escaped(value)}" for key, value in _properties(report, finding).items())
        message = f"{location(finding.span)}: {finding.code} {printable(finding.message)}{verdict_mark(finding)}"
        yield f"::{command} {properties}::{_escaped_line(message)}\n"


def _properties(report: Report, finding: Finding) -> dict[str, str]:
    """GitHub refuses columns of a place that spans lines. Its runner makes absolute paths relative itself."""
    span = stored_place(report, finding.span)
    columns = {"col": str(span.column), "endColumn": str(span.end_column)} if span.line == span.end_line else {}
    return {
        "title": f"{RULE_SOURCE} ({finding.code} {finding.name})",
        "file": printable(span.path if span.path.startswith(("<", "-")) else os.path.abspath(span.path)),
        "line": str(span.line),
        "endLine": str(span.end_line),
        **columns,
    }


def _escaped_line(text: str) -> str:
    return text.replace("%", "%25").replace("\r", "%0D").replace("\n", "%0A")


def _escaped(text: str) -> str:
    return _escaped_line(text).replace(":", "%3A").replace(",", "%2C")
