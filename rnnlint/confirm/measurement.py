"""What a probe measured, and what that says of the claim."""

from __future__ import annotations

import msgspec

from rnnlint.finding import Outcome


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
