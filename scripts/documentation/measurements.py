"""Reads the measured figures of docs/measurements."""

from __future__ import annotations

import csv
from dataclasses import dataclass
from pathlib import Path

FOLDER = Path(__file__).parents[2] / "docs" / "measurements"
KEYS = ("title", "kind", "x", "y", "x_scale", "y_scale", "measured", "seeds", "versions")


@dataclass(frozen=True)
class Point:
    """The median, lowest and highest value at one x, which is a number or, in bars, a label."""

    x: str
    median: float
    lowest: float
    highest: float


@dataclass(frozen=True)
class Measurement:
    """One file: what was measured, in words, and its series in the order of the file."""

    name: str
    about: dict[str, str]
    series: dict[str, tuple[Point, ...]]


def measurements_of(code: str) -> list[Measurement]:
    """The figures of a rule."""
    return [read(path) for path in sorted(FOLDER.glob(f"{code}-*.csv"))]


def read(path: Path) -> Measurement:
    """A file; ValueError when its header or a row is not as scripts/measure writes it."""
    lines = path.read_text("utf-8").splitlines()
    about = dict(line[2:].split(": ", 1) for line in lines if line.startswith("# "))
    if tuple(about) != KEYS:
        raise ValueError(f"{path}: the header must hold {', '.join(KEYS)}")
    series: dict[str, list[Point]] = {}
    for row in csv.DictReader(line for line in lines if not line.startswith("# ")):
        numbers = (float(row["median"]), float(row["lowest"]), float(row["highest"]))
        series.setdefault(row["series"], []).append(Point(row["x"], *numbers))
    return Measurement(path.stem, about, {name: tuple(points) for name, points in series.items()})
