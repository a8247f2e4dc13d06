"""Each finding with its source lines, notes and help."""

from __future__ import annotations

from collections.abc import Iterator

from rnnlint.finding import Confidence, Finding
from rnnlint.report.base import Report, fixable_mark, printable, summary
from rnnlint.report.frame import frame
from rnnlint.report.style import Style


def render(report: Report) -> Iterator[str]:
    """A block for each finding, then the count."""
    style = Style(report.color)
    for finding in report.findings:
        yield from _block(finding, report, style)
        yield "\n"
    if report.summary:
        yield f"{summary(report.findings)}\n"


def _block(finding: Finding, report: Report, style: Style) -> Iterator[str]:
    title = style.severity(finding.severity, f"{finding.severity.value}[{finding.code}]")
    message = f"{fixable_mark(finding)}{printable(finding.message)}"
    yield f"{title} {style.bold(finding.name)}: {message}\n"
    yield from frame(finding.span, report.lines(finding.span), style, finding.severity)
    for note in finding.notes:
        yield f"{style.note('note')}: {printable(note.message)}\n"
        yield from frame(note.span, report.lines(note.span), style)
    if finding.help:
        yield f"{style.note('help')}: {printable(finding.help)}\n"
    if finding.confidence is not Confidence.HIGH:
        yield f"{style.note('confidence')}: {finding.confidence.value}\n"
