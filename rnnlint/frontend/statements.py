"""Execution of statements: assignment, branches that are joined, loops that are unrolled or run twice."""

from __future__ import annotations

import re
from collections.abc import Callable
from collections.abc import Sequence as SequenceOf
from enum import Flag
from typing import Any

import libcst as cst

from rnnlint.frontend import indexing, modules
from rnnlint.frontend.calls import define_class, define_function
from rnnlint.frontend.conditions import truth_of
from rnnlint.frontend.dispatch import ASSIGNMENTS, Call, kind_of
from rnnlint.frontend.drift import FAILURES, choosing, guarded, note_assigned
from rnnlint.frontend.escapes import note_touched
from rnnlint.frontend.expressions import _BINARY, binary, subscript_keys
from rnnlint.frontend.heap import MISSING, Delta, either
from rnnlint.frontend.iteration import element_of
from rnnlint.frontend.machine import Machine, size_of
from rnnlint.frontend.reaches import index_by
from rnnlint.frontend.registration import note_premature
from rnnlint.frontend.sequences import MAX_UNROLLED, iterate, union
from rnnlint.frontend.values import (
    ArrayRef,
    Cell,
    Const,
    External,
    Instance,
    LayerValue,
    ModuleValue,
    Opaque,
    Parameters,
    Scope,
    Sequence,
    Thing,
    Value,
)
from rnnlint.program.data import Array
from rnnlint.program.events import Branch
from rnnlint.program.size import Size, add
from rnnlint.program.value import Setting

SWITCHES = frozenset({"trainable", "name"})  # attributes of layers that leave the weights as they are


class Flow(Flag):
    """How control can leave a block."""

    NONE = 0
    NEXT = 1
    BREAK = 2
    CONTINUE = 4
    RETURN = 8


def run_block(m: Machine, body: SequenceOf[cst.CSTNode], scope: Scope) -> Flow:
    """Execute statements in order until control leaves."""
    flow = Flow.NEXT
    for statement in body:
        m.step()
        left = _statement(m, statement, scope)
        flow = (flow & ~Flow.NEXT) | left
        if Flow.NEXT not in left:
            break
    return flow


def _statement(m: Machine, statement: cst.CSTNode, scope: Scope) -> Flow:
    if isinstance(statement, cst.SimpleStatementLine | cst.SimpleStatementSuite):
        return run_block(m, statement.body, scope)
    handler = _HANDLERS.get(type(statement))
    if handler is None:
        return Flow.NEXT
    try:
        return handler(m, statement, scope)
    except RecursionError:
        m.record.cut = True
        return Flow.NEXT  # one statement is too deep; the rest of the program is not


def _suite(m: Machine, suite: cst.BaseSuite, scope: Scope) -> Flow:
    return run_block(m, suite.body, scope)


def assign(m: Machine, target: cst.CSTNode, value: Value, scope: Scope) -> None:
    """Bind a target of any form."""
    if isinstance(target, cst.Name):
        m.heap.write(scope.nonlocals.get(target.value, scope), target.value, value)
    elif isinstance(target, cst.Tuple | cst.List):
        _unpack(m, target, value, scope)
    elif isinstance(target, cst.StarredElement):
        assign(m, target.value, value, scope)
    elif isinstance(target, cst.Attribute):
        _assign_attribute(m, target, value, scope)
    elif isinstance(target, cst.Subscript):
        holder = m.evaluate(target.value, scope)
        indexing.assign_item(m, holder, subscript_keys(m, target, scope), value, target)


