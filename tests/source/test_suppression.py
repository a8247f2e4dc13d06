"""Suppression comments: what they name and which lines they reach."""

from __future__ import annotations

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rnnlint.finding import Span
from rnnlint.source.document import Document
from rnnlint.source.reading import read_document
from rnnlint.source.suppression import Suppression, suppressions


def parse(text: str) -> tuple[Suppression, ...]:
    return suppressions(Document("train.py", text))


def only(text: str) -> Suppression:
    (suppression,) = parse(text)
    return suppression


@pytest.mark.parametrize(
    ("comment", "rules"),
    [
        ("# noqa", ()),
        ("#noqa", ()),
        ("# NOQA", ()),
        ("# noqa: RNN101", ("RNN101",)),
        ("# noqa:RNN101", ("RNN101",)),
        ("# noqa : RNN101", ("RNN101",)),
        ("# noqa: RNN101 because T is 20", ("RNN101",)),
        ("# noqa: RNN101,RNN201", ("RNN101", "RNN201")),
        ("# noqa: RNN101 , E501 reason", ("RNN101", "E501")),
        ("# noqa: E501 RNN101", ("E501", "RNN101")),
        ("# noqa: unbounded-cell-activation", ("unbounded-cell-activation",)),
        ("# type: ignore  # noqa: RNN4", ("RNN4",)),
        ("# rnnlint: ignore", ()),
        ("# rnnlint: ignore[RNN101] short sequences", ("RNN101",)),
        ("# rnnlint: ignore[RNN101, unscaled-input]", ("RNN101", "unscaled-input")),
        ("# rnnlint:ignore[ RNN1 ]", ("RNN1",)),
        ("# RNNLINT: IGNORE[RNN1]", ("RNN1",)),
        ("# rnnlint: ignore short sequences, see RNN501", ()),
        ("# rnnlint: ignore RNNs of this size are fine", ()),
        ("# rnnlint: ignore RNN501", ("RNN501",)),
        ("# rnnlint: ignore RNN501, RNN2 reason", ("RNN501", "RNN2")),
        ("# rnnlint: ignore RNN501 RNN2 T4 only", ("RNN501", "RNN2")),
        ("# rnnlint: ignore: rnn501", ("rnn501",)),
        ("# rnnlint: ignore=RNN501", ("RNN501",)),
        ("# rnnlint: ignore (RNN501)", ("RNN501",)),
        ("# rnnlint: ignore - 'RNN501'", ("RNN501",)),
        ("# rnnlint: ignore RNN5* reason", ("RNN5",)),
        ("# rnnlint: ignore RNN5xx", ("RNN5xx",)),
        ("# rnnlint: ignore unscaled-input by hand", ("unscaled-input",)),
        ("# rnnlint: ignore Unscaled_Input", ("Unscaled_Input",)),
        ("# rnnlint: ignore long-standing issue", ("long-standing",)),
        ("# noqa RNN101", ()),
    ],
)
def test_rules_are_read(comment: str, rules: tuple[str, ...]) -> None:
    suppression = only(f"x = 1  {comment}\n")
    assert suppression.rules == rules
    assert suppression.lines == (1, 1)
    assert suppression.fault == ""


@pytest.mark.parametrize(
    "text", ["x = '# noqa'\n", '"""\n# noqa: RNN101\n"""\n', "x = 1  # noqability\n", "noqa = 1\n"]
)
def test_other_text_is_no_suppression(text: str) -> None:
    assert parse(text) == ()


@pytest.mark.parametrize(
    ("comment", "rules"),
    [
        ("# flake8: noqa", ()),
        ("# flake8: noqa: RNN101", ("RNN101",)),
        ("# rnnlint: file-ignore[RNN101]", ("RNN101",)),
        ("# rnnlint: file-ignore", ()),
        ("# rnnlint: file-ignore RNN101, unscaled-input why", ("RNN101", "unscaled-input")),
    ],
)
def test_whole_files(comment: str, rules: tuple[str, ...]) -> None:
    suppression = only(f"import os\n\n{comment}\n")
    assert suppression.lines is None
    assert suppression.rules == rules
    assert suppression.covers(Span("train.py", 0, 99, 1, 99, 2))


