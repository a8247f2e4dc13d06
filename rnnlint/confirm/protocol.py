"""What goes over a worker's pipes: one line of JSON for each probe, one for each answer."""

from __future__ import annotations

import math

import msgspec

from rnnlint.confirm import probes
from rnnlint.confirm.measurement import Measurement

KINDS: dict[str, type[probes.Probe]] = {
    name: kind for name, kind in vars(probes).items() if isinstance(kind, type) and issubclass(kind, probes.Probe)
}


class Failure(msgspec.Struct, frozen=True):
    """A probe that ended without a measurement, with the reason."""

    reason: str


class _Kind(msgspec.Struct):
    probe: str


def encode_probe(probe: probes.Probe) -> bytes:
    """One line without its end."""
    return msgspec.json.encode(probe)


def decode_probe(line: bytes) -> probes.Probe:
    """The probe of a line; msgspec.MsgspecError where it is none."""
    name = msgspec.json.decode(line, type=_Kind).probe
    if name not in KINDS:
        raise msgspec.ValidationError(f"no probe is called {name}")
    return msgspec.json.decode(line, type=KINDS[name])


def encode_answer(answer: Measurement | Failure) -> bytes:
    """One line without its end. JSON has no way to write a value that is not finite, which settles nothing."""
    if isinstance(answer, Measurement) and not math.isfinite(answer.value):
        answer = Failure(f"{answer.statistic}: no finite number")
    return msgspec.json.encode(answer)


def decode_answer(line: bytes) -> Measurement | Failure:
    """The answer of a line."""
    fields = msgspec.json.decode(line)
    if "statistic" in fields:
        return msgspec.convert(fields, Measurement)
    return msgspec.convert(fields, Failure)
