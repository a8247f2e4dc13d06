"""What formats for other programs share: places in the file as it is stored, and messages on one line."""

from __future__ import annotations

import os
from dataclasses import replace
from itertools import pairwise

from rnnlint.finding import Applicability, Edit, Finding, Fix, Severity, Span
from rnnlint.report.base import Report, printable, verdict_mark

RULE_SOURCE = "rnnlint"


def stored_place(report: Report, span: Span) -> Span:
    """The place in the file as it is stored: of a notebook, in its JSON. The first line when it is not there."""
    return report.in_file(span) or Span(span.path, 0, 1, 1, 1, 1)


def one_line(finding: Finding) -> str:
    """The message with the place in its notebook and the verdict of its probe."""
    return f"{cell_place(finding.span)}{printable(finding.message)}{verdict_mark(finding)}"


def cell_place(span: Span) -> str:
    """`cell 2, line 3, column 5: ` for a place in a notebook, nothing for one in a script."""
    return f"cell {span.cell}, line {span.line}, column {span.column}: " if span.cell else ""


def forward_slashes(path: str) -> str:
    """A path as other programs compare it, on every system."""
    return printable(path.replace(os.sep, "/"))


def grade(finding: Finding, error: str, warning: str, advice: str, refuted: str) -> str:
    """The reader's own word for how bad a finding is."""
    if finding.refuted:
        return refuted
    return {Severity.ERROR: error, Severity.WARNING: warning, Severity.ADVICE: advice}[finding.severity]


def may_apply(fix: Fix | None) -> bool:
    """Whether another program may offer to apply a fix."""
    return fix is not None and fix.applicability is not Applicability.DISPLAY and bool(fix.edits)


def joined_edit(report: Report, fix: Fix) -> Edit | None:
    """All edits of a fix as one, with the text between them; None when they lie in several files or cells."""
    edits = sorted(fix.edits, key=lambda edit: edit.span)
    first, last = edits[0].span, edits[-1].span
    if any((edit.span.path, edit.span.cell) != (first.path, first.cell) for edit in edits):
        return None
    content = edits[0].content
    for before, after in pairwise(edits):
        gap = replace(after.span, line=before.span.end_line, column=before.span.end_column)
        content += _text(report, replace(gap, end_line=after.span.line, end_column=after.span.column)) + after.content
    return Edit(replace(first, end_line=last.end_line, end_column=last.end_column), content)


def _text(report: Report, span: Span) -> str:
    lines = report.lines(span)[span.line - 1 : span.end_line]
    if not lines:
        return ""
    lines[-1] = lines[-1][: span.end_column - 1]
    lines[0] = lines[0][span.column - 1 :]
    return "\n".join(lines)


def in_ascii(markup: str) -> str:
    """XML or HTML that reads the same in every encoding."""
    return markup.encode("ascii", "xmlcharrefreplace").decode("ascii")
