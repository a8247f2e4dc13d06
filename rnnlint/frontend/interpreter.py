"""The run of one document: its module body, then whatever nobody called."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator, Sequence
from collections.abc import Mapping as MappingOf
from contextlib import contextmanager
from functools import partial
from pathlib import Path

import libcst as cst

from rnnlint.frontend import calls, dialects, expressions
from rnnlint.frontend.assemble import assemble
from rnnlint.frontend.dispatch import METHODS, Call, class_kind, kind_of
from rnnlint.frontend.holdings import layers_of
from rnnlint.frontend.machine import BudgetError, Frame, Machine
from rnnlint.frontend.modules import Library, execute_module
from rnnlint.frontend.parse import parse
from rnnlint.frontend.statements import run_block
from rnnlint.frontend.values import ArrayRef, Class, Function, Instance, ModuleValue, Place, Scope, Thing, Value
from rnnlint.program.program import Program
from rnnlint.source.document import Document

OFFERED_STEPS = 1_500
RECURSION_LIMIT = 8_000


class Interpreter(Machine):
    """The machine with its evaluation."""

    def evaluate(self, node: cst.CSTNode, scope: Scope) -> Value:
        return expressions.evaluate(self, node, scope)

    def call(self, callee: Value, args: tuple[Value, ...], keywords: MappingOf[str, Value], node: cst.CSTNode) -> Value:
        return calls.call(self, callee, args, keywords, node)

    def run(self, body: Sequence[cst.CSTNode], scope: Scope) -> None:
        run_block(self, body, scope)

    def attribute(self, value: Value, name: str, node: cst.CSTNode) -> Value:
        return calls.attribute(self, value, name, node)


def interpret(document: Document, roots: tuple[Path, ...]) -> Program:
    """The Program of a document; what lies beyond the budget is not in it."""
    syntax = parse(document)
    dialects.load()
    machine = Interpreter(syntax, Library(document.path, roots, Path.cwd()))
    module = ModuleValue("__main__", syntax)
    with _deep_recursion():
        try:
            execute_module(machine, module, "__main__")
            _run_uncalled(machine, module)
            _apply_unused_models(machine, module)
        except (BudgetError, RecursionError):
            machine.record.cut = True
            machine.frames.clear()
        machine.frames = [Frame(module)]
        return assemble(machine, document.display)


@contextmanager
def _deep_recursion() -> Iterator[None]:
    """Room for long chains of operators, which nest as deeply as they are long."""
    before = sys.getrecursionlimit()
    sys.setrecursionlimit(max(before, RECURSION_LIMIT))
    try:
        yield
    finally:
        sys.setrecursionlimit(before)


def _run_uncalled(m: Interpreter, module: ModuleValue) -> None:
    """Code that this file only offers to others: its parameters are open."""
    m.frames.append(Frame(module))
    try:
        offered = list(module.scope.slots.values())
        for value in offered:
            if isinstance(value, Class) and value.module is module:
                _within_budget(m, partial(_run_class, m, value))
        for value in offered:
            if isinstance(value, Function) and value.scope is module.scope and id(value.node) not in m.executed:
                _within_budget(m, partial(_run_offered, m, value))
    finally:
        m.frames.pop()


def _apply_unused_models(m: Interpreter, module: ModuleValue) -> None:
    """Networks that are built and never applied are given an input of which nothing is known."""
    applied = {array.layer.site for array in m.record.arrays if array.op == "apply" and array.layer is not None}
    m.frames.append(Frame(module))
    for model in tuple(m.record.models):
        finish = METHODS.get((kind_of(model), "__finish__"))
        if finish is not None:
            _within_budget(m, partial(finish, Call(m, module.syntax.tree, (), {}, model, "__finish__", model.site)))
        if isinstance(model, Instance):
            _within_budget(m, partial(_run_forward, m, model))
            continue
        place = model.slots.get("place") if isinstance(model, Thing) else None
        handler = METHODS.get((kind_of(model), "__call__"))
        if not isinstance(place, Place) or place.syntax is not m.entry or handler is None:
            continue
        if not any(layer.site in applied for layer in layers_of(model)):
            given = ArrayRef(m.array("parameter", place.site()))
            call = Call(m, place.node, (given,), {}, model, "__call__")
            _within_budget(m, partial(handler, call))
    m.frames.pop()


def _run_forward(m: Interpreter, model: Instance) -> None:
    """The forward pass of another file's network that this file makes and does not apply."""
    module = model.cls.module
    function = next((found for name in ("forward", "call") if (found := model.cls.lookup(name)) is not None), None)
    if module.syntax is m.entry or not isinstance(function, Function) or id(function.node) in m.executed:
        return
    before, m.via = m.via, model.site.via or model.site.span
    m.frames.append(Frame(function.scope.module or module))
    try:
        args = (model, *_placeholders(m, model.cls, function))
        calls.call_function(m, function, args, {}, function.node, entry=True)
    finally:
        m.frames.pop()
        m.via = before


def _within_budget(m: Interpreter, run: Callable[[], object]) -> None:
    """Each class or function has a share of its own, so that a large one does not starve the rest."""
    m.limit = m.steps + OFFERED_STEPS
    try:
        with m.apart():
            run()
    except BudgetError:
        m.record.cut = True


def _run_offered(m: Interpreter, function: Function) -> None:
    calls.call_function(m, function, (), {}, function.node, entry=True)


def _run_class(m: Interpreter, cls: Class) -> None:
    methods = [value for value in cls.slots.values() if isinstance(value, Function) and value.owner is cls]
    waiting = [function for function in methods if id(function.node) not in m.executed]
    if not waiting:
        return
    instance = next((model for model in m.record.models if isinstance(model, Instance) and model.cls is cls), None)
    if instance is None:
        made = calls.instantiate(m, cls, (), {}, cls.node, entry=True)
        if not isinstance(made, Instance):
            return
        instance = made
    first = {"forward": 0, "call": 0, "configure_optimizers": 1}
    for function in sorted(waiting, key=lambda function: first.get(function.name, 2)):
        if id(function.node) in m.executed or function.name == "__init__":
            continue
        owner: Value = cls if function.kind == "classmethod" else instance
        args = () if function.kind == "staticmethod" else (owner, *_placeholders(m, cls, function))
        with m.apart():
            calls.call_function(m, function, args, {}, function.node, entry=True)


def _placeholders(m: Interpreter, cls: Class, function: Function) -> tuple[Value, ...]:
    """Unknown tensors for the arguments of a network's forward pass."""
    if function.name not in {"forward", "call"} or not class_kind(cls) or isinstance(function.node, cst.Lambda):
        return ()
    required = [p for p in function.node.params.params[1:] if p.default is None]
    return tuple(ArrayRef(m.array("parameter", m.site(p.name), name=p.name.value)) for p in required)
