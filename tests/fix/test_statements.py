"""Lines are put in and taken out, expressions surrounded and names replaced, with the layout around them kept."""

from __future__ import annotations

import pytest

from rnnlint.finding import Applicability, Span
from rnnlint.fix.patch import patched
from rnnlint.fix.places import Places
from rnnlint.fix.resolve import resolve
from rnnlint.fix.statements import remove_statement
from rnnlint.frontend.parse import parse
from rnnlint.repair import (
    Code,
    Content,
    InsertBefore,
    InsertBehind,
    Qualified,
    Receiver,
    Rename,
    Repair,
    Replace,
    Surround,
    Verb,
)
from rnnlint.source.document import Document


def at(text: str, code: str) -> Span:
    """The place where `code` stands for the first time; it takes up one line."""
    before = text[: text.index(code)]
    line, column = before.count("\n") + 1, len(before) - before.rfind("\n")
    return Span("a.py", 0, line, column, line, column + len(code))


def applied(text: str, *verbs: Verb) -> str | None:
    fix = resolve(Repair("", Applicability.SAFE, verbs), lambda _: Document("a.py", text))
    return None if fix is None else patched(text.encode(), "a.py", fix.edits).decode()


LOOP = "for x in data:\n    loss = f(x)\n    loss.backward()  # go\n    model.opt.step()\n"


def test_a_line_before_a_statement() -> None:
    content: Content = (Receiver(at(LOOP, "model.opt.step()")), ".zero_grad()")
    assert applied(LOOP, InsertBefore(at(LOOP, "loss.backward()"), content)) == LOOP.replace(
        "    loss.backward()", "    model.opt.zero_grad()\n    loss.backward()"
    )


def test_a_line_behind_a_statement_and_its_comment() -> None:
    content: Content = ("print(", Code(at(LOOP, "f(x)")), ")")
    assert applied(LOOP, InsertBehind(at(LOOP, "loss.backward()"), content)) == LOOP.replace(
        "# go\n", "# go\n    print(f(x))\n"
    )


@pytest.mark.parametrize("text", ["if x: f()\n", "a = 1; f()\n", "while f():\n    pass\n"])
def test_no_line_beside_code_that_shares_its_line(text: str) -> None:
    assert applied(text, InsertBefore(at(text, "f()"), ("g()",))) is None


@pytest.mark.parametrize(
    ("text", "after"),
    [
        ("a()\nf()\nb()\n", "a()\nb()\n"),
        ("a()\nf()", "a()\n"),
        ("if x:\n    f()  # why\nb()\n", "if x:\n    pass  # why\nb()\n"),
    ],
)
def test_a_statement_taken_out(text: str, after: str) -> None:
    edit = remove_statement(Places(parse(Document("a.py", text))), at(text, "f()"))
    assert patched(text.encode(), "a.py", [edit]).decode() == after


@pytest.mark.parametrize(
    ("text", "code", "after"),
    [
        ("loss(y, t)", "y", "loss(y.squeeze(-1), t)"),
        ("loss(a + b, t)", "a + b", "loss((a + b).squeeze(-1), t)"),
        ("loss((a + b), t)", "a + b", "loss(((a + b).squeeze(-1)), t)"),
        ("loss(net(x), t)", "net(x)", "loss(net(x).squeeze(-1), t)"),
    ],
)
def test_surround(text: str, code: str, after: str) -> None:
    assert applied(text, Surround(at(text, code), behind=(".squeeze(-1)",))) == after


def test_replace_and_rename() -> None:
    assert applied("f(x, 'adam')", Replace(at("f(x, 'adam')", "'adam'"), ("Adam()",))) == "f(x, Adam())"
    assert applied("s.fit_transform(x)", Rename(at("s.fit_transform(x)", "s.fit_transform(x)"), "transform")) == (
        "s.transform(x)"
    )


@pytest.mark.parametrize(
    ("imports", "written"),
    [
        ("import torch", "torch.nn.ModuleList"),
        ("import torch as th", "th.nn.ModuleList"),
        ("from torch import nn", "nn.ModuleList"),
        ("import torch.nn as layers", "layers.ModuleList"),
        ("import torch\nfrom torch.nn import ModuleList as Many", "Many"),
        ("import numpy", None),
        ("from .torch import nn", None),
    ],
)
def test_a_library_s_name_is_written_with_what_is_imported(imports: str, written: str | None) -> None:
    text = f"{imports}\nx = []\n"
    after = applied(text, Surround(at(text, "[]"), (Qualified("torch.nn.ModuleList"), "("), (")",)))
    assert after == (None if written is None else f"{imports}\nx = {written}([])\n")


def test_nothing_is_done_if_one_verb_cannot_be() -> None:
    text = "a()\nif x: f()\n"
    assert applied(text, InsertBehind(at(text, "a()"), ("b()",)), InsertBehind(at(text, "f()"), ("b()",))) is None
