"""Probes of what ends a network: the head's range, the loss and the metric."""

from __future__ import annotations

from rnnlint.confirm.probes.base import Distribution, Probe


class Floor(Probe, frozen=True):
    """Which share of the targets' variance lies outside of the head's range?"""

    targets: Distribution
    low: float | None
    high: float | None


class SelfLoss(Probe, frozen=True):
    """What does a perfect prediction of this shape cost against targets of that shape?"""

    prediction: tuple[int, ...]
    target: tuple[int, ...]
    loss: str


class ExactMatches(Probe, frozen=True):
    """Which accuracy do predictions get that are off by a thousandth of the targets' spread?"""

    targets: Distribution


class NearZero(Probe, frozen=True):
    """What does a percentage error say of predictions that are off by a hundredth of the targets' spread?"""

    targets: Distribution


class SoftmaxSpread(Probe, frozen=True):
    """How much do the outputs of a softmax over this many columns differ?"""

    columns: int