def _assign_attribute(m: Machine, target: cst.Attribute, value: Value, scope: Scope) -> None:
    holder = m.evaluate(target.value, scope)
    if isinstance(holder, ArrayRef):
        indexing.assign_item(m, holder, (Const(target.attr.value),), value, target)
    elif isinstance(holder, ModuleValue):
        m.heap.write(holder.scope, target.attr.value, value)
    elif isinstance(holder, Cell):
        note_assigned(m, holder, target.attr.value, target)
        if isinstance(holder, Instance) and not holder.initialised:
            note_premature(m, holder, target, value)
        m.heap.write(holder, target.attr.value, value)
    elif isinstance(holder, Opaque | External):
        note_touched(m, value)
    elif isinstance(holder, LayerValue | Parameters):
        _note_set(m, holder, target.attr.value, value)
    handler = ASSIGNMENTS.get((kind_of(holder), target.attr.value))
    if handler is not None:
        handler(Call(m, target, (value,), {}, holder, target.attr.value))


def _note_set(m: Machine, holder: LayerValue | Parameters, name: str, value: Value) -> None:
    """Weights that the program sets, or keeps from being trained."""
    trains = name == "requires_grad" and isinstance(value, Const) and value.value is True
    if not trains and name not in SWITCHES:
        m.record.loaded.extend(holder.owners if isinstance(holder, Parameters) else (holder,))


def _unpack(m: Machine, target: cst.Tuple | cst.List, value: Value, scope: Scope) -> None:
    elements = target.elements
    items = iterate(m, value)
    starred = next((i for i, e in enumerate(elements) if isinstance(e, cst.StarredElement)), None)
    if items is not None and starred is None and len(items) == len(elements):
        for element, item in zip(elements, items, strict=True):
            assign(m, element.value, item, scope)
        return
    if items is not None and starred is not None and len(items) >= len(elements) - 1:
        after = len(elements) - starred - 1
        parts: list[Value] = list(items[:starred])
        parts.append(Sequence("list", items[starred : len(items) - after]))
        parts.extend(items[len(items) - after :])
        for element, item in zip(elements, parts, strict=True):
            assign(m, element.value, item, scope)
        return
    for index, element in enumerate(elements):
        assign(m, element.value, _unpacked(m, value, index, target), scope)


def _unpacked(m: Machine, value: Value, index: int, node: cst.CSTNode) -> Value:
    if isinstance(value, Opaque):
        return Opaque(value.reason)
    if isinstance(value, ArrayRef):
        return indexing.subscript(m, value, (Const(index),), node)
    options = getattr(value, "options", None)
    if options:
        return union(m, [_unpacked(m, option, index, node) for option in options])
    if isinstance(value, Sequence) and value.items is not None:
        return value.items[index] if index < len(value.items) else Opaque("it is not unpacked")
    return element_of(m, value, node)


def _assign(m: Machine, node: cst.Assign, scope: Scope) -> Flow:
    first = node.targets[0].target
    name = m.text(first) if isinstance(first, cst.Name | cst.Attribute) else ""
    before = m.versions_read
    with m.named(name):
        value = m.evaluate(node.value, scope)
    m.versions_held |= m.versions_read > before
    for target in node.targets:
        assign(m, target.target, value, scope)
    return Flow.NEXT


def _annotated(m: Machine, node: cst.AnnAssign, scope: Scope) -> Flow:
    if node.value is not None:
        with m.named(m.text(node.target)):
            assign(m, node.target, m.evaluate(node.value, scope), scope)
    return Flow.NEXT


def _augmented(m: Machine, node: cst.AugAssign, scope: Scope) -> Flow:
    kind = type(node.operator).__name__.removesuffix("Assign")
    symbol, function = _BINARY[getattr(cst, kind)]
    with m.named(m.text(node.target)):
        left, right = m.evaluate(node.target, scope), m.evaluate(node.value, scope)
        result = binary(m, symbol, function, left, right, node)
    if isinstance(left, Parameters):
        m.record.trained.extend(left.owners)
    if symbol == "+" and isinstance(right, ArrayRef) and m.turns:
        m.happen("keep", node, array=right.array)
    if isinstance(left, ArrayRef) and isinstance(result, ArrayRef) and isinstance(node.target, cst.Name):
        m.heap.write(left, "array", result.array)  # in place: every name of this array sees it
    elif isinstance(left, Sequence) and isinstance(result, Sequence):
        grow(m, left, result)
    else:
        assign(m, node.target, result, scope)
    return Flow.NEXT


