"""Networks and optimizers that are handed to code which cannot be seen."""

from __future__ import annotations

from rnnlint.frontend.dispatch import Call, kind_of
from rnnlint.frontend.values import Instance, Mapping, Opaque, Sequence, Value

TRACKED = frozenset({"optimizer", "scheduler", "module", "container", "layer:torch", "parameters", "gradient"})

NOTHING = Opaque("nothing")


def note_escape(call: Call, holder: Value = NOTHING) -> None:
    """Record that a call which is not followed may do anything to what it is given, or to what it is a method of."""
    given = (*call.args, *call.keywords.values())
    values = tuple(part for value in given for part in _parts(value) if _matters(part))
    if _hides(holder):
        values = (*values, holder)
    if values:
        call.machine.happen("escape", call.node, *values)


def _hides(holder: Value) -> bool:
    """Whether methods that are not known may change gradients: those of optimizers and of trainers."""
    if isinstance(holder, Instance):
        return bool(holder.cls.external_bases()) and not kind_of(holder)
    return kind_of(holder) in {"optimizer", "scheduler"}


def _parts(value: Value) -> tuple[Value, ...]:
    if isinstance(value, Sequence):
        return (*(value.items or ()), *([value.element] if value.element is not None else []))
    if isinstance(value, Mapping):
        return tuple(item for item in value.slots.values() if isinstance(item, Value))
    return (value,)


def _matters(value: Value) -> bool:
    return isinstance(value, Opaque | Instance) or kind_of(value) in TRACKED
