"""The findings of each file below its name, in columns."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import groupby

from rnnlint.finding import Finding, Span
from rnnlint.report.base import Report, conclusion, fixable_mark, printable, verdict_mark
from rnnlint.report.style import Style


def render(report: Report) -> Iterator[str]:
    """A block for each file, then the count."""
    style = Style(report.color)
    for path, group in groupby(report.findings, key=lambda finding: finding.span.path):
        yield f"{style.bold(printable(path))}:\n"
        yield from _rows(list(group), report, style)
        yield "\n"
    yield from conclusion(report)


def _rows(findings: list[Finding], report: Report, style: Style) -> Iterator[str]:
    before = max(len(_row(finding.span)) for finding in findings)
    behind = max(len(str(finding.span.column)) for finding in findings)
    for finding in findings:
        place = f"{_row(finding.span):>{before}}:{finding.span.column:<{behind}}"
        code = style.severity(finding.severity, finding.code)
        yield f"  {place}  {code} {fixable_mark(finding, report)}{printable(finding.message)}{verdict_mark(finding)}\n"


def _row(span: Span) -> str:
    return f"cell {span.cell}:{span.line}" if span.cell else str(span.line)
