"""Edits of a call's arguments, which keep the way the call is laid out."""

from __future__ import annotations

from collections.abc import Sequence

import libcst as cst

from rnnlint.finding import Edit
from rnnlint.fix.places import NotFixableError, Places
from rnnlint.frontend.catalog.signatures import takes_keyword

SPACED = cst.Comma(whitespace_after=cst.SimpleWhitespace(" "))


def set_argument(places: Places, call: cst.Call, name: str, value: str) -> Edit:
    """`name=value` in the call: in place of the value it has, or behind the other arguments."""
    present = _named(call, name)
    if present is not None:
        at = places.range_of(present.value)
        return places.edit(at.start, at.end, value)
    positional = sum(argument.keyword is None and not argument.star for argument in call.args)
    if any(argument.star for argument in call.args) or not takes_keyword(_callee(call), name, positional):
        raise NotFixableError(f"the call may have {name} already, or not accept it")
    return _rewritten(places, call, _with(call, cst.Arg(_expression(value), cst.Name(name), equal=_tight())))


def remove_argument(places: Places, call: cst.Call, name: str) -> Edit:
    """The call without the argument."""
    present = _required(call, name)
    kept = [argument for argument in call.args if argument is not present]
    if kept and present is call.args[-1]:
        kept[-1] = kept[-1].with_changes(comma=present.comma, whitespace_after_arg=present.whitespace_after_arg)
    return _rewritten(places, call, call.with_changes(args=kept))


def rename_argument(places: Places, call: cst.Call, name: str, new: str) -> Edit:
    """The argument under another name."""
    keyword = _required(call, name).keyword
    if _named(call, new) is not None or keyword is None:
        raise NotFixableError(f"the call has {new} already")
    at = places.range_of(keyword)
    return places.edit(at.start, at.end, new)


def _callee(call: cst.Call) -> str:
    if isinstance(call.func, cst.Attribute):
        return call.func.attr.value
    return call.func.value if isinstance(call.func, cst.Name) else ""


def _named(call: cst.Call, name: str) -> cst.Arg | None:
    return next((a for a in call.args if a.keyword is not None and a.keyword.value == name), None)


def _required(call: cst.Call, name: str) -> cst.Arg:
    argument = _named(call, name)
    if argument is None:
        raise NotFixableError(f"the call does not name {name}")
    return argument


def _expression(code: str) -> cst.BaseExpression:
    try:
        return cst.parse_expression(code)
    except cst.ParserSyntaxError as error:
        raise NotFixableError(f"not an expression: {code}") from error


def _tight() -> cst.AssignEqual:
    return cst.AssignEqual(cst.SimpleWhitespace(""), cst.SimpleWhitespace(""))


def _with(call: cst.Call, argument: cst.Arg) -> cst.Call:
    """The call with one more argument, separated as the others are."""
    if not call.args:
        return call.with_changes(args=[argument])
    *others, last = call.args
    separator = _separator(call, others)
    argument = argument.with_changes(comma=last.comma, whitespace_after_arg=last.whitespace_after_arg)
    last = last.with_changes(comma=separator, whitespace_after_arg=cst.SimpleWhitespace(""))
    return call.with_changes(args=[*others, last, argument])


def _separator(call: cst.Call, others: Sequence[cst.Arg]) -> cst.Comma:
    if others and isinstance(others[-1].comma, cst.Comma):
        return others[-1].comma.with_changes()
    before = call.whitespace_before_args
    if isinstance(before, cst.ParenthesizedWhitespace):
        return cst.Comma(whitespace_after=before.with_changes(first_line=cst.TrailingWhitespace()))
    return SPACED


def _rewritten(places: Places, old: cst.Call, new: cst.Call) -> Edit:
    """The least edit that turns one form of a call into the other."""
    module = places.syntax.tree
    before = module.code_for_node(old.with_changes(lpar=[], rpar=[]))
    after = module.code_for_node(new.with_changes(lpar=[], rpar=[]))
    text, start = places.document.text, places.offset(places.range_of(old).start)
    start += len(text[start:]) - len(text[start:].lstrip("( \t\n")) if not text.startswith(before, start) else 0
    if not text.startswith(before, start):
        raise NotFixableError("the call is laid out in an uncommon way")
    head = _common(before, after)
    tail = _common(before[head:][::-1], after[head:][::-1])
    stop = len(before) - tail
    return places.edit(places.position(start + head), places.position(start + stop), after[head : len(after) - tail])


def _common(one: str, other: str) -> int:
    count = 0
    for left, right in zip(one, other, strict=False):
        if left != right:
            break
        count += 1
    return count
