"""RNN401: a scaler has seen the test rows."""

from __future__ import annotations

from collections.abc import Iterator

from rnnlint.finding import Confidence, Severity
from rnnlint.program.data import Array, Rows, ScalerFit, Split
from rnnlint.program.program import Program
from rnnlint.program.size import known_int
from rnnlint.program.value import Site, possible
from rnnlint.rules.base import Found, Remark, Rule, RuledOut, Undecided, Verdict


class ScalerFitBeforeSplit(Rule):
    """A scaler, or a statistic used for scaling, is taken from rows that later become test or validation rows.

    ## What it does
    Follows which rows each `fit` and each hand-made mean, deviation, minimum or maximum saw, through helpers and
    files, and compares them with the rows that are held out later: by train_test_split, by slices at a share of the
    length, by folds, by `validation_split`, or by what is predicted and evaluated.

    ## Why it is bad
    The score is too good. On series with a trend the reported error was 1.3 to 1.7 times smaller than honest
    (median 1.34 for min-max scaling; 1.18 to 1.22 on exponential prices); on stationary data the difference is
    within 1 %. With honest min-max scaling 70 to 88 % of a trending test set lies outside [0, 1], which the leak
    hides. It does not keep the network from learning.

    ## Example
    ```python
    import pandas as pd
    from sklearn.model_selection import train_test_split
    from sklearn.preprocessing import StandardScaler

    table = pd.read_csv("sensors.csv")
    scaler = StandardScaler()
    values = scaler.fit_transform(table)
    train, test = train_test_split(values, shuffle=False)
    ```

    ## Use instead
    ```python
    import pandas as pd
    from sklearn.model_selection import train_test_split
    from sklearn.preprocessing import StandardScaler

    table = pd.read_csv("sensors.csv")
    train, test = train_test_split(table, shuffle=False)
    scaler = StandardScaler()
    train = scaler.fit_transform(train)
    test = scaler.transform(test)
    ```

    ## How it is confirmed
    By changing nothing but the test rows of the raw data and comparing the training arrays: they must not change.

    ## When it is silent
    A fit on the training part; no split in sight (undecided); statistics of each window or row alone; encoders that
    learn only which categories exist; a scaler whose result is not trained on. `validation_split` counts only where
    it is the program's one held-out set.

    ## Fix safety
    No automatic fix: the split has to move before the fit.

    ## References
    - https://scikit-learn.org/stable/common_pitfalls.html#data-leakage
    """

    code = "RNN401"
    name = "scaler-fit-before-split"
    severity = Severity.WARNING
    symptoms = ("optimistic",)
    frameworks = ("data",)

    def check(self, program: Program) -> Iterator[Verdict]:
        for fit in program.scaler_fits:
            yield _judge(program, fit)


def _judge(program: Program, fit: ScalerFit) -> Verdict:
    rows = fit.data.rows
    if rows is None:
        return Undecided(fit.site, f"which rows {_name(fit)} saw is not known")
    if fit.data.within_one_window:
        return RuledOut(fit.site, "the statistics are those of one window alone")
    if any(part.covers(rows) for split in program.splits for part in split.parts):
        return RuledOut(fit.site, f"{_name(fit)} saw one part of a split")
    if not _is_used(program, fit):
        return RuledOut(fit.site, f"nothing that is trained on was scaled by {_name(fit)}")
    for split in program.splits:
        if rows.covers(split.whole) and fit in split.scaled_by:
            return _found(fit, split.site, f"the split ({split.how}) comes", _shared(program, fit, split))
    held_out = _held_out_by_use(program, fit, rows)
    if held_out is not None:
        return _found(fit, held_out[0], held_out[1], Confidence.HIGH)
    return Undecided(fit.site, "no split of these rows is in sight")


def _name(fit: ScalerFit) -> str:
    return f"the {fit.method} over the rows" if fit.by_hand else f"`{fit.name}`"


def _is_used(program: Program, fit: ScalerFit) -> bool:
    """Whether data under these statistics reach a training call, where training calls show their data."""
    trained = [array for call in program.fits for array in call.arrays if array.rows is not None]
    if not any(array.rows is not None and array.rows.source == _source(fit) for array in trained):
        return any(scaling.fit is fit for scaling in program.scalings)
    return any(fit in array.scaled_by for array in trained)


def _source(fit: ScalerFit) -> int:
    return fit.data.rows.source if fit.data.rows is not None else -1


def _shared(program: Program, fit: ScalerFit, split: Split) -> Confidence:
    """A split by slices of which no part is seen in training or scoring may serve another purpose."""
    origin = next((array.op for array in fit.data.ancestry() if not array.inputs), "")
    unseen = origin == "parameter"  # it may be the training part already, of which folds are no held-out score
    if split.how != "slices":
        if not unseen:
            return Confidence.HIGH
        return Confidence.MEDIUM if split.how == "train_test_split" else Confidence.LOW
    used = [a.rows for call in program.fits for a in call.arrays if a.rows is not None]
    used += [a.rows for score in program.evaluations for a in score.data if a.rows is not None]
    seen = any(part.covers(rows) for part in split.parts for rows in used)
    return Confidence.HIGH if seen else Confidence.MEDIUM


def _held_out_by_use(program: Program, fit: ScalerFit, rows: Rows) -> tuple[Site, str] | None:
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
                    return score.site, f"some of them are held out for {score.how}"
            share = possible(call.validation_split) if call.validation_split is not None else None
            if share and all(share) and not apart:
                return call.site, "validation_split holds out the last of them"
    return None


def _apart(one: Array, two: Array) -> bool:
    return one.rows is not None and two.rows is not None and one.rows.apart_from(two.rows)


def _found(fit: ScalerFit, later: Site, how: str, confidence: Confidence) -> Found:
    count = known_int(fit.data.shape[0]) if fit.data.shape else None
    number = f"all {count:,} rows" if count is not None else "all rows"
    data = f" of `{fit.data.name}`" if fit.data.name else ""
    if fit.by_hand:
        subject = f"{fit.method} is taken over {number}{data}"
    else:
        subject = f"`{fit.name}` is fit on {number}{data}"
    return Found(
        fit.site,
        f"{subject}; {how}{_distance(fit.site, later)}",
        help="split first, take the statistics from the training rows, and apply them to the rest",
        remarks=(Remark("the rows are divided here", later),),
        confidence=confidence,
    )


def _distance(first: Site, later: Site) -> str:
    one, two = first.span, later.span
    if one.path != two.path:
        return " in another file"
    if one.cell != two.cell:
        return f" in cell {two.cell}"
    lines = two.line - one.line
    if lines == 0:
        return " on the same line"
    return f" {abs(lines)} line{'s' if abs(lines) > 1 else ''} {'later' if lines > 0 else 'earlier'}"
