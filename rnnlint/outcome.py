"""What linting yields, as data: per file while it runs, and for the whole run."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass

from rnnlint.finding import Finding, Severity, Span
from rnnlint.source.suppression import Suppression

TYPE_CHECKING = False
if TYPE_CHECKING:
    from rnnlint.rules.base import Rule, Verdict


@dataclass(frozen=True, slots=True)
class Claim:
    """A finding as a rule made it. `via` leads from the analysed file to a place in another one."""

    finding: Finding
    via: Span | None = None


@dataclass(frozen=True, slots=True)
class Crash:
    """rnnlint itself failed on a file: a fault of ours, told in one line."""

    display: str
    where: str
    error: str
    traceback: str


@dataclass(frozen=True, slots=True)
class FileOutcome:
    """All that one file's analysis found. `complete` is false when a part of it could not be analysed."""

    claims: tuple[Claim, ...] = ()
    suppressions: tuple[Suppression, ...] = ()
    crashes: tuple[Crash, ...] = ()
    unchecked: frozenset[str] = frozenset()
    complete: bool = True


StatementKey = tuple[str, str, str]  # path from the baseline's folder, code, hash of the statement


@dataclass(frozen=True, slots=True)
class BaselineUse:
    """A baseline against a run, as numbers of findings: those it knows, new ones, and entries that met none.

    Such an entry is `stale` where its rule was looked for, or its file is gone, and `unchecked` otherwise.
    `paths` are the checked files that it is the baseline of.
    """

    file: str
    paths: frozenset[str]
    known: Counter[StatementKey]
    new: Counter[StatementKey]
    stale: Counter[StatementKey]
    unchecked: Counter[StatementKey]


@dataclass(frozen=True, slots=True)
class LintResult:
    """The findings of a run in order, the files that were looked at, and rnnlint's own failures.

    `known` are the findings that a baseline hides.
    """

    findings: tuple[Finding, ...]
    files: tuple[str, ...]
    crashes: tuple[Crash, ...] = ()
    known: tuple[Finding, ...] = ()
    baselines: tuple[BaselineUse, ...] = ()

    @property
    def files_checked(self) -> int:
        """How many files were looked at."""
        return len(self.files)

    def fails(self, fail_on: Severity) -> bool:
        """Whether a finding that no probe has refuted is as bad as `fail_on`, or worse."""
        return any(finding.severity.rank <= fail_on.rank and not finding.refuted for finding in self.findings)


@dataclass(frozen=True, slots=True)
class Diagnosis:
    """Every verdict on one file, rule by rule."""

    display: str
    problems: tuple[Finding, ...] = ()
    verdicts: tuple[tuple[Rule, tuple[Verdict, ...]], ...] = ()
    crashes: tuple[Crash, ...] = ()
