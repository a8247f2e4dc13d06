"""A series of numbers as a line of small bars."""

from __future__ import annotations

import math
from collections.abc import Sequence

BARS = "▁▂▃▄▅▆▇█"
WIDTH = 40
WIDE = 100.0  # a series that spans more than this factor is drawn by its logarithm


def sparkline(series: Sequence[float]) -> str:
    """At most 40 bars; of positive numbers that span several magnitudes, their logarithms."""
    points = [series[index * len(series) // WIDTH] for index in range(WIDTH)] if len(series) > WIDTH else list(series)
    positive = [point for point in points if point > 0]
    if positive and max(positive) > WIDE * min(positive):
        least = min(positive)
        points = [math.log10(max(point, least)) for point in points]
    low, high = min(points), max(points)
    scale = (len(BARS) - 1) / (high - low) if high > low else 0.0
    return "".join(BARS[round((point - low) * scale)] for point in points)
