"""Python's own functions."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

from rnnlint.finding import Confidence
from rnnlint.frontend.devices import note_fetch
from rnnlint.frontend.dispatch import METHODS as DIALECT_METHODS
from rnnlint.frontend.dispatch import Call
from rnnlint.frontend.drift import guarded
from rnnlint.frontend.iteration import element_in, items_of
from rnnlint.frontend.machine import Machine, number, size_of
from rnnlint.frontend.reaches import index_by
from rnnlint.frontend.registration import note_registered
from rnnlint.frontend.sorting import note_sort
from rnnlint.frontend.values import (
    ArrayRef,
    Cell,
    Class,
    Const,
    Instance,
    Mapping,
    Native,
    Opaque,
    Scope,
    Sequence,
    SuperProxy,
    Symbol,
    Thing,
    Value,
    settled,
)
from rnnlint.frontend.vocabularies import enumerated, has_specials, largest_of, numbering_of
from rnnlint.program.size import add, term

Handler = Callable[[Call], Value]


FUNCTIONS: dict[str, Handler] = {}


MAX_RANGE = 8


def _function(*names: str) -> Callable[[Handler], Handler]:
    def register(handler: Handler) -> Handler:
        for name in names:
            FUNCTIONS[name] = handler
        return handler

    return register


def super_proxy(m: Machine, scope: Scope) -> Value:
    """`super()` or `super(Class, self)` in the running method."""
    owner = m.frame.owner
    instance = next((v for v in scope.slots.values() if isinstance(v, Instance)), None)
    if owner is None or instance is None:
        return Opaque("super() outside a method")
    return SuperProxy(instance, owner)


@_function("len")
def _len(call: Call) -> Value:
    value = call.get(0, "obj")
    if isinstance(value, ArrayRef):
        return number(call.machine.length(value.array))
    if isinstance(value, Opaque):
        return number(call.machine.length(call.machine.assumed(value, call.site)))
    items = items_of(call, value)
    if isinstance(value, Mapping) and value.numbering is not None:
        return number(add(value.numbering.count, len(value.slots)))
    if items is not None:
        return Const(len(items), call.place)
    if isinstance(value, Const) and isinstance(value.value, str):
        return Const(len(value.value), call.place)
    if isinstance(value, Sequence) and isinstance(value.element, ArrayRef):
        rows = value.element.array.rows
        if rows is not None:
            return Symbol(term("len", rows))
    return Symbol(term("len", ("object", value.born)) if isinstance(value, Cell) else call.machine.fresh("len"))


@_function("range")
def _range(call: Call) -> Value:
    bounds = [settled(value) for value in call.args]
    if bounds and all(isinstance(bound, int) for bound in bounds):
        try:
            values = range(*bounds)
        except (TypeError, ValueError):
            return Opaque("a range that fails at run time")
        if len(values) <= MAX_RANGE:
            return Sequence("list", tuple(Const(value) for value in values))
    step = size_of(call.args[2]) if len(call.args) == 3 else 1
    start = size_of(call.args[0]) if len(call.args) > 1 else 0
    index = index_by(call.machine.fresh("loop"), step).size
    return Sequence("list", None, number(add(index, start) if start is not None else index))


@_function("enumerate")
def _enumerate(call: Call) -> Value:
    items = items_of(call, call.get(0, "iterable"))
    start = settled(call.get(1, "start"), 0)
    if items is not None and isinstance(start, int):
        pairs = [Sequence("tuple", (Const(i), item)) for i, item in enumerate(items, start)]
        return Sequence("list", tuple(pairs))
    index: Value = Symbol(call.machine.fresh("loop"))
    iterable = call.get(0, "iterable")
    if isinstance(start, int) and iterable is not None and not has_specials(iterable):
        count = size_of(_len(replace(call, args=(iterable,), keywords={})))
        if count is not None:
            index = enumerated(start, count, call.machine.fresh("loop"))
    return Sequence("list", None, Sequence("tuple", (index, element_in(call, iterable))))


@_function("zip")
def _zip(call: Call) -> Value:
    if "*" in call.keywords:
        row = element_in(call, call.keywords["*"])
        if isinstance(row, Sequence) and row.items is not None:
            return Sequence("list", tuple(Sequence("tuple", None, item) for item in row.items))
        return Opaque("columns of rows that are not known")
    columns = [items_of(call, value) for value in call.args]
    if columns and all(column is not None for column in columns):
        rows = zip(*(column or () for column in columns), strict=False)
        return Sequence("list", tuple(Sequence("tuple", row) for row in rows))
    return Sequence("list", None, Sequence("tuple", tuple(element_in(call, value) for value in call.args)))


@_function("int", "round")
def _int(call: Call) -> Value:
    value = call.get(0, "x")
    note_fetch(call, value)
    if isinstance(value, Const) and isinstance(value.value, int | float | str):
        try:
            return Const(int(value.value), call.place, value.confidence)
        except (ValueError, OverflowError):
            return Opaque("a number that fails at run time")
    size = size_of(value)
    if isinstance(value, ArrayRef) and (largest := largest_of(value.array)) is not None:
        return largest
    if size is not None:
        return Symbol(term("int", size))
    return Symbol(call.machine.fresh("unknown"))


@_function("float")
def _float(call: Call) -> Value:
    value = call.get(0, "x")
    note_fetch(call, value)
    if isinstance(value, Const) and isinstance(value.value, int | float | str):
        try:
            return Const(float(value.value), call.place, value.confidence)
        except ValueError:
            return Opaque("a number that fails at run time")
    return value if isinstance(value, Symbol) else Opaque("a number")


@_function("str")
def _str(call: Call) -> Value:
    value = call.get(0, "object")
    return Const(str(value.value), call.place) if isinstance(value, Const) else Opaque("a text")


@_function("bool")
def _bool(call: Call) -> Value:
    from rnnlint.frontend.conditions import truth_of

    truth = truth_of(call.get(0, "x") or Const(False))
    return Opaque("a condition") if truth is None else Const(truth, call.place)


@_function("list", "tuple", "set", "sorted", "reversed", "frozenset")
def _list(call: Call) -> Value:
    if not call.args:
        return Sequence("list", ())
    source = call.args[0]
    items = items_of(call, source)
    if call.path.endswith("sorted") and call.keywords:
        note_sort(call, source)
    if items is not None:
        return Sequence("list", items)
    result = Sequence("list", None, element_in(call, source))
    if call.path == "builtins.iter" and isinstance(source, Thing):
        result.slots["iterator"] = source.kind
    return result


@_function("iter")
def _iter(call: Call) -> Value:
    call.machine.drawing += 1
    try:
        return _list(call)
    finally:
        call.machine.drawing -= 1


@_function("next")
def _next(call: Call) -> Value:
    return element_in(call, call.get(0, "iterator"))


@_function("map")
def _map(call: Call) -> Value:
    items = items_of(call, call.get(1, "iterable"))
    if items is not None and len(items) <= MAX_RANGE:
        return Sequence("list", tuple(call.machine.call(call.args[0], (item,), {}, call.node) for item in items))
    if len(call.args) < 2:
        return Opaque("a map of nothing")
    result = call.machine.call(call.args[0], (element_in(call, call.args[1]),), {}, call.node)
    return Sequence("list", None, result)


@_function("filter")
def _filter(call: Call) -> Value:
    return Sequence("list", None, element_in(call, call.get(1, "iterable")))


@_function("dict")
def _dict(call: Call) -> Value:
    result = Mapping({name: value for name, value in call.keywords.items() if name != "**"})
    for value in call.args:
        if isinstance(value, Mapping):
            result.slots = {**value.slots, **result.slots}
            result.complete = value.complete
            result.numbering = value.numbering
        elif (
            isinstance(value, Sequence) and isinstance(value.element, Sequence) and len(value.element.items or ()) == 2
        ):
            result.complete = False
            result.numbering = numbering_of((value.element.items or ())[1])
        else:
            result.complete = False
    return result


@_function("max", "min", "sum", "abs", "divmod", "pow")
def _reduce(call: Call) -> Value:
    values = call.args if len(call.args) > 1 else (items_of(call, call.get(0, "x")) or call.args)
    constants = [value.value for value in values if isinstance(value, Const)]
    functions: dict[str, Callable[[Any], Any]] = {
        "builtins.max": max,
        "builtins.min": min,
        "builtins.sum": sum,
        "builtins.abs": lambda numbers: abs(numbers[0]),
    }
    reduce = functions.get(call.path)
    if reduce and len(constants) == len(values) and constants:
        try:
            return Const(reduce(constants), call.place)
        except TypeError:
            return Opaque("a reduction that fails at run time")
    if len(call.args) == 1 and isinstance(call.args[0], ArrayRef):
        name = call.path.removeprefix("builtins.")
        handler = DIALECT_METHODS.get(("array", name))
        if handler is not None:
            return handler(Call(call.machine, call.node, (), {}, call.args[0], name))
    return Symbol(term(call.path, call.machine.fresh("unknown")))


@_function("getattr")
def _getattr(call: Call) -> Value:
    name = settled(call.get(1, "name"))
    if isinstance(name, str) and call.args:
        with guarded(call.machine, len(call.args) > 2):
            return call.machine.attribute(call.args[0], name, call.node)
    return Opaque("an attribute by a name that is not known")


@_function("setattr")
def _setattr(call: Call) -> Value:
    name = settled(call.get(1, "name"))
    target = call.get(0, "obj")
    if target is not None and len(call.args) > 2:
        note_registered(call.machine, target, call.args[2], "setattr")
        if isinstance(target, Instance):
            key = name if isinstance(name, str) else ("attribute", len(target.slots))
            call.machine.heap.write(target, key, call.args[2])
    return Const(None)


@_function("print")
def _print(call: Call) -> Value:
    for value in call.args:
        note_fetch(call, value)
    return Const(None)


@_function("hasattr")
def _hasattr(call: Call) -> Value:
    call.machine.versions_read += 1
    return Opaque("it depends on a condition")


@_function("isinstance", "issubclass", "callable", "any", "all")
def _condition(call: Call) -> Value:
    if call.path == "builtins.isinstance" and len(call.args) == 2:
        value, cls = call.args
        if isinstance(value, Instance) and isinstance(cls, Class):
            return Const(cls in value.cls.linearised())
    return Opaque("it depends on a condition")


@_function("vars")
def _vars(call: Call) -> Value:
    target = call.get(0, "object")
    if isinstance(target, Instance | Mapping):
        return Mapping(dict(target.slots), complete=False)
    return Mapping({}, complete=False)


@_function("delattr")
def _nothing(call: Call) -> Value:
    return Const(None)


@_function("exit", "quit")
def _exit(call: Call) -> Value:
    return Const(None)


@_function("type")
def _type(call: Call) -> Value:
    value = call.get(0, "object")
    return value.cls if isinstance(value, Instance) else Opaque("a type")


@_function("object", "open", "input", "id", "hash", "chr", "ord", "repr", "format", "super")
def _unknown(call: Call) -> Value:
    return Opaque(f"what {call.path.removeprefix('builtins.')}() returns is not known")


def partial(call: Call) -> Value:
    """functools.partial."""
    if not call.args:
        return Opaque("a partial of nothing")
    inner, args, keywords = call.args[0], call.args[1:], dict(call.keywords)

    def run(later: Call) -> Value:
        return call.machine.call(inner, (*args, *later.args), {**keywords, **later.keywords}, later.node)

    return Native(run)


def lowered(value: Value) -> Value:
    """A constant with medium confidence: a default that the command line may override."""
    if isinstance(value, Const):
        return Const(value.value, value.site, value.confidence.and_(Confidence.MEDIUM))
    return value
