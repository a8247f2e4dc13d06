"""A notebook is one program in cell order, with IPython's own syntax masked."""

from __future__ import annotations

import json
from typing import Any

import nbformat
import pytest
from hypothesis import given
from hypothesis import strategies as st

from rnnlint.source.document import Document
from rnnlint.source.notebook import code_cells
from rnnlint.source.reading import Reading, read_document
from rnnlint.source.syntax import syntax_problem

MARKDOWN = {"cell_type": "markdown", "source": "# Title", "metadata": {}}


def code(source: str | list[str]) -> dict[str, Any]:
    return {"cell_type": "code", "source": source, "metadata": {}, "outputs": [], "execution_count": None}


def notebook(*cells: object, **metadata: Any) -> bytes:
    content = {"cells": cells, "metadata": metadata, "nbformat": 4, "nbformat_minor": 4}
    return json.dumps(content).encode()


def read(*cells: object, **metadata: Any) -> Reading:
    return read_document(notebook(*cells, **metadata), "nb.ipynb")


def document_of(*sources: str) -> Document:
    reading = read(*map(code, sources))
    assert reading.problems == ()
    assert reading.document is not None
    return reading.document


def test_cells_are_joined_in_order() -> None:
    document = read(code(["x = 1\n", "y = 2"]), MARKDOWN, code("z = x + y")).document
    assert document is not None
    assert document.text == "x = 1\ny = 2\nz = x + y\n"
    assert [(cell.number, cell.first_line) for cell in document.cells] == [(1, 1), (3, 3)]
    span = document.span(3, 5, 3, 10)
    assert (span.cell, span.line, span.column, span.end_column) == (3, 1, 5, 10)


@pytest.mark.parametrize(
    ("source", "masked"),
    [
        ("%matplotlib inline\nx = 1", "pass\nx = 1"),
        ("!pip install keras\nx = 1", "pass\nx = 1"),
        ("!pip install \\\n  keras\nx = 1", "pass\n\nx = 1"),
        ("if gpu:\n    !nvidia-smi", "if gpu:\n    pass"),
        ("files = !ls", "files = get_ipython().getoutput()"),
        ("d['a'] = !ls", "d['a'] = get_ipython().getoutput()"),
        ("%time history = model.fit(x)", "pass; history = model.fit(x)"),
        ("%timeit -n 10 model.predict(x)", "pass;         model.predict(x)"),
        ("h = %time model.fit(x)", "h =       model.fit(x)"),
        ("%time model.fit(\n    x,\n)", "pass; model.fit(\n    x,\n)"),
        ("model.fit?", "pass"),
        ("??model", "pass"),
        ("x = (a\n% b)", "x = (a\n% b)"),
        ("s = '''\n%magic\n!shell\n'''\n%matplotlib inline", "s = '''\n%magic\n!shell\n'''\npass"),
        ("%%time\nmodel.fit(x)", "\nmodel.fit(x)"),
        ("%%capture out\n%%time\nmodel.fit(x)", "\n\nmodel.fit(x)"),
        ("%%bash\nls | wc -l", "\n"),
        ("%%html\n<b>x</b>", "\n"),
        ("%%writefile a.py\nx = 1", "\n"),
        ("pip install keras\nx = 1", "pass\nx = 1"),
        ("x = await f()", "x = await f()"),
        ("", ""),
    ],
)
def test_magics_are_masked(source: str, masked: str) -> None:
    assert document_of(source).text == masked + "\n"


def test_an_indented_cell_keeps_its_columns() -> None:
    document = document_of("    x = 1\n    y = 2")
    assert document.text == "x = 1\ny = 2\n"
    assert document.span(2, 1, 2, 2).column == 5


def test_a_bad_cell_is_blanked_and_reported_in_its_place() -> None:
    reading = read(code("x = 1"), MARKDOWN, code("def f(:\n    pass"), code("y = x"))
    assert reading.document is not None
    assert reading.document.text == "x = 1\n\n\ny = x\n"
    (finding,) = reading.problems
    assert (finding.code, finding.span.cell, finding.span.line, finding.span.column) == ("RNN902", 3, 1, 7)


def test_format_3_has_worksheets() -> None:
    content = {
        "nbformat": 3,
        "metadata": {},
        "worksheets": [
            {"cells": [{"cell_type": "markdown", "source": "x"}]},
            {"cells": [{"cell_type": "code", "language": "python", "input": "x = 1"}]},
        ],
    }
    document = read_document(json.dumps(content).encode(), "nb.ipynb").document
    assert document is not None
    assert document.text == "x = 1\n"
    assert document.cells[0].number == 2


@pytest.mark.parametrize(
    "metadata", [{"language_info": {"name": "R"}}, {"kernelspec": {"language": "julia", "name": "julia-1.9"}}]
)
def test_other_languages_have_no_cells(metadata: dict[str, Any]) -> None:
    reading = read(code("x <- 1"), **metadata)
    assert reading.problems == ()
    assert reading.document is not None
    assert reading.document.cells == ()


@pytest.mark.parametrize(
    ("data", "reason"),
    [
        (b"", "not JSON: Expecting value in line 1, column 1"),
        (b"{\n<<<<<<< HEAD\n", "not JSON: "),
        (b"[1, 2]", "JSON without cells"),
        (b"\xff{}", "not valid utf-8"),
        (b"[" * 100_000, "not JSON"),
        (b'{"cells": ' + b"9" * 5000 + b"}", "not JSON"),
    ],
)
def test_what_is_no_notebook_is_an_io_error(data: bytes, reason: str) -> None:
    reading = read_document(data, "nb.ipynb")
    assert reading.document is None
    assert [finding.code for finding in reading.problems] == ["RNN901"]
    assert reason in reading.problems[0].message


def test_cells_agree_with_nbformat() -> None:
    made = nbformat.v4.new_notebook(
        cells=[
            nbformat.v4.new_markdown_cell("a"),
            nbformat.v4.new_code_cell("x = 1\ny = 2"),
            nbformat.v4.new_raw_cell("raw"),
            nbformat.v4.new_code_cell("z = '\\n'"),
        ]
    )
    oracle = [(n, cell.source) for n, cell in enumerate(made.cells, 1) if cell.cell_type == "code"]
    assert [(cell.number, cell.text) for cell in code_cells(nbformat.writes(made).encode())] == oracle


LINES = st.sampled_from(
    [
        "%magic x",
        "!ls \\",
        "x = !ls",
        "%%time",
        "%%bash",
        "x?",
        "'''",
        "x = (",
        ")",
        "x = 1",
        "  y",
        "#",
        "\\",
        "é",
    ]
)


@given(st.lists(st.lists(LINES, max_size=6), max_size=4))
def test_masked_text_always_parses_and_keeps_its_lines(cells: list[list[str]]) -> None:
    sources = ["\n".join(lines) for lines in cells]
    document = read(*map(code, sources)).document
    assert document is not None
    assert syntax_problem(document.text, script=False) is None
    assert document.text.count("\n") == sum(source.count("\n") + 1 for source in sources)


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner, max_size=3),
    max_leaves=8,
)
CELLS = st.lists(JSON | st.fixed_dictionaries({"cell_type": st.just("code"), "source": JSON | st.text()}), max_size=4)


@given(CELLS | JSON, JSON)
def test_any_json_is_read(cells: object, metadata: object) -> None:
    data = json.dumps({"cells": cells, "metadata": metadata}).encode()
    reading = read_document(data, "nb.ipynb")
    assert reading.document is not None or reading.problems
