"""Baselines: what they know, what is new, stale or not checked, and the file itself."""

from __future__ import annotations

import json
from collections import Counter
from pathlib import Path
from typing import Any

import pytest

from rnnlint.baseline import read_baseline, write_baseline
from rnnlint.config.select import ConfigurationError
from rnnlint.config.settings import Layer, Settings, make_settings
from rnnlint.engine import lint_bytes, lint_paths
from rnnlint.outcome import LintResult

pytestmark = pytest.mark.usefixtures("stubbed")
HEAD = "from torch import fit\n"
KNOWN = HEAD + "x = bad(1)\ny = f(\n    bad(2),\n)\n"


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    return tmp_path


def settings(folder: Path, **values: Any) -> Settings:
    given = {"baseline": "known.json", **{key.replace("_", "-"): value for key, value in values.items()}}
    return make_settings([Layer("test", str(folder), given)], str(folder))


def lint(folder: Path, *paths: str, **values: Any) -> LintResult:
    return lint_paths(paths or (".",), settings(folder, **values))


def record(folder: Path) -> None:
    result = lint_paths(["."], settings(folder), baseline_may_be_missing=True)
    for use in result.baselines:
        write_baseline(use.file, use.known + use.new)


def new(result: LintResult) -> list[str]:
    return [f"{finding.span.path}:{finding.span.line}" for finding in result.findings]


def notebook(*cells: str, indent: int | None = 1) -> str:
    code = [{"cell_type": "code", "source": cell.splitlines(keepends=True), "metadata": {}} for cell in cells]
    return json.dumps({"cells": code, "metadata": {}}, indent=indent)


def test_moved_and_formatted_statements_are_known(folder: Path) -> None:
    script = folder / "a.py"
    script.write_text(KNOWN)
    record(folder)
    assert (new(lint(folder)), len(lint(folder).known)) == ([], 2)
    script.write_text(HEAD + "\n\nz = 1\ny = f(\n  1,\n  bad( 2 )  # why\n)\n" + "if z:\n    x = bad( 1)\n")
    assert (new(lint(folder)), len(lint(folder).known)) == ([], 2)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (KNOWN + "x = bad(1)\n", ["a.py:6"]),
        (KNOWN.replace("x = bad(1)", "x = bad(3)"), ["a.py:2"]),
        (KNOWN.replace("x = bad(1)", "x = bad(1) + bad(2)"), ["a.py:2", "a.py:2"]),
        (KNOWN + "error()\n", ["a.py:6"]),
    ],
)
def test_what_is_new(folder: Path, text: str, expected: list[str]) -> None:
    script = folder / "a.py"
    script.write_text(KNOWN)
    record(folder)
    script.write_text(text)
    assert new(lint(folder)) == expected
    script.rename(folder / "b.py")
    assert len(new(lint(folder))) == text.count("bad(") + text.count("error(")


def test_lines_of_a_statement_are_known_by_themselves(folder: Path) -> None:
    script = folder / "a.py"
    text = HEAD + "x = [\n    bad(1),\n    bad(2),\n    bad(\n        3,\n    ), bad(4),\n    0,\n]\n"
    script.write_text(text)
    record(folder)
    script.write_text(text.replace("bad(1)", "good()"))
    result = lint(folder)
    assert (new(result), len(result.known), result.baselines[0].stale.total()) == ([], 3, 1)
    script.write_text(text.replace("    0,", "    bad(0),"))
    assert new(lint(folder)) == ["a.py:8"]
    script.write_text(text.replace("bad(2),", "bad(1),"))
    assert new(lint(folder)) == ["a.py:4"]


def test_cells_may_move(folder: Path) -> None:
    file = folder / "n.ipynb"
    file.write_text(notebook(HEAD, "%matplotlib inline\nx = bad(1)", "x = = 1"))
    record(folder)
    file.write_text(notebook("x = = 1", "# title", HEAD + "s = 0", "bad(2)", "x = bad(1)  # same", indent=None))
    (finding,) = lint(folder).findings
    assert (finding.span.cell, finding.code) == (4, "RNN101")
    assert [finding.code for finding in lint(folder).known] == ["RNN902", "RNN101"]


