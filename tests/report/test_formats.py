"""Each format, on findings made by hand."""

from __future__ import annotations

import json
import re
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from syrupy.assertion import SnapshotAssertion

from rnnlint.config.settings import OUTPUT_FORMATS
from rnnlint.finding import Applicability, Confidence, Confirmation, Edit, Finding, Fix, Note, Outcome, Severity, Span
from rnnlint.report.base import RENDERERS, Report, renderer, summary
from rnnlint.report.statistics import render as render_statistics

SOURCE = [
    "import keras",
    'model.add(keras.layers.LSTM(64, activation="relu"))',
    "\tmodel.compile(",
    '        optimizer="adam",',
    "        loss=f(`数据`),".replace("`", '"'),
    "    )",
    "x = " + "1 + " * 100 + "bad",
]
PLACE = Span("train.py", 0, 2, 33, 2, 50)
FINDINGS = (
    Finding(
        "RNN101",
        "unbounded-cell-activation",
        Severity.WARNING,
        "this LSTM has activation relu",
        PLACE,
        Confidence.MEDIUM,
        help="leave the activation at tanh",
        notes=(Note("the sequence has 100 steps here", Span("data.py", 0, 9, 1, 9, 4)),),
        symptoms=("explode", "flat"),
        fix=Fix("remove the argument", Applicability.SAFE, (Edit(PLACE, ""),)),
    ),
    Finding("RNN501", "no-clipping", Severity.ADVICE, "nothing clips", Span("train.py", 0, 3, 2, 6, 6)),
    Finding("RNN201", "wide", Severity.ERROR, "wide characters", Span("train.py", 0, 5, 16, 5, 20)),
    Finding("RNN201", "long", Severity.ERROR, "a long line", Span("train.py", 0, 7, 405, 7, 408)),
    Finding("RNN902", "invalid-syntax", Severity.ERROR, "control \033[31m", Span("nb.ipynb", 4, 1, 7, 1, 8)),
    Finding("RNN901", "io-error", Severity.ERROR, "no such file or directory", Span("gone.py", 0, 1, 1, 1, 1)),
)
ONE_LINE_EACH = {"json-lines", "github", "pylint", "azure"}


def lines(span: Span) -> list[str]:
    return {"train.py": SOURCE, "nb.ipynb": ["def f(:"]}.get(span.path, [])


def rendered(output_format: str, **options: Any) -> str:
    return "".join(renderer(output_format)(Report(FINDINGS, lines, **options)))


@pytest.mark.parametrize("output_format", ["concise", "full"])
def test_text(output_format: str, snapshot: SnapshotAssertion) -> None:
    assert rendered(output_format) == snapshot


@pytest.mark.parametrize("output_format", ["concise", "full"])
def test_colours_change_nothing_else(output_format: str) -> None:
    colored = rendered(output_format, color=True)
    assert colored != rendered(output_format)
    assert re.sub(r"\033\[[\d;]*m", "", colored) == rendered(output_format)


def test_json(snapshot: SnapshotAssertion, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.chdir(tmp_path)
    objects = json.loads(rendered("json"))
    for entry in objects:
        for place in (entry, *entry["notes"]):
            place["filename"] = Path(place["filename"]).relative_to(tmp_path).as_posix()
    assert objects == snapshot


def test_json_is_ascii() -> None:
    finding = Finding("RNN201", "wide", Severity.ERROR, "数据 \ud800", PLACE)
    text = "".join(renderer("json")(Report((finding,), lines)))
    assert text.isascii()
    assert json.loads(text)[0]["message"] == "数据 \ud800"


def test_concise_lines_are_read_by_editors() -> None:
    pattern = re.compile(r"^(.+?):(?:cell (\d+):)?(\d+):(\d+): ([A-Z]{1,3}\d{3})(?: \[\*\])?:? (.*)$")
    for line, finding in zip(rendered("concise").splitlines(), FINDINGS, strict=False):
        match = pattern.match(line)
        assert match is not None
        assert match[1] == finding.span.path
        assert (int(match[2] or 0), int(match[3]), int(match[4]), match[5]) == (
            finding.span.cell,
            finding.span.line,
            finding.span.column,
            finding.code,
        )


@pytest.mark.parametrize(
    ("severities", "text"),
    [
        ("", "All checks passed!"),
        ("e", "Found 1 error."),
        ("eewa", "Found 2 errors, 1 warning, 1 advice."),
        ("wwaa", "Found 2 warnings, 2 advice."),
    ],
)
def test_summary(severities: str, text: str) -> None:
    by_letter = {severity.value[0]: severity for severity in Severity}
    findings = [Finding("RNN101", "a", by_letter[letter], "m", PLACE) for letter in severities]
    assert summary(tuple(findings)) == text


def test_statistics() -> None:
    report = Report(FINDINGS, lines)
    text = "".join(render_statistics(report, as_json=False))
    assert text.splitlines()[:2] == ["1\tRNN101\t[*] unbounded-cell-activation", "1\tRNN201\t[ ] long"]
    rows = json.loads("".join(render_statistics(report, as_json=True)))
    assert {"code": "RNN101", "name": "unbounded-cell-activation", "count": 1, "fixable": True} in rows


def test_every_format_that_may_be_asked_for_has_a_renderer() -> None:
    assert set(RENDERERS) == set(OUTPUT_FORMATS)
    for output_format in OUTPUT_FORMATS:
        empty = "".join(renderer(output_format)(Report((), lines)))
        assert bool(empty) != (output_format in ONE_LINE_EACH)
        assert "train.py" in rendered(output_format)


def test_each_reason_against_a_confirmation_is_told_once() -> None:
    missing = Confirmation(Outcome.INCONCLUSIVE, reason="numpy is not installed (pip install 'rnnlint[confirm]')")
    unknown = Confirmation(Outcome.INCONCLUSIVE, reason="no shape is known")
    verdicts = (missing, missing, unknown, Confirmation(Outcome.REFUTED, "spread", 0.5, 0.1, reason="one seed"))
    findings = tuple(replace(FINDINGS[1], confirmation=verdict) for verdict in verdicts)
    text = "".join(renderer("concise")(Report(findings, lines)))
    assert text.splitlines()[-2:] == [
        "2 findings are not confirmed: numpy is not installed (pip install 'rnnlint[confirm]')",
        "1 finding is not confirmed: no shape is known",
    ]
    assert "not confirmed" not in "".join(renderer("concise")(Report(findings, lines, summary=False)))
