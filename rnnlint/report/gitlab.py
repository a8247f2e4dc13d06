"""GitLab's code quality report."""

from __future__ import annotations

import json
import os
from collections.abc import Iterator
from typing import Any

from rnnlint.finding import Finding
from rnnlint.fingerprints import Fingerprint, fingerprints
from rnnlint.report.base import Report
from rnnlint.report.machine import forward_slashes, grade, one_line, stored_place

PROJECT_VARIABLE = "CI_PROJECT_DIR"


def render(report: Report) -> Iterator[str]:
    """The JSON array. Paths are relative to the project that GitLab has checked out, where one is named."""
    prints = fingerprints(report.findings, report.statement)
    issues = [_issue(report, finding, mark) for finding, mark in zip(report.findings, prints, strict=True)]
    yield json.dumps(issues, indent=2) + "\n"


def _issue(report: Report, finding: Finding, mark: Fingerprint) -> dict[str, Any]:
    span = stored_place(report, finding.span)
    return {
        "check_name": finding.code,
        "description": f"{finding.code}: {one_line(finding)}",
        "severity": grade(finding, "critical", "major", "minor", refuted="info"),
        "fingerprint": mark.digest,
        "location": {
            "path": _path(span.path),
            "positions": {
                "begin": {"line": span.line, "column": span.column},
                "end": {"line": span.end_line, "column": span.end_column},
            },
        },
    }


def _path(path: str) -> str:
    project = os.environ.get(PROJECT_VARIABLE)
    absolute = os.path.abspath(path)
    inside = project and os.path.commonpath([absolute, os.path.abspath(project)]) == os.path.abspath(project)
    return forward_slashes(os.path.relpath(absolute, project) if inside else path)
