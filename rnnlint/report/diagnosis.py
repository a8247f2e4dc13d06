"""Every verdict on a file, rule by rule: found, ruled out with its evidence, undecided with the reason."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

from rnnlint.finding import Span
from rnnlint.outcome import Diagnosis
from rnnlint.report.base import location, printable
from rnnlint.rules.base import Found, RuledOut, Verdict

NOTHING = "nothing to judge"


def as_text(diagnosis: Diagnosis) -> Iterator[str]:
    """A paragraph for each rule that had something to judge, then the rules that had not."""
    for problem in diagnosis.problems:
        yield f"{location(problem.span)}: {problem.code} {printable(problem.message)}\n"
    for rule, verdicts in diagnosis.verdicts:
        if verdicts:
            yield f"{rule.code} {rule.name}\n"
        for verdict in verdicts:
            kind, text = _described(verdict)
            yield f"  {kind:<10} {location(verdict.site.span)}: {printable(text)}\n"
            for message, span in _remarks(verdict):
                yield f"  {'':<10} {location(span)}: {printable(message)}\n"
    idle = [rule.code for rule, verdicts in diagnosis.verdicts if not verdicts]
    if idle:
        yield f"{NOTHING}: {', '.join(idle)}\n"


def as_json(diagnosis: Diagnosis) -> Iterator[str]:
    """The same as one JSON object."""
    document = {
        "filename": diagnosis.display,
        "problems": [
            {"code": problem.code, "message": problem.message, **_place(problem.span)} for problem in diagnosis.problems
        ],
        "rules": [
            {"code": rule.code, "name": rule.name, "verdicts": [_as_object(verdict) for verdict in verdicts]}
            for rule, verdicts in diagnosis.verdicts
        ],
    }
    yield json.dumps(document, indent=2) + "\n"


def _as_object(verdict: Verdict) -> dict[str, Any]:
    kind, text = _described(verdict)
    notes = [{"message": message, **_place(span)} for message, span in _remarks(verdict)]
    return {"verdict": kind, "text": text, **_place(verdict.site.span), "notes": notes}


def _described(verdict: Verdict) -> tuple[str, str]:
    if isinstance(verdict, Found):
        return "found", verdict.message
    if isinstance(verdict, RuledOut):
        return "ruled out", verdict.evidence
    return "undecided", verdict.reason


def _remarks(verdict: Verdict) -> list[tuple[str, Span]]:
    return [(remark.message, remark.site.span) for remark in getattr(verdict, "remarks", ())]


def _place(span: Span) -> dict[str, Any]:
    return {
        "filename": span.path,
        "cell": span.cell or None,
        "location": {"row": span.line, "column": span.column},
        "end_location": {"row": span.end_line, "column": span.end_column},
    }
