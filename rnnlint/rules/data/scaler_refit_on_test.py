"""RNN402: held-out rows are scaled by their own statistics."""

from __future__ import annotations

from collections.abc import Iterator

from rnnlint.finding import Applicability, Severity
from rnnlint.program.data import Array, Rows, ScalerFit
from rnnlint.program.program import Program
from rnnlint.program.value import Site
from rnnlint.repair import Rename, Repair
from rnnlint.rules.base import Found, Remark, Rule, RuledOut, Undecided, Verdict


class ScalerRefitOnTest(Rule):
    """A scaler is fit on test or validation rows, so that they are measured with another ruler than the training rows.

    ## What it does
    Finds `fit` and `fit_transform` on the later part of a split, also where a helper that fits is called once for
    each part.

    ## Why it is bad
    The same price becomes one number in training and another in the test. The network is tested on data that it was
    not trained for, and statistics of the future are in the test inputs: the score says nothing about new data.

    ## Example
    ```python
    import pandas as pd
    from sklearn.model_selection import train_test_split
    from sklearn.preprocessing import MinMaxScaler

    table = pd.read_csv("sensors.csv")
    train, test = train_test_split(table, shuffle=False)
    scaler = MinMaxScaler()
    train = scaler.fit_transform(train)
    test = scaler.fit_transform(test)
    ```

    ## Use instead
    ```python
    import pandas as pd
    from sklearn.model_selection import train_test_split
    from sklearn.preprocessing import MinMaxScaler

    table = pd.read_csv("sensors.csv")
    train, test = train_test_split(table, shuffle=False)
    scaler = MinMaxScaler()
    train = scaler.fit_transform(train)
    test = scaler.transform(test)
    ```

    ## How it is confirmed
    By changing nothing but the test rows and comparing the parameters of the scaler that is applied to them.

    ## When it is silent
    A fit on the training part, whichever side of a slice it is; a later part that is itself trained on; statistics
    of each window or row alone; rows whose part in the split is not known.

    ## Fix safety
    Unsafe: `fit_transform` becomes `transform`, and the score is another one from then on. It is offered where the same
    scaler was fit before, once and on the training rows; not for a second scaler, for statistics taken by hand, or in a
    helper that each part goes through.

    ## References
    - https://scikit-learn.org/stable/common_pitfalls.html#data-leakage-during-pre-processing
    """

    code = "RNN402"
    name = "scaler-refit-on-test"
    severity = Severity.WARNING
    symptoms = ("optimistic",)
    frameworks = ("data",)
    fixes = (Applicability.UNSAFE,)

    def check(self, program: Program) -> Iterator[Verdict]:
        for fit in program.scaler_fits:
            if not fit.vocabulary:
                yield _judge(program, fit)


def _judge(program: Program, fit: ScalerFit) -> Verdict:
    rows = fit.data.rows
    if rows is None:
        return Undecided(fit.site, "which rows the statistics are taken from is not known")
    if fit.data.within_one_window:
        return RuledOut(fit.site, "the statistics are those of one window alone")
    if not any(scaling.fit is fit for scaling in program.scalings):
        return RuledOut(fit.site, "the statistics are not applied to anything")
    if any(array.rows.covers(rows) or rows.covers(array.rows) for array in _trained(program) if array.rows is not None):
        return RuledOut(fit.site, "these rows are trained on")
    divided = _set_apart(program, rows) or _scored(program, fit, rows)
    if divided is None:
        return RuledOut(fit.site, "these rows are not held out")
    what = f"`{fit.data.name}`" if fit.data.name else "held-out rows"
    subject = f"{fit.method} is taken over" if fit.by_hand else f"`{fit.name}` is fit on"
    return Found(
        fit.site,
        f"{subject} {what}, which is held out: it is then scaled differently from the training rows",
        help="apply the statistics of the training rows instead (transform, not fit_transform)",
        remarks=(Remark("held out here", divided),),
        repair=_repair(program, fit),
    )


def _repair(program: Program, fit: ScalerFit) -> Repair | None:
    """None unless the scaler was fit once before, on the training rows, by another call."""
    same = [other for other in program.scaler_fits if other.site.span == fit.site.span]
    before = [other for other in program.scaler_fits[: program.scaler_fits.index(fit)] if other.scaler == fit.scaler]
    if fit.by_hand or fit.method != "fit_transform" or len(same) > 1 or len(before) != 1:
        return None
    if not any(before[0] in array.scaled_by for array in _trained(program)) and not _divided(program, before[0], fit):
        return None
    if None not in {fit.width, before[0].width} and fit.width != before[0].width:
        return None
    return Repair(
        "use the statistics of the training rows", Applicability.UNSAFE, (Rename(fit.site.span, "transform"),)
    )


def _divided(program: Program, first: ScalerFit, second: ScalerFit) -> bool:
    """Whether a split made the two parts that the statistics are taken from, the training rows first."""
    before, after = first.data.rows, second.data.rows
    return (
        before is not None
        and after is not None
        and any(
            split.parts[0].covers(before) and any(part.covers(after) for part in split.parts[1:])
            for split in program.splits
        )
    )


def _trained(program: Program) -> list[Array]:
    return [array for call in program.fits for array in call.arrays]


def _set_apart(program: Program, rows: Rows) -> Site | None:
    """Where the rows were divided from the training rows, if a split did it."""
    for split in program.splits:
        if any(part.covers(rows) for part in split.parts[1:]):
            return split.site
    return None


def _scored(program: Program, fit: ScalerFit, rows: Rows) -> Site | None:
    """Where data under these statistics are scored, while the network was trained under others of the same kind."""
    others = {other for array in _trained(program) for other in array.scaled_by if other.type_name == fit.type_name}
    apart = any(array.rows is not None and array.rows.source == rows.source for array in _trained(program))
    for score in program.evaluations:
        for array in score.data:
            if fit in array.scaled_by and (apart or others) and fit not in others:
                return score.site
    return None
