"""The verdicts on what a program uses of a library's former interface, for the rules of each framework."""

from __future__ import annotations

from collections.abc import Iterator

from rnnlint.finding import Applicability, Confidence, Severity
from rnnlint.program.interface import Change, Removal, RemovedUse, by_topic
from rnnlint.program.program import Program
from rnnlint.repair import Repair
from rnnlint.rules.base import Found, RuledOut, Verdict


def verdicts(program: Program, library: str) -> Iterator[Verdict]:
    """One verdict for each thing that the library gave up and the program uses."""
    for uses in by_topic(program.removed_uses, library):
        removal, site = uses[0].removal, uses[0].site
        kept = next(
            (one for one in program.requirements if one.library == library and one.precedes(removal.since)), None
        )
        if kept is not None:
            yield RuledOut(site, f"the project asks for {kept.text}, which still has it")
        else:
            severity = Severity.WARNING if removal.ignored else None
            confidence = _confidence(program, removal)
            yield Found(site, _message(uses), severity=severity, confidence=confidence, repair=_repair(uses))


def _message(uses: tuple[RemovedUse, ...]) -> str:
    removal = uses[0].removal
    others = f"; {len(uses)} such uses" if len(uses) > 1 else ""
    fate = "does nothing" if removal.ignored else "fails"
    instead = f": write {removal.instead} instead" if removal.instead else ""
    return f"`{uses[0].text}` {fate} since {removal.release}{others}{instead}"


def _repair(uses: tuple[RemovedUse, ...]) -> Repair | None:
    """All uses brought up to date; None where one of them needs more than an edit. It is safe where they fail."""
    if not all(use.verbs for use in uses):
        return None
    removal = uses[0].removal
    message = f"write {removal.instead} instead" if removal.change is not Change.DROP else "leave it out"
    applicability = Applicability.UNSAFE if removal.ignored else Applicability.SAFE
    return Repair(message, applicability, tuple(verb for use in uses for verb in use.verbs))


def _confidence(program: Program, removal: Removal) -> Confidence:
    """High where the project asks for versions without it, low where a supported one may still have it."""
    asked = (one for one in program.requirements if one.library == removal.library)
    if any(one.reaches(removal.since) for one in asked):
        return Confidence.HIGH
    return Confidence.LOW if removal.recent else Confidence.MEDIUM
