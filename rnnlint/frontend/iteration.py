"""What iteration over a value yields."""

from __future__ import annotations

import libcst as cst

from rnnlint.frontend import indexing
from rnnlint.frontend.dispatch import METHODS as DIALECT_METHODS
from rnnlint.frontend.dispatch import Call, class_kind, kind_of
from rnnlint.frontend.machine import Machine
from rnnlint.frontend.sequences import generic, iterate, union
from rnnlint.frontend.values import (
    ArrayRef,
    Function,
    Instance,
    Mapping,
    Opaque,
    Parameters,
    Sequence,
    Symbol,
    Thing,
    Union,
    Value,
)


def element_of(m: Machine, value: Value, node: cst.CSTNode) -> Value:
    """A value that stands for every item of an iterable."""
    if isinstance(value, Sequence):
        return generic(m, value) or Opaque("an item of an empty sequence")
    if isinstance(value, ArrayRef):
        return indexing.each(m, value, node)
    if isinstance(value, Thing | Parameters):
        return element_of_thing(m, value, node)
    if isinstance(value, Mapping):
        return Opaque("a key that is not known")
    if isinstance(value, Instance):
        return element_of_instance(m, value, node)
    if isinstance(value, Union):
        return union(m, [element_of(m, option, node) for option in value.options])
    return Opaque("an item of something that is not known")


def items_of(call: Call, value: Value | None) -> tuple[Value, ...] | None:
    """The items of an argument where they are known one by one."""
    return iterate(call.machine, value) if value is not None else None


def element_in(call: Call, value: Value | None) -> Value:
    """A value that stands for every item of an argument."""
    return element_of(call.machine, value, call.node) if value is not None else Opaque("nothing is given")


def element_of_thing(m: Machine, value: Value, node: cst.CSTNode) -> Value:
    """What iteration over a library object yields."""
    handler = DIALECT_METHODS.get((kind_of(value), "__iter__"))
    if handler is not None:
        return handler(Call(m, node, (), {}, value))
    return Opaque("an item of a library object")


def element_of_instance(m: Machine, value: Instance, node: cst.CSTNode) -> Value:
    """What iteration over a user's object yields."""
    for name, args in (("__iter__", ()), ("__getitem__", (Symbol(m.fresh("loop")),))):
        method = value.cls.lookup(name)
        if isinstance(method, Function):
            result = m.call(method, (value, *args), {}, node)
            if name == "__getitem__":
                return result
            return Opaque("an item") if not isinstance(result, Sequence) else (generic(m, result) or Opaque("an item"))
    handler = DIALECT_METHODS.get((class_kind(value.cls), "__iter__"))
    return handler(Call(m, node, (), {}, value)) if handler else Opaque("an item of an object")
