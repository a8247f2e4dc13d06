"""RNN404: targets far from the unit range make the network predict a constant."""

from __future__ import annotations

from collections.abc import Iterator

from rnnlint.finding import Severity
from rnnlint.program.data import Array
from rnnlint.program.network import UNBOUNDED_ACTIVATIONS
from rnnlint.program.program import Program
from rnnlint.program.ranges import BOUNDS
from rnnlint.program.scales import excess, undecided
from rnnlint.program.training import Fit
from rnnlint.program.value import known
from rnnlint.rules.base import Found, Remark, Rule, RuledOut, Undecided, Verdict

RESCALING = frozenset({"arithmetic", "scale", "centre", "unscale", "function"})


class UnscaledTarget(Rule):
    """A recurrent network is trained by regression on raw targets of large scale and ends up predicting one constant.

    ## What it does
    Follows the target of a regression loss back to its column, service or generator and looks for scaling on the
    way.

    ## Why it is bad
    This is the commonest way to a network that predicts the same value for every input. The head starts at 0 and
    spends its training on reaching the targets' mean: for targets around 50 ± 20 and Adam with a rate of 1e-3 to
    1e-2, the spread of the predictions was 0.0001 to 0.004 of the targets' (0.5 to 1.0 for scaled ones). With raw
    prices as inputs and targets the error was 7.7 to 18 times the variance. No change of the cell, of clipping or
    of depth repairs it.

    ## Example
    ```python
    import pandas as pd
    from keras import Sequential
    from keras.layers import LSTM, Dense
    from keras.optimizers import Adam

    y = pd.read_csv("prices.csv")["Close"].values
    model = Sequential([LSTM(32), Dense(1)])
    model.compile(optimizer=Adam(clipnorm=1.0), loss="mse")
    model.fit(scaled_windows, y)
    ```

    ## Use instead
    ```python
    import pandas as pd
    from keras import Sequential
    from keras.layers import LSTM, Dense
    from keras.optimizers import Adam
    from sklearn.preprocessing import StandardScaler

    y = pd.read_csv("prices.csv")[["Close"]].values
    y = StandardScaler().fit_transform(y)
    model = Sequential([LSTM(32), Dense(1)])
    model.compile(optimizer=Adam(clipnorm=1.0), loss="mse")
    model.fit(scaled_windows, y)
    ```
    and predictions put through `inverse_transform`.

    ## How it is confirmed
    `rnnlint --confirm` trains the rebuilt layer with a linear head on an easy task with targets of the known size, and
    takes the spread of its predictions relative to theirs after 60 steps: below 0.1 confirms (0 wrong in 200).

    ## When it is silent
    Targets that are scaled, differenced, logarithms, classes; recurrent layers whose cells are all unbounded, which
    do reach raw targets (RNN101 says at what price); a bounded head (RNN201); networks without a recurrent layer;
    targets whose origin the program does not show.

    ## Fix safety
    No fix: predictions have to be transformed back as well.

    ## References
    - https://scikit-learn.org/stable/modules/generated/sklearn.preprocessing.StandardScaler.html
    """

    code = "RNN404"
    name = "unscaled-target"
    severity = Severity.WARNING
    symptoms = ("constant",)
    frameworks = ("keras", "torch")
    about_recurrence = True

    def check(self, program: Program) -> Iterator[Verdict]:
        for fit in program.fits:
            if fit.loss is not None and fit.loss.regression and _recurrent(fit) and not _bounded(fit):
                yield _judge(fit)


def _judge(fit: Fit) -> Verdict:
    if fit.target is None:
        return Undecided(fit.site, "the target is not known")
    quantity = fit.target.quantity
    found = excess(quantity)
    if found is not None and _unbounded(fit):
        return Undecided(fit.site, "an unbounded cell reaches targets of any size")
    if found is None:
        if undecided(quantity):
            return Undecided(fit.site, "the scale of the target is not known")
        return RuledOut(fit.site, f"the target is {quantity.kind.value}")
    loss = fit.loss.type_name if fit.loss is not None else "the loss"
    return Found(
        fit.site,
        f"the target of {loss} is {quantity.label}, {found.description}: the network will predict little but its mean",
        help="scale the target by statistics of the training rows and put predictions through inverse_transform",
        remarks=(Remark("it comes from here", quantity.site),) if quantity.site is not None else (),
        severity=Severity.WARNING if found.large else Severity.ADVICE,
        confidence=found.confidence,
        subject=fit,
    )


def _recurrent(fit: Fit) -> bool:
    return any(array.layer is not None and array.layer.recurrent for out in fit.outputs for array in out.ancestry())


def _unbounded(fit: Fit) -> bool:
    """Whether every recurrent layer has an unbounded cell, which hides the fault at a price of its own (RNN101)."""
    layers = [array.layer for out in fit.outputs for array in out.ancestry() if array.layer and array.layer.recurrent]
    return all(known(layer.settings.get("activation")) in UNBOUNDED_ACTIVATIONS for layer in layers)


def _bounded(fit: Fit) -> bool:
    """Whether the output is bounded, or brought to the scale of the target behind the last layer."""
    array: Array | None = fit.outputs[0] if fit.outputs else None
    while array is not None and array.op != "apply":
        if array.op in RESCALING:
            return True
        array = array.inputs[0] if array.inputs else None
    layer = array.layer if array is not None else None
    return layer is not None and not layer.recurrent and known(layer.settings.get("activation")) in BOUNDS
