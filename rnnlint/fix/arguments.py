"""Edits of a call's arguments, which keep the way the call is laid out."""

from __future__ import annotations

from collections.abc import Sequence

import libcst as cst

from rnnlint.finding import Edit
from rnnlint.fix.names import original, quoted_like
from rnnlint.fix.places import NotFixableError, Places
from rnnlint.frontend.catalog.signatures import position_of, takes_keyword


def set_argument(places: Places, call: cst.Call, name: str, value: str) -> Edit:
    """`name=value` in the call: in place of the value it has, or behind the other arguments."""
    unnamed = _at_position(places, call, name)
    if unnamed is not None:
        at = places.range_of(unnamed.value)
        return places.edit(at.start, at.end, quoted_like(unnamed.value, value))
    present = _named(call, name)
    if present is not None:
        at = places.range_of(present)
        start = places.offset(places.range_of(_keyword(present)).end)
        equal = places.document.text.index("=", start)
        blanks = len(places.document.text[equal + 1 :]) - len(places.document.text[equal + 1 :].lstrip(" "))
        return places.edit(places.position(equal + 1 + blanks), at.end, quoted_like(present.value, value))
    positional = sum(argument.keyword is None and not argument.star for argument in call.args)
    if any(argument.star for argument in call.args) or not takes_keyword(_layer(places, call), name, positional):
        raise NotFixableError(f"the call may have {name} already, or not accept it")
    return _added(places, call, f"{name}={value}")


def remove_argument(places: Places, call: cst.Call, name: str) -> Edit:
    """The call without the argument."""
    present = _named(call, name) or _last_at_position(places, call, name)
    if present is None:
        raise NotFixableError(f"the call does not name {name}")
    return take_out(places, call.args, call.args.index(present))


def take_out(places: Places, items: Sequence[cst.Arg | cst.BaseElement], index: int) -> Edit:
    """One of some items without its comma, and without its line where it has one to itself."""
    present = items[index]
    at = places.range_of(present)
    text, start, end = places.document.text, places.offset(at.start), places.offset(at.end)
    if index + 1 < len(items):
        return places.edit(at.start, places.range_of(items[index + 1]).start, "")
    if isinstance(present.comma, cst.Comma):
        end = text.index(",", end) + 1
    line = places.lines[at.start.line - 1]
    if not line[: at.start.column].strip() and not line[places.position(end).column :].split("#")[0].strip():
        return places.edit(places.position(start - at.start.column), places.position(_next_line(text, end)), "")
    before = places.offset(places.range_of(items[index - 1]).end) if index else start
    if "#" in text[before:start]:
        return places.edit(at.start, places.position(end), "")
    if isinstance(present.comma, cst.Comma) and index:
        end -= 1
    return places.edit(places.position(before), places.position(end), "")


def rename_argument(places: Places, call: cst.Call, name: str, new: str) -> Edit:
    """The argument under another name."""
    if _named(call, new) is not None:
        raise NotFixableError(f"the call has {new} already")
    at = places.range_of(_keyword(_required(call, name)))
    return places.edit(at.start, at.end, new)


def _added(places: Places, call: cst.Call, argument: str) -> Edit:
    """The call with one more argument: on a line of its own where the last one's line ends behind it."""
    text = places.document.text
    close = places.offset(places.range_of(call).end) - 1
    if not call.args:
        start = text.rindex("(", 0, close) + 1
        return places.edit(places.position(start), places.position(start), argument)
    last = call.args[-1]
    at = places.range_of(last)
    end = places.offset(at.end)
    tail = text[end:close]
    line = places.lines[at.start.line - 1]
    indent = line[: at.start.column]
    if "\n" not in tail or indent.strip():
        return places.edit(at.end, at.end, f", {argument}")
    rest = tail[: tail.index("\n")]
    comma = isinstance(last.comma, cst.Comma)
    behind = f"{rest if comma else ',' + rest}\n{indent}{argument}{',' if comma else ''}"
    return places.edit(at.end, places.position(end + len(rest)), behind)


def _next_line(text: str, offset: int) -> int:
    return text.index("\n", offset) + 1


def callee(call: cst.Call) -> str:
    """The last part of the name that is called, or "" where it has none."""
    if isinstance(call.func, cst.Attribute):
        return call.func.attr.value
    return call.func.value if isinstance(call.func, cst.Name) else ""


def _layer(places: Places, call: cst.Call) -> str:
    """What is called, by the name that it has in its library."""
    name = callee(call)
    return original(places.syntax.tree, name) if isinstance(call.func, cst.Name) else name


def _named(call: cst.Call, name: str) -> cst.Arg | None:
    return next((a for a in call.args if a.keyword is not None and a.keyword.value == name), None)


def _at_position(places: Places, call: cst.Call, name: str) -> cst.Arg | None:
    """The argument without a name that is given to the parameter `name`."""
    unnamed = [argument for argument in call.args if argument.keyword is None]
    index = position_of(_layer(places, call), name)
    if index is None or index >= len(unnamed) or any(argument.star for argument in call.args):
        return None
    return unnamed[index]


def _last_at_position(places: Places, call: cst.Call, name: str) -> cst.Arg | None:
    found = _at_position(places, call, name)
    later = [argument for argument in call.args if argument.keyword is None][-1:]
    return found if found in later else None


def _required(call: cst.Call, name: str) -> cst.Arg:
    argument = _named(call, name)
    if argument is None:
        raise NotFixableError(f"the call does not name {name}")
    return argument


def _keyword(argument: cst.Arg) -> cst.Name:
    assert argument.keyword is not None
    return argument.keyword
