"""Whether rows follow one another in time, and whether samples share rows with their neighbours."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from rnnlint.finding import Confidence
from rnnlint.program.data import Array, Kind, Reach, Rows, Split
from rnnlint.program.program import Program
from rnnlint.program.size import add, known_int
from rnnlint.program.value import Site
from rnnlint.program.walks import chain

NUMBERS = frozenset({Kind.RAW, Kind.GENERATED, Kind.STANDARDISED, Kind.SCALED, Kind.DIFFERENCED, Kind.LOGGED})
TEXT = frozenset({Kind.TOKENS, Kind.ONE_HOT})


@dataclass(frozen=True, slots=True)
class Evidence:
    """What shows the order of time, and the array that it is seen on."""

    why: str
    site: Site
    array: Array
    confidence: Confidence


def order_in_time(program: Program, split: Split) -> Evidence | None:
    """Why the rows that a split divides are those of a time series, where the program shows it.

    Windows of a series with a later row of it as their target are forecasts. Otherwise every array must come from
    rows that are known to be in the order of time.
    """
    forecast = _forecast(program, split)
    if forecast is not None:
        return forecast
    data = split.data
    if not all(array.timeline is not None or array.reach is not None for array in data):
        return None
    dated = next((array for array in data if array.timeline is not None), None)
    if dated is None or dated.timeline is None or any(_text(array) for array in data):
        return None
    if _grouped(program, split) or _read_as_text(program, split):
        return None
    return Evidence(dated.timeline.why, dated.timeline.site, dated, Confidence.MEDIUM)


def divisions(program: Program) -> tuple[Split, ...]:
    """The splits of which it is stated whether they shuffle, each call once."""
    return tuple({split.site: split for split in reversed(program.splits) if split.shuffled is not None}.values())[::-1]


def _forecast(program: Program, split: Split) -> Evidence | None:
    for array in windows_in(split):
        if array.rows is None or not is_number_series(program, array):
            continue
        for target in (*split.data, *program.made_by("stack"), *_targets(program)):
            reach = _reach_in(target, _series_rows(array.rows))
            if array.reach is not None and reach is not None and array.reach.before(reach):
                why = "each target is a later step of the series"
                return Evidence(why, window_site(array), array, Confidence.HIGH)
    return None


def _targets(program: Program) -> Iterator[Array]:
    """What networks are trained towards, and what it was picked from."""
    for fit in program.fits:
        if fit.target is not None:
            yield from chain(fit.target)


def _reach_in(target: Array, rows: Rows) -> Reach | None:
    """Which of these rows a target holds for each sample; `series[n:]` holds row n for the first."""
    if target.rows is not None and _series_rows(target.rows) == rows and target.reach is not None:
        return target.reach
    if target.rows is None or target.reach is not None or not target.rows.path or target.rows.path[:-1] != rows.path:
        return None
    part = target.rows.path[-1]
    if target.rows.source != rows.source or part.kind != "slice" or part.low is None:
        return None
    return Reach(part.low, add(part.low, 1), 1)


def _series_rows(rows: Rows) -> Rows:
    """The rows without what was cut off at their end: the first windows hold the first rows all the same."""
    path = rows.path
    while path and path[-1].kind == "slice" and path[-1].low is None:
        path = path[:-1]
    return Rows(rows.source, path)


def _grouped(program: Program, split: Split) -> bool:
    """Whether the program takes the rows for those of several cases, each with a course of its own."""
    return any(a.rows is not None and a.rows.source == split.whole.source for a in program.made_by("group"))


def _read_as_text(program: Program, split: Split) -> bool:
    """Whether a vocabulary is taken from these rows, so that each of them is a text."""
    read = (fit.data.rows for fit in program.scaler_fits if fit.vocabulary)
    return any(rows is not None and rows.source == split.whole.source for rows in read)


def windows_in(split: Split) -> tuple[Array, ...]:
    """The arrays of a split whose samples are made of several rows."""
    return tuple(a for a in split.data if a.reach is not None and (known_int(a.reach.width) or 2) > 1)


def _cut(array: Array) -> Array:
    """The windows as they were cut from their series."""
    return next((a for a in array.ancestry() if a.op in {"window", "windows"}), array)


def window_site(array: Array) -> Site:
    """Where windows were cut from their series."""
    return _cut(array).site


def series_of(array: Array) -> Array:
    """The series that windows were cut from; rows that are no windows are a series themselves."""
    cut = _cut(array)
    return cut.inputs[0] if cut.op in {"window", "windows"} else array


def is_number_series(program: Program, array: Array) -> bool:
    """Whether values are measurements that depend on their neighbours: neither text nor drawn each for itself."""
    if _text(array):
        return False
    ancestry = tuple(array.ancestry())
    if array.timeline is not None:
        return True
    if all("drawn" in a.settings for a in ancestry if not a.inputs):
        return False
    return any(a.quantity.kind in NUMBERS for a in ancestry) or _regressed(program, array.rows)


def _text(array: Array) -> bool:
    return any(a.quantity.kind in TEXT or a.op == "tokens" for a in array.ancestry())


def _regressed(program: Program, rows: Rows | None) -> bool:
    """Whether a network is trained on these rows to come near a number."""
    return any(
        fit.loss is not None
        and fit.loss.regression
        and rows is not None
        and any(array.rows is not None and rows.covers(array.rows) for array in fit.inputs)
        for fit in program.fits
    )


def held_out_before(program: Program, split: Split) -> Site | None:
    """Where rows were held out before this split, so that it divides the training part alone."""
    for other in program.splits:
        if other is not split and any(part.covers(split.whole) for part in other.parts):
            return other.site
    sources = {array.rows.source for fit in program.fits for array in fit.inputs if array.rows is not None}
    for score in program.evaluations:
        for array in score.data:
            elsewhere = array.rows is not None and array.rows.source not in sources
            if elsewhere and any(origin.op == "read" for origin in array.ancestry()):
                return score.site
    return None
