"""`# noqa` written for findings: it silences them, reads like the rest of the line, and the code stays what it was."""

from __future__ import annotations

import ast
import json
from collections.abc import Callable

import pytest

from rnnlint.finding import Edit, Finding, Severity, Span
from rnnlint.silencing import Silencer
from rnnlint.source.document import Document
from rnnlint.source.excerpt import Excerpts
from rnnlint.source.noqa import noqa_edits
from rnnlint.source.reading import read_document
from rnnlint.source.suppression import suppressions


def finding(line: int, code: str = "RNN101", cell: int = 0, path: str = "train.py") -> Finding:
    return Finding(code, "a-rule", Severity.WARNING, "bad", Span(path, cell, line, 1, line, 2))


def lines_of(text: str) -> Callable[[Span], list[str]]:
    return lambda _: text.split("\n")


def applied(text: str, edits: tuple[Edit, ...]) -> str:
    lines = text.split("\n")
    for edit in reversed(edits):
        line, column = edit.span.line - 1, edit.span.column - 1
        assert edit.span.end_line == line + 1
        lines[line] = lines[line][:column] + edit.content + lines[line][edit.span.end_column - 1 :]
    return "\n".join(lines)


@pytest.mark.parametrize(
    ("text", "line", "expected"),
    [
        ("x = 1\n", 1, "x = 1  # noqa: RNN101\n"),
        ("x = 1", 1, "x = 1  # noqa: RNN101"),
        ("x = 1 \n", 1, "x = 1  # noqa: RNN101\n"),
        ("x = 1  # why\n", 1, "x = 1  # why  # noqa: RNN101\n"),
        ("x = 1  # noqa: E501\n", 1, "x = 1  # noqa: E501, RNN101\n"),
        ("x = 1  # noqa: E501 long\n", 1, "x = 1  # noqa: E501, RNN101 long\n"),
        ("x = 1  # rnnlint: ignore[RNN201] so\n", 1, "x = 1  # rnnlint: ignore[RNN201, RNN101] so\n"),
        ("f(\n    1,\n    2,\n)\n", 1, "f(  # noqa: RNN101\n    1,\n    2,\n)\n"),
        ("f(\n    1,\n    2,\n)\n", 2, "f(\n    1,  # noqa: RNN101\n    2,\n)\n"),
        ("f(\n    1,\n    2,\n)\n", 4, "f(\n    1,\n    2,\n)  # noqa: RNN101\n"),
        ("f(\n    1, # why\n)\n", 2, "f(\n    1, # why  # noqa: RNN101\n)\n"),
        ("f(\n    1,  # noqa: E501 long\n)\n", 2, "f(\n    1,  # noqa: E501, RNN101 long\n)\n"),
        ("f(  # noqa: E501\n    1,\n)\n", 2, "f(  # noqa: E501\n    1,  # noqa: RNN101\n)\n"),
        ("f(\n    1,\n)  # noqa: RNN201\n", 2, "f(\n    1,  # noqa: RNN101\n)  # noqa: RNN201\n"),
        (
            "f(\n    1,  # rnnlint: ignore[RNN2]\n)\n",
            2,
            "f(\n    1,  # rnnlint: ignore[RNN2]  # noqa: RNN101\n)\n",
        ),
        (
            "# rnnlint: ignore[RNN2]\nif a:\n    b\n",
            3,
            "# rnnlint: ignore[RNN2]\nif a:\n    b  # noqa: RNN101\n",
        ),
        ("# rnnlint: ignore[RNN2]\nx = 1\n", 2, "# rnnlint: ignore[RNN2, RNN101]\nx = 1\n"),
        ("x = 1  # rnnlint: ignore RNN2 why\n", 1, "x = 1  # rnnlint: ignore RNN2, RNN101 why\n"),
        ("x = 1  # rnnlint: ignore[]\n", 1, "x = 1  # rnnlint: ignore[]  # noqa: RNN101\n"),
        ("f(1 + \\\n    2,\n    3)\n", 1, "f(1 + \\\n    2,\n    3)  # noqa: RNN101\n"),
        ("f(1 + \\\n    2,\n    3)\n", 2, "f(1 + \\\n    2,  # noqa: RNN101\n    3)\n"),
        ('f(1, """\na\n""",\n  2)\n', 1, 'f(1, """\na\n""",\n  2)  # noqa: RNN101\n'),
        ('f(1, """\na\n""",\n  2)\n', 3, 'f(1, """\na\n""",  # noqa: RNN101\n  2)\n'),
        ('f(f"""\n{\n1}\n""",\n  2)\n', 2, 'f(f"""\n{\n1}\n""",\n  2)  # noqa: RNN101\n'),
        ('f(f"""\n{1}\n""",\n  2)\n', 3, 'f(f"""\n{1}\n""",  # noqa: RNN101\n  2)\n'),
        ("x = 1 + \\\n    2\n", 1, "x = 1 + \\\n    2  # noqa: RNN101\n"),
        ('x = """\na # noqa: E501\n"""\n', 1, 'x = """\na # noqa: E501\n"""  # noqa: RNN101\n'),
        ("a = 1; b = 2\n", 1, "a = 1; b = 2  # noqa: RNN101\n"),
        ("@d\ndef f():\n    pass\n", 2, "@d\ndef f():  # noqa: RNN101\n    pass\n"),
        ("x = 'ü😀'\n", 1, "x = 'ü😀'  # noqa: RNN101\n"),
    ],
)
def test_silences_the_statement(text: str, line: int, expected: str) -> None:
    document = Document("train.py", text)
    result = applied(text, noqa_edits(document, [finding(line)], lines_of(text)))
    assert result == expected
    assert not list(Silencer({"train.py": suppressions(Document("train.py", result))}).audible([finding(line)]))
    assert ast.dump(ast.parse(result)) == ast.dump(ast.parse(text))