def test_syntax_errors_can_be_known_and_missing_files_cannot(folder: Path) -> None:
    (folder / "old.py").write_text('print "loss"\n')
    (folder / "n.ipynb").write_text("{")
    (folder / "idle.py").write_text("x = 1  # noqa: RNN101\n")
    record(folder)
    result = lint(folder, ".", "gone.py")
    assert [(finding.span.path, finding.code) for finding in result.findings] == [
        ("gone.py", "RNN901"),
        ("n.ipynb", "RNN901"),
    ]
    assert [finding.code for finding in result.known] == ["RNN001", "RNN902"]
    (folder / "old.py").write_text('print "other"\n')
    assert "old.py:1" in new(lint(folder))


def test_stale_is_only_what_was_looked_for(folder: Path) -> None:
    for name in ("a.py", "b.py", "c.py"):
        (folder / name).write_text(KNOWN)
    record(folder)
    (folder / "a.py").write_text(HEAD)
    (folder / "c.py").unlink()

    def stale(*paths: str, **values: Any) -> Counter[str]:
        (use,) = lint(folder, *paths, **values).baselines
        assert (use.known + use.stale + use.unchecked).total() == 6
        return Counter(path for path, _, _ in use.stale.elements())

    assert stale() == {"a.py": 2, "c.py": 2}
    assert stale("b.py") == {"c.py": 2}
    assert stale(select=["RNN2"]) == {"c.py": 2}
    (folder / "a.py").write_text(HEAD + "x = = 1\n")
    assert stale() == {"c.py": 2}
    (folder / "a.py").write_text(HEAD + "crash()\n")
    assert stale() == {"c.py": 2}


def test_text_that_is_not_in_a_file(folder: Path) -> None:
    (folder / "a.py").write_text(KNOWN)
    record(folder)
    assert lint_bytes(b"\n" + KNOWN.encode(), "a.py", settings(folder)).findings == ()
    assert new(lint_bytes(KNOWN.encode() + b"bad(9)\n", "a.py", settings(folder))) == ["a.py:6"]
    assert new(lint_paths(["a.py"], settings(folder), contents={"a.py": HEAD.encode() + b"bad(9)\n"})) == ["a.py:2"]


def test_the_file_is_sorted_and_relative_to_its_folder(folder: Path) -> None:
    (folder / "sub").mkdir()
    (folder / "config").mkdir()
    for name in ("sub/ü.py", "a.py"):
        (folder / name).write_text(KNOWN, encoding="utf-8")
    at = settings(folder, baseline="config/known.json")
    (use,) = lint_paths(["."], at, baseline_may_be_missing=True).baselines
    assert write_baseline(use.file, use.new)
    assert not write_baseline(use.file, use.new)
    text = (folder / "config/known.json").read_bytes()
    assert text.isascii()
    assert list(json.loads(text)["findings"]) == ["../a.py", "../sub/ü.py"]
    assert read_baseline(use.file) == use.new


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        (b"{", "Expecting property name"),
        (b"\xff", "codec can't decode"),
        (b"[]", '"version" must be 1'),
        (b'{"version": 2, "findings": {}}', '"version" must be 1'),
        (b'{"version": 1}', "null is not a table"),
        (b'{"version": 1, "findings": {"a.py": 1}}', "1 is not a table"),
        (b'{"version": 1, "findings": {"a.py": {"RNN101": {"00": true}}}}', "true is not a number of findings"),
        (b'{"version": 1, "findings": {"a.py": {"RNN101": {"00": 0}}}}', "0 is not a number of findings"),
    ],
)
def test_what_is_no_baseline(folder: Path, content: bytes, reason: str) -> None:
    (folder / "known.json").write_bytes(content)
    (folder / "a.py").write_text("x = 1\n")
    with pytest.raises(ConfigurationError, match="is not a baseline: ") as caught:
        lint(folder)
    assert reason in str(caught.value)
    with pytest.raises(ConfigurationError):
        lint_paths(["."], settings(folder), baseline_may_be_missing=True)


def test_a_missing_baseline_is_no_empty_one(folder: Path) -> None:
    (folder / "a.py").write_text("x = 1\n")
    with pytest.raises(ConfigurationError, match="no such file"):
        lint(folder)
    assert lint(folder, baseline="").findings == ()
