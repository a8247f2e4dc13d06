"""Whose parameters or gradients a value holds."""

from __future__ import annotations

from rnnlint.frontend.values import Mapping, Parameters, ParameterTensor, Sequence, Thing, Union, Value


def owners_in(value: Value | None) -> tuple[Value, ...]:
    """The models whose parameters or gradients stand in a value, or in a list or dictionary of values."""
    if isinstance(value, Parameters):
        return value.owners
    if isinstance(value, Thing) and value.kind == "gradients":
        owners: tuple[Value, ...] = value.slots["owners"]
        return owners
    inner: tuple[Value | None, ...] = ()
    if isinstance(value, Sequence):
        inner = (*(value.items or ()), value.element)
    elif isinstance(value, Mapping):
        inner = tuple(value.slots.values())
    elif isinstance(value, Union):
        inner = value.options
    return tuple(dict.fromkeys(owner for item in inner for owner in owners_in(item)))


def is_complete(value: Value | None) -> bool:
    """Whether everything that an optimizer is given is known."""
    if isinstance(value, Sequence):
        return all(is_complete(item) for item in (value.items if value.items is not None else (value.element,)))
    if isinstance(value, Mapping):
        return value.complete and is_complete(value.slots.get("params"))
    if isinstance(value, Union):
        return all(is_complete(option) for option in value.options)
    return isinstance(value, Parameters | ParameterTensor)
