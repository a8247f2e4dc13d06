"""Edits of what stands in a list or in a stack of layers."""

from __future__ import annotations

from collections.abc import Sequence

import libcst as cst

from rnnlint.finding import Edit, Span
from rnnlint.fix.arguments import callee, take_out
from rnnlint.fix.names import imports
from rnnlint.fix.places import NotFixableError, Places
from rnnlint.fix.statements import remove_statement

_DISPLAYS = (cst.List, cst.Tuple, cst.Set)


def remove_item(places: Places, item: cst.BaseExpression) -> Edit:
    """A list, tuple or set without one of its items."""
    for node in places.syntax.positions:
        if isinstance(node, _DISPLAYS) and (index := _index(node.elements, item)) is not None:
            if len(node.elements) == 1 or (isinstance(node, cst.Tuple) and len(node.elements) == 2):
                raise NotFixableError("nothing would be left")
            return take_out(places, node.elements, index)
    raise NotFixableError("it is no item of a list")


def unapply(places: Places, layer: cst.BaseExpression, application: Span) -> Edit:
    """The program without a layer: out of its Sequential or `.add`, or its input in place of its application."""
    for call in (node for node in places.syntax.positions if isinstance(node, cst.Call)):
        name = callee(call)
        if (index := _index(call.args, layer)) is not None:
            if name == "Sequential" and len(call.args) > 1:
                return take_out(places, call.args, index)
            if name == "add" and len(call.args) == 1:
                return remove_statement(places, places.syntax.span(call))
            raise NotFixableError("it stands in something that is no stack")
        for argument in call.args if name == "Sequential" else ():
            if isinstance(argument.value, cst.List) and _index(argument.value.elements, layer) is not None:
                return remove_item(places, layer)
    return _without_call(places, places.call(application))


def repeat_anew(places: Places, node: cst.BaseExpression) -> tuple[Edit, ...]:
    """`[made() for _ in range(k)]` for `[made()] * k`."""
    if not isinstance(node, cst.BinaryOperation) or not isinstance(node.operator, cst.Multiply):
        raise NotFixableError("it is no product")
    made, count = (node.left, node.right) if isinstance(node.left, cst.List) else (node.right, node.left)
    if not isinstance(made, cst.List) or len(made.elements) != 1 or not isinstance(made.elements[0].value, cst.Call):
        raise NotFixableError("what is repeated is not made in the list")
    if made is not node.left or made.elements[0].comma is not cst.MaybeSentinel.DEFAULT:
        raise NotFixableError("the list is laid out in an uncommon way")
    end, times = places.range_of(made.elements[0]).end, places.code(count)
    text = places.document.text[places.offset(end) : places.offset(places.range_of(count).start)]
    if text.replace(" ", "") != "]*" or "\n" in times:
        raise NotFixableError("the product is laid out in an uncommon way")
    stop = places.range_of(node).end
    if places.range_of(count).end != stop:
        raise NotFixableError("the factor stands in parentheses")
    return (places.edit(end, stop, f" for _ in range({times})]"),)


def _without_call(places: Places, call: cst.Call) -> Edit:
    """The input of a call in its place; the whole statement goes where nothing but `x = x` would be left of it."""
    source = _input(places, call)
    at = places.range_of(call)
    for node in (one for one in places.syntax.positions if isinstance(one, cst.Assign) and one.value is call):
        targets = [places.code(target.target) for target in node.targets]
        if targets == [places.code(source)]:
            return remove_statement(places, places.syntax.span(call))
    code = places.code(source)
    if "\n" in code:
        raise NotFixableError("its input does not fit on one line")
    loose = not isinstance(source, cst.Name | cst.Attribute | cst.Call | cst.Subscript)
    return places.edit(at.start, at.end, f"({code})" if loose else code)


def _input(places: Places, call: cst.Call) -> cst.BaseExpression:
    """The input of a call that applies a layer or a function, or the tensor whose method it is."""
    unnamed = [argument for argument in call.args if argument.keyword is None and not argument.star]
    if isinstance(call.func, cst.Attribute) and not _is_ours(places, call.func.value):
        if unnamed and not isinstance(unnamed[0].value, cst.Integer | cst.UnaryOperation):
            raise NotFixableError("it may be a method or a function")
        return call.func.value
    if not unnamed:
        raise NotFixableError("its input is given by name")
    return unnamed[0].value


def _is_ours(places: Places, node: cst.BaseExpression) -> bool:
    """Whether it is a module that is imported, or the object that a method belongs to."""
    while isinstance(node, cst.Attribute):
        node = node.value
    return isinstance(node, cst.Name) and (node.value in {"self", *imports(places.syntax.tree)})


def _index(items: Sequence[cst.Arg | cst.BaseElement], value: cst.BaseExpression) -> int | None:
    return next((index for index, item in enumerate(items) if item.value is value), None)
