"""Arguments are put in and taken out of calls in every layout, and nothing else moves."""

from __future__ import annotations

import ast

import pytest

from rnnlint.finding import Applicability, Fix, Span
from rnnlint.fix.patch import patched
from rnnlint.fix.resolve import resolve
from rnnlint.repair import RemoveArgument, RenameArgument, Repair, SetArgument, Verb
from rnnlint.source.document import Document


def applied(text: str, *verbs: Verb) -> str | None:
    fix = resolve(Repair("", Applicability.SAFE, verbs), lambda _: Document("a.py", text))
    return None if fix is None else patch(text, fix)


def patch(text: str, fix: Fix) -> str:
    return patched(text.encode(), "a.py", fix.edits).decode()


def whole(text: str) -> Span:
    """The place of the first call in a text."""
    node = next(node for node in ast.walk(ast.parse(text)) if isinstance(node, ast.Call))
    assert node.end_lineno is not None
    assert node.end_col_offset is not None
    return Span("a.py", 0, node.lineno, node.col_offset + 1, node.end_lineno, node.end_col_offset + 1)


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("f()", "f(k=1)"),
        ("f( )", "f(k=1 )"),
        ("f(2)", "f(2, k=1)"),
        ("f(2,)", "f(2, k=1,)"),
        ("f(a=(2))", "f(a=(2), k=1)"),
        ("f(k=2)", "f(k=1)"),
        ("f(k = (2 + 3), b=4)", "f(k = 1, b=4)"),
        ("f(\n    2,\n    a=3\n)", "f(\n    2,\n    a=3,\n    k=1\n)"),
        ("f(\n    2,\n    a=3,  # why\n)", "f(\n    2,\n    a=3,  # why\n    k=1,\n)"),
        ("f(\n    2  # why\n)", "f(\n    2,  # why\n    k=1\n)"),
        ("f(2,\n  3,\n  )", "f(2,\n  3,\n  k=1,\n  )"),
        ("if x:\n\tf(\n\t\t2,\n\t)", "if x:\n\tf(\n\t\t2,\n\t\tk=1,\n\t)"),
        ("f(2, 3\n  )", "f(2, 3, k=1\n  )"),
        ("(f)(2)", "(f)(2, k=1)"),
        ("(f(2))", "(f(2, k=1))"),
        ("f('é', \"ü\")", "f('é', \"ü\", k=1)"),
    ],
)
def test_set(before: str, after: str) -> None:
    span = whole(before)
    if not before.isascii():  # ast counts bytes
        span = Span("a.py", 0, 1, 1, 1, len(before) + 1)
    assert applied(before, SetArgument(span, "k", ("1",))) == after


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("LSTM(32, 'relu')", "LSTM(32, 'tanh')"),
        ("layers.LSTM(32, relu, 'sigmoid')", "layers.LSTM(32, \"tanh\", 'sigmoid')"),
        ("LSTM(32, activation = 'relu')", "LSTM(32, activation = 'tanh')"),
        ("LSTM(32)", 'LSTM(32, activation="tanh")'),
    ],
)
def test_an_argument_keeps_its_position_and_its_quotes(before: str, after: str) -> None:
    assert applied(before, SetArgument(whole(before), "activation", ('"tanh"',))) == after


@pytest.mark.parametrize("text", ["f(**options)", "f(*values)", "LSTM(32, *rest)", "GRUCell(8)"])
def test_an_argument_that_may_be_there_already_or_is_not_accepted_is_not_set(text: str) -> None:
    name = "return_sequences" if text.startswith("GRU") else "activation"
    assert applied(text, SetArgument(whole(text), name, ("1",))) is None


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("f(k=1)", "f()"),
        ("f(k=1,)", "f()"),
        ("f(2, k=1)", "f(2)"),
        ("f(2, k=1,)", "f(2,)"),
        ("f(k=1, b=2)", "f(b=2)"),
        ("f(2, k=1, b=2)", "f(2, b=2)"),
        ("f(\n    2,\n    k=1,\n)", "f(\n    2,\n)"),
        ("f(\n    2,  # two\n    k=1,  # one\n)", "f(\n    2,  # two\n)"),
        ("f(\n    2,\n    k=1\n)", "f(\n    2,\n)"),
        ("f(\n    k=1,\n    b=2,\n)", "f(\n    b=2,\n)"),
    ],
)
def test_remove(before: str, after: str) -> None:
    assert applied(before, RemoveArgument(whole(before), "k")) == after


def test_rename() -> None:
    assert applied("Adam(0.1, lr = 2)", RenameArgument(whole("Adam(0.1, lr = 2)"), "lr", "learning_rate")) == (
        "Adam(0.1, learning_rate = 2)"
    )
    both = "Adam(lr=1, learning_rate=2)"
    assert applied(both, RenameArgument(whole(both), "lr", "learning_rate")) is None
