"""RNN211: a percentage error of targets that include zero."""

from __future__ import annotations

from collections.abc import Iterator

from rnnlint.finding import Severity
from rnnlint.program.data import Array, Kind
from rnnlint.program.program import Program
from rnnlint.program.value import Site
from rnnlint.rules.base import Found, Remark, Rule, RuledOut, Undecided, Verdict

MADE = frozenset({"apply", "prediction"})


class PercentageErrorOnScaledTarget(Rule):
    """A percentage error divides by the target, and targets that were scaled contain zero or values beside it.

    ## What it does
    Looks at the mean absolute percentage error (MAPE), as a loss or as a metric, and at what scaled the targets it
    is taken on: min-max to a range that includes 0, standardising, differences and returns.

    ## Why it is bad
    Min-max scaling makes the smallest target exactly 0, and standardising puts the mean there. The libraries then
    divide by a tiny number. For networks that had learned a noisy sine (error 0.2 of the variance), one zero among
    880 min-max scaled targets made the reported MAPE 139,000 to 225,000 %; the same series shifted to [1, 2] gave 5
    to 7 %. On standardised targets the report was 105 to 440 %. As a loss it is worse than a wrong number: trained
    on standardised targets the predictions kept 0.50 to 0.64 of the targets' spread (0.9 with a squared error) and
    twice to three times the error, since predicting near 0 is what it rewards.

    ## Example
    ```python
    import numpy as np
    import pandas as pd
    from keras import Sequential
    from keras.layers import LSTM, Dense, Input
    from keras.optimizers import Adam
    from sklearn.preprocessing import MinMaxScaler

    load = MinMaxScaler().fit_transform(pd.read_csv("load.csv")[["megawatt"]])
    x = np.array([load[i:i + 24] for i in range(len(load) - 24)])
    y = load[24:]
    model = Sequential([Input((24, 1)), LSTM(32), Dense(1)])
    model.compile(optimizer=Adam(clipnorm=1.0), loss="mse", metrics=["mape"])
    model.fit(x, y, epochs=20)
    ```

    ## Use instead
    ```python
    import numpy as np
    import pandas as pd
    from keras import Sequential
    from keras.layers import LSTM, Dense, Input
    from keras.optimizers import Adam
    from sklearn.metrics import mean_absolute_percentage_error
    from sklearn.preprocessing import MinMaxScaler

    scaler = MinMaxScaler()
    load = scaler.fit_transform(pd.read_csv("load.csv")[["megawatt"]])
    x = np.array([load[i:i + 24] for i in range(len(load) - 24)])
    y = load[24:]
    model = Sequential([Input((24, 1)), LSTM(32), Dense(1)])
    model.compile(optimizer=Adam(clipnorm=1.0), loss="mse", metrics=["mae"])
    model.fit(x, y, epochs=20)
    forecast = scaler.inverse_transform(model.predict(x))
    print(mean_absolute_percentage_error(scaler.inverse_transform(y), forecast))
    ```

    ## How it is confirmed
    `rnnlint --confirm` computes which share of a percentage error the smallest hundredth of the targets makes: above
    0.2 confirms (0 wrong in 200).

    ## When it is silent
    Targets in their own unit, or brought back to it by `inverse_transform` or the opposite arithmetic; a scaler
    whose range leaves out 0 (`feature_range=(1, 2)`); targets divided by a positive constant and not centred;
    logarithms (MSLE); symmetric and weighted percentage errors, which divide by a sum; targets whose scaling is not
    known.

    ## Fix safety
    No fix: take another error in training, and the percentage after transforming back.

    ## References
    - https://keras.io/api/metrics/regression_metrics/
    - Hyndman and Koehler, Another look at measures of forecast accuracy (2006)
    """

    code = "RNN211"
    name = "percentage-error-on-scaled-target"
    severity = Severity.WARNING
    symptoms = ("explode",)
    frameworks = ("keras", "torch")

    def check(self, program: Program) -> Iterator[Verdict]:
        for fit in program.fits:
            sites = [metric.site for metric in fit.metrics if metric.kind == "mape"]
            if fit.loss is not None and fit.loss.kind == "mape":
                sites.append(fit.loss.site)
            for site in sites:
                yield _judge(fit.target, site)
        for score in program.scores:
            if score.metric.kind == "mape" and score.arrays:
                yield _judge(_target(score.arrays), score.metric.site)


def _target(arrays: tuple[Array, ...]) -> Array | None:
    """The array that no network made."""
    return next((array for array in arrays if not any(a.op in MADE for a in array.ancestry())), None)


def _judge(target: Array | None, site: Site) -> Verdict:
    if target is None:
        return Undecided(site, "the target is not known")
    quantity = target.quantity
    what = quantity.label or target.name or "the target"
    around = quantity.low is not None and quantity.high is not None and quantity.low <= 0 <= quantity.high
    if quantity.kind in {Kind.STANDARDISED, Kind.DIFFERENCED}:
        reason = "is centred on 0"
    elif quantity.kind is Kind.SCALED and around:
        reason = f"is scaled to [{quantity.low:g}, {quantity.high:g}]"
    elif quantity.kind in {Kind.UNKNOWN, Kind.SCALED}:
        return Undecided(site, f"whether {what} comes near 0 is not known")
    else:
        return RuledOut(site, f"{what} is not known to come near 0")
    return Found(
        site,
        f"a percentage error divides by the target, which {reason} ({what}): it explodes near 0",
        help="take it on values in their own unit, or use a squared or absolute error",
        remarks=(Remark("the target", target.site),),
        subject=target,
    )