def test_an_unused_suppression_on_a_line_of_its_own() -> None:
    text = "# rnnlint: ignore[RNN101]\nx = 1\n"
    unused = finding(1, "RNN001")
    result = applied(text, noqa_edits(Document("train.py", text), [unused], lines_of(text)))
    assert result == "# rnnlint: ignore[RNN101]  # noqa: RNN001\nx = 1\n"
    assert not list(Silencer({"train.py": suppressions(Document("train.py", result))}).audible([unused]))


def test_one_comment_for_all_findings_of_a_line() -> None:
    text = "f(\n    1,\n    2,\n    3)\nx = 1\n"
    found = [finding(5, "RNN301"), finding(2, "RNN201"), finding(2), finding(3)]
    document = Document("train.py", text)
    result = applied(text, noqa_edits(document, found, lines_of(text), "why"))
    inner = "f(\n    1,  # noqa: RNN101, RNN201 why\n    2,  # noqa: RNN101 why\n    3)\n"
    assert result == f"{inner}x = 1  # noqa: RNN301 why\n"
    silencer = Silencer({"train.py": suppressions(Document("train.py", result))})
    assert list(silencer.audible([*found, new := finding(4), other := finding(3, "RNN201")])) == [new, other]


def test_in_a_notebook_the_place_is_that_of_the_cell() -> None:
    cells = [
        {"cell_type": "markdown", "source": "# Title"},
        {"cell_type": "code", "source": "%matplotlib inline\nx = 1\nf(\n  1,\n)"},
        {"cell_type": "code", "source": "  y = 2\n  z = 3  # noqa: E501"},
    ]
    data = json.dumps({"cells": cells, "metadata": {}}).encode()
    document = read_document(data, "train.ipynb").document
    assert document is not None
    path = "train.ipynb"
    lines = Excerpts({path: data}).lines
    found = [finding(1, cell=3, path=path), finding(2, cell=2, path=path), finding(4, cell=2, path=path)]
    assert noqa_edits(document, found, lines) == (
        Edit(Span(path, 2, 2, 6, 2, 6), "  # noqa: RNN101"),
        Edit(Span(path, 2, 4, 5, 4, 5), "  # noqa: RNN101"),
        Edit(Span(path, 3, 1, 8, 1, 8), "  # noqa: RNN101"),
    )
    (merged,) = noqa_edits(document, [finding(2, cell=3, path=path)], lines)
    assert merged == Edit(Span(path, 3, 2, 22, 2, 22), ", RNN101")
    assert noqa_edits(document, [finding(1, cell=9, path=path)], lines) == ()
