"""A rule's page: its own text, its facts, the measured figures and the error rates of its probe."""

from __future__ import annotations

import csv
from functools import cache
from pathlib import Path

from rnnlint.rules.base import Rule
from scripts.documentation.measurements import Measurement, measurements_of
from scripts.documentation.plots import number, plot

FRAMEWORKS = {"keras": "Keras", "torch": "PyTorch", "data": "data code"}
RATES = Path(__file__).parents[2] / "benchmarks" / "confirm" / "rates.csv"
_LONGEST_TABLE = 40


def rule_page(rule: Rule) -> str:
    """The page in markdown, for rules/<name>.md."""
    text = rule.documentation()
    first, _, rest = text.partition("\n")
    rest = _before(rest, "## Example", "\n\n".join(map(_figure, measurements_of(rule.code))))
    rest = _before(rest, "## When it is silent", _rates(rule.code))
    head = f"---\ndescription: {_quoted(first)}\n---\n\n# {rule.name} ({rule.code})\n\n{first}\n\n{facts(rule)}"
    return f"{head}\n{rest.rstrip()}\n"


def facts(rule: Rule) -> str:
    """Severity, frameworks and the rest as a small table."""
    symptoms = ", ".join(f"[{symptom}](../symptoms.md#{symptom})" for symptom in rule.symptoms)
    rows = [
        ("Severity", f"[{rule.severity.value}](../usage.md#severities)"),
        ("For", frameworks(rule) or "any file"),
        ("Symptoms", symptoms or "none of its own"),
        ("Confirmed by", "[`--confirm`](../confirm.md)" if confirmable(rule) else "reading alone"),
        ("Fix", fixable(rule) or "none"),
        ("Holds for", "recurrent networks" if rule.about_recurrence else "any network and its data"),
    ]
    if rule.preview:
        rows.append(("State", "in preview: runs with `--preview` only"))
    return "\n".join(["| | |", "|---|---|", *(f"| {name} | {value} |" for name, value in rows), ""])


def frameworks(rule: Rule) -> str:
    """What the rule is for, in words."""
    return ", ".join(FRAMEWORKS[name] for name in rule.frameworks)


def fixable(rule: Rule) -> str:
    """The kinds of the rule's fixes, or nothing."""
    return ", ".join(applicability.value for applicability in rule.fixes)


def confirmable(rule: Rule) -> bool:
    """Whether a probe can settle the rule's findings."""
    from rnnlint.confirm.plan import PLANNERS

    return rule.code in PLANNERS


def _before(text: str, heading: str, addition: str) -> str:
    return text.replace(f"\n{heading}\n", f"\n{addition}\n\n{heading}\n", 1) if addition else text


def _quoted(text: str) -> str:
    return '"' + text.replace("\\", "\\\\").replace('"', '\\"') + '"'


def _figure(measurement: Measurement) -> str:
    return f"{plot(measurement)}\n\n{_numbers(measurement)}"


def _numbers(measurement: Measurement) -> str:
    """The plotted numbers as a table that opens, unless they are many, and as a file."""
    about = measurement.about
    rows = [
        f"    | {name} | {point.x} | {number(point.median)} | {number(point.lowest)} | {number(point.highest)} |"
        for name, points in measurement.series.items()
        for point in points
    ]
    head = [f"    | series | {about['x']} | {about['y']}, median | lowest | highest |", "    |---|---|---|---|---|"]
    table = [*head, *rows, ""] if len(rows) <= _LONGEST_TABLE else []
    link = f"    [{measurement.name}.csv](../measurements/{measurement.name}.csv)"
    return "\n".join(['??? note "The numbers"', "", *table, link])


@cache
def _all_rates() -> tuple[dict[str, str], ...]:
    with RATES.open(encoding="utf-8") as stream:
        return tuple(csv.DictReader(stream))


def _rates(code: str) -> str:
    """The error rates of the rule's probes as a table, or nothing."""
    rows = [row for row in _all_rates() if row["probe"].startswith(code)]
    return (
        rates_table(rows) + "\nHow this was measured: [Confirmation](../confirm.md#how-often-a-probe-is-wrong)."
        if rows
        else ""
    )


def rates_table(rows: list[dict[str, str]]) -> str:
    """Rows of rates.csv in markdown."""
    head = [
        "| probe | of 100 faulty: confirmed | refuted (wrong) | of 100 sound: refuted | confirmed (wrong) | seconds "
        "each |",
        "|---|---|---|---|---|---|",
    ]
    keys = ("probe", "faulty_confirmed", "false_refuted", "sound_refuted", "false_confirmed", "seconds_each")
    return "\n".join([*head, *("| " + " | ".join(row[key] for key in keys) + " |" for row in rows), ""])


def every_rate() -> str:
    """All error rates as a table."""
    return rates_table(list(_all_rates()))
