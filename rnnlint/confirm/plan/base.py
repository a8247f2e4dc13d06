"""What a planner is, and how one is found by the code of its rule."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any

from rnnlint.confirm.probes import Probe
from rnnlint.program.program import Program


@dataclass(frozen=True, slots=True)
class Unplanned:
    """No probe can settle it, and why."""

    reason: str


@dataclass(frozen=True, slots=True)
class Planner:
    """How a rule's claim is measured.

    `probe` plans it for one subject (what the rule's finding speaks of). `subjects` are all that a program holds,
    faulty or not, where the probe itself can tell them apart: tests probe the sound ones too. Where it cannot (the
    claim rests on what the rule alone knows), there are none.
    """

    code: str
    probe: Callable[[Any, Program], Probe | Unplanned]
    subjects: Callable[[Program], Iterable[Any]]

    @property
    def tells_apart(self) -> bool:
        """Whether the probe itself knows faulty subjects from sound ones."""
        return self.subjects is not _none


def _none(program: Program) -> Iterable[Any]:
    return ()


PLANNERS: dict[str, Planner] = {}


def planner(
    code: str, subjects: Callable[[Program], Iterable[Any]] = _none
) -> Callable[[Callable[[Any, Program], Probe | Unplanned]], Callable[[Any, Program], Probe | Unplanned]]:
    """Make the function the planner of a rule."""

    def register(function: Callable[[Any, Program], Probe | Unplanned]) -> Callable[[Any, Program], Probe | Unplanned]:
        PLANNERS[code] = Planner(code, function, subjects)
        return function

    return register


def plan(code: str, subject: object, program: Program) -> Probe | Unplanned | None:
    """The probe for a finding of this rule; None where numbers cannot settle the rule at all."""
    found = PLANNERS.get(code)
    if found is None or subject is None:
        return None
    return found.probe(subject, program)