def grow(m: Machine, sequence: Sequence, result: Sequence) -> None:
    """Replace a list's items by those of `result`."""
    if m.frame.open_loops and not sequence.slots["grown"]:
        element = union(m, [v for v in (*(result.items or ()), result.element) if v is not None])
        m.heap.write(sequence, "items", None)
        m.heap.write(sequence, "element", element)
        return
    m.heap.write(sequence, "items", result.items)
    m.heap.write(sequence, "element", result.element)


def _if(m: Machine, node: cst.If, scope: Scope) -> Flow:
    before = m.versions_read
    test = m.evaluate(node.test, scope)
    truth = truth_of(test)
    asks = m.versions_read > before
    period = m.setting(test.period) if isinstance(test, Opaque) and test.period is not None else None
    with choosing(m, before, truth is not None):
        flow = _arms(m, node, truth, scope, period)
    if asks and flow != Flow.NEXT:
        m.guards += 1  # the rest of the function runs for some versions only
    return flow


def _arms(m: Machine, node: cst.If, truth: bool | None, scope: Scope, period: Setting | None) -> Flow:
    other = node.orelse
    if truth is True:
        return _suite(m, node.body, scope)
    if truth is False:
        return _else(m, other, scope)
    return branches(m, [lambda: _suite(m, node.body, scope), lambda: _else(m, other, scope)], period)


def _else(m: Machine, node: cst.If | cst.Else | None, scope: Scope) -> Flow:
    if node is None:
        return Flow.NEXT
    return _suite(m, node.body, scope) if isinstance(node, cst.Else) else _if(m, node, scope)


def branches(m: Machine, arms: list[Callable[[], Flow]], period: Setting | None = None) -> Flow:
    """Run each arm from the same state; go on with the join of those that reach the end."""
    flow = Flow.NONE
    state: Delta | None = None
    choice = m.unique()
    for number_of_arm, arm in enumerate(arms):
        m.heap.begin()
        try:
            with m.branching(Branch(choice, number_of_arm, period)):
                left = arm()
        finally:
            delta = m.heap.end()
        flow |= left
        if not left & (Flow.NEXT | Flow.BREAK | Flow.CONTINUE):
            m.frame.left.append(delta)
        elif state is None:
            state = delta
        else:
            state = _joined(m, state, delta)
    if state is not None:
        m.heap.apply(state)
    return flow


def _joined(m: Machine, one: Delta, two: Delta) -> Delta:
    joined: Delta = {}
    for key in {**one, **two}:
        cell = (one.get(key) or two[key])[0]
        now = cell.slots.get(key[1], MISSING)
        left, right = one.get(key, (cell, now))[1], two.get(key, (cell, now))[1]
        value = either(left, right, m.join_slots)
        joined[key] = (cell, value)
    return joined


def _for(m: Machine, node: cst.For, scope: Scope) -> Flow:
    source = m.evaluate(node.iter, scope)
    items = iterate(m, source)
    if items is not None and len(items) == 1:
        flow = _once(m, node, items[0], scope)
    else:
        with m.looping(node):
            if items is not None and len(items) <= MAX_UNROLLED:
                flow = _unrolled(m, node, items, scope)
            else:
                flow = _twice(m, node.body, scope, lambda: _bind_next(m, node, source, scope))
    if node.orelse is not None and not flow & Flow.RETURN:
        return _suite(m, node.orelse.body, scope)
    return flow


def _once(m: Machine, node: cst.For, item: Value, scope: Scope) -> Flow:
    """A loop over one item has no next turn."""
    assign(m, node.target, item, scope)
    flow = _suite(m, node.body, scope)
    return flow if not flow & (Flow.NEXT | Flow.CONTINUE | Flow.BREAK) else Flow.NEXT


