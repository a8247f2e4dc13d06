"""RNN401: a scaler has seen the test rows."""

from __future__ import annotations

from collections.abc import Iterator

from rnnlint.finding import Applicability, Severity
from rnnlint.program.data import ScalerFit, Split
from rnnlint.program.leaks import held_out_by_use, innocence, named, seen, split_after
from rnnlint.program.program import Program
from rnnlint.program.value import Site
from rnnlint.repair import FitBehindSplit, FitOnSlice, Repair, Verb
from rnnlint.rules.base import Found, Remark, Rule, RuledOut, Undecided, Verdict


class ScalerFitBeforeSplit(Rule):
    """A scaler, or a statistic used for scaling, is taken from rows that later become test or validation rows.

    ## What it does
    Follows which rows each `fit` and each hand-made mean, deviation, minimum or maximum saw, be it for scaling or to
    fill gaps, through helpers and files, and compares them with the rows that are held out later: by train_test_split,
    by slices at a share of the length, by folds, by `validation_split`, or by what is predicted and evaluated.

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
    Unsafe, since the score is another: `x = scaler.fit_transform(x)` is taken out, and behind `train_test_split` the
    training part is fitted and the other transformed; before slices it becomes `scaler.fit(x[:n]).transform(x)`. It is
    offered where both stand in one block and nothing else uses what was scaled before it is divided; not where windows
    are divided, nor for statistics taken by hand.

    ## References
    - https://scikit-learn.org/stable/common_pitfalls.html#data-leakage
    """

    code = "RNN401"
    name = "scaler-fit-before-split"
    severity = Severity.WARNING
    symptoms = ("optimistic",)
    frameworks = ("data",)
    fixes = (Applicability.UNSAFE,)

    def check(self, program: Program) -> Iterator[Verdict]:
        for fit in program.scaler_fits:
            if not fit.vocabulary:
                yield _judge(program, fit)


def _judge(program: Program, fit: ScalerFit) -> Verdict:
    if fit.data.rows is None:
        return Undecided(fit.site, f"which rows {named(fit)} saw is not known")
    if reason := innocence(program, fit):
        return RuledOut(fit.site, reason)
    leak = split_after(program, fit) or held_out_by_use(program, fit)
    if leak is None:
        return Undecided(fit.site, "no split of these rows is in sight")
    subject = f"{fit.method} is taken over" if fit.by_hand else f"`{fit.name}` is fit on"
    return Found(
        fit.site,
        f"{subject} {seen(fit)}; {leak.how}",
        help="split first, take the statistics from the training rows, and apply them to the rest",
        remarks=(Remark("the rows are divided here", leak.site),),
        confidence=leak.confidence,
        repair=_repair(program, fit, leak.site),
    )


def _verb(program: Program, fit: ScalerFit, split: Split) -> Verb | None:
    if split.how == "train_test_split":
        return FitBehindSplit(fit.site.span, split.site.span)
    scaled = [scaling.result for scaling in program.scalings if scaling.fit is fit]
    taken = [array for array in program.made_by("rows") if array.rows == split.parts[0] and array.inputs[0] in scaled]
    return FitOnSlice(fit.site.span, taken[0].site.span) if split.how == "slices" and taken else None


def _repair(program: Program, fit: ScalerFit, divided: Site) -> Repair | None:
    """None where the rows are divided several times, or by something that hands out no two parts."""
    rows = fit.data.rows
    splits = [split for split in program.splits if rows is not None and rows.covers(split.whole)]
    if fit.by_hand or fit.method != "fit_transform" or {split.site.span for split in splits} != {divided.span}:
        return None
    if any(call.validation_split is not None for call in program.fits):
        return None
    verb = _verb(program, fit, splits[0])
    if verb is None:
        return None
    return Repair("fit on the training rows", Applicability.UNSAFE, (verb,))
