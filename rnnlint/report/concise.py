"""One line for each finding, in flake8's form: `path:line:column: CODE message`."""

from __future__ import annotations

from collections.abc import Iterator

from rnnlint.report.base import Report, conclusion, fixable_mark, location, printable, verdict_mark
from rnnlint.report.style import Style


def render(report: Report) -> Iterator[str]:
    """A line for each finding, then the count."""
    style = Style(report.color)
    for finding in report.findings:
        place = style.bold(location(finding.span))
        code = style.severity(finding.severity, finding.code)
        yield f"{place}: {code} {fixable_mark(finding, report)}{printable(finding.message)}{verdict_mark(finding)}\n"
    yield from conclusion(report)
