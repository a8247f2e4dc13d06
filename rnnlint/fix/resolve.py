"""From the verbs of a repair to edits of the text that they are about."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import libcst as cst

from rnnlint import repair as verbs
from rnnlint.finding import Edit, Fix, Span
from rnnlint.fix import arguments, fitting, imports, items, statements
from rnnlint.fix.names import quoted_like, written
from rnnlint.fix.places import NotFixableError, Places
from rnnlint.frontend import UnparsableError
from rnnlint.frontend.parse import parse
from rnnlint.source.document import Document

Documents = Callable[[str], Document | None]


def resolve(repair: verbs.Repair, documents: Documents) -> Fix | None:
    """The repair as edits, or None where the text stands in a form that they cannot be sure of.

    `documents` finds the document of a path as findings print it.
    """
    try:
        edits = tuple(dict.fromkeys(edit for verb in repair.verbs for edit in _edits(verb, documents)))
    except (NotFixableError, UnparsableError):
        return None
    return Fix(repair.message, repair.applicability, edits)


def _edits(verb: verbs.Verb, documents: Documents) -> tuple[Edit, ...]:
    place = verb.call if isinstance(verb, _OF_CALLS) else verb.place
    document = documents(place.path)
    if document is None:
        raise NotFixableError(f"{place.path} cannot be read")
    return _RESOLVERS[type(verb)](Places(parse(document)), verb)


def _text(places: Places, content: verbs.Content) -> str:
    """Content as one line of code."""
    text = "".join(part if isinstance(part, str) else _part(places, part) for part in content)
    if "\n" in text:
        raise NotFixableError("it does not fit on one line")
    return text


def _part(places: Places, part: verbs.Code | verbs.Receiver | verbs.Called | verbs.Qualified) -> str:
    if isinstance(part, verbs.Qualified):
        return written(places.syntax.tree, part.name)
    if isinstance(part, verbs.Code):
        return places.code(places.expression(part.place))
    callee = places.call(part.call).func
    if isinstance(part, verbs.Called):
        return places.code(callee)
    if not isinstance(callee, cst.Attribute):
        raise NotFixableError("what is called is no method")
    return places.code(callee.value)


def _set_argument(places: Places, verb: verbs.SetArgument) -> tuple[Edit, ...]:
    return (arguments.set_argument(places, places.call(verb.call), verb.name, _text(places, verb.value)),)


def _remove_argument(places: Places, verb: verbs.RemoveArgument) -> tuple[Edit, ...]:
    return (arguments.remove_argument(places, places.call(verb.call), verb.name),)


def _rename_argument(places: Places, verb: verbs.RenameArgument) -> tuple[Edit, ...]:
    return (arguments.rename_argument(places, places.call(verb.call), verb.name, verb.new),)


def _rename(places: Places, verb: verbs.Rename) -> tuple[Edit, ...]:
    wanted = cst.Call | cst.Attribute | cst.Name | cst.SimpleString
    node = next((node for node in places.nodes(verb.place) if isinstance(node, wanted)), None)
    if isinstance(node, cst.SimpleString):
        return (places.edit(*places.inside(node), verb.new),)
    called = node.func if isinstance(node, cst.Call) else node
    name = called.attr if isinstance(called, cst.Attribute) else called
    if not isinstance(name, cst.Name) or (verb.member and name is called):
        raise NotFixableError("no name stands there that can be replaced alone")
    at = places.range_of(name)
    return (places.edit(at.start, at.end, verb.new),)


def _rename_call(places: Places, verb: verbs.RenameCall) -> tuple[Edit, ...]:
    call = places.call_of(places.expression(verb.place))
    given = [argument.keyword.value if argument.keyword is not None else argument.star for argument in call.args]
    named = [pair for pair in verb.keywords if pair[0] in given]
    if given.count("") > 1 or "*" in given or "**" in given or not all(new for _, new in named):
        raise NotFixableError("an argument may mean something else there")
    renamed = tuple(arguments.rename_argument(places, call, old, new) for old, new in named)
    return (*_rename(places, verbs.Rename(verb.place, verb.new)), *renamed)


def _as_function(places: Places, verb: verbs.AsFunction) -> tuple[Edit, ...]:
    method = places.expression(verb.place)
    call = places.call_of(method)
    if not isinstance(method, cst.Attribute) or call.args:
        raise NotFixableError("it is no method, or is given arguments")
    at = places.range_of(call)
    return (places.edit(at.start, at.end, f"{verb.new}({places.code(method.value)})"),)


def _rename_import(places: Places, verb: verbs.RenameImport) -> tuple[Edit, ...]:
    return imports.rename_import(places, verb.place, verb.new)


def _move_import(places: Places, verb: verbs.MoveImport) -> tuple[Edit, ...]:
    return imports.move_import(places, verb.place, verb.old, verb.module, verb.names)


def _reimport(places: Places, verb: verbs.Reimport) -> tuple[Edit, ...]:
    return imports.reimport(places, places.call(verb.place).func, verb.old, verb.new)


def _replace(places: Places, verb: verbs.Replace) -> tuple[Edit, ...]:
    node = places.expression(verb.place)
    at = places.range_of(node)
    return (places.edit(at.start, at.end, quoted_like(node, _text(places, verb.content))),)


def _surround(places: Places, verb: verbs.Surround) -> tuple[Edit, ...]:
    node = places.expression(verb.place)
    at = places.range_of(node)
    before, behind = _text(places, verb.before), _text(places, verb.behind)
    if behind and not isinstance(node, _ATOMS):
        before, behind = f"{before}(", f"){behind}"
    edits = (places.edit(at.start, at.start, before), places.edit(at.end, at.end, behind))
    return tuple(edit for edit in edits if edit.content)


def _recall(places: Places, verb: verbs.Recall) -> tuple[Edit, ...]:
    at = places.range_of(places.call(verb.place).func)
    return (places.edit(at.start, at.end, _text(places, verb.callee)),)


def _remove_item(places: Places, verb: verbs.RemoveItem) -> tuple[Edit, ...]:
    return (items.remove_item(places, places.expression(verb.place)),)


def _unapply(places: Places, verb: verbs.Unapply) -> tuple[Edit, ...]:
    return (items.unapply(places, places.expression(verb.place), verb.application),)


def _repeat_anew(places: Places, verb: verbs.RepeatAnew) -> tuple[Edit, ...]:
    return items.repeat_anew(places, places.expression(verb.place))


def _line(places: Places, content: verbs.Content, at: Span) -> str:
    """Content as a line of code at a place where its names mean the same."""
    for part in content:
        if isinstance(part, verbs.Code | verbs.Receiver | verbs.Called):
            source = part.place if isinstance(part, verbs.Code) else part.call
            if source.path != at.path or places.scope(places.expression(source)) is not places.scope(
                places.statement(at)
            ):
                raise NotFixableError("the names mean something else there")
    return _text(places, content)


def _insert_before(places: Places, verb: verbs.InsertBefore) -> tuple[Edit, ...]:
    return (statements.insert_before(places, verb.place, _line(places, verb.content, verb.place)),)


def _insert_behind(places: Places, verb: verbs.InsertBehind) -> tuple[Edit, ...]:
    return (statements.insert_behind(places, verb.place, _line(places, verb.content, verb.place)),)


def _fit_behind_split(places: Places, verb: verbs.FitBehindSplit) -> tuple[Edit, ...]:
    return fitting.fit_behind_split(places, verb.fit, verb.split)


def _fit_on_slice(places: Places, verb: verbs.FitOnSlice) -> tuple[Edit, ...]:
    return fitting.fit_on_slice(places, verb.fit, verb.taken)


def _move_before(places: Places, verb: verbs.MoveBefore) -> tuple[Edit, ...]:
    return statements.move(places, verb.place, verb.target, behind=False)


def _move_behind(places: Places, verb: verbs.MoveBehind) -> tuple[Edit, ...]:
    return statements.move(places, verb.place, verb.target, behind=True)


_OF_CALLS = (verbs.SetArgument, verbs.RemoveArgument, verbs.RenameArgument)
_ATOMS = (cst.Name, cst.Attribute, cst.Call, cst.Subscript, cst.List, cst.Dict, cst.Set, cst.ListComp)
_RESOLVERS: Mapping[type[verbs.Verb], Callable[[Places, Any], tuple[Edit, ...]]] = {
    verbs.SetArgument: _set_argument,
    verbs.RemoveArgument: _remove_argument,
    verbs.RenameArgument: _rename_argument,
    verbs.Rename: _rename,
    verbs.RenameCall: _rename_call,
    verbs.AsFunction: _as_function,
    verbs.RenameImport: _rename_import,
    verbs.MoveImport: _move_import,
    verbs.Reimport: _reimport,
    verbs.Replace: _replace,
    verbs.Surround: _surround,
    verbs.Recall: _recall,
    verbs.RemoveItem: _remove_item,
    verbs.Unapply: _unapply,
    verbs.RepeatAnew: _repeat_anew,
    verbs.InsertBefore: _insert_before,
    verbs.InsertBehind: _insert_behind,
    verbs.FitBehindSplit: _fit_behind_split,
    verbs.FitOnSlice: _fit_on_slice,
    verbs.MoveBefore: _move_before,
    verbs.MoveBehind: _move_behind,
}