def _unrolled(m: Machine, node: cst.For, items: tuple[Value, ...], scope: Scope) -> Flow:
    for item in items:
        m.next_turn()
        assign(m, node.target, item, scope)
        flow = _suite(m, node.body, scope)
        if not flow & (Flow.NEXT | Flow.CONTINUE):
            return Flow.NEXT if Flow.BREAK in flow else flow
    return Flow.NEXT


def _bind_next(m: Machine, node: cst.For, source: Value, scope: Scope) -> None:
    assign(m, node.target, element_of(m, source, node), scope)


def _twice(m: Machine, body: cst.BaseSuite, scope: Scope, prepare: Callable[[], None]) -> Flow:
    """A loop of unknown length: one pass from the state before, one from the join of before and after."""
    m.frame.open_loops += 1
    flow = Flow.NONE
    for _ in range(2):
        m.heap.begin()
        m.next_turn()
        try:
            prepare()
            flow |= _suite(m, body, scope)
        finally:
            before = m.heap.end(undo=False)
        _widen(m, before)
    m.frame.open_loops -= 1
    return (flow & Flow.RETURN) | Flow.NEXT


def _widen(m: Machine, before: Delta) -> None:
    """Numbers that a pass changed become symbols; other values the join of before and after."""
    for (_, key), (cell, old) in before.items():
        now = cell.slots.get(key, MISSING)
        if old is MISSING or now is MISSING or old is now:
            continue
        if isinstance(now, Value) and isinstance(old, Value) and size_of(now) is not None and size_of(old) is not None:
            widened: Any = now if now == old else index_by(m.fresh("loop"), _growth(old, now))
        else:
            widened = now if isinstance(now, Array | ArrayRef) else m.join_slots(now, old)
        m.heap.write(cell, key, widened)


def _growth(old: Value, now: Value) -> Size | None:
    """How far one pass of a loop moves a number."""
    before, after = size_of(old), size_of(now)
    return add(after, before, -1) if before is not None and after is not None else None


def _while(m: Machine, node: cst.While, scope: Scope) -> Flow:
    if truth_of(m.evaluate(node.test, scope)) is False:
        return Flow.NEXT
    with m.looping(node):
        return _twice(m, node.body, scope, lambda: None)


def _try(m: Machine, node: cst.Try | cst.TryStar, scope: Scope) -> Flow:
    with guarded(m, any(_expects_failure(m, handler) for handler in node.handlers)):
        flow = _suite(m, node.body, scope)
        for handler in node.handlers:
            _handler(m, handler, scope, needed=not flow & Flow.NEXT and not flow & Flow.RETURN)
    if node.orelse is not None and Flow.NEXT in flow:
        flow = (flow & ~Flow.NEXT) | _suite(m, node.orelse.body, scope)
    if node.finalbody is not None:
        _suite(m, node.finalbody.body, scope)
    return flow if flow else Flow.NEXT


def _expects_failure(m: Machine, handler: cst.ExceptHandler | cst.ExceptStarHandler) -> bool:
    """Whether it catches what a library says of a name or an argument that it does not have."""
    return handler.type is None or not FAILURES.isdisjoint(re.findall(r"\w+", m.text(handler.type, 400)))


def _handler(m: Machine, handler: Any, scope: Scope, needed: bool) -> None:
    """A handler's facts count; its state only where the body left a name unbound."""
    m.heap.begin()
    try:
        if handler.name is not None:
            assign(m, handler.name.name, Opaque("an exception"), scope)
        with m.branching(Branch(m.unique(), 0)):
            _suite(m, handler.body, scope)
    finally:
        delta = m.heap.end()
    missing = {
        key: (cell, value)
        for key, (cell, value) in delta.items()
        if needed or key[1] not in cell.slots or isinstance(cell.slots[key[1]], Opaque)
    }
    m.heap.apply(missing)


