"""RNN409: inputs hold values of later rows."""

from __future__ import annotations

from collections.abc import Iterator

from rnnlint.finding import Confidence, Severity
from rnnlint.program.columns import Origin, origins, unexplained
from rnnlint.program.data import Array
from rnnlint.program.program import Program
from rnnlint.program.training import Fit
from rnnlint.program.value import known
from rnnlint.rules.base import Found, Remark, Rule, RuledOut, Undecided, Verdict

FACTS = {
    "fill": "gaps are filled with values of later rows",
    "interpolate": "gaps are filled with values between the rows before and after them",
    "centred": "the window is centred, and half of its rows come later",
    "shift": "the column is moved up, and holds values of later rows",
}
FILLS = frozenset({"fill", "interpolate"})
REPAIRS = {
    "fill": "fill forward (ffill), and drop or fill with a constant what is empty at the start",
    "interpolate": "fill forward (ffill): the value behind a gap is not known in it, whatever the limit direction",
    "centred": "let the window end at its row: leave out center=True",
    "shift": "keep the moved column as the target only, and drop it from the inputs",
}


class LookAheadFeature(Rule):
    """A forecast's inputs hold values of rows that come later, which nobody has when the forecast is made.

    ## What it does
    Follows the inputs of a forecast back, column by column, to gaps filled backwards or interpolated, to centred
    windows, and to columns that were moved up by a negative shift.

    ## Why it is bad
    The score is too good, and the network learns to read the answer where it will not be. On a random walk, of which
    the next difference cannot be forecast, a linear read-out of the last 20 values explained 82 to 84 % of its
    variance once the inputs were smoothed with a centred window of five, and nothing with a window that ends at its
    row (5 seeds). Filled gaps tell far less: with 30 % of the rows missing 2 to 5 % filled backwards, up to 1 %
    interpolated, nothing filled forward; so these are advice.

    ## Example
    ```python
    import pandas as pd
    from keras import Sequential
    from keras.layers import LSTM, Dense
    from keras.optimizers import Adam
    from keras.utils import timeseries_dataset_from_array

    level = pd.read_csv("river.csv")["level"]
    smooth = level.rolling(5, center=True).mean().to_numpy().reshape(-1, 1)
    batches = timeseries_dataset_from_array(smooth[:-48], level[48:] / 100, 48)
    model = Sequential([LSTM(32), Dense(1)])
    model.compile(Adam(clipnorm=1.0), loss="mse")
    model.fit(batches)
    ```

    ## Use instead
    ```python
    import pandas as pd
    from keras import Sequential
    from keras.layers import LSTM, Dense
    from keras.optimizers import Adam
    from keras.utils import timeseries_dataset_from_array

    level = pd.read_csv("river.csv")["level"]
    smooth = level.rolling(5).mean().to_numpy().reshape(-1, 1)
    batches = timeseries_dataset_from_array(smooth[:-48], level[48:] / 100, 48)
    model = Sequential([LSTM(32), Dense(1)])
    model.compile(Adam(clipnorm=1.0), loss="mse")
    model.fit(batches)
    ```

    ## How it is confirmed
    By changing nothing but the rows after one time and comparing the inputs up to it: they must not change.

    ## When it is silent
    Columns moved up that are only the target; a backward fill after a forward one, or of what a moving window leaves
    empty: only the first rows are filled; networks that classify whole windows; data that are not a series, or not
    seen to reach a training call; columns picked by position.

    ## Fix safety
    No automatic fix: filling forward changes the data that a saved network was trained on.

    ## References
    - https://pandas.pydata.org/docs/reference/api/pandas.DataFrame.rolling.html
    - https://pandas.pydata.org/docs/reference/api/pandas.DataFrame.interpolate.html
    """

    code = "RNN409"
    name = "look-ahead-feature"
    severity = Severity.WARNING
    symptoms = ("optimistic",)
    frameworks = ("data",)

    def check(self, program: Program) -> Iterator[Verdict]:
        judged: set[int] = set()
        for fit in program.fits:
            wanted = _numbers(fit.target) if fit.target is not None else set()
            for output in fit.outputs:
                recurs = any(array.layer is not None and array.layer.recurs for array in output.ancestry())
                for origin in origins(output):
                    if "ahead" in origin.array.settings and origin.array.number not in judged:
                        judged.add(origin.array.number)
                        yield _judge(program, fit, origin, recurs, wanted)


def _numbers(target: Array) -> set[int]:
    """The arrays that a target may have been made from."""
    found = list(origins(target))
    vague = any(origin.columns.vague for origin in found)
    return {array.number for array in (target.ancestry() if vague else (origin.array for origin in found))}


def _judge(program: Program, fit: Fit, origin: Origin, recurs: bool, wanted: set[int]) -> Verdict:
    array, how = origin.array, str(known(origin.array.settings["ahead"]))
    if not (recurs or origin.windowed):
        return Undecided(array.site, "whether the rows follow one another in time is not known")
    if not _forecasts(fit):
        return RuledOut(array.site, "no forecast is made of it")
    if how in FILLS and (reason := _only_at_the_start(array)):
        return RuledOut(array.site, reason)
    if how == "shift" and (reason := _row_aligned(program, origin, wanted)):
        return Undecided(array.site, reason)
    name = f"`{array.name}`: " if array.name else ""
    return Found(
        array.site,
        f"{name}{FACTS[how]}; the network is trained on the result",
        help=REPAIRS[how],
        remarks=(Remark("the network is trained here", fit.site),),
        severity=Severity.ADVICE if how in FILLS else None,
        confidence=Confidence.MEDIUM if how == "shift" else Confidence.HIGH,
    )


def _forecasts(fit: Fit) -> bool:
    """Whether a number is predicted, or something of a later row."""
    if fit.loss is not None and fit.loss.regression:
        return True
    return fit.target is not None and any(origin.array.op == "shift" for origin in origins(fit.target))


def _only_at_the_start(array: Array) -> str:
    before = [origin.array for origin in origins(array)][1:]
    if any("leading" in source.settings for source in before):
        return "only the first rows can still be empty"
    return "a column is written that is not known" if any(unexplained(source) for source in before) else ""


def _row_aligned(program: Program, origin: Origin, wanted: set[int]) -> str:
    """Why a column that was moved up may hold nothing of the future."""
    if any(sort.falling is not False for sort in program.sorts):
        return "the rows may be in falling order"
    if origin.columns.vague:
        return "which columns are picked is not known"
    if origin.windowed and origin.array.number in wanted:
        return "windows of it may end before the row that is predicted"
    return ""
