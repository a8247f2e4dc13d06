"""List, set and dictionary comprehensions."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import libcst as cst

from rnnlint.frontend.conditions import hashable, truth_of
from rnnlint.frontend.iteration import element_of
from rnnlint.frontend.machine import Machine
from rnnlint.frontend.sequences import MAX_UNROLLED, iterate, union
from rnnlint.frontend.values import (
    Const,
    Mapping,
    Opaque,
    Scope,
    Sequence,
    Value,
)
from rnnlint.frontend.vocabularies import numbering_of


def comprehension(kind: str) -> Callable[[Machine, Any, Scope], Value]:
    """The handler of a list or set comprehension, or of a generator."""

    def run(m: Machine, node: Any, scope: Scope) -> Value:
        results: list[Value] = []
        complete = _comprehend(m, node.for_in, node, Scope(scope.module, scope), results)
        if complete:
            return Sequence(kind, tuple(results))
        return Sequence(kind, None, union(m, results) if results else Opaque("its items are not known"))

    return run


def _comprehend(m: Machine, part: cst.CompFor, node: Any, scope: Scope, results: list[Value]) -> bool:
    from rnnlint.frontend.statements import assign

    source = m.evaluate(part.iter, scope)
    items = iterate(m, source)
    complete = items is not None and len(items) <= MAX_UNROLLED
    rounds = items if items is not None and complete else (element_of(m, source, node),)
    if not complete:
        m.frame.open_loops += 1
    for item in rounds:
        assign(m, part.target, item, scope)
        truths = [truth_of(m.evaluate(condition.test, scope)) for condition in part.ifs]
        if False in truths:
            continue
        complete = complete and None not in truths
        if part.inner_for_in is not None:
            complete = _comprehend(m, part.inner_for_in, node, scope, results) and complete
        else:
            results.append(m.evaluate(node.elt, scope))
    if items is None or len(items) > MAX_UNROLLED:
        m.frame.open_loops -= 1
    return complete


def dict_comprehension(m: Machine, node: cst.DictComp, scope: Scope) -> Value:
    """A dictionary comprehension."""
    from rnnlint.frontend.statements import assign

    inner = Scope(scope.module, scope)
    source = m.evaluate(node.for_in.iter, inner)
    items = iterate(m, source)
    result = Mapping({}, complete=items is not None and not node.for_in.ifs)
    if items is None or len(items) > MAX_UNROLLED:
        assign(m, node.for_in.target, element_of(m, source, node), inner)
        result.numbering = numbering_of(m.evaluate(node.value, inner)) if not node.for_in.ifs else None
        result.complete = False
        return result
    for item in items:
        assign(m, node.for_in.target, item, inner)
        key = m.evaluate(node.key, inner)
        if isinstance(key, Const) and hashable(key.value):
            result.slots[key.value] = m.evaluate(node.value, inner)
        else:
            result.complete = False
    return result
