"""Probes that compute with ranges, shapes and losses, without any network."""

from __future__ import annotations

from collections.abc import Callable
from itertools import accumulate, permutations
from math import prod
from operator import mul

import numpy as np

from rnnlint.confirm.measurement import Measurement, above, below, passed, raised
from rnnlint.confirm.numeric.activations import ACTIVATIONS, Numbers
from rnnlint.confirm.numeric.dynamics import SEEDS, draw
from rnnlint.confirm.probes import (
    Cutoff,
    ExactMatches,
    Fitting,
    Floor,
    GateRange,
    NearZero,
    Reordering,
    Rows,
    SelfLoss,
    SoftmaxSpread,
)
from rnnlint.finding import Outcome

MANY = 20_000


def gate_range(probe: GateRange) -> Measurement:
    """How far the function leaves [0, 1] for arguments between -10 and 10."""
    values = ACTIVATIONS[probe.activation].function(np.linspace(-10.0, 10.0, 2001))
    outside = float(np.maximum(-values, values - 1.0).max())
    return above("distance by which gates leave [0, 1]", max(outside, 0.0), 1e-3, 1e-6)


def floor(probe: Floor) -> Measurement:
    """mean(distance of the targets to the head's range, squared) / variance."""
    targets = draw(probe.targets, (MANY,), 0).astype(np.float64)
    low = -np.inf if probe.low is None else probe.low
    high = np.inf if probe.high is None else probe.high
    missed = ((targets - np.clip(targets, low, high)) ** 2).mean() / targets.var()
    return above("share of the targets' variance that the head can never reach", float(missed), 0.05, 0.01)


LOSSES: dict[str, Callable[[Numbers], Numbers]] = {
    "mse": np.square,
    "mae": np.abs,
    "huber": lambda d: np.where(np.abs(d) < 1.0, 0.5 * d * d, np.abs(d) - 0.5),
    "smooth_l1": lambda d: np.where(np.abs(d) < 1.0, 0.5 * d * d, np.abs(d) - 0.5),
    "log_cosh": lambda d: np.logaddexp(d, -d) - np.log(2.0),
}


def self_loss(probe: SelfLoss) -> Measurement:
    """The loss of the targets themselves in the prediction's shape: what it costs to be right."""
    targets = np.random.default_rng(0).standard_normal(probe.target)
    predictions = _in_shape(targets, probe.prediction)
    cost = float(LOSSES[probe.loss](predictions - targets).mean())
    return above("loss of a perfect prediction (targets of variance 1)", cost, 0.05, 1e-9, seeds=(0,))


def _in_shape(targets: Numbers, shape: tuple[int, ...]) -> Numbers:
    """The targets in the prediction's shape: reshaped, or repeated along the axes that only the prediction has."""
    if int(np.prod(shape)) == targets.size:
        return targets.reshape(shape)
    lead = targets.reshape(targets.shape[0], *([1] * (len(shape) - 1)))
    repeated: Numbers = np.broadcast_to(lead, shape)
    return repeated


def reordering(probe: Reordering) -> Measurement:
    """The share of values that a reshape puts elsewhere than a transposition whose axes end where its own do."""
    counted = np.arange(prod(probe.before)).reshape(probe.before)
    reshaped = counted.reshape(probe.after)
    ends = set(accumulate(probe.after, mul))
    orders = permutations(range(len(probe.before)))
    fitting = [order for order in orders if ends <= set(accumulate((probe.before[i] for i in order), mul))]
    shares = [float((counted.transpose(order).reshape(probe.after) != reshaped).mean()) for order in fitting]
    if not shares:
        return Measurement(Outcome.INCONCLUSIVE, "transpositions that the new shape could stand for", 0.0, 1.0)
    return above("share of values at another place than after a transposition", min(shares), 0.05, 0.0)


def exact_matches(probe: ExactMatches) -> Measurement:
    """The share of predictions that equal their target, all within a thousandth of the targets' spread."""
    targets = draw(probe.targets, (MANY,), 0).astype(np.float64)
    predictions = targets + 1e-3 * targets.std() * np.random.default_rng(1).standard_normal(MANY)
    return below("accuracy of predictions that are almost perfect", float((predictions == targets).mean()), 0.05, 0.9)


def near_zero(probe: NearZero) -> Measurement:
    """The share of a percentage error that the smallest hundredth of the targets makes."""
    targets = np.sort(np.abs(draw(probe.targets, (MANY,), 0).astype(np.float64)))
    parts = 1.0 / np.maximum(targets, 1e-7)
    share = float(parts[: MANY // 100].sum() / parts.sum())
    return above("share of the percentage error that the smallest 1 % of the targets make", share, 0.2, 0.05)


def softmax_spread(probe: SoftmaxSpread) -> Measurement:
    """The spread of a softmax's outputs over 100 random inputs: exactly 0 for one column, as is its gradient."""
    inputs = np.random.default_rng(0).standard_normal((100, probe.columns))
    shifted = np.exp(inputs - inputs.max(axis=1, keepdims=True))
    spread = float(np.ptp(shifted / shifted.sum(axis=1, keepdims=True), axis=0).max())
    outcome = Outcome.CONFIRMED if spread == 0.0 else Outcome.REFUTED
    return Measurement(outcome, "spread of the outputs over 100 random inputs", spread, 0.0, (0,))


def cutoff(probe: Cutoff) -> Measurement:
    """How many different indices are left of 1,000 values."""
    values = draw(probe.values, (1000,), 0)
    left = np.unique(np.trunc(values)).size
    return below("different indices left of 1,000 values", float(left), 20.0, 100.0, seeds=SEEDS[:1])


def rows(probe: Rows) -> Measurement:
    """How far the largest index lies behind the last row."""
    return above("largest index less the last row", float(probe.last - probe.rows + 1), 1.0, 0.0)


def fitting(probe: Fitting) -> Measurement:
    """Whether the difference of two arrays can be taken."""
    try:
        np.broadcast_shapes(probe.first, probe.second)
    except ValueError as error:
        return raised(error)
    return passed()
