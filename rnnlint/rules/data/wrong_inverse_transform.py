"""RNN408: a scaler is applied to columns that it was not fit on."""

from __future__ import annotations

from collections.abc import Iterator

from rnnlint.finding import Severity
from rnnlint.program.data import Array, ScalerFit, ScalerUse
from rnnlint.program.program import Program
from rnnlint.program.training import Score
from rnnlint.program.units import COMPUTED, Unit, target_unit, unit_of
from rnnlint.program.walks import chain, width_of
from rnnlint.rules.base import Found, Remark, Rule, RuledOut, Undecided, Verdict


class WrongInverseTransform(Rule):
    """Predictions or targets are put through a scaler that was fit on other columns, or scores mix two units.

    ## What it does
    Compares the number of columns that a scaler was fit on with the number that `inverse_transform` and `transform`
    are given later, asks whether the predictions that are inverted were ever scaled, and whether the two sides of a
    score are in the same unit.

    ## Why it is bad
    A scaler that was fit on several columns cannot invert the one column that a network predicts: all scalers of
    scikit-learn raise a ValueError, after the training is paid for. Where nothing raises, the number is in no unit at
    all. An error taken between predictions in the data's unit and targets between 0 and 1 is about the size of the
    data: for a series around 50 with a deviation of 20, the root of the mean squared error of a *perfect* forecast
    came out at 53 instead of 0 (52.2 to 54.1 over 5 seeds).

    ## Example
    ```python
    import pandas as pd
    from keras import Sequential
    from keras.layers import LSTM, Dense
    from keras.optimizers import Adam
    from sklearn.preprocessing import MinMaxScaler

    table = pd.read_csv("prices.csv")[["Close", "Open", "Volume"]]
    scaler = MinMaxScaler()
    scaled = scaler.fit_transform(table[:800])
    model = Sequential([LSTM(32), Dense(1)])
    model.compile(Adam(clipnorm=1.0), loss="mse")
    model.fit(windows, next_close)
    prices = scaler.inverse_transform(model.predict(windows))
    ```

    ## Use instead
    ```python
    import pandas as pd
    from keras import Sequential
    from keras.layers import LSTM, Dense
    from keras.optimizers import Adam
    from sklearn.preprocessing import MinMaxScaler

    table = pd.read_csv("prices.csv")[["Close", "Open", "Volume"]]
    scaler, target_scaler = MinMaxScaler(), MinMaxScaler()
    scaled = scaler.fit_transform(table[:800])
    target = target_scaler.fit_transform(table[["Close"]][:800])
    model = Sequential([LSTM(32), Dense(1)])
    model.compile(Adam(clipnorm=1.0), loss="mse")
    model.fit(windows, next_close)
    prices = target_scaler.inverse_transform(model.predict(windows))
    ```

    ## How it is confirmed
    By a scaler of the same kind, fit on random numbers of the first width and given an array of the second.

    ## When it is silent
    Numbers of columns that the program does not show; predictions put into one column of an array of the full width;
    a scaler of the target alone, fit before or afterwards; a scaler of one column that inverts several steps; scores
    whose sides are both scaled or both inverted.

    ## Fix safety
    No fix: which scaler belongs to the target is for the author to say.

    ## References
    - https://scikit-learn.org/stable/modules/generated/sklearn.preprocessing.MinMaxScaler.html
    """

    code = "RNN408"
    name = "wrong-inverse-transform"
    severity = Severity.ERROR
    symptoms = ("crash", "optimistic")
    frameworks = ("data",)

    def check(self, program: Program) -> Iterator[Verdict]:
        for use in program.scaler_uses:
            yield _width(use) or _unit(program, use)
        for score in program.scores:
            if len(score.arrays) == 2:
                yield _score(program, score)


def _width(use: ScalerUse) -> Verdict | None:
    """A verdict where the numbers of columns differ: a scaler of one column does invert several."""
    width = width_of(use.data)
    fitted = {fit.width for fit in use.fits}
    inverse = use.how == "inverse_transform"
    if width is None or None in fitted or width in fitted or (inverse and 1 in fitted):
        return None
    shape = use.data.shape
    if shape is not None and len(shape) != 2:
        return Undecided(use.site, "it is not given rows of columns")
    fit = use.fits[-1]
    fact = f"`{use.name}` was fit on {_columns(fit.width)} and {use.how} is given {_columns(width)}"
    return Found(
        use.site,
        f"{fact}: it raises a ValueError",
        help="fit a second scaler on the target column alone, and use that one for targets and predictions",
        remarks=(Remark("fit here", fit.site),),
    )


def _columns(count: int | None) -> str:
    return f"{count} column" if count == 1 else f"{count} columns"


def _unit(program: Program, use: ScalerUse) -> Verdict:
    """Whether predictions that are inverted are in the unit that the scaler makes."""
    output = next((array for array in chain(use.data) if array.op in COMPUTED), None)
    unit = target_unit(program, output) if output is not None and use.how == "inverse_transform" else None
    if unit is None or unit.restored is not None:
        return Undecided(use.site, "what the scaler is given is not known")
    if unit.scaled is None:
        return _foreign(use, unit, "targets that were never scaled")
    named = [_names(fit) for fit in use.fits]
    own = _names(unit.scaled)
    if own and all(names and not names & own for names in named):
        return _foreign(use, unit, f"targets scaled by `{unit.scaled.name}`, which was fit on other columns")
    return RuledOut(use.site, "the targets are scaled by these statistics, or it cannot be told")


def _foreign(use: ScalerUse, unit: Unit, reason: str) -> Found:
    return Found(
        use.site,
        f"`{use.name}` inverts predictions of a network trained for {reason}: the result is in no unit",
        help="invert predictions with the scaler that the targets went through, and only with that one",
        remarks=(Remark("the targets", unit.source.site), Remark("fit here", use.fits[-1].site)),
        severity=Severity.WARNING,
    )


def _names(fit: ScalerFit) -> frozenset[str]:
    """The columns that a scaler was fit on, by name."""
    return fit.data.column_names


def _score(program: Program, score: Score) -> Verdict:
    one, two = (unit_of(program, array) for array in score.arrays)
    if one is None or two is None:
        return Undecided(score.site, "the unit of what is compared is not known")
    if one.own is two.own:
        return RuledOut(score.site, "both sides are scaled, or neither")
    own, scaled = (one, two) if one.own else (two, one)
    if not _same_data(own, scaled):
        return Undecided(score.site, "what is compared may be scaled in another way as well")
    places = [_described(array, unit) for array, unit in zip(score.arrays, (one, two), strict=True)]
    return Found(
        score.site,
        f"{score.metric.type_name} compares {places[0]} with {places[1]}",
        help="put both sides through inverse_transform, or neither",
        remarks=(Remark("scaled here", scaled.source.site), Remark("not scaled", own.source.site)),
        severity=Severity.WARNING,
    )


def _same_data(own: Unit, scaled: Unit) -> bool:
    """Whether one side is what the other was before it was scaled, or after it was inverted."""
    assert scaled.scaled is not None
    if own.restored is not None:
        return any(fit.scaler == scaled.scaled.scaler for fit in own.restored.fits)
    return any(array is own.source for array in chain(scaled.scaled.data))


def _described(array: Array, unit: Unit) -> str:
    name = f"`{array.name}`" if array.name else "values"
    return f"{name} in the data's own unit" if unit.own else f"scaled {name}"