def _with(m: Machine, node: cst.With, scope: Scope) -> Flow:
    before = len(m.no_gradient)
    for item in node.items:
        value = m.evaluate(item.item, scope)
        if isinstance(value, Thing) and value.kind == "failing":
            return Flow.NEXT  # what stands inside is meant to fail
        if isinstance(value, Thing) and value.kind == "no_grad":
            m.no_gradient.append(value.site)
        if item.asname is not None:
            assign(m, item.asname.name, value, scope)
    try:
        return _suite(m, node.body, scope)
    finally:
        del m.no_gradient[before:]


def _match(m: Machine, node: cst.Match, scope: Scope) -> Flow:
    m.evaluate(node.subject, scope)
    return branches(m, [lambda case=case: _suite(m, case.body, scope) for case in node.cases])  # type: ignore[misc]


def _function(m: Machine, node: cst.FunctionDef, scope: Scope) -> Flow:
    define_function(m, node, scope)
    return Flow.NEXT


def _class(m: Machine, node: cst.ClassDef, scope: Scope) -> Flow:
    define_class(m, node, scope)
    return Flow.NEXT


def _return(m: Machine, node: cst.Return, scope: Scope) -> Flow:
    value = m.evaluate(node.value, scope) if node.value is not None else Const(None)
    m.frame.returned.append(value)
    return Flow.RETURN


def _expression(m: Machine, node: cst.Expr, scope: Scope) -> Flow:
    with m.named(""):
        value = m.evaluate(node.value, scope)
    return Flow.RETURN if isinstance(value, External) and value.path == "exit" else Flow.NEXT


def _delete(m: Machine, node: cst.Del, scope: Scope) -> Flow:
    targets = node.target.elements if isinstance(node.target, cst.Tuple) else [node.target]
    for target in targets:
        inner = target.value if isinstance(target, cst.Element) else target
        if isinstance(inner, cst.Name):
            m.heap.erase(scope, inner.value)
    return Flow.NEXT


def _global(m: Machine, node: cst.Global, scope: Scope) -> Flow:
    top = scope
    while top.parent is not None:
        top = top.parent
    for item in node.names:
        scope.nonlocals[item.name.value] = top
    return Flow.NEXT


def _nonlocal(m: Machine, node: cst.Nonlocal, scope: Scope) -> Flow:
    for item in node.names:
        outer = scope.parent
        while outer is not None and item.name.value not in outer.slots:
            outer = outer.parent
        if outer is not None:
            scope.nonlocals[item.name.value] = outer
    return Flow.NEXT


def _import(m: Machine, node: cst.Import, scope: Scope) -> Flow:
    modules.run_import(m, node, scope)
    return Flow.NEXT


def _import_from(m: Machine, node: cst.ImportFrom, scope: Scope) -> Flow:
    modules.run_import_from(m, node, scope)
    return Flow.NEXT


_HANDLERS: dict[type[cst.CSTNode], Callable[[Machine, Any, Scope], Flow]] = {
    cst.Assign: _assign,
    cst.AnnAssign: _annotated,
    cst.AugAssign: _augmented,
    cst.If: _if,
    cst.For: _for,
    cst.While: _while,
    cst.Try: _try,
    cst.TryStar: _try,
    cst.With: _with,
    cst.Match: _match,
    cst.FunctionDef: _function,
    cst.ClassDef: _class,
    cst.Return: _return,
    cst.Raise: lambda m, node, scope: Flow.RETURN,
    cst.Break: lambda m, node, scope: Flow.BREAK,
    cst.Continue: lambda m, node, scope: Flow.CONTINUE,
    cst.Expr: _expression,
    cst.Del: _delete,
    cst.Global: _global,
    cst.Nonlocal: _nonlocal,
    cst.Import: _import,
    cst.ImportFrom: _import_from,
}
