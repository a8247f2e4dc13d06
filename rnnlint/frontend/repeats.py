"""One layer object that stands several times in a stack."""

from __future__ import annotations

from rnnlint.frontend.machine import Machine
from rnnlint.frontend.values import LayerValue, Place, Sequence, Value
from rnnlint.program.data import Repeat
from rnnlint.program.network import WEIGHTED_KINDS
from rnnlint.program.value import Site


def note_repeats(m: Machine, given: Value | None, layers: tuple[Value, ...], site: Site) -> None:
    """Record layers with weights of which one object stands twice, where it is repeated."""
    place = given.slots.get("repeated") if isinstance(given, Sequence) else None
    seen: list[Value] = []
    for value in layers:
        if isinstance(value, LayerValue) and has_weights(value) and any(value is other for other in seen):
            m.record.repeats.append(Repeat(place.site() if isinstance(place, Place) else site, value.layer))
            return
        seen.append(value)


def has_weights(value: Value) -> bool:
    """Whether a layer has weights to share."""
    return isinstance(value, LayerValue) and value.layer.kind in WEIGHTED_KINDS
