"""The range of each cell's source in a notebook's JSON text, and the places within it."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rnnlint.source.cell_sources import NotebookMap, cell_sources, offset_of
from rnnlint.source.notebook import code_cells
from rnnlint.source.reading import UnreadableError, normalize_newlines

LINES = ["x = 1\n", 'y = "数据"\n', "z = '\U0001f600\\n'  # \ttab"]


def code(source: object, **more: object) -> dict[str, Any]:
    return {"cell_type": "code", "metadata": {"source": "not this"}, "outputs": [{"source": ["nor"]}], **more} | {
        "source": source
    }


def notebook(*cells: object, **style: Any) -> str:
    return json.dumps({"cells": cells, "metadata": {"cells": [1]}, "nbformat": 4}, **style)


STYLES: list[dict[str, Any]] = [
    {},
    {"indent": 1},
    {"indent": 1, "ensure_ascii": False},
    {"separators": (",", ":")},
    {"indent": "\t", "sort_keys": True},
]


@pytest.mark.parametrize("style", STYLES, ids=str)
def test_ranges_hold_the_value(style: dict[str, Any]) -> None:
    text = notebook(code(LINES), "no cell", {"cell_type": "markdown", "source": "# T"}, code("a\nb"), **style)
    sources = cell_sources(text)
    assert list(sources) == [1, 3, 4]
    assert json.loads(text[sources[1].start : sources[1].end]) == LINES
    assert [source.is_list for source in sources.values()] == [True, False, False]
    assert [json.loads(text[part.start : part.end]) for part in sources[1].literals] == LINES
    assert (sources[3].text, sources[4].text) == ("# T", "a\nb")


def test_format_3() -> None:
    sheets = [{"cells": [{"cell_type": "code", "input": ["a = 1"]}]}, 7, {"cells": [code("b"), {"cell_type": "code"}]}]
    text = json.dumps({"worksheets": sheets, "nbformat": 3, "cells": [code("first")]})
    assert {number: source.text for number, source in cell_sources(text).items()} == {1: "first", 2: "a = 1", 3: "b"}


def test_of_equal_keys_the_last_counts() -> None:
    text = '{"cells": [], "cells": [{"cell_type": "code", "source": "a", "source": ["b"]}]}'
    source = cell_sources(text)[1]
    assert (source.text, source.is_list) == ("b", True)
    assert text[source.start : source.end] == '["b"]'


@pytest.mark.parametrize("value", [None, 3, [], [1, None], {"a": "b"}])
def test_a_source_without_strings(value: object) -> None:
    text = notebook(code(value))
    source = cell_sources(text)[1]
    assert (source.text, source.literals) == ("", ())
    assert json.loads(text[source.start : source.end]) == value
    assert NotebookMap(text).place(1, 5, 9) == (1, source.start + 1)


@pytest.mark.parametrize("text", ["", "{", "[1,", '{"cells": [}', '{"cells": ["\n"]}', "\N{ZERO WIDTH NO-BREAK SPACE}"])
def test_what_is_no_json(text: str) -> None:
    with pytest.raises(UnreadableError):
        cell_sources(text)


@pytest.mark.parametrize("text", ["3", "[]", '"cells"', "{}", '{"cells": 3, "worksheets": [[], {"cells": {}}]}'])
def test_json_without_cells(text: str) -> None:
    assert cell_sources(text) == {}


@pytest.mark.parametrize("mark", ["", "\N{ZERO WIDTH NO-BREAK SPACE}"])
def test_places_in_lines_of_their_own(mark: str) -> None:
    text = mark + notebook(code(LINES), indent=1, ensure_ascii=False)
    lines = text.split("\n")
    places = NotebookMap(text)
    for number, line in enumerate(LINES, start=1):
        row, column = places.place(1, number, 1) or (0, 0)
        assert lines[row - 1][column - 2 :].startswith(json.dumps(line, ensure_ascii=False).rstrip('"'))
    assert places.place(2, 1, 1) is None


def test_a_byte_order_mark_is_no_column() -> None:
    text = notebook(code("x"))
    assert NotebookMap("\N{ZERO WIDTH NO-BREAK SPACE}" + text).place(1, 1, 1) == NotebookMap(text).place(1, 1, 1)


@pytest.mark.parametrize(
    ("literal", "line", "column", "rest"),
    [
        (r'"a\tb = \"c\""', 1, 3, 'b = \\"c\\""'),
        (r'"\u0061\ud83d\ude00b"', 1, 3, 'b"'),
        (r'"\ud83dab"', 1, 3, 'b"'),
        (r'"\ud83d\u0061b"', 1, 3, 'b"'),
        (r'"a\r\nb\rc\nd"', 2, 1, r'b\rc\nd"'),
        (r'"a\r\nb\rc\nd"', 4, 1, 'd"'),
        (r'"a\r\nb"', 1, 9, r'\r\nb"'),
        (r'"a\n"', 2, 1, '"'),
        (r'"a"', 7, 7, '"'),
        (r'["a", "b\n", "", "c"]', 1, 2, r'b\n", "", "c"]'),
        (r'["a", "b\n", "", "c"]', 2, 1, 'c"]'),
        (r'["a\r", "\nb"]', 2, 1, 'b"]'),
    ],
)
def test_places_behind_escapes(literal: str, line: int, column: int, rest: str) -> None:
    text = f'{{"cells": [{{"source": {literal}}}]}}'
    assert text[offset_of(text, cell_sources(text)[1], line, column) :] == rest + "}]}"


SOURCES = st.one_of(
    st.text(), st.lists(st.one_of(st.text(alphabet='ab\r\n"\\\t\u2028é\U0001f600'), st.none())), st.none()
)
CELLS = st.lists(
    st.one_of(
        st.none(),
        st.builds(code, SOURCES),
        st.fixed_dictionaries({"cell_type": st.just("code"), "input": SOURCES, "outputs": st.just(["]}", '"'])}),
    )
)


@given(cells=CELLS, worksheets=st.lists(CELLS), style=st.sampled_from(STYLES))
def test_sources_are_those_that_are_linted(cells: Any, worksheets: Any, style: Any) -> None:
    content = {"cells": cells, "worksheets": [{"cells": sheet} for sheet in worksheets]}
    text = json.dumps(content, **style)
    read = {cell.number: cell.text for cell in code_cells(text.encode())}
    sources = cell_sources(text)
    assert read == {number: normalize_newlines(source.text) for number, source in sources.items()}
    for number, source in sources.items():
        for row, line in enumerate(read[number].split("\n"), start=1):
            for column, character in enumerate(line, start=1):
                literal = text[offset_of(text, source, row, column) :]
                assert json.loads(f'"{_one_character(literal)}"') == character


def _one_character(text: str) -> str:
    if not text.startswith("\\"):
        return text[0]
    if text[1] != "u":
        return text[:2]
    pair = text[2:4].lower() in ("d8", "d9", "da", "db")
    return text[:12] if pair else text[:6]
