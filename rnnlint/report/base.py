"""What every report is given, and how one is found by the name of its format."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from importlib import import_module

from rnnlint.finding import Confirmation, Edit, Finding, Outcome, Severity, Span
from rnnlint.outcome import Crash

TYPE_CHECKING = False
if TYPE_CHECKING:
    from rnnlint.rules.base import Rule


def _in_script(span: Span) -> Span | None:
    return None if span.cell else span


def _edit_in_script(edit: Edit) -> Edit | None:
    return None if edit.span.cell else edit


@dataclass(frozen=True, slots=True)
class Report:
    """The findings to show, what is known of the files they lie in, and what the reader's terminal can do.

    `lines` are the source lines of a place, `statement` is the text that its fingerprint is made of, `in_file`
    its place in the file itself: in the JSON text of a notebook, or None; likewise `edit_in_file`. `rules` are all
    rules there are, read by formats that explain them. `repaired` counts the findings that the run has fixed, or
    would have fixed where it only shows how; `known` those that a baseline hides. With `unsafe_fixes`, those
    count as fixes that `--fix` applies.
    """

    findings: tuple[Finding, ...]
    lines: Callable[[Span], list[str]]
    color: bool = False
    summary: bool = True
    repaired: int = 0
    in_file: Callable[[Span], Span | None] = _in_script
    edit_in_file: Callable[[Edit], Edit | None] = _edit_in_script
    statement: Callable[[Span], str] = str
    rules: Callable[[], Sequence[Rule]] = tuple
    crashes: tuple[Crash, ...] = ()
    known: int = 0
    unsafe_fixes: bool = False


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


def fixable_mark(finding: Finding, report: Report) -> str:
    """`[*] ` before the message of a finding that `--fix` repairs, with unsafe fixes where the run allows these."""
    return "[*] " if finding.fixable(report.unsafe_fixes) else ""


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


def conclusion(report: Report) -> Iterator[str]:
    """The lines behind the findings, if any are wanted: how many, what can be fixed, what is not confirmed."""
    if not report.summary:
        return
    if report.repaired:
        yield f"Fixed {counted(report.repaired, 'finding')}.\n"
    yield f"{summary(report.findings)}\n"
    if report.known:
        yield f"{counted(report.known, 'known finding')} hidden by the baseline.\n"
    fixed = sum(finding.fixable(report.unsafe_fixes) for finding in report.findings)
    unsafe = sum(finding.fixable(unsafe=True) for finding in report.findings) - fixed
    if fixed:
        yield f"[*] {fixed} fixable with `--fix`.\n"
    if unsafe:
        more = " more" if fixed else ""
        yield f"{unsafe}{more} fixable with `--fix --unsafe-fixes`, which changes what the program does.\n"
    yield from _unsettled(report.findings)


def _unsettled(findings: tuple[Finding, ...]) -> Iterator[str]:
    """Why findings were put to no probe, or their probes came to nothing: a line for each reason."""
    verdicts = [finding.confirmation for finding in findings if finding.confirmation is not None]
    reasons = Counter(
        verdict.reason for verdict in verdicts if verdict.outcome is Outcome.INCONCLUSIVE and verdict.reason
    )
    for reason, count in reasons.items():
        yield f"{counted(count, 'finding')} {'is' if count == 1 else 'are'} not confirmed: {printable(reason)}\n"


def summary(findings: tuple[Finding, ...]) -> str:
    """How many findings of each severity there are."""
    if not findings:
        return "All checks passed!"
    counts = [(sum(finding.severity is severity for finding in findings), severity) for severity in Severity]
    words = [_of_severity(count, severity) for count, severity in counts if count]
    return f"Found {', '.join(words)}."


def _of_severity(count: int, severity: Severity) -> str:
    """`2 errors`; advice has no plural."""
    return f"{count} {severity.value}" if severity is Severity.ADVICE else counted(count, severity.value)


def counted(count: int, noun: str) -> str:
    """`1 finding`, `2 findings`."""
    return f"{count} {noun}{'' if count == 1 else 's'}"
