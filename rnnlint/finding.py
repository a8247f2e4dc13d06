"""What rnnlint reports: a finding with its place, notes, fix and confidence, as plain data."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum

DOCUMENTATION_URL = "https://rnnlint.readthedocs.io/rules"


class Severity(Enum):
    """How bad a finding is, worst first when sorted by `rank`."""

    ERROR = "error"
    WARNING = "warning"
    ADVICE = "advice"

    @property
    def rank(self) -> int:
        """0 for an error, 1 for a warning, 2 for advice."""
        return list(Severity).index(self)


class Confidence(Enum):
    """How sure the analysis is that the claim holds for this program."""

    LOW = "low"
    MEDIUM = "medium"
    HIGH = "high"

    @property
    def rank(self) -> int:
        """0 for low, 1 for medium, 2 for high."""
        return list(Confidence).index(self)

    def and_(self, other: Confidence) -> Confidence:
        """The weaker of two confidences: a claim is as sure as its weakest premise."""
        return self if self.rank <= other.rank else other


class Applicability(Enum):
    """Whether a fix may be applied without a person reading it."""

    SAFE = "safe"
    UNSAFE = "unsafe"
    DISPLAY = "display"


@dataclass(frozen=True, slots=True, order=True)
class Span:
    """A place in a file: 1-based lines and columns in code points, end exclusive.

    `cell` is the 1-based number of the notebook cell (all cells counted, markdown too) that
    `line` counts in, or 0 for a script.
    """

    path: str
    cell: int
    line: int
    column: int
    end_line: int
    end_column: int

    def holds(self, inner: Span) -> bool:
        """Whether another place lies in this one, or is the same."""
        if (self.path, self.cell) != (inner.path, inner.cell):
            return False
        starts = (self.line, self.column) <= (inner.line, inner.column)
        return starts and (inner.end_line, inner.end_column) <= (self.end_line, self.end_column)


@dataclass(frozen=True, slots=True)
class Note:
    """A second place that a finding speaks of."""

    message: str
    span: Span


@dataclass(frozen=True, slots=True)
class Edit:
    """Replaces the text of `span` by `content`."""

    span: Span
    content: str


@dataclass(frozen=True, slots=True)
class Fix:
    """Edits that repair a finding together, or not at all."""

    message: str
    applicability: Applicability
    edits: tuple[Edit, ...]


class Outcome(Enum):
    """What a probe says of a finding."""

    CONFIRMED = "confirmed"
    REFUTED = "refuted"
    INCONCLUSIVE = "inconclusive"


@dataclass(frozen=True, slots=True)
class Confirmation:
    """The verdict of a probe: `statistic` in words with its value and threshold, or the reason why none was taken.

    `curve` is a measured series that `curve_name` names ("loss per update"); `seconds` is wall time.
    """

    outcome: Outcome
    statistic: str = ""
    value: float | None = None
    threshold: float | None = None
    seeds: tuple[int, ...] = ()
    seconds: float = 0.0
    reason: str = ""
    curve: tuple[float, ...] = ()
    curve_name: str = ""


@dataclass(frozen=True, slots=True)
class Finding:
    """One fault at one place, with what the reader needs to judge it.

    `probe` is what would settle it, as a line for a worker; `confirmation` what came of it.
    """

    code: str
    name: str
    severity: Severity
    message: str
    span: Span
    confidence: Confidence = Confidence.HIGH
    help: str = ""
    notes: tuple[Note, ...] = ()
    symptoms: tuple[str, ...] = ()
    fix: Fix | None = None
    probe: bytes = b""
    confirmation: Confirmation | None = None

    @property
    def refuted(self) -> bool:
        """Whether a probe has shown that the claim does not hold."""
        return self.confirmation is not None and self.confirmation.outcome is Outcome.REFUTED

    def fixable(self, unsafe: bool) -> bool:
        """Whether its fix may be applied without asking; one that a probe has refuted is none."""
        if self.fix is None or self.refuted:
            return False
        unsafe_too = unsafe and self.fix.applicability is Applicability.UNSAFE
        return unsafe_too or self.fix.applicability is Applicability.SAFE

    @property
    def url(self) -> str:
        """The rule's page."""
        return f"{DOCUMENTATION_URL}/{self.name}"
