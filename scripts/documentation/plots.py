"""Draws a measured figure as inline SVG whose colours follow the page's theme."""

from __future__ import annotations

import math
import re
from dataclasses import dataclass
from html import escape
from itertools import groupby

from scripts.documentation.measurements import Measurement, Point

WIDTH, HEIGHT = 640, 300
LEFT, RIGHT, TOP, BOTTOM = 64, 16, 56, 44
MIDDLE = (LEFT + WIDTH - RIGHT) // 2
TICKS = 6


@dataclass(frozen=True)
class Axis:
    """Maps numbers between two ends to pixels between two others; below a logarithmic axis lies its lower end."""

    low: float
    high: float
    start: float
    end: float
    log: bool

    def place(self, value: float) -> float:
        """The pixel of a number."""
        low, high, value = (math.log10(max(n, self.low)) if self.log else n for n in (self.low, self.high, value))
        return self.start + (min(max(value, low), high) - low) / (high - low) * (self.end - self.start)

    def ticks(self) -> list[float]:
        """Round numbers between the ends, about six."""
        if self.log:
            first, last = math.ceil(math.log10(self.low) - 1e-9), math.floor(math.log10(self.high) + 1e-9)
            return [10.0**power for power in range(first, last + 1, (last - first) // TICKS + 1)]
        step = 10 ** math.floor(math.log10((self.high - self.low) / TICKS))
        step = next(step * factor for factor in (1, 2, 5, 10) if (self.high - self.low) / (step * factor) <= TICKS)
        first = math.ceil(self.low / step - 1e-9)
        return [round(i * step, 12) for i in range(first, math.floor(self.high / step + 1e-9) + 1)]


def plot(measurement: Measurement) -> str:
    """The figure with its caption, without an empty line, as markdown takes it for one block of HTML."""
    about = measurement.about
    draw = _bars if about["kind"] == "bars" else _lines
    label = f"{about['title']}. {about['y']} by {about['x']}: " + "; ".join(map(_in_words, measurement.series.items()))
    return "\n".join(
        [
            '<figure class="measured">',
            f'<svg viewBox="0 0 {WIDTH} {HEIGHT}" role="img" aria-label="{escape(label)}">',
            *_legend(measurement),
            f'<text class="title" x="{LEFT}" y="{TOP - 12}">{escape(about["y"])}</text>',
            f'<text class="title middle" x="{MIDDLE}" y="{HEIGHT - 6}">{escape(about["x"])}</text>',
            *draw(measurement),
            "</svg>",
            f"<figcaption>{_caption(about)}</figcaption>",
            "</figure>",
        ]
    )


def _caption(about: dict[str, str]) -> str:
    spread = "whisker" if about["kind"] == "bars" else "band"
    seeds = f" Seeds {about['seeds']}: median, and {spread} from lowest to highest." if " to " in about["seeds"] else ""
    versions = "" if about["versions"] == "none" else f" {about['versions']}."
    return f"<strong>{escape(about['title'])}.</strong> {escape(about['measured'] + '.' + seeds + versions)}"


def number(value: float) -> str:
    """A number as an axis shows it."""
    if not math.isfinite(value):
        return "∞ or NaN"
    return re.sub(r"e([+-])0*(\d+)", lambda m: f"e{m[1].replace('+', '')}{m[2]}", f"{value:g}")


def _in_words(item: tuple[str, tuple[Point, ...]]) -> str:
    name, points = item
    return f"{name} from {number(points[0].median)} to {number(points[-1].median)}"


def _legend(measurement: Measurement) -> list[str]:
    if len(measurement.series) == 1:
        return []
    pieces, x = [], LEFT
    for position, name in enumerate(measurement.series):
        pieces.append(f'<rect class="fill s{position}" x="{x}" y="8" width="14" height="10"/>')
        pieces.append(f'<text x="{x + 20}" y="17">{escape(name)}</text>')
        x += 40 + 7 * len(name)
    return pieces


def _axis(values: list[float], log: bool, start: float, end: float) -> Axis:
    finite = [value for value in values if math.isfinite(value) and (value > 0 or not log)]
    low, high = min(finite), max(finite)
    if log:
        low, high = (10 ** math.floor(math.log10(low)), 10 ** math.ceil(math.log10(high)))
    elif low >= 0 and low < 0.5 * high:
        low = 0.0
    return Axis(low, high if high > low else low + 1, start, end, log)


def _upright(measurement: Measurement) -> Axis:
    values = [n for points in measurement.series.values() for p in points for n in (p.median, p.lowest, p.highest)]
    values += [0.0] if measurement.about["kind"] == "bars" else []
    return _axis(values, measurement.about["y_scale"] == "log", HEIGHT - BOTTOM, TOP)


def _grid(axis: Axis) -> list[str]:
    return [
        f'<line class="grid" x1="{LEFT}" x2="{WIDTH - RIGHT}" y1="{axis.place(tick):.1f}" y2="{axis.place(tick):.1f}"/>'
        f'<text class="end" x="{LEFT - 8}" y="{axis.place(tick) + 4:.1f}">{number(tick)}</text>'
        for tick in axis.ticks()
    ]


def _lines(measurement: Measurement) -> list[str]:
    upright = _upright(measurement)
    places = [float(point.x) for points in measurement.series.values() for point in points]
    axis = _axis(places, measurement.about["x_scale"] == "log", LEFT, WIDTH - RIGHT)
    if axis.log:
        axis = Axis(min(places), max(places), LEFT, WIDTH - RIGHT, log=True)
    pieces = _grid(upright)
    for tick in axis.ticks():
        pieces.append(
            f'<text class="middle" x="{axis.place(tick):.1f}" y="{HEIGHT - BOTTOM + 18}">{number(tick)}</text>'
        )
    for position, points in enumerate(measurement.series.values()):
        for finite, run in groupby(points, lambda point: math.isfinite(point.median)):
            if finite:
                pieces += _line(list(run), position, axis, upright)
    return pieces


def _line(points: list[Point], position: int, axis: Axis, upright: Axis) -> list[str]:
    def path(values: list[tuple[str, float]]) -> str:
        return " ".join(f"{axis.place(float(x)):.1f},{upright.place(value):.1f}" for x, value in values)

    around = [(p.x, p.highest) for p in points] + [(p.x, p.lowest) for p in reversed(points)]
    pieces = [
        f'<polygon class="fill band s{position}" points="{path(around)}"/>',
        f'<polyline class="line s{position}" points="{path([(p.x, p.median) for p in points])}"/>',
    ]
    if len(points) <= 20:
        places = [(axis.place(float(point.x)), upright.place(point.median)) for point in points]
        pieces += [f'<circle class="fill s{position}" cx="{x:.1f}" cy="{y:.1f}" r="3"/>' for x, y in places]
    return pieces


def _bars(measurement: Measurement) -> list[str]:
    upright = _upright(measurement)
    (points,) = measurement.series.values()
    width, crowded, pieces = (WIDTH - LEFT - RIGHT) / len(points), len(points) > 6, _grid(upright)
    for position, point in enumerate(points):
        middle, top = LEFT + (position + 0.5) * width, upright.place(point.median)
        pieces += [
            f'<rect class="fill s0" x="{middle - width * 0.3:.1f}" y="{top:.1f}" width="{width * 0.6:.1f}" '
            f'height="{HEIGHT - BOTTOM - top:.1f}"/>',
            f'<line class="whisker" x1="{middle:.1f}" x2="{middle:.1f}" y1="{upright.place(point.lowest):.1f}" '
            f'y2="{upright.place(point.highest):.1f}"/>',
            f'<text class="middle" x="{middle:.1f}" y="{HEIGHT - BOTTOM + 13 + 12 * (crowded and position % 2)}">'
            f"{escape(point.x)}</text>",
        ]
    return pieces
