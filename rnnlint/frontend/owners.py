"""Whose parameters or gradients a value holds."""

from __future__ import annotations

from rnnlint.frontend.values import Mapping, Parameters, Sequence, Thing, Value


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
    return tuple(dict.fromkeys(owner for item in inner for owner in owners_in(item)))
