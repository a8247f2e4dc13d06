"""What a probe measured, and what that says of the claim."""

from __future__ import annotations

import re

import msgspec

from rnnlint.finding import Outcome

COLOURS = re.compile("\x1b\\[[0-9;]*m")
EXCEPTIONS = "exceptions of one pass through the rebuilt layers"


class Measurement(msgspec.Struct, frozen=True):
    """A statistic against its threshold. `curve` is a series worth drawing, named by `curve_name`."""

    outcome: Outcome
    statistic: str
    value: float
    threshold: float
    seeds: tuple[int, ...] = ()
    reason: str = ""
    curve: tuple[float, ...] = ()
    curve_name: str = ""


def above(statistic: str, value: float, confirms: float, refutes: float, **more: object) -> Measurement:
    """Confirmed from `confirms` on, refuted up to `refutes`, else inconclusive."""
    outcome = Outcome.CONFIRMED if value >= confirms else Outcome.REFUTED if value <= refutes else Outcome.INCONCLUSIVE
    return _measured(outcome, statistic, value, confirms, more)


def below(statistic: str, value: float, confirms: float, refutes: float, **more: object) -> Measurement:
    """Confirmed down from `confirms`, refuted from `refutes` on, else inconclusive."""
    outcome = Outcome.CONFIRMED if value <= confirms else Outcome.REFUTED if value >= refutes else Outcome.INCONCLUSIVE
    return _measured(outcome, statistic, value, confirms, more)


def _measured(outcome: Outcome, statistic: str, value: float, threshold: float, more: dict[str, object]) -> Measurement:
    fields = {"outcome": outcome, "statistic": statistic, "value": float(value), "threshold": threshold, **more}
    return msgspec.convert(fields, Measurement)


def raised(error: Exception) -> Measurement:
    """Confirmed by the framework's own exception."""
    return Measurement(Outcome.CONFIRMED, EXCEPTIONS, 1.0, 1.0, reason=said_by(error))


def said_by(error: BaseException) -> str:
    """The line of an exception's text that says what is wrong, without colours."""
    lines = [line.strip() for line in COLOURS.sub("", str(error)).splitlines()]
    telling = (line for line in lines if line and not line.startswith("Exception encountered"))
    return f"{type(error).__name__}: {next(telling, '')}"[:200].rstrip(": ")


def meant(error: Exception) -> bool:
    """Whether it speaks of what was given: a missing attribute does where a tuple or a list misses it."""
    return not isinstance(error, AttributeError) or "'tuple'" in str(error) or "'list'" in str(error)


def passed() -> Measurement:
    """Refuted: the framework took what it was said to refuse."""
    return Measurement(Outcome.REFUTED, EXCEPTIONS, 0.0, 1.0)
