"""pylint's parseable text: `path:line: [CODE(name), ] message`."""

from __future__ import annotations

from collections.abc import Iterator

from rnnlint.report.base import Report
from rnnlint.report.machine import forward_slashes, one_line, stored_place


def render(report: Report) -> Iterator[str]:
    """A line for each finding. The object between comma and bracket is empty: findings are about lines."""
    for finding in report.findings:
        span = stored_place(report, finding.span)
        yield f"{forward_slashes(span.path)}:{span.line}: [{finding.code}({finding.name}), ] {one_line(finding)}\n"
