"""A measured figure, and the CSV file under docs/measurements that holds it."""

from __future__ import annotations

import csv
import math
import statistics
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path

FOLDER = Path(__file__).parents[2] / "docs" / "measurements"


@dataclass
class Figure:
    """Series of medians with their lowest and highest values.

    `kind` is `lines` (x is a number) or `bars` (x is a label); `x_scale` and `y_scale` are `linear` or `log`.
    """

    name: str
    title: str
    x: str
    y: str
    measured: str
    seeds: str
    versions: str
    kind: str = "lines"
    x_scale: str = "linear"
    y_scale: str = "linear"
    rows: list[tuple[str, str, str, str, str]] = field(default_factory=list)

    def add(self, series: str, x: float | str, values: Sequence[float]) -> None:
        """The median of the seeds' values with the lowest and the highest; a value that is not finite counts last."""
        ordered = sorted(math.inf if math.isnan(value) else value for value in values)
        median = statistics.median_low(ordered)
        self.rows.append((series, _short(x), _short(median), _short(ordered[0]), _short(ordered[-1])))

    def add_curves(self, series: str, curves: Sequence[Sequence[float]], points: int = 60) -> None:
        """One curve a seed, thinned to a number of points; x counts from 1."""
        length = len(curves[0])
        kept = sorted({round(i * (length - 1) / (points - 1)) for i in range(points)})
        for position in kept:
            self.add(series, position + 1, [curve[position] for curve in curves])

    def write(self) -> None:
        """Replace the figure's file."""
        FOLDER.mkdir(parents=True, exist_ok=True)
        with (FOLDER / f"{self.name}.csv").open("w", encoding="utf-8", newline="") as stream:
            for key in ("title", "kind", "x", "y", "x_scale", "y_scale", "measured", "seeds", "versions"):
                stream.write(f"# {key}: {getattr(self, key)}\n")
            writer = csv.writer(stream, lineterminator="\n")
            writer.writerow(("series", "x", "median", "lowest", "highest"))
            writer.writerows(self.rows)


def _short(value: float | str) -> str:
    return value if isinstance(value, str) else f"{value:.4g}"
