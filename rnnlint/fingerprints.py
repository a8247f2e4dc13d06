"""What a finding is known by from one run to the next: its file, rule and code, not its line."""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass

from rnnlint.finding import Finding, Span

_DIGITS = 16


@dataclass(frozen=True, slots=True, order=True)
class Fingerprint:
    """`statement` is a hash of the text that the place is known by; `occurrence` counts equal ones in a file from 0."""

    path: str
    code: str
    statement: str
    occurrence: int

    @property
    def digest(self) -> str:
        """One string for all four, different for each finding of a run."""
        return _hash("\0".join((self.path, self.code, self.statement, str(self.occurrence))))


def fingerprints(findings: Iterable[Finding], statement: Callable[[Span], str]) -> Iterator[Fingerprint]:
    """The fingerprint of each finding in order; `statement` is the text that a place is known by."""
    seen: Counter[tuple[str, str, str]] = Counter()
    for finding in findings:
        key = finding.span.path.replace("\\", "/"), finding.code, _hash(statement(finding.span))
        yield Fingerprint(*key, seen[key])
        seen[key] += 1


def _hash(text: str) -> str:
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()[:_DIGITS]
