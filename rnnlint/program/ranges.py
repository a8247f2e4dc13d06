"""What is known of the range of values: the error that a bounded head cannot go below, the largest index."""

from __future__ import annotations

import math

from rnnlint.program.data import Array, Kind, Quantity
from rnnlint.program.size import Linear, Size

BOUNDS: dict[str, tuple[float, float]] = {
    "sigmoid": (0.0, 1.0),
    "hard_sigmoid": (0.0, 1.0),
    "softmax": (0.0, 1.0),
    "tanh": (-1.0, 1.0),
    "hard_tanh": (-1.0, 1.0),
    "softsign": (-1.0, 1.0),
}
STEPS = 400


def floor(quantity: Quantity, low: float, high: float) -> float | None:
    """mean(dist(y, [low, high])²) / var(y), or None where the distribution of y is not known.

    A normal distribution is taken where mean and deviation are known, an even one where bounds are.
    """
    if quantity.kind not in {Kind.GENERATED, Kind.STANDARDISED, Kind.SCALED}:
        return None
    if quantity.low is not None and quantity.high is not None:
        if quantity.high <= quantity.low:
            return None
        return _mean_distance([_between(quantity.low, quantity.high, i) for i in range(STEPS)], low, high)
    if quantity.mean is not None and quantity.std:
        points = [_normal_point(i) * quantity.std + quantity.mean for i in range(STEPS)]
        return _mean_distance(points, low, high)
    return None


def _between(low: float, high: float, index: int) -> float:
    return low + (high - low) * (index + 0.5) / STEPS


def _normal_point(index: int) -> float:
    """The quantile of a standard normal distribution, by bisection of its distribution function."""
    share = (index + 0.5) / STEPS
    low, high = -8.0, 8.0
    for _ in range(50):
        middle = (low + high) / 2
        if 0.5 * (1 + math.erf(middle / math.sqrt(2))) < share:
            low = middle
        else:
            high = middle
    return (low + high) / 2


def _mean_distance(points: list[float], low: float, high: float) -> float:
    mean = sum(points) / len(points)
    variance = sum((point - mean) ** 2 for point in points) / len(points)
    missed = sum(max(low - point, point - high, 0.0) ** 2 for point in points) / len(points)
    return missed / variance if variance else 0.0


def largest_index(source: Array, rows: object) -> Size | None:
    """The largest index that reaches an embedding of so many rows, as far as it is known."""
    quantity = source.quantity
    if quantity.last is not None:
        return quantity.last
    if quantity.kind in {Kind.TOKENS, Kind.CLASSES} and quantity.high is not None and not quantity.nominal:
        return int(quantity.high)
    if isinstance(rows, Linear) and len(rows.terms) == 1:
        key, coefficient = rows.terms[0]
        named = isinstance(key, tuple) and key[0] == "max" and coefficient == 1
        if isinstance(key, tuple) and named and any(array.number == key[1] for array in source.ancestry()):
            return Linear(rows.terms)
    return None
