"""The engine: from paths to placed, merged, silenced, filtered and sorted findings."""

from __future__ import annotations

import json
import os
from pathlib import Path
from typing import Any

import pytest

from rnnlint.config.load import Configuration
from rnnlint.config.select import ConfigurationError
from rnnlint.config.settings import Layer, Settings, make_settings
from rnnlint.engine import diagnose, lint_paths, lint_source
from rnnlint.finding import Severity, Span
from rnnlint.frontend import UnparsableError
from rnnlint.program.value import Site
from rnnlint.rules.base import Found, Rule, RuledOut, Undecided
from tests import stubs

pytestmark = pytest.mark.usefixtures("stubbed", "folder")
HEAD = "from torch import fit\n"


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    return tmp_path


def settings(**values: Any) -> Settings:
    given = {key.replace("_", "-"): value for key, value in values.items()}
    return make_settings([Layer("test", str(Path.cwd()), given)], str(Path.cwd()))


def codes(text: str, **values: Any) -> list[str]:
    return [f"{finding.span.line}:{finding.code}" for finding in lint_source(text, settings=settings(**values))]


def test_findings_carry_what_the_rule_said() -> None:
    (finding,) = lint_source(HEAD + "torch(bad(1))\n")
    assert finding.span == Span("<stdin>", 0, 2, 7, 2, 10)
    assert (finding.code, finding.name, finding.severity) == ("RNN101", "bad-call", Severity.WARNING)
    assert (finding.message, finding.help, finding.symptoms) == (
        "`bad` is called",
        "do not call it",
        ("flat",),
    )
    assert [(note.message, note.span.column) for note in finding.notes] == [("torch is called here", 1)]


def test_files_without_a_framework_are_not_analysed() -> None:
    assert codes("bad()\n") == []
    assert codes("bad(\n") == ["1:RNN902"]


def test_findings_are_sorted_and_merged(folder: Path) -> None:
    (folder / "b.py").write_text(HEAD + "bad()\nerror()\n")
    (folder / "a.py").write_text(HEAD + "advice(); bad()\n")
    (folder / "c.py").write_text("x = = 1\n")
    result = lint_paths(["b.py", ".", "a.py", "gone.py"])
    assert [(f.span.path, f.span.line, f.code) for f in result.findings] == [
        ("a.py", 2, "RNN201"),
        ("a.py", 2, "RNN101"),
        ("b.py", 2, "RNN101"),
        ("b.py", 3, "RNN201"),
        ("c.py", 1, "RNN902"),
        ("gone.py", 1, "RNN901"),
    ]
    assert result.files == ("a.py", "b.py", "c.py")


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("bad()  # noqa\n", []),
        ("bad()  # noqa: RNN101\n", []),
        ("bad()  # noqa: bad-call\n", []),
        ("bad()  # noqa: E501\n", ["2:RNN101"]),
        ("bad()  # noqa: RNN201\n", ["2:RNN101", "2:RNN001"]),
        ("bad()  # noqa: RNN101, RNN201\n", ["2:RNN001"]),
        ("x(\n    bad(),\n)  # noqa: RNN101\n", []),
        ("# rnnlint: ignore[RNN1]\nx(\n    bad(),\n)\n", []),
        ("# rnnlint: ignore[RNN101]\nx()\nbad()\n", ["2:RNN001", "4:RNN101"]),
        ("# flake8: noqa\nbad()\n", []),
        ("# rnnlint: file-ignore[RNN101]\nbad()\n", []),
        ("x = 1  # noqa\n", []),
        ("x = 1  # noqa: E501, F401\n", []),
        ("x = 1  # noqa: RNN777\n", ["2:RNN001"]),
        ("x = 1  # rnnlint: ignore[nonsense]\n", ["2:RNN001"]),
        ("x = 1  # noqa: RNN101, RNN001\n", []),
        ("x = 1  # noqa: re-export\n", []),
        ("low()  # noqa: RNN201\n", []),
        ("bad()  # rnnlint: ignore it here\n", []),
        ("bad()  # rnnlint: ignore RNN101 reason\n", []),
        ("bad()  # rnnlint: ignore RNN201\n", ["2:RNN101", "2:RNN001"]),
        ("bad()  # rnnlint: ignore well-known\n", ["2:RNN101", "2:RNN001"]),
        ("bad()  # rnnlint: ignore[]\n", ["2:RNN101", "2:RNN001"]),
        ("bad()  # rnnlint: ignore[RNN101\n", ["2:RNN101", "2:RNN001"]),
        ("# rnnlint: file-ignore[]\nbad()\n", ["2:RNN001", "3:RNN101"]),
        ("bad()  # rnnlint: noqa[RNN101]\n", ["2:RNN101", "2:RNN001"]),
        ("# rnnlint: ignore-file\nbad()\n", ["2:RNN001", "3:RNN101"]),
        ("bad()  # rnnlint: disable=RNN101  # noqa: RNN001\n", ["2:RNN101"]),
    ],
)
def test_suppressions(text: str, expected: list[str]) -> None:
    assert codes(HEAD + text) == expected


