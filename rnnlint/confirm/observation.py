"""What was seen of a loss behind a head, and the verdict that follows from it."""

from __future__ import annotations

from dataclasses import dataclass

from rnnlint.confirm.measurement import Measurement, above, below, passed
from rnnlint.finding import Outcome

SEEDS = tuple(range(5))
SAMPLES = 64
NOTHING = 1e-6 / SAMPLES  # a gradient that rounding makes
SURE = 30.0  # logits of outputs that leave no doubt


@dataclass(frozen=True, slots=True)
class Observation:
    """One seed's numbers.

    `guess` is the loss of outputs near 0, `best` that of the best ones and `random` that of random ones; `dead` the
    share of random outputs without a gradient; `gradient` its norm for outputs near 0, relative to the categorical
    loss's.
    """

    guess: float
    best: float
    random: float = 1.0
    dead: float = 0.0
    gradient: float = 1.0


def judged(wanted: tuple[str, ...], seen: list[Observation]) -> Measurement:
    """The first claim that is confirmed, or else the least refuted one."""
    claims = [_CLAIMS[name](seen) for name in wanted if name in _CLAIMS] or [passed()]
    order = (Outcome.CONFIRMED, Outcome.INCONCLUSIVE, Outcome.REFUTED)
    return min(claims, key=lambda claim: order.index(claim.outcome))


def _floor(seen: list[Observation]) -> Measurement:
    values = sorted(one.best / max(one.guess, 1e-12) for one in seen)
    return above("loss of the best outputs relative to a guess's", _median(values), 0.2, 0.05, seeds=SEEDS)


def _negative(seen: list[Observation]) -> Measurement:
    return below("loss of the best outputs", _median(sorted(one.best for one in seen)), -0.01, -1e-5, seeds=SEEDS)


def _dead(seen: list[Observation]) -> Measurement:
    value = _median(sorted(one.dead for one in seen))
    return above("share of random outputs with no gradient", value, 0.1, 0.001, seeds=SEEDS)


def _empty(seen: list[Observation]) -> Measurement:
    value = max(abs(one.random) for one in seen)
    return below("largest loss of random outputs", value, 1e-5, 1e-3, seeds=SEEDS)


def _shrunk(seen: list[Observation]) -> Measurement:
    value = _median(sorted(one.gradient for one in seen))
    return below("gradient relative to the categorical cross-entropy's", value, 0.4, 0.45, seeds=SEEDS)


def _median(values: list[float]) -> float:
    return values[len(values) // 2]


_CLAIMS = {"floor": _floor, "negative": _negative, "dead": _dead, "empty": _empty, "shrunk": _shrunk}
