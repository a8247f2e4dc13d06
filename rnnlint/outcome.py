"""What linting yields, as data: per file while it runs, and for the whole run."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from rnnlint.finding import Finding, Severity, Span
from rnnlint.source.suppression import Suppression

TYPE_CHECKING = False
if TYPE_CHECKING:
    from rnnlint.rules.base import Rule, Verdict


Contents = Mapping[str, bytes]  # what files hold, by the paths that findings print


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


@dataclass(frozen=True, slots=True)
class Step:
    """One file has been analysed, in so many seconds; `done` of `total` files are through."""

    display: str
    seconds: float
    done: int
    total: int


OnStep = Callable[[Step], None]
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


@dataclass(slots=True)
class Fixed:
    """What fixing came to: what is left, what was repaired, and the content of each changed file before and after.

    It is not `settled` if the last round still had fixes to apply: they undo each other. `unwritten` are the findings
    about files that could not be written.
    """

    result: LintResult
    repaired: list[Finding] = field(default_factory=list)
    before: dict[str, bytes] = field(default_factory=dict)
    after: dict[str, bytes] = field(default_factory=dict)
    settled: bool = True
    unwritten: list[Finding] = field(default_factory=list)

    @property
    def changed(self) -> list[str]:
        """The paths of the files that are different now, in order."""
        return sorted(path for path in self.after if self.after[path] != self.before[path])


@dataclass(frozen=True, slots=True)
class Diagnosis:
    """Every verdict on one file, rule by rule."""

    display: str
    problems: tuple[Finding, ...] = ()
    verdicts: tuple[tuple[Rule, tuple[Verdict, ...]], ...] = ()
    crashes: tuple[Crash, ...] = ()
