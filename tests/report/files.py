"""Files on disk and findings in them of every kind: with notes, fixes, verdicts, in scripts and notebooks."""

from __future__ import annotations

import json
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from rnnlint.finding import (
    Applicability,
    Confidence,
    Confirmation,
    Edit,
    Finding,
    Fix,
    Note,
    Outcome,
    Severity,
    Span,
)
from rnnlint.report.base import Report, renderer
from rnnlint.rulebook import every_rule
from rnnlint.source.excerpt import Excerpts
from rnnlint.source.statement_text import StatementTexts

SCRIPT = "mö dels/träin 100%.py"
NOTEBOOK = "note, book:1.ipynb"
SCRIPT_TEXT = 'größe = "é"; model.add(LSTM(größe, activation="relu"))\nmodel.fit(\n    x,\n    y,\n)\n'
CELL = ["%matplotlib inline\n", 's = "é\\t<&>"\n', 'model.add(LSTM(8, activation="relu"))\n', "model.fit(x, y)"]


def notebook_text(cells: Iterable[list[str] | str], **style: Any) -> str:
    title: dict[str, Any] = {"cell_type": "markdown", "metadata": {}, "source": ["# T"]}
    code: list[dict[str, Any]] = [
        {"cell_type": "code", "metadata": {}, "outputs": [], "source": source} for source in cells
    ]
    content = [title, *code]
    return json.dumps({"cells": content, "metadata": {}, "nbformat": 4}, **{"indent": 1, "ensure_ascii": False} | style)


def write_files(folder: Path) -> None:
    (folder / SCRIPT).parent.mkdir()
    (folder / SCRIPT).write_text(SCRIPT_TEXT, encoding="utf-8")
    (folder / NOTEBOOK).write_text(notebook_text([CELL]), encoding="utf-8")


def findings() -> tuple[Finding, ...]:
    argument = Span(SCRIPT, 0, 1, 34, 1, 53)
    in_cell = Span(NOTEBOOK, 2, 3, 17, 3, 36)
    call = Span(NOTEBOOK, 2, 4, 1, 4, 16)
    missing = Edit(Span(SCRIPT, 0, 5, 1, 5, 1), "    clip=1,\n")
    refuted = Confirmation(Outcome.REFUTED, "gradient ratio", 0.5, 3.0, (0, 1), 0.25, curve=(1.0, 0.5), curve_name="g")
    return (
        Finding(
            "RNN101",
            "unbounded-cell-activation",
            Severity.WARNING,
            "this LSTM has\tactivation <relu> & 100% \033[31mred",
            argument,
            Confidence.MEDIUM,
            help="leave it at tanh",
            notes=(Note("the steps are cut, here: see", in_cell), Note("nowhere", Span("gone.ipynb", 1, 1, 1, 1, 2))),
            symptoms=("explode", "flat"),
            fix=Fix("clip", Applicability.SAFE, (Edit(argument, ""), missing)),
        ),
        Finding("RNN501", "advice", Severity.ADVICE, "nothing clips", Span(SCRIPT, 0, 2, 1, 5, 2)),
        Finding(
            "RNN201",
            "refuted",
            Severity.ERROR,
            "the loss is flat",
            Span(SCRIPT, 0, 2, 1, 5, 2),
            fix=Fix("look", Applicability.DISPLAY, (missing,)),
            confirmation=refuted,
        ),
        Finding(
            "RNN101",
            "unbounded-cell-activation",
            Severity.WARNING,
            "this LSTM has activation relu",
            in_cell,
            fix=Fix(
                "quote",
                Applicability.UNSAFE,
                (Edit(in_cell, 'name="é\\"'), Edit(Span(NOTEBOOK, 2, 3, 38, 4, 1), "\n# new\n")),
            ),
            confirmation=Confirmation(Outcome.INCONCLUSIVE, reason="no shape is known"),
        ),
        Finding("RNN102", "again", Severity.WARNING, "the same", call),
        Finding("RNN102", "again", Severity.WARNING, "the same", Span(NOTEBOOK, 2, 4, 11, 4, 15)),
        Finding("RNN901", "io-error", Severity.ERROR, "no such file or directory", Span("gone.py", 0, 1, 1, 1, 1)),
    )


def report_of(found: tuple[Finding, ...], contents: dict[str, bytes] | None = None, **options: Any) -> Report:
    excerpts = Excerpts(contents)
    places: dict[str, Any] = {
        "in_file": excerpts.in_file,
        "edit_in_file": excerpts.edit_in_file,
        "statement": StatementTexts(excerpts),
        "rules": every_rule,
    }
    return Report(found, excerpts.lines, **places | options)


def rendered(output_format: str, found: tuple[Finding, ...], **options: Any) -> str:
    return "".join(renderer(output_format)(report_of(found, **options)))
