"""Evaluation of expressions."""

from __future__ import annotations

import ast
import operator
from collections.abc import Callable
from functools import lru_cache
from typing import Any

import libcst as cst

from rnnlint.frontend import arithmetic, builtins, indexing, modules
from rnnlint.frontend.comprehensions import comprehension, dict_comprehension
from rnnlint.frontend.conditions import boolean, comparison, conditional, hashable, period_of, truth_of
from rnnlint.frontend.iteration import element_of
from rnnlint.frontend.machine import Machine, number, size_of
from rnnlint.frontend.sequences import Runs, counts_of, generic, iterate, runs_of, union
from rnnlint.frontend.values import (
    ArrayRef,
    Const,
    External,
    Function,
    LazyImport,
    Mapping,
    Opaque,
    Scope,
    Sequence,
    Slice,
    Symbol,
    Union,
    Value,
    options_of,
    settled,
)
from rnnlint.frontend.vocabularies import has_specials
from rnnlint.program import size as sizes
from rnnlint.program.data import Padding
from rnnlint.program.value import Known

_BINARY: dict[type[cst.BaseBinaryOp], tuple[str, Callable[[Any, Any], Any]]] = {
    cst.Add: ("+", operator.add),
    cst.Subtract: ("-", operator.sub),
    cst.Multiply: ("*", operator.mul),
    cst.Divide: ("/", operator.truediv),
    cst.FloorDivide: ("//", operator.floordiv),
    cst.Modulo: ("%", operator.mod),
    cst.Power: ("**", operator.pow),
    cst.MatrixMultiply: ("@", operator.matmul),
    cst.BitAnd: ("&", operator.and_),
    cst.BitOr: ("|", operator.or_),
    cst.BitXor: ("^", operator.xor),
    cst.LeftShift: ("<<", operator.lshift),
    cst.RightShift: (">>", operator.rshift),
}


def evaluate(m: Machine, node: cst.CSTNode, scope: Scope) -> Value:
    """The value of any expression node."""
    handler = _HANDLERS.get(type(node))
    return handler(m, node, scope) if handler else Opaque("this kind of expression is not followed")


def _name(m: Machine, node: cst.Name, scope: Scope) -> Value:
    found = lookup(m, node.value, scope)
    if found is not None:
        return found
    if node.value in _CONSTANTS:
        return Const(_CONSTANTS[node.value], m.place(node))
    if node.value in builtins.FUNCTIONS:
        return External(f"builtins.{node.value}")
    return Opaque(f"{node.value} is not defined in what can be read")


def lookup(m: Machine, name: str, scope: Scope | None) -> Value | None:
    """The value a name is bound to; class bodies are not seen from their functions."""
    while scope is not None:
        target = scope.nonlocals.get(name, scope)
        if name in target.slots:
            value: Value = target.slots[name]
            if isinstance(value, LazyImport):
                value = target.slots[name] = modules.resolve(m, value, scope.module)
            return value
        for star in reversed(scope.stars):
            found = modules.from_star(m, name, star, scope.module)
            if found is not None:
                return found
        scope = scope.parent
    return None


_CONSTANTS = {"True": True, "False": False, "None": None}


_literal_value = lru_cache(maxsize=4096)(ast.literal_eval)  # none of these literals can be changed


def _literal(m: Machine, node: cst.CSTNode, scope: Scope) -> Value:
    raw = getattr(node, "value", "")
    try:
        return Const(_literal_value(raw), m.place(node))
    except (ValueError, SyntaxError, MemoryError):
        return Opaque("a literal that cannot be read")


def _concatenated(m: Machine, node: cst.ConcatenatedString, scope: Scope) -> Value:
    left, right = settled(m.evaluate(node.left, scope)), settled(m.evaluate(node.right, scope))
    if isinstance(left, str) and isinstance(right, str):
        return Const(left + right, m.place(node))
    return Opaque("a text put together at run time")


def _formatted(m: Machine, node: cst.FormattedString, scope: Scope) -> Value:
    text, settled_text = "", True
    for part in node.parts:
        if isinstance(part, cst.FormattedStringText):
            text += part.value
            continue
        value = m.evaluate(part.expression, scope)  # type: ignore[attr-defined]
        if isinstance(value, Const) and not getattr(part, "format_spec", None):
            text += str(value.value)
        else:
            settled_text = False
    return Const(text, m.place(node)) if settled_text else Opaque("a text put together at run time")