@pytest.mark.parametrize(
    ("comment", "fault"),
    [
        ("# rnnlint: ignore[]", 'no rule between the brackets; write "# rnnlint: ignore[CODE]"'),
        ("# rnnlint: ignore[ , ] why", 'no rule between the brackets; write "# rnnlint: ignore[CODE]"'),
        ("# rnnlint: file-ignore[]", 'no rule between the brackets; write "# rnnlint: file-ignore[CODE]"'),
        ("# rnnlint: ignore[RNN101 slow", 'the bracket is not closed; write "# rnnlint: ignore[RNN101]"'),
        ("# rnnlint: noqa[RNN101]", 'unknown directive "noqa"; write "# rnnlint: ignore[RNN101]"'),
        ("# rnnlint: noqa: RNN101, RNN2", 'unknown directive "noqa"; write "# rnnlint: ignore[RNN101, RNN2]"'),
        ("# rnnlint: disable=RNN101", 'unknown directive "disable"; write "# rnnlint: ignore[RNN101]"'),
        ("# rnnlint: ignore-file", 'unknown directive "ignore-file"; write "# rnnlint: file-ignore[CODE]"'),
        ("# rnnlint: ignores", 'unknown directive "ignores"; write "# rnnlint: ignore[CODE]"'),
        ("# rnnlint: [RNN101]", 'no directive; write "# rnnlint: ignore[RNN101]"'),
        ("# rnnlint: ", 'no directive; write "# rnnlint: ignore[CODE]"'),
    ],
)
def test_comments_that_cannot_be_followed(comment: str, fault: str) -> None:
    suppression = only(f"x = 1  {comment}\n")
    assert suppression.fault == fault
    assert (suppression.rules, suppression.rules_span, suppression.native) == ((), None, True)


def test_a_comment_behind_another_is_read() -> None:
    wrong, right = parse("x = 1  # rnnlint: ignore[RNN1 # noqa: RNN2\n")
    assert (wrong.fault[:11], right.rules) == ("the bracket", ("RNN2",))


@pytest.mark.parametrize(
    ("text", "lines"),
    [
        ("f(\n    a,\n    b,\n)  # noqa\n", (1, 4)),
        ("f(\n    a,  # noqa\n    b,\n)\n", (2, 2)),
        ("f(\n    a,  # rnnlint: ignore\n    b,\n)\n", (1, 4)),
        ("f(\n    # rnnlint: ignore\n    b,\n)\n", (1, 4)),
        ("x = '''\na\n'''  # noqa\n", (1, 3)),
        ("x = 1 + \\\n    2  # noqa\n", (1, 2)),
        ("# noqa\nx = 1\n", (1, 1)),
        ("# rnnlint: ignore\nx = 1\ny = 2\n", (2, 2)),
        ("# rnnlint: ignore\n\n# other\nf(\n    a\n)\n", (4, 6)),
        ("# rnnlint: ignore\ndef f():\n    a\n\n    if b:\n        c\nd\n", (2, 6)),
        ("# rnnlint: ignore\n@g\n@h\ndef f():\n    a\nd\n", (2, 5)),
        ("# rnnlint: ignore\nif a:\n    b\nelse:\n    c\nd\n", (2, 5)),
        ("# rnnlint: ignore\ntry:\n    a\nexcept E:\n    b\nfinally:\n    c\nd\n", (2, 7)),
        (
            "class A:\n    # rnnlint: ignore\n    def f(self):\n        a\n\n    def g(self):\n        b\n",
            (3, 4),
        ),
        ("class A:  # rnnlint: ignore\n    x = 1\n", (1, 1)),
        ("x = 1\n# rnnlint: ignore\n", (2, 2)),
    ],
)
def test_reach(text: str, lines: tuple[int, int]) -> None:
    assert only(text).lines == lines


@pytest.mark.parametrize(
    ("line", "removed"),
    [
        ("x = 1  # noqa: RNN101", "  # noqa: RNN101"),
        ("x = 1  # noqa: RNN101 reason", "  # noqa: RNN101 reason"),
        ("x = 1  # type: int  # noqa: RNN101", "  # noqa: RNN101"),
        ("x = 1  # noqa: RNN101  # type: int", "# noqa: RNN101  "),
    ],
)
def test_removal_leaves_a_tidy_line(line: str, removed: str) -> None:
    span = only(f"{line}\n").removal
    assert line[span.column - 1 : span.end_column - 1] == removed


def test_a_comment_on_its_own_line_goes_with_the_line() -> None:
    span = only("x = 1\n    # rnnlint: ignore[RNN1]\ny = 1\n").removal
    assert (span.line, span.column, span.end_line, span.end_column) == (2, 1, 3, 1)


def test_cells_have_their_own_lines() -> None:
    cells = ["x = 1", "f(\n  a\n)  # noqa: RNN101\n# rnnlint: ignore", "y = 1"]
    content = {"cells": [{"cell_type": "code", "source": cell} for cell in cells], "metadata": {}}
    document = read_document(json.dumps(content).encode(), "nb.ipynb").document
    assert document is not None
    noqa, ignore = suppressions(document)
    assert (noqa.span.cell, noqa.span.line, noqa.lines) == (2, 3, (1, 3))
    assert ignore.lines == (4, 4)
    assert not noqa.covers(Span("nb.ipynb", 3, 1, 1, 1, 2))


PIECES = st.sampled_from(
    [
        "# noqa",
        "# noqa: RNN101",
        "# rnnlint: ignore[",
        "# rnnlint: ",
        " RNN1, ",
        "]",
        "#",
        "x = (",
        ")",
        "'''",
        "\n",
        "    ",
        "\\",
        "if x:",
        "é",
        "\f",
    ]
)


@given(st.lists(PIECES).map("".join) | st.text().map("# noqa ".__add__))
def test_any_text_is_scanned(text: str) -> None:
    for suppression in parse(text):
        assert suppression.span.line >= 1
