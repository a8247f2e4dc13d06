"""Recorded happenings to events: objects become numbers and layers, and what only optimizers can do tells which
unknown objects are optimizers."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import groupby

from rnnlint.frontend.holdings import layers_of
from rnnlint.frontend.machine import Machine
from rnnlint.frontend.recorder import Happening
from rnnlint.frontend.values import Opaque, Parameters, Thing, Value
from rnnlint.program.events import Event
from rnnlint.program.network import Layer
from rnnlint.program.training import Optimizer

_REVEALING = frozenset({"zero_grad", "optimizer"})  # what is done to optimizers, and not to their schedulers


def events_of(m: Machine) -> tuple[Event, ...]:
    """The events of a finished run, in order; those that different values of one name share are one."""
    happenings = m.record.happenings
    optimizers = {id(value) for event in happenings if event.how in _REVEALING for value in event.values}
    seen = {id(value) for event in happenings if event.how != "escape" for value in event.values}
    resolver = _Resolver()
    events: list[Event] = []
    for _, group in groupby(happenings, key=_place):
        alternatives = [found for one in group if (found := _settled(one, optimizers, seen)) is not None]
        events.extend(resolver.merged(alternatives))
    return tuple(events)


def _place(event: Happening) -> object:
    return (event.how, id(event.place.node), tuple(event.turns)) if event.doubtful else event.number


def _settled(event: Happening, optimizers: set[int], seen: set[int]) -> Happening | None:
    """An event whose objects are those that the trace knows, or None where there are none.

    The gradients of something that is not known are those of a program that is not understood: no event.
    """
    if event.how == "unknown backward":
        return None
    if event.how == "unknown step":
        owner = next((value for value in event.values if _optimizer(value, optimizers)), None)
        if owner is not None:
            event.how, event.values = "step", (owner,)
    if event.how == "escape":
        event.values = tuple(v for v in event.values if not isinstance(v, Opaque) or id(v) in seen)
        return event if event.values else None
    return event


def _optimizer(value: Value, optimizers: set[int]) -> bool:
    return (isinstance(value, Thing) and value.kind == "optimizer") or id(value) in optimizers


class _Resolver:
    """Values to layers, each value once."""

    def __init__(self) -> None:
        self._layers: dict[int, frozenset[Layer]] = {}

    def merged(self, alternatives: list[Happening]) -> Iterator[Event]:
        """One event for several happenings at one place, to different objects that one name may stand for."""
        if not alternatives:
            return
        first = alternatives[0]
        values = [value for event in alternatives for value in event.values]
        layers = [self.layers(event.values) for event in alternatives]
        made = {optimizer for value in values if (optimizer := _made(value)) is not None}
        yield Event(
            first.how,
            first.place.site(),
            first.number,
            frozenset(number for value in values for number in _numbers(value)),
            frozenset().union(*layers) if all(layers) else frozenset(),
            made.pop() if len(made) == 1 and len(alternatives) == 1 else None,
            first.turns,
            first.branches,
            first.origin,
            first.no_grad,
            first.doubtful and len(alternatives) == 1,
            first.array,
            first.settings,
        )

    def layers(self, values: tuple[Value, ...]) -> frozenset[Layer]:
        """The layers that the values hold or train."""
        return frozenset(layer for value in values for layer in self._of(value))

    def _of(self, value: Value) -> frozenset[Layer]:
        if id(value) not in self._layers:
            owners = _owners(value)
            found = layers_of(value) if owners is None else [one for owner in owners for one in self._of(owner)]
            self._layers[id(value)] = frozenset(found)
        return self._layers[id(value)]


def _owners(value: Value) -> tuple[Value, ...] | None:
    """The networks whose parameters it holds."""
    if isinstance(value, Parameters):
        return value.owners
    if isinstance(value, Thing) and "owners" in value.slots:
        owners: tuple[Value, ...] = value.slots["owners"]
        return owners
    return None


def _numbers(value: Value) -> tuple[int, ...]:
    owners = _owners(value) if isinstance(value, Parameters) else None
    return tuple(id(owner) for owner in owners) if owners is not None else (id(value),)


def _made(value: Value) -> Optimizer | None:
    made = value.slots.get("optimizer") if isinstance(value, Thing) else None
    return made if isinstance(made, Optimizer) else None
