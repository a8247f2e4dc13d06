"""SARIF 2.1.0, the interchange format of static analysis results."""

from __future__ import annotations

import json
import os
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any
from urllib.parse import quote

from rnnlint._version import __version__
from rnnlint.finding import DOCUMENTATION_URL, Edit, Finding, Fix, Note, Severity, Span
from rnnlint.fingerprints import Fingerprint, fingerprints
from rnnlint.report.base import Report
from rnnlint.report.json import confirmation_object
from rnnlint.report.machine import RULE_SOURCE, cell_place, may_apply, one_line

TYPE_CHECKING = False
if TYPE_CHECKING:
    from rnnlint.rules.base import Rule

SCHEMA = "https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json"
FINGERPRINT = "statementHash/v1"
_LEVELS = {Severity.ERROR: "error", Severity.WARNING: "warning", Severity.ADVICE: "note"}
_PROBLEMS = {Severity.ERROR: "error", Severity.WARNING: "warning", Severity.ADVICE: "recommendation"}


def render(report: Report) -> Iterator[str]:
    """One log with one run."""
    codes = sorted({finding.code for finding in report.findings})
    prints = fingerprints(report.findings, report.statement)
    driver = {
        "name": RULE_SOURCE,
        "version": __version__,
        "informationUri": DOCUMENTATION_URL.rpartition("/")[0],
        "rules": [_descriptor(report, code) for code in codes],
    }
    run = {
        "tool": {"driver": driver},
        "invocations": [_invocation(report)],
        "columnKind": "unicodeCodePoints",
        "results": [
            _result(report, finding, codes.index(finding.code), mark)
            for finding, mark in zip(report.findings, prints, strict=True)
        ],
    }
    yield json.dumps({"$schema": SCHEMA, "version": "2.1.0", "runs": [run]}, indent=2) + "\n"


def _invocation(report: Report) -> dict[str, Any]:
    notifications = [
        {"level": "error", "message": {"text": f"{crash.error} in {crash.where} on {crash.display}"}}
        for crash in report.crashes
    ]
    told = {"toolExecutionNotifications": notifications} if notifications else {}
    return {"executionSuccessful": not notifications, **told}


def _descriptor(report: Report, code: str) -> dict[str, Any]:
    """A rule; one that a reader of the log cannot look up is known by its findings alone."""
    findings = [finding for finding in report.findings if finding.code == code]
    rule = next((rule for rule in report.rules() if rule.code == code), None)
    severity = rule.severity if rule else findings[0].severity
    precision = min((finding.confidence for finding in findings), key=lambda confidence: confidence.rank)
    return {
        "id": code,
        "name": findings[0].name,
        "helpUri": findings[0].url,
        **(_explained(rule) if rule else {}),
        "defaultConfiguration": {"level": _LEVELS[severity]},
        "properties": {
            "precision": precision.value,
            "problem.severity": _PROBLEMS[severity],
            "tags": list(findings[0].symptoms),
        },
    }


def _explained(rule: Rule) -> Mapping[str, Any]:
    explanation = rule.documentation()
    return {
        "shortDescription": {"text": rule.summary()},
        "fullDescription": {"text": explanation.partition("\n\n## ")[0]},
        "help": {"text": explanation, "markdown": explanation},
    }


def _result(report: Report, finding: Finding, rule_index: int, mark: Fingerprint) -> dict[str, Any]:
    related = [_related(report, note, number) for number, note in enumerate(finding.notes, start=1)]
    fix = _fix(report, finding.fix)
    return {
        "ruleId": finding.code,
        "ruleIndex": rule_index,
        **({"kind": "pass", "level": "none"} if finding.refuted else {"level": _LEVELS[finding.severity]}),
        "message": {"text": one_line(finding)},
        "locations": [_location(report, finding.span)],
        **({"relatedLocations": related} if related else {}),
        "partialFingerprints": {FINGERPRINT: f"{mark.statement}:{mark.occurrence}"},
        **({"fixes": [fix]} if fix else {}),
        "properties": _properties(finding),
    }


def _properties(finding: Finding) -> dict[str, Any]:
    return {
        "severity": finding.severity.value,
        "confidence": finding.confidence.value,
        **({"help": finding.help} if finding.help else {}),
        **({"confirmation": confirmation_object(finding.confirmation)} if finding.confirmation else {}),
        **({"refuted": True} if finding.refuted else {}),
    }


def _related(report: Report, note: Note, number: int) -> dict[str, Any]:
    text = cell_place(note.span) + note.message
    return {"id": number, "message": {"text": text}, **_location(report, note.span)}


def _location(report: Report, span: Span) -> dict[str, Any]:
    """The place in the stored file; of a notebook also its cell, and where in that."""
    stored = report.in_file(span)
    region = {"region": _region(stored)} if stored is not None else {}
    place: dict[str, Any] = {"physicalLocation": {"artifactLocation": {"uri": uri(span.path)}, **region}}
    if span.cell:
        name = f"cell {span.cell}"
        place["logicalLocations"] = [{"name": name, "fullyQualifiedName": name, "kind": "cell"}]
        place["properties"] = {"cell": span.cell, **_region(span)}
    return place


def _region(span: Span) -> dict[str, int]:
    return {
        "startLine": span.line,
        "startColumn": span.column,
        "endLine": span.end_line,
        "endColumn": span.end_column,
    }


def uri(path: str) -> str:
    """A path relative to the working directory as a relative reference, any other as a file URI."""
    if os.path.isabs(path):
        return Path(path).as_uri()
    return quote(os.fsencode(path.replace(os.sep, "/")))


def _fix(report: Report, fix: Fix | None) -> dict[str, Any] | None:
    """The fix with its edits by file, or None when a part of it has no place in a stored file."""
    if fix is None or not may_apply(fix):
        return None
    edits = [report.edit_in_file(edit) for edit in fix.edits]
    placed = [edit for edit in edits if edit is not None]
    if len(placed) < len(edits):
        return None
    changes = [
        {
            "artifactLocation": {"uri": uri(path)},
            "replacements": [_replacement(edit) for edit in placed if edit.span.path == path],
        }
        for path in dict.fromkeys(edit.span.path for edit in placed)
    ]
    properties = {"applicability": fix.applicability.value}
    return {"description": {"text": fix.message}, "artifactChanges": changes, "properties": properties}


def _replacement(edit: Edit) -> dict[str, Any]:
    inserted = {"insertedContent": {"text": edit.content}} if edit.content else {}
    return {"deletedRegion": _region(edit.span), **inserted}
