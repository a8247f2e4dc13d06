"""A frontend and rules that find what a test asks for, to test everything around the real ones."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any, ClassVar

import pytest

from rnnlint import rulebook
from rnnlint.file_rules import FILE_RULES
from rnnlint.finding import Confidence, Severity
from rnnlint.program.value import Site
from rnnlint.rules.base import Found, Remark, Rule, RuledOut, Undecided, Verdict
from rnnlint.source.document import Document


@dataclass(frozen=True)
class StubProgram:
    """The document itself."""

    document: Document
    has_recurrent_layer: bool

    def calls(self, name: str) -> Iterator[Site]:
        for number, line in enumerate(self.document.text.split("\n"), start=1):
            for match in re.finditer(rf"\b{name}\(", line):
                start, end = match.start() + 1, match.end()
                yield Site(self.document.span(number, start, number, end))


class StubRule(Rule):
    """A call of `bad` is bad."""

    code: ClassVar[str] = "RNN101"
    name: ClassVar[str] = "bad-call"
    severity: ClassVar[Severity] = Severity.WARNING
    symptoms: ClassVar[tuple[str, ...]] = ("flat",)
    about_recurrence: ClassVar[bool] = True

    def check(self, program: Any) -> Iterator[Verdict]:
        first = next(program.calls("torch"), None)
        for site in program.calls("bad"):
            remarks = (Remark("torch is called here", first),) if first else ()
            yield Found(site, "`bad` is called", help="do not call it", remarks=remarks)
        for site in program.calls("good"):
            yield RuledOut(site, "`good` is called")
        for site in program.calls("odd"):
            yield Undecided(site, "`odd` is not known")


class GradedRule(StubRule):
    """Calls that are worse or better, surer or less sure."""

    code: ClassVar[str] = "RNN201"
    name: ClassVar[str] = "graded-call"
    about_recurrence: ClassVar[bool] = False

    def check(self, program: Any) -> Iterator[Verdict]:
        for severity in Severity:
            for site in program.calls(severity.value):
                yield Found(site, f"`{severity.value}` is called", severity=severity)
        for confidence in Confidence:
            for site in program.calls(confidence.value):
                yield Found(site, f"`{confidence.value}` is called", confidence=confidence)


class CrashingRule(StubRule):
    """Fails on a call of `crash`."""

    code: ClassVar[str] = "RNN301"
    name: ClassVar[str] = "crashing-call"

    def check(self, program: Any) -> Iterator[Verdict]:
        for _ in program.calls("crash"):
            raise RecursionError("too deep")
        return iter(())


def build_program(document: Document, roots: tuple[Path, ...] = ()) -> StubProgram:
    """What stands for the frontend; a call of `frontend_crash` makes it fail."""
    if "frontend_crash(" in document.text:
        raise ValueError("no")
    return StubProgram(document, "LSTM(" in document.text)


def install(monkeypatch: pytest.MonkeyPatch, *rules: Rule) -> None:
    """Let the engine use the stubs, and no other rules than `rules`."""
    rules = rules or (StubRule(), GradedRule(), CrashingRule())
    together = tuple(sorted((*FILE_RULES, *rules), key=lambda rule: rule.code))
    rulebook.every_label.cache_clear()
    rulebook.codes_selected.cache_clear()
    rulebook.preview_codes.cache_clear()
    monkeypatch.setattr("rnnlint.frontend.build_program", build_program)
    monkeypatch.setattr(rulebook, "every_rule", lambda: together)
