"""Edits change what they cover, and no other byte: encodings, line ends and the JSON of notebooks stay."""

from __future__ import annotations

import codecs
import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rnnlint.finding import Applicability, Edit, Finding, Fix, Severity, Span
from rnnlint.fix.choose import choose
from rnnlint.fix.patch import conflicting, patched
from rnnlint.source.notebook import code_cells


def edit(line: int, column: int, end_line: int, end_column: int, content: str, cell: int = 0) -> Edit:
    return Edit(Span("a", cell, line, column, end_line, end_column), content)


@pytest.mark.parametrize(
    ("before", "after"),
    [
        (b"a = 1\r\nb = 2\r\n", b"a = 1\r\nnew\r\nb = 3\r\n"),
        (b"a = 1\rb = 2\r", b"a = 1\rnew\rb = 3\r"),
        (codecs.BOM_UTF8 + b"a = 1\nb = 2", codecs.BOM_UTF8 + b"a = 1\nnew\nb = 3"),
        (b"# coding: latin-1\nb = 2 # \xe9\n", b"# coding: latin-1\nnew\nb = 3 # \xe9\n"),
        ("a = 'ü'; é = 1\nb = 2\n".encode(), "a = 'ü'; é = 1\nnew\nb = 3\n".encode()),
    ],
)
def test_scripts(before: bytes, after: bytes) -> None:
    assert patched(before, "a.py", [edit(2, 5, 2, 6, "3"), edit(2, 1, 2, 1, "new\n")]) == after


SOURCES = [
    '["a = 1\\n", "b = \\u00fc\\n", "c = 3"]',
    '"a = 1\\nb = \\u00fc\\nc = 3"',
    '[\n    "a = 1\\n",\n    "b = \\u00fc\\n",\n    "c = 3"\n   ]',
]


@pytest.mark.parametrize("source", SOURCES)
def test_notebooks(source: str) -> None:
    outputs = '[1.50, "\\u00e9é"]'
    text = f'{{"cells": [{{"cell_type": "code", "outputs": {outputs}, "source": {source} }} ], "metadata":{{}}}}\n'
    after = patched(text.encode(), "a.ipynb", [edit(3, 5, 3, 6, "4", 1), edit(2, 1, 2, 1, "new\n", 1)]).decode()
    (cell,) = code_cells(after.encode())
    assert cell.text == "a = 1\nnew\nb = ü\nc = 4"
    start, end = text.index(source), len(text) - text.index(source) - len(source)
    assert after[:start] == text[:start]
    assert after[-end:] == text[-end:]
    assert "b = \\u00fc" in after
    if source.startswith("["):
        assert json.loads(after)["cells"][0]["source"] == ["a = 1\n", "new\n", "b = ü\n", "c = 4"]


@pytest.mark.parametrize("source", SOURCES)
def test_a_line_taken_out_of_a_notebook(source: str) -> None:
    text = f'{{"cells": [{{"cell_type": "code", "source": {source}}}], "metadata": {{}}}}'
    (cell,) = code_cells(patched(text.encode(), "a.ipynb", [edit(2, 1, 3, 1, "", 1)]))
    assert cell.text == "a = 1\nc = 3"


LINES = st.lists(st.text(st.characters(exclude_categories=("Cs", "Cc")), max_size=8), min_size=1, max_size=5)


@given(LINES, st.data(), st.sampled_from(["\n", "ü", "x = 1\ny", ""]), st.booleans(), st.booleans())
def test_an_edit_of_a_cell_is_an_edit_of_its_text(
    lines: list[str], data: st.DataObject, content: str, as_list: bool, ascii_only: bool
) -> None:
    joined = "\n".join(lines)
    source = joined.splitlines(keepends=True) if as_list else joined
    row = data.draw(st.integers(1, len(lines)))
    column = data.draw(st.integers(1, len(lines[row - 1]) + 1))
    end = data.draw(st.integers(column, len(lines[row - 1]) + 1))
    notebook = {"cells": [{"cell_type": "markdown", "source": "x"}, {"cell_type": "code", "source": source}]}
    text = json.dumps(notebook, ensure_ascii=ascii_only, indent=1)
    after = patched(text.encode(), "a.ipynb", [edit(row, column, row, end, content, 2)])
    wanted = list(lines)
    wanted[row - 1] = lines[row - 1][: column - 1] + content + lines[row - 1][end - 1 :]
    assert "".join(json.loads(after)["cells"][1]["source"]) == "\n".join(wanted)


def test_conflicts() -> None:
    first = edit(1, 1, 1, 5, "a")
    assert conflicting([edit(1, 5, 1, 6, "b")], [first])
    assert not conflicting([first], [first])
    assert not conflicting([edit(1, 6, 1, 7, "b")], [first])
    assert not conflicting([edit(1, 1, 1, 5, "b", 2)], [first])


def test_of_fixes_that_meet_the_first_is_taken_and_what_all_want_is_done_once() -> None:
    def found(*edits: Edit) -> Finding:
        return Finding("RNN1", "a", Severity.ERROR, "", edits[0].span, fix=Fix("", Applicability.SAFE, edits))

    first, shared = edit(1, 5, 1, 9, "a"), edit(2, 1, 2, 1, "s")
    clash, far = edit(1, 8, 1, 12, "b"), edit(1, 1, 1, 2, "c")
    chosen = choose([found(first, shared), found(clash), found(shared, far)])
    assert chosen.edits == {"a": [first, shared, far]}
    assert len(chosen.findings) == 2
