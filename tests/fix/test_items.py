"""Items, layers and operands are edited where they stand, and an unclear form is left alone."""

from __future__ import annotations

import pytest

from rnnlint.finding import Applicability, Span
from rnnlint.fix.patch import patched
from rnnlint.fix.resolve import resolve
from rnnlint.repair import (
    Argument,
    InsertBehind,
    Operand,
    Qualified,
    Recall,
    Receiver,
    RemoveArgument,
    RemoveItem,
    Rename,
    Repair,
    RepeatAnew,
    Replace,
    Surround,
    Unapply,
    Verb,
)
from rnnlint.source.document import Document


def applied(text: str, *verbs: Verb) -> str | None:
    fix = resolve(Repair("", Applicability.SAFE, verbs), lambda _: Document("a.py", text))
    return None if fix is None else patched(text.encode(), "a.py", fix.edits).decode()


def place(text: str, part: str) -> Span:
    """Where a part of the text stands, which is there once."""
    start = text.index(part)
    end = start + len(part)
    line, last = text.count("\n", 0, start) + 1, text.count("\n", 0, end) + 1
    return Span("a.py", 0, line, start - text.rfind("\n", 0, start), last, end - text.rfind("\n", 0, end))


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("m = [a, 'x']", "m = [a]"),
        ("m = ['x', a]", "m = [a]"),
        ("m = [a, 'x',]", "m = [a,]"),
        ("m = [\n    a,  # one\n    'x',  # two\n]", "m = [\n    a,  # one\n]"),
        ("m = [\n    'x',  # one\n    a,\n]", "m = [\n    a,\n]"),
        ("m = [\n    a,  # one\n    'x']", "m = [\n    a,  # one\n    ]"),
        ("m = ('x', a, b)", "m = (a, b)"),
        ("m = {'x', a}", "m = {a}"),
    ],
)
def test_an_item_is_taken_out(before: str, after: str) -> None:
    assert applied(before, RemoveItem(place(before, "'x'"))) == after


@pytest.mark.parametrize("text", ["m = ['x']", "m = ('x', a)", "f('x')", "m = {'x': a}"])
def test_what_would_leave_nothing_or_is_no_item_stays(text: str) -> None:
    assert applied(text, RemoveItem(place(text, "'x'"))) is None


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("s = nn.Sequential(a, Act())", "s = nn.Sequential(a)"),
        ("s = Sequential([a, Act()])", "s = Sequential([a])"),
        ("m.add(a)\nm.add(Act())\nm.add(b)\n", "m.add(a)\nm.add(b)\n"),
        ("y = Act()(x)", "y = x"),
        ("x = Act()(x)\nz = x\n", "z = x\n"),
        ("y = Act()(a + b)", "y = (a + b)"),
    ],
)
def test_a_layer_is_taken_out_of_its_stack_or_from_around_its_input(before: str, after: str) -> None:
    application = "Act()(x)" if "Act()(x)" in before else "Act()(a + b)" if "Act()(a + b)" in before else "Act()"
    assert applied(before, Unapply(place(before, "Act()"), place(before, application))) == after


@pytest.mark.parametrize(
    ("before", "call", "after"),
    [
        ("import torch\ny = torch.relu(f(x))", "torch.relu(f(x))", "import torch\ny = f(x)"),
        ("y = f(x).relu()", "f(x).relu()", "y = f(x)"),
        ("y = x.softmax(-1)", "x.softmax(-1)", "y = x"),
        ("y = x.softmax(dim=axis)", "x.softmax(dim=axis)", "y = x"),
        ("y = self.act(f(x))", "self.act(f(x))", "y = f(x)"),
        ("y = relu(x)", "relu(x)", "y = x"),
        ("y = x.softmax(axis)", "x.softmax(axis)", None),
        ("y = relu(input=x)", "relu(input=x)", None),
    ],
)
def test_an_activation_function_is_taken_off(before: str, call: str, after: str | None) -> None:
    assert applied(before, Unapply(place(before, call), place(before, call))) == after


