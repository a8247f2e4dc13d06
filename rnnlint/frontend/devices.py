"""Devices: which one a value names, and what is brought back from it."""

from __future__ import annotations

from rnnlint.frontend.dispatch import Call
from rnnlint.frontend.machine import Machine
from rnnlint.frontend.values import ArrayRef, Const, Thing, Union, Value, settled
from rnnlint.program.events import may_be_gpu
from rnnlint.program.value import Known, OneOf, Setting, Unknown


def device_of(m: Machine, value: Value | None) -> Setting:
    """The device that an argument names: a text, a number of a GPU, or a device object."""
    if isinstance(value, Thing) and value.kind == "device":
        return device_of(m, value.slots["name"])
    if isinstance(value, Union):
        found = [device_of(m, option) for option in value.options]
        return OneOf(tuple(option for one in found for option in (one.options if isinstance(one, OneOf) else (one,))))
    if isinstance(value, Const) and isinstance(value.value, int):
        return Known("cuda", None, value.confidence)
    return m.setting(value, Unknown("no device is given"))


def note_send(call: Call, device: Value | None) -> None:
    """Record that a tensor is put on a device, where that may be a GPU."""
    call.machine.record.sends += may_be_gpu(device_of(call.machine, device))


FETCHING = frozenset({"item", "cpu", "numpy", "tolist"})


def note_fetch(call: Call, value: Value | None) -> dict[str, Setting]:
    """Record that a loop brings a tensor to the host, and what that tells of the result."""
    if call.machine.turns and isinstance(value, ArrayRef):
        call.machine.happen("fetch", call.node, array=value.array)
    return {"host": Known(True)}


def fetches(call: Call) -> bool:
    """Whether a tensor's method brings it to the host."""
    return call.path in FETCHING or (call.path == "to" and settled(call.get(0, "device")) == "cpu")