def test_idle_suppressions_are_seen_in_files_without_a_framework() -> None:
    assert codes("x = 1  # noqa: RNN101\n") == ["1:RNN001"]


def test_idle_suppressions_of_rules_that_did_not_run_are_not_reported() -> None:
    text = HEAD + "x = 1  # noqa: RNN101\n"
    assert codes(text, select=["RNN0", "RNN2"]) == []
    assert codes(text, ignore=["RNN101"]) == []
    assert codes(HEAD + "x = 1  # noqa: RNN201\n", scope="recurrent") == []
    assert codes(HEAD + "crash()\nx = 1  # noqa: RNN101\n") == []


def test_idle_suppressions_have_a_fix() -> None:
    whole, part = lint_source("x = 1  # noqa: RNN101\ny = 1  # noqa: E501, RNN101 why\n")
    assert whole.fix is not None
    assert part.fix is not None
    assert (whole.fix.edits[0].content, whole.fix.edits[0].span.column) == ("", 6)
    assert (part.fix.edits[0].content, part.fix.edits[0].span.column) == ("E501", 16)


def test_wrong_suppressions_say_what_is_wrong() -> None:
    text = (
        "x = 1  # rnnlint: ignore[RNN101, RNN9999, bad-cal]\n"
        "y = 1  # rnnlint: noqa[bad-call] why\n"
        "z = 1  # noqa: RNN8\n"
    )
    found = [(finding.span.line, finding.message, finding.fix is not None) for finding in lint_source(text)]
    assert [(line, fixed) for line, _, fixed in found] == [(1, True), (1, False), (1, False), (2, False), (3, False)]
    messages = [message for _, message, _ in found]
    assert messages[0] == "this comment silences no finding of RNN101"
    assert messages[1] == "unknown rule RNN9999"
    assert messages[2] == 'unknown rule bad-cal; did you mean "bad-call"?'
    assert messages[3] == 'unknown directive "noqa"; write "# rnnlint: ignore[bad-call]"'
    assert messages[4].startswith("unknown rule RNN8")


def test_noqa_can_be_ignored() -> None:
    assert codes(HEAD + "bad()  # noqa\nx = 1  # noqa: RNN201\n", noqa=False) == ["2:RNN101"]


def test_selection_confidence_and_scope() -> None:
    text = HEAD + "bad()\nlow(); medium(); high()\n"
    assert codes(text) == ["2:RNN101", "3:RNN201", "3:RNN201"]
    assert codes(text, min_confidence="low").count("3:RNN201") == 3
    assert codes(text, min_confidence="high") == ["2:RNN101", "3:RNN201"]
    assert codes(text, select=["RNN2"]) == ["3:RNN201", "3:RNN201"]
    assert codes(text, scope="recurrent") == ["2:RNN101"]
    assert codes(text + "LSTM()\n", scope="recurrent") == ["2:RNN101", "3:RNN201", "3:RNN201"]


def test_per_file_ignores(folder: Path) -> None:
    for name in ("a.py", "b.py"):
        (folder / name).write_text(HEAD + "bad()\n")
    ignores = settings(per_file_ignores={"a.py": ["bad-call"]})
    assert [finding.span.path for finding in lint_paths(["."], ignores).findings] == ["b.py"]


def test_each_file_has_its_own_configuration(folder: Path) -> None:
    for name in ("a", "b"):
        (folder / name).mkdir()
        (folder / name / "x.py").write_text(HEAD + "bad()\n")
    (folder / "a" / "rnnlint.toml").write_text('ignore = ["RNN1"]\n')
    assert [finding.span.path for finding in lint_paths(["."]).findings] == ["b/x.py"]
    (folder / "a" / "rnnlint.toml").write_text('ignore = ["RNN55"]\n')
    with pytest.raises(ConfigurationError, match='unknown rule "RNN55"'):
        lint_paths(["."], Configuration())


def test_crashes_are_told_and_do_not_stop_the_run(folder: Path) -> None:
    (folder / "a.py").write_text(HEAD + "crash(); bad()\n")
    (folder / "b.py").write_text(HEAD + "frontend_crash()\n")
    (folder / "c.py").write_text(HEAD + "bad()\n")
    result = lint_paths(["."])
    assert [finding.span.path for finding in result.findings] == ["a.py", "c.py"]
    assert [(crash.display, crash.where, crash.error) for crash in result.crashes] == [
        ("a.py", "RNN301", "RecursionError"),
        ("b.py", "the frontend", "ValueError"),
    ]


def test_processes_change_nothing(folder: Path) -> None:
    for number in range(20):
        (folder / f"m{number}.py").write_text(HEAD + "bad()\nerror()  # noqa: RNN201\nx = 1  # noqa: RNN1\n" * 2)
    (folder / "broken.py").write_text(HEAD + "crash()\nbad()\n")
    alone, together = lint_paths(["."], jobs=1), lint_paths(["."], jobs=3)
    assert alone.findings == together.findings
    assert len(alone.findings) == 20 * 4 + 1
    assert [crash.error for crash in together.crashes] == ["RecursionError"]


