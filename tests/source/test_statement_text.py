"""The text that a finding is known by: its statement, or its lines of one that spans several."""

from __future__ import annotations

import json

import pytest

from rnnlint.finding import Span
from rnnlint.source.excerpt import Excerpts
from rnnlint.source.statement_text import StatementTexts

MODEL = """model = Sequential([  # a stack
    LSTM(64, activation="relu"),  # noqa: RNN101
    LSTM(
        32,
    ),
    Dense(1)
])
"""


def text_of(source: str, line: int, end_line: int, end_column: int = 9, cell: int = 0) -> str:
    path = "n.ipynb" if cell else "a.py"
    return StatementTexts(Excerpts({path: source.encode()}))(Span(path, cell, line, 1, end_line, end_column))


@pytest.mark.parametrize(
    ("line", "end_line", "expected"),
    [
        (1, 1, "model=Sequential(["),
        (1, 7, 'model=Sequential([LSTM(64,activation="relu"),LSTM(32),Dense(1)])'),
        (1, 9, 'model=Sequential([LSTM(64,activation="relu"),LSTM(32),Dense(1)])'),
        (2, 2, 'LSTM(64,activation="relu")'),
        (3, 5, "LSTM(32)"),
        (4, 4, "32"),
        (6, 6, "Dense(1)"),
        (7, 7, "])"),
    ],
)
def test_lines_of_a_long_statement(line: int, end_line: int, expected: str) -> None:
    assert text_of(MODEL, line, end_line) == expected


def test_a_place_ends_before_its_last_column() -> None:
    assert text_of(MODEL, 2, 3, end_column=1) == 'LSTM(64,activation="relu")'
    assert text_of(MODEL, 6, 6, end_column=1) == "Dense(1)"


@pytest.mark.parametrize(
    ("source", "expected"),
    [
        ("x = f( 1, )  # why\n", "x=f(1)"),
        ("a = 1; b = 2\n", "a=1;b=2"),
        ("# only a comment\n", "#onlyacomment"),
        ("", ""),
    ],
)
def test_one_line_is_known_whole(source: str, expected: str) -> None:
    assert text_of(source, 1, 1, end_column=2) == expected


def test_another_end_of_the_list_changes_nothing() -> None:
    grown = MODEL.replace("Dense(1)\n", "Dense(1),\n    Dense(2),\n")
    assert text_of(grown, 6, 6) == text_of(MODEL, 6, 6)


def test_lines_are_those_of_the_cell() -> None:
    cells = [{"cell_type": "code", "source": source} for source in ("x = 1", MODEL)]
    notebook = json.dumps({"cells": cells, "metadata": {}})
    assert text_of(notebook, 2, 2, cell=2) == 'LSTM(64,activation="relu")'
