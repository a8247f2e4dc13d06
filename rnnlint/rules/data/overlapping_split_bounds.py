"""RNN410: slices for training and test that hold the same rows."""

from __future__ import annotations

from collections.abc import Iterator

from rnnlint.finding import Severity
from rnnlint.program.data import Array
from rnnlint.program.overlaps import shared_with
from rnnlint.program.program import Program
from rnnlint.program.value import Site
from rnnlint.program.walks import chain
from rnnlint.rules.base import Found, Remark, Rule, RuledOut, Undecided, Verdict

REASON_TO_OVERLAP = 0.2  # below this share, the test part may begin with the history that its first forecast needs
CUTS = frozenset({"window", "windows", "item", "stack"})


class OverlappingSplitBounds(Rule):
    """The slice that the score is taken on begins inside the slice that was trained on.

    ## What it does
    Compares the slice of rows that the training reads with the slice that evaluate, validation_data, a loss without
    gradients or a metric of predictions reads, where both are cut from the same rows: by numbers, or by shares of
    their number.

    ## Why it is bad
    A large part of the test was trained on, so that the score says how well the network remembers. With 80 % for the
    training and a test part that begins at 20 %, three of four test rows are training rows: on labels drawn by lot,
    where 0.5 is the best that can be hoped for, an LSTM that has learned its 160 training rows scores 0.87
    (mean of 6 seeds; 0.48 on the last fifth).

    ## Example
    ```python
    import numpy as np
    import pandas as pd
    from tensorflow.keras import Input, Sequential, layers, optimizers

    values = np.log(pd.read_csv("load.csv")["load"].values)
    x = np.array([values[i : i + 24] for i in range(len(values) - 24)])[..., None]
    y = np.array([values[i + 24] for i in range(len(values) - 24)])
    train_size = int(len(x) * 0.8)
    test_size = len(x) - train_size
    x_train, y_train = x[:train_size], y[:train_size]
    x_test, y_test = x[test_size:], y[test_size:]

    model = Sequential([Input((24, 1)), layers.LSTM(16), layers.Dense(1)])
    model.compile(optimizers.Adam(clipnorm=1.0), "mse")
    model.fit(x_train, y_train)
    model.evaluate(x_test, y_test)
    ```

    ## Use instead
    ```python
    import numpy as np
    import pandas as pd
    from tensorflow.keras import Input, Sequential, layers, optimizers

    values = np.log(pd.read_csv("load.csv")["load"].values)
    x = np.array([values[i : i + 24] for i in range(len(values) - 24)])[..., None]
    y = np.array([values[i + 24] for i in range(len(values) - 24)])
    train_size = int(len(x) * 0.8)
    x_train, y_train = x[:train_size], y[:train_size]
    x_test, y_test = x[train_size:], y[train_size:]

    model = Sequential([Input((24, 1)), layers.LSTM(16), layers.Dense(1)])
    model.compile(optimizers.Adam(clipnorm=1.0), "mse")
    model.fit(x_train, y_train)
    model.evaluate(x_test, y_test)
    ```

    ## How it is confirmed
    By numbering the rows and counting the numbers that are in both parts.

    ## When it is silent
    Parts that meet at one bound; a score on part of the training rows or on all rows; a few rows of history before
    the test part, and windows that are cut from the parts afterwards; networks that are trained on several parts;
    bounds that cannot be compared.

    ## Fix safety
    No automatic fix: which of the two bounds is meant is not known.

    ## References
    - https://scikit-learn.org/stable/modules/cross_validation.html
    """

    code = "RNN410"
    name = "overlapping-split-bounds"
    severity = Severity.ERROR
    symptoms = ("optimistic",)
    frameworks = ("data",)

    def check(self, program: Program) -> Iterator[Verdict]:
        seen: set[Site] = set()
        for trained in (array for fit in program.fits for array in fit.inputs):
            for scored in _scored(program):
                verdict = _judge(program, trained, scored)
                if verdict is not None and verdict.site not in seen:
                    seen.add(verdict.site)
                    yield verdict


def _scored(program: Program) -> Iterator[Array]:
    """What scores are taken on."""
    for evaluation in program.evaluations:
        if not evaluation.how.startswith("predict"):
            yield from evaluation.data
    for score in program.scores:
        yield from (a for a in score.arrays if any(source.op == "prediction" for source in chain(a)))


def _judge(program: Program, trained: Array, scored: Array) -> Verdict | None:
    first, second = _slice(trained), _slice(scored)
    if first is None or second is None or first.rows is None or second.rows is None:
        return None
    share, kept = shared_with(second.rows, first.rows), shared_with(first.rows, second.rows)
    if share == 0.0:
        return None
    if share is None or kept is None:
        return Undecided(second.site, "the bounds of the two slices cannot be compared")
    if kept < REASON_TO_OVERLAP:
        return RuledOut(second.site, "the parts share no more than the history that the first forecasts need")
    if _cut_afterwards(trained) or _cut_afterwards(scored):
        return RuledOut(second.site, "windows are cut from the parts afterwards")
    if len({array.rows for fit in program.fits for array in fit.inputs}) > 1:
        return Undecided(second.site, "networks are trained on several parts")
    return _found(first, second, share)


def _slice(array: Array) -> Array | None:
    """Where the rows were cut out that the array holds."""
    made = [earlier for earlier in chain(array) if earlier.op == "rows" and earlier.rows == array.rows]
    return made[-1] if made else None


def _cut_afterwards(array: Array) -> bool:
    """Whether windows were cut from the slice, not the slice from windows."""
    for earlier in chain(array):
        if earlier.op == "rows" and earlier.rows == array.rows:
            return False
        if earlier.op in CUTS:
            return True
    return False


def _found(first: Array, second: Array, share: float) -> Found:
    name = f" of `{second.name}`" if second.name else ""
    training = f" (`{first.name}`)" if first.name else ""
    much = f"{share:.0%} of the rows{name}" if share > 0.005 else f"the first rows{name}"
    return Found(
        second.site,
        f"{much} are rows that were trained on{training}: the two slices overlap",
        help="begin the second slice where the first one ends",
        remarks=(Remark("the rows for the training are cut out here", first.site),),
    )