class DyingRule(stubs.StubRule):
    """Ends its process on a call of `die`."""

    def check(self, program: Any) -> Any:
        for _ in program.calls("die"):
            os._exit(1)
        yield from super().check(program)


def test_a_process_that_dies_costs_one_file(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    stubs.install(monkeypatch, DyingRule())
    for name, call in (("a", "bad"), ("b", "die"), ("c", "bad")):
        (folder / f"{name}.py").write_text(f"{HEAD}{call}()\n")
    result = lint_paths(["."], jobs=2)
    assert [finding.span.path for finding in result.findings] == ["a.py", "c.py"]
    assert [(crash.display, crash.where) for crash in result.crashes] == [("b.py", "a worker process")]


class RemoteRule(stubs.StubRule):
    """Finds a fault in helper.py, reached from line 2."""

    def check(self, program: Any) -> Any:
        here = program.document.display
        helper = Span("helper.py", 0, 1, 1, 1, 4)
        yield Found(Site(helper, None if here == "helper.py" else Span(here, 0, 2, 1, 2, 4)), "far away")


@pytest.fixture
def two_files(stubbed: None, folder: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    stubs.install(monkeypatch, RemoteRule())
    (folder / "train.py").write_text(HEAD + "import helper\n")
    (folder / "helper.py").write_text("torch = fit = 1\n")
    return folder


@pytest.mark.usefixtures("two_files")
def test_a_fault_elsewhere_is_reported_where_it_was_reached() -> None:
    result = lint_paths(["train.py"])
    assert result.crashes == ()
    (finding,) = result.findings
    assert (finding.span.path, finding.span.line) == ("train.py", 2)
    assert [(note.message, note.span.path) for note in finding.notes] == [("stated here", "helper.py")]


@pytest.mark.usefixtures("two_files")
def test_a_fault_in_two_files_is_reported_once_where_it_is() -> None:
    (finding,) = lint_paths(["."]).findings
    assert (finding.span.path, finding.span.line) == ("helper.py", 1)


def test_a_fault_elsewhere_is_silenced_by_that_file(two_files: Path) -> None:
    (two_files / "helper.py").write_text("torch = fit = 1  # noqa: RNN101\n")
    assert lint_paths(["."]).findings == ()


def test_a_notebook_is_linted_in_its_cells() -> None:
    cells = [
        {"cell_type": "code", "source": HEAD + "%matplotlib inline"},
        {"cell_type": "markdown", "source": "bad()"},
        {"cell_type": "code", "source": "def f(:"},
        {"cell_type": "code", "source": ["x = 1\n", "  \n", "bad()  # noqa: RNN201"]},
    ]
    findings = lint_source(json.dumps({"cells": cells, "metadata": {}}), "nb.ipynb")
    assert [(f.code, f.span.cell, f.span.line) for f in findings] == [("RNN902", 3, 1), ("RNN101", 4, 3)]


def test_diagnose_keeps_every_verdict(folder: Path) -> None:
    (folder / "a.py").write_text(HEAD + "bad()\ngood()\nodd()\n")
    diagnosis = diagnose("a.py")
    by_code = {rule.code: [type(verdict) for verdict in verdicts] for rule, verdicts in diagnosis.verdicts}
    assert by_code["RNN101"] == [Found, RuledOut, Undecided]
    assert diagnose(folder / "a.py") == diagnosis == diagnose("a.py", source=(folder / "a.py").read_bytes())
    assert [problem.code for problem in diagnose("gone.py").problems] == ["RNN901"]
    assert [problem.code for problem in diagnose(folder).problems] == ["RNN901"]


def test_diagnose_reads_text_as_the_file_it_is_said_to_be() -> None:
    cells = [{"cell_type": "code", "source": HEAD}, {"cell_type": "code", "source": "good()"}]
    diagnosis = diagnose("nb.ipynb", source=json.dumps({"cells": cells, "metadata": {}}))
    assert diagnosis.display == "nb.ipynb"
    assert [verdict.site.span.cell for _, verdicts in diagnosis.verdicts for verdict in verdicts] == [2]


def test_rules_may_be_instances_of_rule() -> None:
    assert isinstance(stubs.StubRule(), Rule)


def test_a_file_that_cannot_be_analysed_is_reported(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*_: object) -> None:
        raise UnparsableError("it is nested too deeply to be analysed")

    monkeypatch.setattr("rnnlint.frontend.build_program", refuse)
    (folder / "deep.py").write_text(HEAD)
    result = lint_paths([str(folder / "deep.py")])
    assert [(f.code, f.message) for f in result.findings] == [("RNN901", "it is nested too deeply to be analysed")]


def test_text_with_a_coding_cookie_keeps_its_columns() -> None:
    (finding,) = lint_source(f'# -*- coding: latin-1 -*-\n{HEAD}"größe"; bad()\n', settings=settings())
    assert (finding.span.line, finding.span.column) == (3, 10)