def _elements(m: Machine, kind: str, nodes: tuple[cst.BaseElement, ...], scope: Scope) -> Sequence:
    items: list[Value] = []
    complete = True
    for element in nodes:
        value = m.evaluate(element.value, scope)
        if isinstance(element, cst.StarredElement):
            spread = iterate(m, value)
            complete = complete and spread is not None
            items.extend((element_of(m, value, node=element),) if spread is None else spread)
        else:
            items.append(value)
    return Sequence(kind, tuple(items)) if complete else Sequence(kind, None, union(m, items))


def _display(kind: str) -> Callable[[Machine, Any, Scope], Value]:
    def make(m: Machine, node: Any, scope: Scope) -> Value:
        return _elements(m, kind, tuple(node.elements), scope)

    return make


def _dict(m: Machine, node: cst.Dict, scope: Scope) -> Value:
    result = Mapping({})
    for element in node.elements:
        value = m.evaluate(element.value, scope)
        if isinstance(element, cst.DictElement):
            key = m.evaluate(element.key, scope)
            if isinstance(key, Const) and hashable(key.value):
                result.slots[key.value] = value
            else:
                result.complete = False
        elif isinstance(value, Mapping):
            result.slots.update(value.slots)
            result.complete = result.complete and value.complete
        else:
            result.complete = False
    return result


def _binary(m: Machine, node: cst.BinaryOperation, scope: Scope) -> Value:
    left, right = m.evaluate(node.left, scope), m.evaluate(node.right, scope)
    symbol, function = _BINARY[type(node.operator)]
    return binary(m, symbol, function, left, right, node)


def binary(
    m: Machine, symbol: str, function: Callable[[Any, Any], Any], left: Value, right: Value, node: cst.CSTNode
) -> Value:
    """`left symbol right`."""
    if isinstance(left, Union) or isinstance(right, Union):
        return union(m, [binary(m, symbol, function, a, b, node) for a in options_of(left) for b in options_of(right)])
    if isinstance(left, Const) and isinstance(right, Const):
        return _constants(m, function, left, right, node)
    if isinstance(left, ArrayRef) or isinstance(right, ArrayRef):
        return arithmetic.binary(m, symbol, left, right, node)
    one, two = size_of(left), size_of(right)
    if one is not None and two is not None:
        return _symbolic(symbol, one, two)
    if symbol in {"*", "/", "//", "-"} and isinstance(left, Symbol) and isinstance(right, Opaque):
        return Symbol(sizes.term(symbol, left.size, m.fresh("unknown")))
    if symbol == "*" and isinstance(left, Opaque) and isinstance(right, Symbol):
        return Symbol(sizes.term(symbol, right.size, m.fresh("unknown")))
    if symbol == "+" and (filled := _filled(m, left, right, node)) is not None:
        return filled
    if isinstance(left, Sequence) and symbol in {"+", "*"}:
        result = _sequences(m, symbol, left, right)
        if symbol == "*" and isinstance(result, Sequence):
            result.slots["repeated"] = m.place(node)
        return result
    period = right if symbol == "%" and not isinstance(left, Const) else None
    return Opaque("an expression of values that are not known", period=period)


def _constants(m: Machine, function: Callable[[Any, Any], Any], left: Const, right: Const, node: cst.CSTNode) -> Value:
    if any(isinstance(side.value, str | bytes | list) and len(side.value) > 10_000 for side in (left, right)):
        return Opaque("a very long text")
    if function in {operator.pow, operator.lshift, operator.mul} and _too_large(left.value, right.value):
        return Opaque("a very large number")
    try:
        value = function(left.value, right.value)
    except Exception:
        return Opaque("an expression that fails at run time")
    return Const(value, m.place(node), left.confidence.and_(right.confidence))


def _too_large(one: Any, two: Any) -> bool:
    return any(isinstance(side, int | float) and abs(side) > 1_000_000 for side in (one, two)) or (
        isinstance(two, int | float) and abs(two) > 64 and not isinstance(one, int | float)
    )


