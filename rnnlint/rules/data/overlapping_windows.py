"""RNN406: windows that overlap, shared out at random."""

from __future__ import annotations

from collections.abc import Iterator

from rnnlint.finding import Severity
from rnnlint.program.chronology import (
    divisions,
    held_out_before,
    is_number_series,
    order_in_time,
    series_of,
    window_site,
    windows_in,
)
from rnnlint.program.data import Array, Reach, Split
from rnnlint.program.program import Program
from rnnlint.program.size import known_int
from rnnlint.program.value import confidence_of, possible
from rnnlint.rules.base import Found, Remark, Rule, RuledOut, Undecided, Verdict


class OverlappingWindows(Rule):
    """Windows that share steps with their neighbours are shared out to training and test at random.

    ## What it does
    Finds the windows that each random split divides, and compares how long they are with how far apart they start.
    Where the windows are to forecast their own series, or its rows are known to follow one another in time,
    shuffled-time-series-split (RNN405) speaks of the same split instead; this rule is about recordings that are
    classified, such as activities, heartbeats and machine states.

    ## Why it is bad
    The score is too good. Most steps of a test window were seen in training windows with the same label, so that
    the network need only recognise the recording. Twenty recordings with labels that have next to nothing to do with
    the signal, cut into windows of 50 steps: an LSTM scores 0.69 where windows start every 10 steps, 0.46 where they
    start every 50, and 0.54 where whole recordings are held out (medians of 4 seeds; guessing gives 0.5).

    ## Example
    ```python
    import numpy as np
    import pandas as pd
    from sklearn.model_selection import train_test_split

    table = pd.read_csv("walks.csv")
    signal, labels = table[["x", "y", "z"]].values, table["activity"].values
    windows = np.array([signal[i : i + 100] for i in range(0, len(signal) - 100, 50)])
    classes = np.array([labels[i + 99] for i in range(0, len(signal) - 100, 50)])
    x_train, x_test, y_train, y_test = train_test_split(windows, classes, test_size=0.2)
    ```

    ## Use instead
    ```python
    import numpy as np
    import pandas as pd
    from sklearn.model_selection import train_test_split

    table = pd.read_csv("walks.csv")
    signal, labels = table[["x", "y", "z"]].values, table["activity"].values
    windows = np.array([signal[i : i + 100] for i in range(0, len(signal) - 100, 100)])
    classes = np.array([labels[i + 99] for i in range(0, len(signal) - 100, 100)])
    x_train, x_test, y_train, y_test = train_test_split(windows, classes, test_size=0.2)
    ```

    ## How it is confirmed
    By counting the steps of the recording that are in windows of both parts.

    ## When it is silent
    Splits in the order of time; windows that start at least their own length apart, or whose distance is not known;
    windows of texts and of numbers that are drawn each for itself; a random split of the training part alone.

    ## Fix safety
    No automatic fix: divide the recordings (by person, by file, by time) before the windows are cut.

    ## References
    - https://scikit-learn.org/stable/modules/cross_validation.html#group-k-fold
    """

    code = "RNN406"
    name = "overlapping-windows"
    severity = Severity.WARNING
    symptoms = ("optimistic",)
    frameworks = ("data",)

    def check(self, program: Program) -> Iterator[Verdict]:
        for split in divisions(program):
            for array in windows_in(split)[:1]:
                yield _judge(program, split, array)


def _judge(program: Program, split: Split, array: Array) -> Verdict:
    shuffled = possible(split.shuffled)
    if shuffled is None:
        return Undecided(split.site, "whether it shuffles is not known")
    if not all(shuffled):
        return RuledOut(split.site, "the split keeps the order of the windows")
    if array.reach is None or not array.reach.overlaps:
        return RuledOut(split.site, "the windows are not seen to overlap")
    if not is_number_series(program, array):
        return Undecided(split.site, "whether the windows are those of measurements is not known")
    if held_out_before(program, split) is not None:
        return RuledOut(split.site, "rows for the score are held out elsewhere")
    if order_in_time(program, split) is not None:
        return RuledOut(split.site, "RNN405 speaks of this split")
    return _found(split, array, array.reach)


def _found(split: Split, array: Array, reach: Reach) -> Found:
    series = series_of(array).name
    how = "a split of shuffled windows" if split.how == "slices" else f"`{split.how}`"
    width, stride = known_int(reach.width), known_int(reach.stride)
    extent = f" of {width} steps start every {stride}" if width is not None else " share steps with their neighbours"
    name = f" of `{series}`" if series else ""
    return Found(
        split.site,
        f"the windows{name}{extent}, and {how} shares them out at random: test windows are made of steps that training "
        "windows hold too",
        help="divide the recordings or the series first, and cut the windows from each part",
        remarks=(Remark("the windows are cut here", window_site(array)),),
        confidence=confidence_of(split.shuffled),
    )
