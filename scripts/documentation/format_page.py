"""The output formats: those that the program has, with an example of each that is printed by running it."""

from __future__ import annotations

from pathlib import Path

from rnnlint.config.settings import OUTPUT_FORMATS
from rnnlint.engine import lint_source
from rnnlint.report.base import Report, renderer
from rnnlint.source.excerpt import Excerpts

PURPOSES = {
    "concise": "One line for each finding, in flake8's form: `path:line:column: CODE message`. Editors read it. "
    "`[*]` marks what `--fix` can repair; a notebook has the cell in front of the line.",
    "full": "The finding with its source lines, notes at other places, help, and under `--confirm` the verdict.",
    "grouped": "The findings of each file below its name.",
    "json": "An array with ruff's keys, and `confidence`, `notes`, `symptoms` and `confirmation` on top.",
    "json-lines": "The objects of `json`, one a line.",
    "sarif": "SARIF 2.1.0 for code scanning: relative paths, `partialFingerprints`, related locations and fixes.",
    "github": "Workflow commands that GitHub Actions turns into annotations of a pull request.",
    "gitlab": "A Code Quality report for GitLab's merge requests.",
    "junit": "JUnit XML, for CI servers that show test results.",
    "pylint": "Pylint's line, for tools that read it.",
    "rdjson": "reviewdog's diagnostic format.",
    "azure": "Logging commands for Azure Pipelines.",
    "html": "A page to be read in a browser.",
}
PROGRAM = """from keras import Sequential
from keras.layers import LSTM, Dense, Input

model = Sequential([Input((60, 4)), LSTM(50, activation="relu"), Dense(1)])
model.compile(loss="mse", optimizer="adam")
"""
SHOWN = ("concise", "full", "json")


def formats() -> str:
    """A section for each format."""
    return "\n".join(map(_section, OUTPUT_FORMATS))


def _section(name: str) -> str:
    text = f"### {name}\n\n{PURPOSES[name]}\n"
    return f"{text}\n```{'json' if name == 'json' else 'text'}\n{_printed(name)}\n```\n" if name in SHOWN else text


def _printed(name: str) -> str:
    findings = [finding for finding in lint_source(PROGRAM, "train.py") if finding.code == "RNN101"]
    lines = Excerpts({"train.py": PROGRAM.encode()}).lines
    text = "".join(renderer(name)(Report(tuple(findings), lines, summary=False))).rstrip()
    return text.replace(str(Path.cwd()), "/home/me/project")