def _symbolic(symbol: str, one: sizes.Size, two: sizes.Size) -> Value:
    if symbol in {"+", "-"}:
        return number(sizes.add(one, two, 1 if symbol == "+" else -1))
    if symbol == "*" and isinstance(two, int | float):
        return number(sizes.scale(one, two))
    if symbol == "*" and isinstance(one, int | float):
        return number(sizes.scale(two, one))
    if symbol == "/" and isinstance(two, int | float) and two:
        return number(sizes.scale(one, 1 / two))
    return Symbol(sizes.term(symbol, one, two))


def _filled(m: Machine, left: Value, right: Value, node: cst.CSTNode) -> Value | None:
    """`ids + [0] * (limit - len(ids))`: a list filled up to one length."""
    for filler, other, side in ((right, left, "post"), (left, right, "pre")):
        if isinstance(filler, Sequence) and "filler" in filler.slots and isinstance(other, Sequence | Opaque):
            result = Sequence("list", None, generic(m, other) if isinstance(other, Sequence) else Opaque("an item"))
            number_kind = isinstance(settled(filler.element), int)
            padding = Padding(m.site(node), Known(side), not number_kind, "adding to each list")
            m.record.paddings.append(padding)
            result.slots["padding"] = padding
            return result
    return None


def _sequences(m: Machine, symbol: str, left: Sequence, right: Value) -> Value:
    """Lists joined or repeated; of long lists of numbers only how often each occurs is kept."""
    result = _joined_or_repeated(m, symbol, left, right)
    if isinstance(result, Sequence) and result.items is None:
        if (counts := _counts(symbol, left, right)) is not None:
            result.slots["counts"] = counts
        if (runs := _runs(symbol, left, right)) is not None:
            result.slots["runs"] = runs
        if symbol == "+" and (has_specials(left) or has_specials(right)):
            result.slots["specials"] = True
    return result


def _counts(symbol: str, left: Sequence, right: Value) -> dict[float, int] | None:
    mine, times = counts_of(left), settled(right)
    if mine is None:
        return None
    if symbol == "*":
        return {value: count * times for value, count in mine.items()} if isinstance(times, int) else None
    theirs = counts_of(right) if isinstance(right, Sequence) else None
    if theirs is None:
        return None
    return {value: mine.get(value, 0) + theirs.get(value, 0) for value in {**mine, **theirs}}


def _runs(symbol: str, left: Sequence, right: Value) -> Runs | None:
    """The numbers of a list in their order, each with how often it comes in a row."""
    mine, times = runs_of(left), settled(right)
    if symbol == "*" and mine is not None and len(mine) == 1 and isinstance(times, int):
        return ((mine[0][0], mine[0][1] * times),)
    theirs = runs_of(right) if symbol == "+" and isinstance(right, Sequence) else None
    return mine + theirs if mine is not None and theirs is not None else None


def _joined_or_repeated(m: Machine, symbol: str, left: Sequence, right: Value) -> Value:
    if symbol == "+" and isinstance(right, Sequence):
        if left.items is not None and right.items is not None:
            return Sequence(left.kind, left.items + right.items)
        elements = [value for value in (generic(m, left), generic(m, right)) if value is not None]
        return Sequence(left.kind, None, union(m, elements))
    count, size = settled(right), size_of(right)
    if symbol == "*" and isinstance(size, sizes.Linear) and size.varies:
        filler = Sequence(left.kind, None, generic(m, left))
        filler.slots["filler"] = True
        return filler
    if symbol == "*" and isinstance(count, int) and left.items is not None and count * len(left.items) <= 256:
        return Sequence(left.kind, left.items * count)
    return Sequence(left.kind, None, generic(m, left))


def _unary(m: Machine, node: cst.UnaryOperation, scope: Scope) -> Value:
    value = m.evaluate(node.expression, scope)
    if isinstance(node.operator, cst.Not):
        truth = truth_of(value)
        if truth is None:
            return Opaque("it depends on a condition", period=period_of(value))
        return Const(not truth, m.place(node))
    if isinstance(value, Const) and isinstance(value.value, int | float):
        signs: dict[type, Callable[[Any], Any]] = {cst.Minus: operator.neg, cst.Plus: operator.pos}
        sign = signs.get(type(node.operator))
        return Const(sign(value.value), m.place(node), value.confidence) if sign else Opaque()
    if isinstance(value, Symbol) and isinstance(node.operator, cst.Minus):
        return number(sizes.scale(value.size, -1))
    if isinstance(value, ArrayRef):
        return arithmetic.unary(m, type(node.operator).__name__, value, node)
    return Opaque("an expression of values that are not known")


