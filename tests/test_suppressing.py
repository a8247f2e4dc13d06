"""Comments that suppress what is found: where they are put, what they say, and what they leave alone."""

from __future__ import annotations

import ast
import json
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st

from rnnlint.config.settings import Settings
from rnnlint.engine import lint_paths
from rnnlint.outcome import Contents, Fixed, LintResult
from rnnlint.suppressing import suppress

pytestmark = pytest.mark.usefixtures("stubbed", "folder")
HEAD = "from torch import fit\n"


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    return tmp_path


def lint(contents: Contents) -> LintResult:
    return lint_paths(["."], Settings(), contents=contents)


def suppressed(reason: str = "") -> tuple[Fixed, dict[str, int]]:
    fixed, added = suppress(lint, reason)
    again, nothing = suppress(lint, reason)
    assert (nothing, again.changed) == ({}, [])
    assert [finding.code for finding in lint({}).findings] == [finding.code for finding in fixed.result.findings]
    return fixed, added


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("bad()\n", "bad()  # noqa: RNN101\n"),
        ("bad()", "bad()  # noqa: RNN101"),
        ("bad()   \n", "bad()  # noqa: RNN101\n"),
        ("bad(); error(); bad()\n", "bad(); error(); bad()  # noqa: RNN101, RNN201\n"),
        ("x = [\n    bad(), error(),\n]\n", "x = [\n    bad(), error(),  # noqa: RNN101, RNN201\n]\n"),
        ("bad(1) + \\\n    2\n", "bad(1) + \\\n    2  # noqa: RNN101\n"),
        ('x = bad("""\na\n""")\n', 'x = bad("""\na\n""")  # noqa: RNN101\n'),
        ('x = bad(\n"""#\n# noqa: E1\n"""\n)\n', 'x = bad(  # noqa: RNN101\n"""#\n# noqa: E1\n"""\n)\n'),
        ("def f(\n    a=bad(),\n):\n    pass\n", "def f(\n    a=bad(),  # noqa: RNN101\n):\n    pass\n"),
        ("if bad(): x = 1\n", "if bad(): x = 1  # noqa: RNN101\n"),
        ("bad()  # why\n", "bad()  # why  # noqa: RNN101\n"),
        ("bad()  # noqa: E501\n", "bad()  # noqa: E501, RNN101\n"),
        ("bad()  # NOQA:E501,W1 too long\n", "bad()  # NOQA:E501,W1, RNN101 too long\n"),
        (
            "bad()  # type: ignore # noqa: E501 # pylint: x\n",
            "bad()  # type: ignore # noqa: E501, RNN101 # pylint: x\n",
        ),
        ("x = bad(  # noqa: E501\n    1\n)\n", "x = bad(  # noqa: E501, RNN101\n    1\n)\n"),
        ("x = f(  # noqa: E501\n    bad(),\n)\n", "x = f(  # noqa: E501\n    bad(),  # noqa: RNN101\n)\n"),
        ("x = f(\n    bad(),\n)  # noqa: E501\n", "x = f(\n    bad(),  # noqa: RNN101\n)  # noqa: E501\n"),
        ("x = f(\n    1, bad())  # noqa: E501\n", "x = f(\n    1, bad())  # noqa: E501, RNN101\n"),
        ("bad()  # rnnlint: ignore[RNN2]\n", "bad()  # rnnlint: ignore[RNN2, RNN101]\n"),
        ("# flake8: noqa: E501\nbad()\n", "# flake8: noqa: E501\nbad()  # noqa: RNN101\n"),
        ("bad()\r\nx = 'é'\r\n", "bad()  # noqa: RNN101\r\nx = 'é'\r\n"),
        ("x = '\\\\'; bad()\n", "x = '\\\\'; bad()  # noqa: RNN101\n"),
        ("bad()\x0c\n", "bad()  # noqa: RNN101\n"),
    ],
)
def test_where_comments_go(folder: Path, text: str, expected: str) -> None:
    (folder / "a.py").write_bytes((HEAD + text).encode())
    fixed, added = suppressed()
    assert (folder / "a.py").read_bytes().decode() == HEAD + expected
    assert added == {"a.py": 1}
    assert [finding for finding in fixed.result.findings if finding.code != "RNN001"] == []


def test_a_comment_is_about_its_line(folder: Path) -> None:
    script = folder / "a.py"
    script.write_text(HEAD + "x = [\n    bad(),\n    error(),\n    0,\n]\n")
    _, added = suppressed("old")
    assert added == {"a.py": 2}
    text = script.read_text()
    assert text == HEAD + "x = [\n    bad(),  # noqa: RNN101 old\n    error(),  # noqa: RNN201 old\n    0,\n]\n"
    script.write_text(text.replace("0,", "bad(),"))
    assert [(finding.code, finding.span.line) for finding in lint({}).findings] == [("RNN101", 5)]


@pytest.mark.parametrize(
    ("reason", "comment"),
    [("known, see #12", "RNN101 known, see #12"), ("GH12 later", "RNN101 - GH12 later"), ("ä", "RNN101 ä")],
)
def test_reasons_are_no_codes(folder: Path, reason: str, comment: str) -> None:
    (folder / "a.py").write_text(HEAD + "bad()\n", encoding="utf-8")
    fixed, _ = suppressed(reason)
    assert (folder / "a.py").read_text(encoding="utf-8") == f"{HEAD}bad()  # noqa: {comment}\n"
    assert fixed.result.findings == ()


