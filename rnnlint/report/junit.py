"""JUnit XML: a suite for each file, a failed test case for each finding."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import groupby
from os.path import splitext
from xml.sax.saxutils import escape, quoteattr

from rnnlint.finding import Finding
from rnnlint.report.base import Report, location, measured, printable
from rnnlint.report.machine import RULE_SOURCE, forward_slashes, in_ascii, one_line, stored_place

_CLEAN_SUITE = (
    f'  <testsuite name="{RULE_SOURCE}" tests="1" failures="0" errors="0" skipped="0" time="0">\n'
    f'    <testcase name="no findings" classname="{RULE_SOURCE}" time="0"/>\n'
    "  </testsuite>\n"
)


def render(report: Report) -> Iterator[str]:
    """The document. A refuted finding is a skipped case; a run without findings is one case that passed."""
    yield "<?xml version='1.0' encoding='utf-8'?>\n"
    yield f'<testsuites name="{RULE_SOURCE}" {_counts(report.findings)}>\n'
    for path, group in groupby(report.findings, key=lambda finding: finding.span.path):
        yield in_ascii(_suite(report, path, tuple(group)))
    if not report.findings:
        yield _CLEAN_SUITE
    yield "</testsuites>\n"


def _suite(report: Report, path: str, findings: tuple[Finding, ...]) -> str:
    cases = "".join(_case(report, finding) for finding in findings)
    return f"  <testsuite name={quoteattr(forward_slashes(path))} {_counts(findings)}>\n{cases}  </testsuite>\n"


def _case(report: Report, finding: Finding) -> str:
    span = stored_place(report, finding.span)
    path = forward_slashes(span.path)
    attributes = (
        f"name={quoteattr(f'{finding.code} {finding.name}')} classname={quoteattr(splitext(path)[0])} "
        f'file={quoteattr(path)} line="{span.line}" time="0"'
    )
    message = quoteattr(one_line(finding))
    outcome = (
        f"<skipped message={message}/>"
        if finding.refuted
        else f'<failure message={message} type="{finding.severity.value}">{escape(_details(finding))}</failure>'
    )
    return f"    <testcase {attributes}>\n      {outcome}\n    </testcase>\n"


def _details(finding: Finding) -> str:
    lines = [f"{location(finding.span)}: {finding.code} {finding.message}"]
    lines += [f"{location(note.span)}: {note.message}" for note in finding.notes]
    if finding.confirmation is not None:
        lines.append(f"{finding.confirmation.outcome.value}: {measured(finding.confirmation)}")
    lines += [finding.help] if finding.help else []
    return "\n".join(map(printable, [*lines, finding.url]))


def _counts(findings: tuple[Finding, ...]) -> str:
    skipped = sum(finding.refuted for finding in findings)
    tests = len(findings) or 1
    return f'tests="{tests}" failures="{len(findings) - skipped}" errors="0" skipped="{skipped}" time="0"'
