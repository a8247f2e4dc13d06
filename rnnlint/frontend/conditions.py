"""Comparisons and truth, where they are certain."""

from __future__ import annotations

import operator
from collections.abc import Callable, Iterator
from typing import Any

import libcst as cst

from rnnlint.frontend import arithmetic
from rnnlint.frontend.drift import choosing
from rnnlint.frontend.machine import Machine
from rnnlint.frontend.values import (
    ArrayRef,
    Class,
    Const,
    Function,
    Instance,
    LayerValue,
    Mapping,
    ModuleValue,
    Opaque,
    Scaler,
    Scope,
    Sequence,
    Symbol,
    Thing,
    Union,
    Value,
    settled,
)
from rnnlint.program.size import Linear

_COMPARE: dict[type[cst.BaseCompOp], tuple[str, Callable[[Any, Any], Any]]] = {
    cst.Equal: ("==", operator.eq),
    cst.NotEqual: ("!=", operator.ne),
    cst.LessThan: ("<", operator.lt),
    cst.LessThanEqual: ("<=", operator.le),
    cst.GreaterThan: (">", operator.gt),
    cst.GreaterThanEqual: (">=", operator.ge),
    cst.In: ("in", lambda a, b: a in b),
    cst.NotIn: ("not in", lambda a, b: a not in b),
    cst.Is: ("is", operator.is_),
    cst.IsNot: ("is not", operator.is_not),
}


def hashable(value: Any) -> bool:
    """Whether a constant can be a key."""
    try:
        hash(value)
    except TypeError:
        return False
    return True


def truth_of(value: Value) -> bool | None:
    """Whether a value counts as true, where that is certain."""
    if isinstance(value, Const):
        return bool(value.value)
    if isinstance(value, Sequence) and value.items is not None:
        return bool(value.items) or None
    if isinstance(value, Function | Class | Instance | LayerValue | Scaler | Thing | ModuleValue):
        return True
    if isinstance(value, Union):
        truths = {truth_of(option) for option in value.options}
        return truths.pop() if len(truths) == 1 else None
    return None


def boolean(m: Machine, node: cst.BooleanOperation, scope: Scope) -> Value:
    """`and`, `or`."""
    before = m.versions_read
    left = m.evaluate(node.left, scope)
    truth = truth_of(left)
    stops = isinstance(node.operator, cst.Or)
    if truth is stops:
        return left
    with choosing(m, before, truth is not None):
        right = m.evaluate(node.right, scope)
    if truth is not None:
        return right
    if truth_of(right) is stops:
        return right if isinstance(left, Opaque) else m.join(left, right)
    periods = [period for side in (left, right) if (period := period_of(side)) is not None]
    if stops and periods and isinstance(left, Opaque) and isinstance(right, Opaque):
        return Opaque("it depends on a condition", period=periods[0])  # every k-th time, or at the end
    return m.join(left, right)


def comparison(m: Machine, node: cst.Comparison, scope: Scope) -> Value:
    """`a < b`, and chains of comparisons."""
    left = m.evaluate(node.left, scope)
    results: list[Value] = []
    for target in node.comparisons:
        right = m.evaluate(target.comparator, scope)
        results.append(_compare(m, target.operator, left, right, node))
        left = right
    if len(results) == 1:
        return results[0]
    truths = [truth_of(result) for result in results]
    if False in truths:
        return Const(False)
    return Const(True) if all(truths) else Opaque("it depends on a condition")


def _compare(m: Machine, op: cst.BaseCompOp, left: Value, right: Value, node: cst.CSTNode) -> Value:
    symbol, function = _COMPARE.get(type(op), ("?", operator.eq))
    m.record.compared.update(size for value in (left, right) for size in _sizes(value))
    if isinstance(left, ArrayRef) and symbol not in {"is", "is not", "in", "not in"}:
        return arithmetic.comparison(m, symbol, left, right, node)
    if isinstance(left, Const) and isinstance(right, Const):
        try:
            return Const(bool(function(left.value, right.value)), None, left.confidence.and_(right.confidence))
        except Exception:
            return Opaque("a comparison that fails at run time")
    if symbol in {"==", "!="} and isinstance(left, Sequence) and isinstance(right, Sequence):
        equal = _equal(left, right)
        return Opaque("it depends on a condition") if equal is None else Const(equal is (symbol == "=="))
    if symbol in {"in", "not in"} and isinstance(left, Const) and isinstance(right, Sequence | Mapping):
        inside = _contains(left, right)
        return Opaque("it depends on a condition") if inside is None else Const(inside is (symbol == "in"))
    if symbol in {"in", "not in"} and isinstance(right, Thing) and right.kind == "history record":
        m.versions_read += 1
    if symbol in {"is", "is not", "==", "!="} and settled(right, 0) is None:
        return _is_none(left, symbol in {"is", "=="})
    return Opaque("it depends on a condition", period=period_of(left) if symbol == "==" else None)


def period_of(value: Value) -> Value | None:
    """The k of `i % k`."""
    if isinstance(value, Opaque):
        return value.period
    if isinstance(value, Symbol) and len(value.size.terms) == 1 and not value.size.constant:
        key = value.size.terms[0][0]
        if isinstance(key, tuple) and key[0] == "%" and len(key) == 3:
            return Symbol(key[2]) if isinstance(key[2], Linear) else Const(key[2])
    return None


def _sizes(value: Value) -> Iterator[Linear]:
    """The symbolic sizes in a value, or in a shape."""
    if isinstance(value, Symbol):
        yield value.size
    elif isinstance(value, Sequence):
        for item in value.items or ():
            yield from _sizes(item)


def _equal(one: Sequence, two: Sequence) -> bool | None:
    """Whether two sequences of settled items are equal, None where an item is not settled."""
    if one.items is None or two.items is None or not all(isinstance(item, Const) for item in one.items + two.items):
        return None
    return [settled(item) for item in one.items] == [settled(item) for item in two.items]


def _is_none(value: Value, expected: bool) -> Value:
    if isinstance(value, Opaque | Union):
        return Opaque("it depends on a condition")
    return Const((settled(value, 0) is None) is expected)


def _contains(item: Const, holder: Sequence | Mapping) -> bool | None:
    if isinstance(holder, Mapping):
        if hashable(item.value) and item.value in holder.slots:
            return True
        return False if holder.complete else None
    if holder.items is None:
        return None
    if any(isinstance(value, Const) and value.value == item.value for value in holder.items):
        return True
    return False if all(isinstance(value, Const) for value in holder.items) else None


def conditional(m: Machine, node: cst.IfExp, scope: Scope) -> Value:
    """`a if condition else b`."""
    before = m.versions_read
    truth = truth_of(m.evaluate(node.test, scope))
    with choosing(m, before, truth is not None):
        if truth is not None:
            return m.evaluate(node.body if truth else node.orelse, scope)
        return m.join(m.evaluate(node.body, scope), m.evaluate(node.orelse, scope))
