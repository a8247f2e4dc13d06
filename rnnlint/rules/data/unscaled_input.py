"""RNN403: inputs far from the unit range saturate the gates."""

from __future__ import annotations

from collections.abc import Iterator

from rnnlint.finding import Severity
from rnnlint.program.data import Array
from rnnlint.program.network import UNBOUNDED_ACTIVATIONS
from rnnlint.program.program import Program
from rnnlint.program.scales import excess, undecided
from rnnlint.program.training import Fit
from rnnlint.program.value import known
from rnnlint.rules.base import Found, Remark, Rule, RuledOut, Undecided, Verdict


class UnscaledInput(Rule):
    """Numeric features reach a recurrent layer unscaled and saturate its gates.

    ## What it does
    Follows features from their file, service or generator to the recurrent layers of a network that is trained, and
    looks for a scaler, scaling by hand, or a normalisation layer on the way.

    ## Why it is bad
    The gates of an LSTM are sigmoids. At a scale of 10 half of a typical network's gates are near saturation, at
    100 more than three quarters (84 % of the gates in one measurement, 98 % at 1000), and a saturated gate passes
    no gradient: after 150 steps the error was 0.94 to 1.04 of the targets' variance at scale 100 against 0.01 to
    0.03 at scale 1. One feature of four that is a thousand times larger than the others is enough.

    ## Example
    ```python
    import yfinance as yf
    from keras import Sequential
    from keras.layers import LSTM, Dense, Input
    from keras.optimizers import Adam

    prices = yf.download("AAPL")[["Open", "High", "Low"]].values
    x = prices[:1200].reshape(40, 30, 3)
    model = Sequential([Input((30, 3)), LSTM(32), Dense(1)])
    model.compile(optimizer=Adam(clipnorm=1.0), loss="mse")
    model.fit(x, returns)
    ```

    ## Use instead
    ```python
    import yfinance as yf
    from keras import Sequential
    from keras.layers import LSTM, Dense, Input
    from keras.optimizers import Adam
    from sklearn.preprocessing import StandardScaler

    prices = yf.download("AAPL")[["Open", "High", "Low"]].values
    scaled = StandardScaler().fit_transform(prices[:1200])
    x = scaled.reshape(40, 30, 3)
    model = Sequential([Input((30, 3)), LSTM(32), Dense(1)])
    model.compile(optimizer=Adam(clipnorm=1.0), loss="mse")
    model.fit(x, returns)
    ```

    ## How it is confirmed
    `rnnlint --confirm` takes the share of gates below 0.01 or above 0.99 in the rebuilt layer, on inputs of the known
    size: over 0.3 confirms (0 wrong in 200). The size of a file's columns stands in the data, and is not decided.

    ## When it is silent
    Word numbers through an Embedding, one-hot rows, images divided by 255, data read from a file that calls itself
    scaled or processed, a normalisation layer before the recurrent one, values whose scale the program does not
    show. Known ranges between 10 and 100 are advice, and so are inputs of an unbounded cell, which was seen to
    learn from them.

    ## Fix safety
    No fix: which statistics to scale by depends on the split.

    ## References
    - LeCun et al., Efficient BackProp (1998), section 4.3
    """

    code = "RNN403"
    name = "unscaled-input"
    severity = Severity.WARNING
    symptoms = ("flat", "constant")
    frameworks = ("keras", "torch")
    about_recurrence = True

    def check(self, program: Program) -> Iterator[Verdict]:
        for fit in program.fits:
            for output in fit.outputs:
                for array in output.ancestry():
                    if array.layer is not None and array.layer.recurrent and array.op == "apply":
                        yield _judge(fit, array)


def _judge(fit: Fit, application: Array) -> Verdict:
    layer = application.layer
    assert layer is not None
    quantity = application.inputs[0].quantity
    site = fit.site if fit.framework == "keras" else layer.site
    found = excess(quantity)
    if found is None:
        if undecided(quantity):
            return Undecided(site, "the scale of the inputs is not known")
        return RuledOut(site, f"the inputs are {quantity.kind.value}")
    unbounded = known(layer.settings.get("activation")) in UNBOUNDED_ACTIVATIONS
    return Found(
        site,
        f"`{layer.type_name}` reads {quantity.label} {found.description}",
        help="scale the features by statistics of the training rows, for example with StandardScaler",
        remarks=(Remark("it comes from here", quantity.site),) if quantity.site is not None else (),
        severity=Severity.WARNING if found.large and not unbounded else Severity.ADVICE,
        confidence=found.confidence,
        subject=application,
    )