@pytest.mark.parametrize("text", ["h = Head(a, Act())", "s = Sequential(Act())", "d = {'act': Act()}"])
def test_a_layer_in_something_that_is_no_stack_stays(text: str) -> None:
    assert applied(text, Unapply(place(text, "Act()"), place(text, "Act()"))) is None


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("c = [Cell(3)] * k", "c = [Cell(3) for _ in range(k)]"),
        ("c = [Cell(3)]*(k - 1)", None),
        ("c = [cell] * k", None),
        ("c = k * [Cell(3)]", None),
        ("c = [Cell(3), Cell(4)] * k", None),
        ("c = [Cell(3),] * k", None),
    ],
)
def test_a_repeated_object_is_made_anew(before: str, after: str | None) -> None:
    assert applied(before, RepeatAnew(place(before, before[4:]))) == after


@pytest.mark.parametrize(
    ("call", "after"),
    [
        ("f(a, b)", "f(a, b.t())"),
        ("f(a, y=b)", "f(a, y=b.t())"),
        ("f(y=b, x=a)", "f(y=b.t(), x=a)"),
        ("f(a, b + c)", "f(a, (b + c).t())"),
        ("f(a, (b + c))", "f(a, ((b + c).t()))"),
        ("f(*a, b)", None),
        ("f(a)", None),
    ],
)
def test_an_argument_is_found_by_position_or_name(call: str, after: str | None) -> None:
    assert applied(call, Surround(Argument(place(call, call), 1, "y"), behind=(".t()",))) == after


def test_the_sides_of_an_operator() -> None:
    text = "d = (a - f(b)) ** 2"
    assert (
        applied(text, Surround(Operand(place(text, "a - f(b)"), 1), behind=("[:, 0]",))) == "d = (a - f(b)[:, 0]) ** 2"
    )
    assert applied(text, Replace(Operand(place(text, "a - f(b)"), 0), ("c",))) == "d = (c - f(b)) ** 2"
    assert applied("d = f(a)", Replace(Operand(place("d = f(a)", "f(a)"), 0), ("c",))) is None


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("LSTM(8, 'relu')", "LSTM(8)"),
        ("LSTM(8, 'relu', return_sequences=True)", "LSTM(8, return_sequences=True)"),
        ("LSTM(8, 'relu', 'sigmoid')", None),
        ("Memory(8, 'relu')", None),
        (
            "from keras.layers import LSTM as Memory\nMemory(8, 'relu')",
            "from keras.layers import LSTM as Memory\nMemory(8)",
        ),
    ],
)
def test_an_argument_without_a_name_is_removed_at_the_end_only(before: str, after: str | None) -> None:
    call = before.splitlines()[-1]
    assert applied(before, RemoveArgument(place(before, call), "activation")) == after


def test_another_function_is_called_as_the_file_can_write_it() -> None:
    text = "from torch import nn\nloss = nn.BCELoss(weight=w)"
    verb = Recall(place(text, "nn.BCELoss(weight=w)"), (Qualified("torch.nn.BCEWithLogitsLoss"),))
    assert applied(text, verb) == "from torch import nn\nloss = nn.BCEWithLogitsLoss(weight=w)"
    bare = "from torch.nn import BCELoss\nloss = BCELoss()"
    assert applied(bare, Recall(place(bare, "BCELoss()"), (Qualified("torch.nn.BCEWithLogitsLoss"),))) is None


def test_a_member_is_renamed_only_behind_a_dot() -> None:
    assert applied("losses.A()", Rename(place("losses.A()", "losses.A()"), "B", member=True)) == "losses.B()"
    assert applied("A()", Rename(place("A()", "A()"), "B", member=True)) is None
    assert applied("A()", Rename(place("A()", "A()"), "B")) == "B()"


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("a = m.read()\nb = 1", "a = m.read()\nm.reset()\nb = 1"),
        ("for x in y:\n    print(m.read())", "for x in y:\n    print(m.read())\n    m.reset()"),
        ("def f():\n    return m.read()", None),
        ("if m.read() > 1:\n    b = 1", None),
    ],
)
def test_nothing_is_put_behind_a_statement_that_leaves(before: str, after: str | None) -> None:
    call = place(before, "m.read()")
    assert applied(before, InsertBehind(call, (Receiver(call), ".reset()"))) == after
