"""One HTML page that needs nothing beside it: findings by file, to be filtered by severity, rule and words."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from html import escape
from itertools import groupby

from rnnlint._version import __version__
from rnnlint.finding import Confidence, Confirmation, Finding, Severity, Span
from rnnlint.report.base import Report, fixable_mark, location, measured, printable, summary
from rnnlint.report.frame import frame
from rnnlint.report.html_page import SCRIPT, STYLE
from rnnlint.report.machine import in_ascii
from rnnlint.report.sparkline import sparkline
from rnnlint.report.style import Style

_PLAIN = Style(color=False)
_POLICY = "default-src 'none'; style-src 'unsafe-inline'; script-src 'unsafe-inline'"


def render(report: Report) -> Iterator[str]:
    """The page, in ASCII with character references."""
    yield (
        f'<!doctype html>\n<html lang="en">\n<head>\n<meta charset="utf-8">\n'
        f'<meta http-equiv="Content-Security-Policy" content="{_POLICY}">\n'
        f'<meta name="viewport" content="width=device-width">\n'
        f'<meta name="color-scheme" content="light dark">\n'
        f"<title>rnnlint: {escape(summary(report.findings))}</title>\n<style>{STYLE}</style>\n</head>\n<body>\n"
        f"<h1>rnnlint</h1>\n<p>{escape(summary(report.findings))}</p>\n"
    )
    if report.findings:
        yield _controls(report.findings)
    for path, group in groupby(report.findings, key=lambda finding: finding.span.path):
        articles = "".join(_article(finding, report) for finding in group)
        yield in_ascii(f"<section>\n<h2>{_text(path)}</h2>\n{articles}</section>\n")
    script = f"<script>{SCRIPT}</script>\n" if report.findings else ""
    yield f"<footer>rnnlint {escape(__version__)}</footer>\n{script}</body>\n</html>\n"


def _controls(findings: tuple[Finding, ...]) -> str:
    severities = Counter(finding.severity for finding in findings)
    boxes = "".join(
        f'<label><input type="checkbox" name="severity" value="{severity.value}" checked> '
        f"{severity.value} ({severities[severity]})</label>\n"
        for severity in Severity
        if severities[severity]
    )
    rules = Counter((finding.code, finding.name) for finding in findings)
    options = "".join(
        f'<option value="{escape(code)}">{escape(f"{code} {name} ({count})")}</option>\n'
        for (code, name), count in sorted(rules.items())
    )
    return (
        f'<form id="filter">\n{boxes}<label>Rule <select name="rule"><option value="">all</option>\n{options}'
        '</select></label>\n<label>Text <input type="search" name="words"></label>\n'
        '<output name="shown"></output>\n</form>\n'
    )


def _article(finding: Finding, report: Report) -> str:
    kind = "refuted" if finding.refuted else finding.severity.value
    help_text = f"<p><b>help</b>: {_text(finding.help)}</p>\n" if finding.help else ""
    confidence = "" if finding.confidence is Confidence.HIGH else f"<p>confidence: {finding.confidence.value}</p>\n"
    verdict = _verdict(finding.confirmation) if finding.confirmation is not None else ""
    notes = "".join(
        f"<p><b>note</b>: {_text(note.message)}</p>\n{_source(note.span, report)}" for note in finding.notes
    )
    return (
        f'<article class="{kind}" data-severity="{finding.severity.value}" data-rule="{escape(finding.code)}">\n'
        f'<h3><span>{finding.severity.value}</span> <a href="{escape(finding.url)}">{escape(finding.code)} '
        f"{escape(finding.name)}</a> {fixable_mark(finding, report)}{_text(finding.message)}</h3>\n"
        f"{_source(finding.span, report)}{notes}{help_text}{verdict}{confidence}</article>\n"
    )


def _verdict(confirmation: Confirmation) -> str:
    bars = sparkline(confirmation.curve) if len(confirmation.curve) > 1 else ""
    curve = f"<p>{bars} {_text(confirmation.curve_name)}</p>\n" if bars else ""
    return f"<p><b>{confirmation.outcome.value}</b>: {_text(measured(confirmation))}</p>\n{curve}"


def _source(span: Span, report: Report) -> str:
    lines = report.lines(span)
    if span.line > len(lines):
        return f"<pre>{_text(location(span))}</pre>\n"
    return f"<pre>{escape(''.join(frame(span, lines, _PLAIN)))}</pre>\n"


def _text(text: str) -> str:
    return escape(printable(text))
