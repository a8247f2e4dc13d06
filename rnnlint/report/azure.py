"""Logging commands of Azure Pipelines."""

from __future__ import annotations

from collections.abc import Iterator

from rnnlint.finding import Finding
from rnnlint.report.base import Report, location
from rnnlint.report.machine import forward_slashes, grade, one_line, stored_place


def render(report: Report) -> Iterator[str]:
    """A command for each finding; a line of the log for one that is refuted, as every issue marks the run."""
    for finding in report.findings:
        if finding.refuted:
            yield f"{location(finding.span)}: {finding.code} {one_line(finding)}\n"
        else:
            yield f"##vso[task.logissue {_properties(report, finding)}]{_escaped_line(one_line(finding))}\n"


def _properties(report: Report, finding: Finding) -> str:
    span = stored_place(report, finding.span)
    properties = {
        "type": grade(finding, "error", "warning", "warning", refuted="warning"),
        "sourcepath": forward_slashes(span.path),
        "linenumber": str(span.line),
        "columnnumber": str(span.column),
        "code": finding.code,
    }
    return "".join(f"{key}={_escaped(value)};" for key, value in properties.items())


def _escaped_line(text: str) -> str:
    return text.replace("%", "%AZP25").replace("\r", "%0D").replace("\n", "%0A")


def _escaped(text: str) -> str:
    return _escaped_line(text).replace("]", "%5D").replace(";", "%3B")