def _lambda(m: Machine, node: cst.Lambda, scope: Scope) -> Value:
    function = Function("<lambda>", node, scope)
    for parameter in (*node.params.params, *node.params.kwonly_params):
        if parameter.default is not None:
            function.defaults[parameter.name.value] = m.evaluate(parameter.default, scope)
    return function


def _attribute(m: Machine, node: cst.Attribute, scope: Scope) -> Value:
    return m.attribute(m.evaluate(node.value, scope), node.attr.value, node)


def _call(m: Machine, node: cst.Call, scope: Scope) -> Value:
    callee = m.evaluate(node.func, scope)
    if isinstance(callee, External) and callee.path == "builtins.super":
        return builtins.super_proxy(m, scope)
    args: list[Value] = []
    keywords: dict[str, Value] = {}
    for argument in node.args:
        value = m.evaluate(argument.value, scope)
        if argument.star == "*":
            items = iterate(m, value)
            args.extend(items or ())
            if items is None:
                keywords["*"] = value
        elif argument.star == "**":
            if isinstance(value, Mapping):
                keywords.update({k: v for k, v in value.slots.items() if isinstance(k, str)})
                if not value.complete:
                    keywords["**"] = value
            else:
                keywords["**"] = value
        elif argument.keyword is not None:
            keywords[argument.keyword.value] = value
        else:
            args.append(value)
    return m.call(callee, tuple(args), keywords, node)


def _subscript(m: Machine, node: cst.Subscript, scope: Scope) -> Value:
    value = m.evaluate(node.value, scope)
    keys = tuple(_key(m, element.slice, scope) for element in node.slice)
    return indexing.subscript(m, value, keys, node)


def _key(m: Machine, node: cst.BaseSlice, scope: Scope) -> Value:
    if isinstance(node, cst.Index):
        return m.evaluate(node.value, scope)
    if isinstance(node, cst.Slice):
        low, high, step = (
            m.evaluate(part, scope) if part is not None else None for part in (node.lower, node.upper, node.step)
        )
        return Slice(low, high, step)
    return Opaque()


def subscript_keys(m: Machine, node: cst.Subscript, scope: Scope) -> tuple[Value, ...]:
    """The evaluated keys of a subscript, for assignment."""
    return tuple(_key(m, element.slice, scope) for element in node.slice)


def _walrus(m: Machine, node: cst.NamedExpr, scope: Scope) -> Value:
    from rnnlint.frontend.statements import assign

    value = m.evaluate(node.value, scope)
    assign(m, node.target, value, scope)
    return value


def _yield(m: Machine, node: cst.Yield, scope: Scope) -> Value:
    if isinstance(node.value, cst.From):
        m.frame.yielded.append(element_of(m, m.evaluate(node.value.item, scope), node))
    elif node.value is not None:
        m.frame.yielded.append(m.evaluate(node.value, scope))
    return Opaque("what is sent to a generator")


def _await(m: Machine, node: cst.Await, scope: Scope) -> Value:
    return m.evaluate(node.expression, scope)


_HANDLERS: dict[type[cst.CSTNode], Callable[[Machine, Any, Scope], Value]] = {
    cst.Name: _name,
    cst.Integer: _literal,
    cst.Float: _literal,
    cst.Imaginary: _literal,
    cst.SimpleString: _literal,
    cst.Ellipsis: lambda m, node, scope: Const(..., m.place(node)),
    cst.ConcatenatedString: _concatenated,
    cst.FormattedString: _formatted,
    cst.Tuple: _display("tuple"),
    cst.List: _display("list"),
    cst.Set: _display("set"),
    cst.Dict: _dict,
    cst.BinaryOperation: _binary,
    cst.UnaryOperation: _unary,
    cst.BooleanOperation: boolean,
    cst.Comparison: comparison,
    cst.IfExp: conditional,
    cst.Lambda: _lambda,
    cst.Attribute: _attribute,
    cst.Call: _call,
    cst.Subscript: _subscript,
    cst.ListComp: comprehension("list"),
    cst.SetComp: comprehension("set"),
    cst.GeneratorExp: comprehension("list"),
    cst.DictComp: dict_comprehension,
    cst.NamedExpr: _walrus,
    cst.Yield: _yield,
    cst.Await: _await,
}
