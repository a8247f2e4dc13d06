"""What a rule is: a documented query over the Program that yields verdicts."""

from __future__ import annotations

import inspect
from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar

from rnnlint.finding import Applicability, Confidence, Severity
from rnnlint.repair import Repair

if TYPE_CHECKING:
    from rnnlint.program.program import Program
    from rnnlint.program.value import Site


@dataclass(frozen=True, slots=True)
class Remark:
    """A second place that a verdict speaks of."""

    message: str
    site: Site


@dataclass(frozen=True, slots=True)
class Found:
    """The fault is there. `severity` overrides the rule's own where the measured risk differs.

    `subject` is the fact of the Program that the claim is about, for the probe that can settle it.
    """

    site: Site
    message: str
    help: str = ""
    remarks: tuple[Remark, ...] = ()
    severity: Severity | None = None
    confidence: Confidence = Confidence.HIGH
    repair: Repair | None = None
    subject: object = None


@dataclass(frozen=True, slots=True)
class RuledOut:
    """The fault was looked for and the program shows why it is not there."""

    site: Site
    evidence: str
    remarks: tuple[Remark, ...] = ()


@dataclass(frozen=True, slots=True)
class Undecided:
    """The program does not settle it; `reason` says what is missing."""

    site: Site
    reason: str


Verdict = Found | RuledOut | Undecided


class Rule:
    """A rule. The docstring's first line states the defect; its headings are checked by a test.

    `about_recurrence` is true when the claim itself speaks of recurrent networks; other rules hold for any
    network, and the setting `scope = "recurrent"` silences them in programs without a recurrent layer. A rule in
    `preview` is still being tried out, and runs only with the setting of that name. `fixes` says of what kinds the
    repairs are that it offers, where one right edit is clear.
    """

    code: ClassVar[str]
    name: ClassVar[str]
    severity: ClassVar[Severity]
    symptoms: ClassVar[tuple[str, ...]] = ()
    frameworks: ClassVar[tuple[str, ...]] = ()
    about_recurrence: ClassVar[bool] = False
    preview: ClassVar[bool] = False
    fixes: ClassVar[tuple[Applicability, ...]] = ()

    def check(self, program: Program) -> Iterator[Verdict]:
        """Every verdict of this rule on one program."""
        raise NotImplementedError

    @classmethod
    def summary(cls) -> str:
        """The defect in one sentence."""
        return cls.documentation().splitlines()[0]

    @classmethod
    def documentation(cls) -> str:
        """The rule's page in markdown."""
        return inspect.cleandoc(cls.__doc__ or "")
