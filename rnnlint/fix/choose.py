"""Which fixes are applied together in one round."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field

from rnnlint.finding import Edit, Finding
from rnnlint.fix.patch import conflicting


@dataclass(slots=True)
class Round:
    """The findings that a round repairs, and the edits that do it, by the path that findings print."""

    findings: list[Finding] = field(default_factory=list)
    edits: dict[str, list[Edit]] = field(default_factory=lambda: defaultdict(list))


def choose(findings: Iterable[Finding]) -> Round:
    """As many fixes as do not touch each other, the first one first; each as a whole or not at all."""
    chosen = Round()
    for finding in findings:
        assert finding.fix is not None
        edits = finding.fix.edits
        taken = [edit for path in {edit.span.path for edit in edits} for edit in chosen.edits.get(path, ())]
        if conflicting(edits, taken):
            continue
        chosen.findings.append(finding)
        for edit in edits:
            if edit not in chosen.edits[edit.span.path]:
                chosen.edits[edit.span.path].append(edit)
    return chosen
