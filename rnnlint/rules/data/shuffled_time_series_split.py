"""RNN405: a random split of a time series."""

from __future__ import annotations

from collections.abc import Iterator

from rnnlint.finding import Applicability, Severity
from rnnlint.program.chronology import Evidence, divisions, held_out_before, order_in_time, series_of
from rnnlint.program.data import Split
from rnnlint.program.program import Program
from rnnlint.program.value import confidence_of, possible
from rnnlint.repair import Repair, SetArgument
from rnnlint.rules.base import Found, Remark, Rule, RuledOut, Undecided, Verdict


class ShuffledTimeSeriesSplit(Rule):
    """The rows or windows of a time series are shared out to training and test at random.

    ## What it does
    Follows the data of each random split (train_test_split without shuffle=False, KFold with shuffle=True,
    random_split, slices of shuffled rows) back to where the program shows that its rows follow one another in time:
    windows whose target is a later step of the same series, prices of one day after another, rows labelled with
    dates or sorted by them, columns shifted or averaged over the rows.

    ## Why it is bad
    The score is too good. A test step lies between training steps, and with windows it stands inside training windows.
    The network is judged on a stretch that it knows and is used on one that it does not: on a growing series
    with a season of 12 steps, the same LSTM has a mean squared error of 0.0037 on test windows drawn at random, and of
    0.030 on the 200 steps that follow (medians of 6 seeds, 8 times as much; 3.8 to 17 times).

    ## Example
    ```python
    import numpy as np
    import pandas as pd
    from sklearn.model_selection import train_test_split

    values = pd.read_csv("load.csv")["load"].values
    x = np.array([values[i : i + 24] for i in range(len(values) - 24)])
    y = np.array([values[i + 24] for i in range(len(values) - 24)])
    x_train, x_test, y_train, y_test = train_test_split(x, y, test_size=0.2)
    ```

    ## Use instead
    ```python
    import numpy as np
    import pandas as pd
    from sklearn.model_selection import train_test_split

    values = pd.read_csv("load.csv")["load"].values
    x = np.array([values[i : i + 24] for i in range(len(values) - 24)])
    y = np.array([values[i + 24] for i in range(len(values) - 24)])
    x_train, x_test, y_train, y_test = train_test_split(x, y, test_size=0.2, shuffle=False)
    ```

    ## How it is confirmed
    By training the same network on both splits and comparing the two test errors.

    ## When it is silent
    Splits in the order of time; texts, images and other samples that the program does not show to follow one
    another; numbers that are drawn each for itself; a random split of the training part alone, when a later part is
    held out already; shuffling of training batches.

    ## Fix safety
    Unsafe: `train_test_split` gets `shuffle=False`, so that the test part is the latest one and the score another. No
    fix is offered for a stratified split, which has to shuffle, for folds, and for rows that are shuffled by hand.

    ## References
    - https://scikit-learn.org/stable/modules/cross_validation.html#cross-validation-of-time-series-data
    """

    code = "RNN405"
    name = "shuffled-time-series-split"
    severity = Severity.WARNING
    symptoms = ("optimistic",)
    frameworks = ("data",)
    fixes = (Applicability.UNSAFE,)

    def check(self, program: Program) -> Iterator[Verdict]:
        for split in divisions(program):
            yield _judge(program, split)


def _judge(program: Program, split: Split) -> Verdict:
    shuffled = possible(split.shuffled)
    if shuffled is None:
        return Undecided(split.site, "whether it shuffles is not known")
    if not all(shuffled):
        return RuledOut(split.site, "the split keeps the order of the rows")
    earlier = held_out_before(program, split)
    if earlier is not None:
        return RuledOut(split.site, "rows for the score are held out elsewhere", (Remark("here", earlier),))
    evidence = order_in_time(program, split)
    if evidence is None:
        return Undecided(split.site, "nothing shows that its rows follow one another in time")
    return _found(split, evidence, _repair(program, split))


def _repair(program: Program, split: Split) -> Repair | None:
    """None for what cannot keep the order, and where the same call divides rows that are in no order."""
    same = [other for other in program.splits if other.site.span == split.site.span]
    if split.how != "train_test_split" or any(one.stratified or order_in_time(program, one) is None for one in same):
        return None
    verb = SetArgument(split.site.span, "shuffle", ("False",))
    return Repair("split in the order of time", Applicability.UNSAFE, (verb,))


def _found(split: Split, evidence: Evidence, repair: Repair | None) -> Found:
    series = series_of(evidence.array).name
    name = f" of `{series}`" if series else ""
    what = "windows" if evidence.array.reach is not None else "rows"
    how = "a split of shuffled rows" if split.how == "slices" else f"`{split.how}`"
    return Found(
        split.site,
        f"{how} shares out the {what}{name} at random, but they follow one another in time ({evidence.why}): "
        "the test part lies between steps that were trained on",
        help="split in the order of time (shuffle=False, TimeSeriesSplit, or slices), the latest part for the test",
        remarks=(Remark(evidence.why, evidence.site),),
        confidence=confidence_of(split.shuffled).and_(evidence.confidence),
        repair=repair,
    )
