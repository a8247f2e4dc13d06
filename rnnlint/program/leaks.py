"""Whether statistics, or a vocabulary, were taken from rows that are held out later."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import PurePath

from rnnlint.finding import Confidence
from rnnlint.program.data import Array, Rows, ScalerFit, Split
from rnnlint.program.program import Program
from rnnlint.program.size import known_int
from rnnlint.program.value import Site, possible


@dataclass(frozen=True, slots=True)
class Leak:
    """Where rows that were seen are held out, and how, as the rest of a sentence."""

    site: Site
    how: str
    confidence: Confidence = Confidence.HIGH


def innocence(program: Program, fit: ScalerFit) -> str:
    """Why it is surely no leak; "" where it may be one."""
    rows = fit.data.rows
    if fit.data.within_one_window:
        return "the statistics are those of one window alone"
    if rows is not None and any(part.covers(rows) for split in program.splits for part in split.parts):
        return f"{named(fit)} saw one part of a split"
    return "" if _is_used(program, fit) else f"nothing that is trained on was scaled by {named(fit)}"


def split_after(program: Program, fit: ScalerFit) -> Leak | None:
    """A split of the rows that were seen, of which parts are put through the statistics."""
    rows = fit.data.rows
    for split in program.splits:
        if rows is not None and rows.covers(split.whole) and (fit in split.scaled_by or _within_network(program, fit)):
            how = f"the split ({split.how}) comes"
            return Leak(split.site, how + _distance(fit.site, split.site), _confidence(program, fit, split))
    return None


def held_out_by_use(program: Program, fit: ScalerFit) -> Leak | None:
    """A score or a validation_split on some of the rows that were seen."""
    rows = fit.data.rows
    if rows is None:
        return None
    trained = [a.rows for call in program.fits for a in call.arrays if a.rows is not None]
    scores = [
        (score, array)
        for score in program.evaluations
        for array in score.data
        if array.rows is not None and not any(own.covers(array.rows) for own in trained)
    ]
    for call in program.fits:
        for array in call.arrays:
            if array.rows is None or fit not in array.scaled_by or not rows.covers(array.rows):
                continue
            apart = [(score, scored) for score, scored in scores if _apart(scored, array)]
            for score, scored in apart:
                if scored.rows is not None and rows.covers(scored.rows) and fit in scored.scaled_by:
                    return Leak(
                        score.site, f"some of them are held out for {score.how}{_distance(fit.site, score.site)}"
                    )
            share = possible(call.validation_split) if call.validation_split is not None else None
            if share and all(share) and not apart:
                how = "validation_split holds out the last of them"
                return Leak(call.site, how + _distance(fit.site, call.site))
    return None


def named(fit: ScalerFit) -> str:
    """The user's name of what took the statistics."""
    return f"the {fit.method} over the rows" if fit.by_hand else f"`{fit.name}`"


def seen(fit: ScalerFit) -> str:
    """The rows that were seen, in the user's words."""
    count = known_int(fit.data.shape[0]) if fit.data.shape else None
    number = f"all {count:,} rows" if count is not None else "all rows"
    return f"{number} of `{fit.data.name}`" if fit.data.name else number


def _is_used(program: Program, fit: ScalerFit) -> bool:
    """Whether data under these statistics reach a training call, where training calls show their data."""
    if fit.layer is not None:
        return _within_network(program, fit)
    trained = [array for call in program.fits for array in call.arrays if array.rows is not None]
    if not any(array.rows is not None and array.rows.source == _source(fit) for array in trained):
        return any(scaling.fit is fit for scaling in program.scalings)
    return any(fit in array.scaled_by for array in trained)


def _within_network(program: Program, fit: ScalerFit) -> bool:
    """Whether a layer that holds the statistics is part of a network that is trained."""
    outputs = (output for call in program.fits for output in call.outputs)
    return fit.layer is not None and any(a.layer is fit.layer for output in outputs for a in output.ancestry())


def _source(fit: ScalerFit) -> int:
    return fit.data.rows.source if fit.data.rows is not None else -1


def _confidence(program: Program, fit: ScalerFit, split: Split) -> Confidence:
    """A split by slices of which no part is seen in training or scoring may serve another purpose."""
    origin = next((array.op for array in fit.data.ancestry() if not array.inputs), "")
    unseen = origin == "parameter"  # it may be the training part already, of which folds are no held-out score
    if split.how != "slices":
        if not unseen:
            return Confidence.HIGH
        return Confidence.MEDIUM if split.how == "train_test_split" else Confidence.LOW
    used = [a.rows for call in program.fits for a in call.arrays if a.rows is not None]
    used += [a.rows for score in program.evaluations for a in score.data if a.rows is not None]
    return Confidence.HIGH if any(_in_part(split, rows) for rows in used) else Confidence.MEDIUM


def _in_part(split: Split, rows: Rows) -> bool:
    return any(part.covers(rows) for part in split.parts)


def _apart(one: Array, two: Array) -> bool:
    return one.rows is not None and two.rows is not None and one.rows.apart_from(two.rows)


def _distance(first: Site, later: Site) -> str:
    """How far the second place is from the first, as the end of a sentence."""
    one, two = first.span, later.span
    if one.path != two.path:
        return f" in {PurePath(two.path).name}"
    if one.cell != two.cell:
        return f" in cell {two.cell}"
    lines = two.line - one.line
    if lines == 0:
        return " on the same line"
    if lines < 0:
        return f" in line {two.line}"  # such as a helper that is called later
    return f" {lines} line{'s' if lines > 1 else ''} later, in line {two.line}"