def test_what_no_comment_can_silence_is_left(folder: Path) -> None:
    (folder / "old.py").write_text("x = = 1\n")
    (folder / "idle.py").write_text("x = 1  # noqa: RNN101\n")
    before = {path: path.read_bytes() for path in folder.iterdir()}
    fixed, added = suppressed()
    assert added == {}
    assert [finding.code for finding in fixed.result.findings] == ["RNN001", "RNN902"]
    assert {path: path.read_bytes() for path in folder.iterdir()} == before


@pytest.mark.parametrize("style", [{"indent": 1}, {"indent": None}, {"indent": 4, "ensure_ascii": False}], ids=str)
def test_only_touched_cells_change(folder: Path, style: dict[str, object]) -> None:
    cells = [
        ["# Title"],
        [HEAD, "%time bad()\n", 's = "é\\n"'],
        "x = = 1",
        ["y = bad(\n", "  1,\n", ")"],
        "bad();\r\nz = 1",
    ]
    code = [{"cell_type": "code" if number else "markdown", "source": cell} for number, cell in enumerate(cells)]
    text = json.dumps({"cells": code, "metadata": {"x": [1.0, 1e3]}}, **style) + "\n"  # type: ignore[arg-type]
    (folder / "n.ipynb").write_text(text, encoding="utf-8")
    fixed, added = suppressed("why")
    assert added == {"n.ipynb": 3}
    assert [finding.code for finding in fixed.result.findings] == ["RNN902"]
    after = (folder / "n.ipynb").read_text(encoding="utf-8")
    assert after.count("  # noqa: RNN101 why") == 3
    assert after.replace("  # noqa: RNN101 why", "") == text
    assert json.loads(after)["cells"][1]["source"][1] == "%time bad()  # noqa: RNN101 why\n"


def test_encodings_stay(folder: Path) -> None:
    text = f"# -*- coding: latin-1 -*-\n{HEAD}s = 'é'; bad()\n"
    (folder / "a.py").write_bytes(text.encode("latin-1"))
    (folder / "b.py").write_bytes(b"\xef\xbb\xbf" + f"{HEAD}bad()\n".encode())
    fixed, added = suppressed("ü")
    assert added == {"a.py": 1, "b.py": 1}
    assert fixed.result.findings == ()
    assert "bad()  # noqa: RNN101 ü".encode("latin-1") in (folder / "a.py").read_bytes()
    assert (folder / "b.py").read_bytes().startswith(b"\xef\xbb\xbffrom")


def test_a_reason_that_the_encoding_lacks(folder: Path) -> None:
    (folder / "a.py").write_bytes(f"# coding: latin-1\n{HEAD}bad()\n".encode())
    fixed, added = suppressed("数")
    assert (added, [finding.code for finding in fixed.result.findings]) == ({}, ["RNN101"])


def test_a_file_that_is_read_only(folder: Path) -> None:
    for name in ("a.py", "b.py"):
        (folder / name).write_text(HEAD + "bad()\n")
    (folder / "a.py").chmod(0o444)
    fixed, added = suppress(lint)
    assert added == {"b.py": 1}
    assert [(finding.span.path, finding.code) for finding in fixed.result.findings] == [
        ("a.py", "RNN901"),
        ("a.py", "RNN101"),
    ]
    assert (folder / "a.py").read_text() == HEAD + "bad()\n"


PIECES = st.sampled_from(
    [
        "bad()",
        "error()",
        "f(\n  bad(),  # noqa: E1\n)",
        "[\n  bad(),\n  1, error(\n), bad()]",
        '"""\nx\n"""; bad()',
        'f"""\n{bad()}\n"""',
        "1 + \\\n  bad()",
        "(\n# c\nbad()\n\n)",
    ]
)
ENDS = st.sampled_from(["", "  # text", "  # noqa: E501", "  # noqa: RNN101", "  # noqa", ";", "  ", " # noqa: W1 é"])


@hypothesis_settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(st.tuples(PIECES, ENDS), min_size=1, max_size=5), st.sampled_from(["\n", "\r\n"]), st.booleans())
def test_the_result_parses_and_is_silent(folder: Path, lines: list[tuple[str, str]], end: str, cells: bool) -> None:
    for file in folder.iterdir():
        file.unlink()
    source = HEAD + "\n".join(piece + tail for piece, tail in lines)
    if cells:
        content = {"cells": [{"cell_type": "code", "source": source.splitlines(keepends=True)}], "metadata": {}}
        (folder / "n.ipynb").write_text(json.dumps(content))
    else:
        (folder / "a.py").write_bytes(source.replace("\n", end).encode())
    fixed, _ = suppressed()
    assert {finding.code for finding in fixed.result.findings} <= {"RNN001"}
    (file,) = folder.iterdir()
    text = file.read_bytes().decode()
    after = "".join(json.loads(text)["cells"][0]["source"]) if cells else text
    assert ast.dump(ast.parse(after)) == ast.dump(ast.parse(source))
