"""Objects that leave the program: given to library code, which may keep them, or to code that cannot be seen, which may
do anything to them.

Three records answer three questions. What is *given* to library code, known or not, may be registered or trained there.
What is *touched* by code that cannot be seen may have other weights and settings than the program says, at any time.
An *escape* is an event: from here on gradients, weights or modes may be other ones. It holds what is handed over, and
not the receiver of a method that is not known, which seldom changes them.
"""

from __future__ import annotations

from collections.abc import Iterator

from rnnlint.frontend.dispatch import Call, kind_of
from rnnlint.frontend.machine import Machine
from rnnlint.frontend.values import (
    Cell,
    Instance,
    LayerValue,
    Mapping,
    Opaque,
    Parameters,
    ParameterTensor,
    Sequence,
    Thing,
    Union,
    Value,
)

TRACKED = frozenset({"optimizer", "scheduler", "module", "container", "layer:torch", "parameters", "gradient"})
NOTHING = Opaque("nothing")
MAX_NESTING = 4


def note_given(call: Call) -> None:
    """What library code is given it may keep, register or train, or initialise as a base class does."""
    note_initialised(call.args)
    for value in (*call.args, *call.keywords.values()):
        if isinstance(value, LayerValue | Cell | ParameterTensor):
            call.machine.record.handed.append((call.path, value))


def note_initialised(values: tuple[Value, ...]) -> None:
    """Objects given to code that is not followed may be initialised there."""
    for value in values:
        if isinstance(value, Instance):
            value.initialised = True


def note_unseen(call: Call, holder: Value = NOTHING) -> None:
    """A call of code that cannot be seen: it touches what it is a method of, and what it is given escapes to it."""
    if not call.path.startswith("builtins."):
        note_touched(call.machine, call.receiver, *call.args, *call.keywords.values())
    note_escape(call, holder)


def note_touched(m: Machine, *values: Value) -> None:
    """Objects, and those inside of lists and dictionaries, that code which cannot be seen may change."""
    for value in values:
        m.record.escaped.extend(item for item in _within(value) if isinstance(item, Instance | LayerValue | Thing))


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
    """What stands in a list or a dictionary, or else the value itself."""
    if isinstance(value, Sequence):
        return value.members
    if isinstance(value, Mapping):
        return tuple(item for item in value.slots.values() if isinstance(item, Value))
    return (value,)


def _matters(value: Value) -> bool:
    return isinstance(value, Opaque | Instance) or kind_of(value) in TRACKED


def _within(value: Value, depth: int = 0) -> Iterator[Value]:
    """A value, and those that stand in it where it is a list, a dictionary or one of several."""
    inner: tuple[Value, ...] = ()
    if isinstance(value, Sequence | Mapping):
        inner = _parts(value)
    elif isinstance(value, Union):
        inner = value.options
    elif isinstance(value, Parameters):
        inner = value.owners
    yield value
    if depth < MAX_NESTING:
        for item in inner:
            yield from _within(item, depth + 1)
