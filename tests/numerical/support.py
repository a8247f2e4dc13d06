"""Measures of gradients and errors that hold for the arrays of either framework."""

from __future__ import annotations

from typing import Any


def share_on_others(gradient: Any, sample: int, axis: int = 0) -> float:
    """The share of one output's gradient that lies on samples other than its own; `axis` counts the samples."""
    sizes = abs(gradient).swapaxes(0, axis)
    return 1.0 - float(sizes[sample].sum()) / float(sizes.sum())


def share_of_zeros(gradients: list[Any]) -> float:
    """The share of the arrays that are exactly 0."""
    return sum(1 for gradient in gradients if float(abs(gradient).max()) == 0.0) / len(gradients)


def floor_of(targets: Any, low: float, high: float) -> float:
    """The error that no output between two bounds can avoid, as a share of the targets' variance."""
    beyond = targets - targets.clip(low, high)
    return float((beyond**2).mean()) / float(((targets - targets.mean()) ** 2).mean())
