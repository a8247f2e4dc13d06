"""From what single files yielded to the findings of a run: placed, merged, silenced, filtered and sorted."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from functools import partial

from rnnlint.config.settings import Settings
from rnnlint.finding import Finding, Note, Span
from rnnlint.outcome import Claim, FileOutcome, LintResult
from rnnlint.rulebook import Rulebook, codes_checked, codes_fixable, every_label, is_reported
from rnnlint.silencing import Silencer
from rnnlint.source.discover import SourceFile
from rnnlint.source.suppression import Suppression


def conclude(
    files: Sequence[SourceFile],
    outcomes: Mapping[str, FileOutcome],
    problems: Iterable[Finding],
    book: Rulebook,
    baseline_may_be_missing: bool = False,
) -> LintResult:
    """Place, merge, silence, filter and sort what the files yielded, and set apart what is known."""
    by_display = {file.display: file for file in files}
    claims = [claim for file in files for claim in outcomes[file.display].claims]
    merged = _merged(_placed(claims, frozenset(by_display)))
    settings = {file.display: book.settings_of(file) for file in files}
    silencer = Silencer({file.display: _heeded(outcomes[file.display], settings[file.display]) for file in files})
    audible = list(silencer.audible(merged))
    idle = [
        finding
        for file in files
        if outcomes[file.display].complete
        for finding in silencer.idle(
            file.display,
            every_label,
            partial(_codes_that_ran, file, settings[file.display], outcomes[file.display]),
        )
    ]
    reported = [
        _with_allowed_fix(finding, by_display, settings[finding.span.path])
        for finding in (*audible, *silencer.audible(idle))
        if is_reported(finding, by_display[finding.span.path], settings[finding.span.path])
    ]
    result = LintResult(
        findings=tuple(sorted((*problems, *reported), key=_order)),
        files=tuple(by_display),
        crashes=tuple(crash for file in files for crash in outcomes[file.display].crashes),
    )
    baselines = {display: each.baseline for display, each in settings.items()}
    if not any(baselines.values()):
        return result
    from rnnlint.baseline import Scope, without_known

    def ran(display: str) -> frozenset[str]:
        outcome = outcomes[display]
        return _codes_that_ran(by_display[display], settings[display], outcome) if outcome.complete else frozenset()

    return without_known(result, Scope(baselines, ran), baseline_may_be_missing)


def _heeded(outcome: FileOutcome, settings: Settings) -> Sequence[Suppression]:
    """The comments that silence findings under the settings."""
    if not settings.noqa:
        return ()
    return [comment for comment in outcome.suppressions if comment.native or settings.foreign_noqa]


def _with_allowed_fix(finding: Finding, asked_for: Mapping[str, SourceFile], settings: Settings) -> Finding:
    """The finding without its fix where the settings forbid it, or where it would edit a file that nobody asked for."""
    if finding.fix is None:
        return finding
    allowed = finding.code in codes_fixable(settings)
    allowed = allowed and all(edit.span.path in asked_for for edit in finding.fix.edits)
    return finding if allowed else replace(finding, fix=None)


def _codes_that_ran(file: SourceFile, settings: Settings, outcome: FileOutcome) -> frozenset[str]:
    return codes_checked(file, settings) - outcome.unchecked


def _placed(claims: Iterable[Claim], asked_for: frozenset[str]) -> Iterator[Finding]:
    """Findings in files that were asked for; one that lies elsewhere moves to where that code was reached."""
    for claim in claims:
        finding, via = claim.finding, claim.via
        if finding.span.path in asked_for:
            yield finding
        elif via is not None and via.path in asked_for:
            yield replace(finding, span=via, notes=(Note("stated here", finding.span), *finding.notes))


def _merged(findings: Iterable[Finding]) -> Iterable[Finding]:
    """One finding for each code and place: the worst, then the surest."""
    best: dict[tuple[str, Span], Finding] = {}
    for finding in findings:
        key = finding.code, finding.span
        rival = best.get(key)
        if rival is None or _gravity(finding) < _gravity(rival):
            best[key] = finding
    return best.values()


def _gravity(finding: Finding) -> tuple[int, int]:
    return finding.severity.rank, -finding.confidence.rank


def _order(finding: Finding) -> tuple[str, int, int, int, str, str]:
    span = finding.span
    return span.path, span.cell, span.line, span.column, finding.code, finding.message
