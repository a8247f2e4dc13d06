"""What every report is given, and how one is found by the name of its format."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from importlib import import_module

from rnnlint.finding import Applicability, Confirmation, Finding, Severity, Span
from rnnlint.outcome import Crash

TYPE_CHECKING = False
if TYPE_CHECKING:
    from rnnlint.rules.base import Rule


def _in_script(span: Span) -> Span | None:
    return None if span.cell else span


@dataclass(frozen=True, slots=True)
class Report:
    """The findings to show, what is known of the files they lie in, and what the reader's terminal can do.

    `lines` are the source lines of a place, `statement` is the text that its fingerprint is made of, `in_file`
    its place in the file itself: in the JSON text of a notebook, or None. `rules` are all rules there are, read
    by formats that explain them.
    """

    findings: tuple[Finding, ...]
    lines: Callable[[Span], list[str]]
    color: bool = False
    summary: bool = True
    in_file: Callable[[Span], Span | None] = _in_script
    statement: Callable[[Span], str] = str
    rules: Callable[[], Sequence[Rule]] = tuple
    crashes: tuple[Crash, ...] = ()


Renderer = Callable[[Report], Iterator[str]]

RENDERERS = {
    "concise": "rnnlint.report.concise",
    "full": "rnnlint.report.full",
    "grouped": "rnnlint.report.grouped",
    "json": "rnnlint.report.json",
    "json-lines": "rnnlint.report.json_lines",
    "sarif": "rnnlint.report.sarif",
    "github": "rnnlint.report.github",
    "gitlab": "rnnlint.report.gitlab",
    "junit": "rnnlint.report.junit",
    "pylint": "rnnlint.report.pylint",
    "rdjson": "rnnlint.report.rdjson",
    "azure": "rnnlint.report.azure",
    "html": "rnnlint.report.html",
}


def renderer(output_format: str) -> Renderer:
    """The function that turns a report into pieces of text."""
    render: Renderer = import_module(RENDERERS[output_format]).render
    return render


def location(span: Span) -> str:
    """`path:line:column`, with the cell in a notebook."""
    cell = f"cell {span.cell}:" if span.cell else ""
    return f"{printable(span.path)}:{cell}{span.line}:{span.column}"


def fixable_mark(finding: Finding) -> str:
    """`[*] ` before the message of a finding that a fix can repair."""
    fix = finding.fix
    return "[*] " if fix is not None and fix.applicability is not Applicability.DISPLAY else ""


def measured(confirmation: Confirmation) -> str:
    """The verdict in one line: the statistic with its threshold, seeds and time, or why there is none."""
    if confirmation.value is None:
        return confirmation.reason
    seeds = (
        f", {len(confirmation.seeds)} seed{'s' if len(confirmation.seeds) != 1 else ''}" if confirmation.seeds else ""
    )
    reason = f"; {confirmation.reason}" if confirmation.reason else ""
    return (
        f"{confirmation.statistic}: {confirmation.value:.3g} "
        f"(threshold {confirmation.threshold:.3g}{seeds}, {confirmation.seconds:.1f} s){reason}"
    )


def verdict_mark(finding: Finding) -> str:
    """` [confirmed]` behind the message of a finding that was put to a probe."""
    return f" [{finding.confirmation.outcome.value}]" if finding.confirmation is not None else ""


def printable(text: str) -> str:
    """Text without control characters, which a terminal would obey."""
    if text.isprintable():
        return text
    return "".join(c if c.isprintable() or c == "\t" else "\N{REPLACEMENT CHARACTER}" for c in text)


def summary(findings: tuple[Finding, ...]) -> str:
    """How many findings of each severity there are."""
    if not findings:
        return "All checks passed!"
    counts = [(sum(finding.severity is severity for finding in findings), severity) for severity in Severity]
    return f"Found {', '.join(_counted(count, severity) for count, severity in counts if count)}."


def _counted(count: int, severity: Severity) -> str:
    plural = "" if count == 1 or severity is Severity.ADVICE else "s"
    return f"{count} {severity.value}{plural}"
