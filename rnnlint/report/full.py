"""Each finding with its source lines, notes and help."""

from __future__ import annotations

from collections.abc import Iterator

from rnnlint.finding import Confidence, Confirmation, Finding
from rnnlint.report.base import Report, conclusion, fixable_mark, measured, printable
from rnnlint.report.frame import frame
from rnnlint.report.sparkline import sparkline
from rnnlint.report.style import Style


def render(report: Report) -> Iterator[str]:
    """A block for each finding, then the count."""
    style = Style(report.color)
    for finding in report.findings:
        yield from _block(finding, report, style)
        yield "\n"
    yield from conclusion(report)


def _block(finding: Finding, report: Report, style: Style) -> Iterator[str]:
    title = style.severity(finding.severity, f"{finding.severity.value}[{finding.code}]")
    message = f"{fixable_mark(finding, report)}{printable(finding.message)}"
    yield f"{title} {style.bold(finding.name)}: {message}\n"
    yield from frame(finding.span, report.lines(finding.span), style, finding.severity)
    for note in finding.notes:
        yield f"{style.note('note')}: {printable(note.message)}\n"
        yield from frame(note.span, report.lines(note.span), style)
    if finding.help:
        yield f"{style.note('help')}: {printable(finding.help)}\n"
    if finding.fix is not None:
        yield f"{style.note('fix')}: {printable(finding.fix.message)} ({finding.fix.applicability.value})\n"
    if finding.confirmation is not None:
        yield from _verdict(finding.confirmation, style)
    if finding.confidence is not Confidence.HIGH:
        yield f"{style.note('confidence')}: {finding.confidence.value}\n"


def _verdict(confirmation: Confirmation, style: Style) -> Iterator[str]:
    """What was measured, and the curve behind it."""
    yield f"{style.note(confirmation.outcome.value)}: {printable(measured(confirmation))}\n"
    if len(confirmation.curve) > 1:
        yield f"  {sparkline(confirmation.curve)}  {confirmation.curve_name}\n"
