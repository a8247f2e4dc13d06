"""RNN115: the penalty or the dropout on a recurrent layer is stronger than what it learns from."""

from __future__ import annotations

from collections.abc import Iterator

from rnnlint.finding import Severity
from rnnlint.program.network import Layer, Regulariser
from rnnlint.program.program import Program
from rnnlint.program.value import Setting, confidence_of, known
from rnnlint.rules.base import Found, Rule, RuledOut, Verdict

STRONG, HIGH = 0.01, 0.6


class StrangledRecurrence(Rule):
    """A weight penalty or a dropout rate on a recurrent layer is so strong that its output hardly varies.

    ## What it does
    Looks for recurrent layers with an l1 or l2 penalty of 0.01 or more on both the kernel and the recurrent kernel,
    and for a dropout or recurrent_dropout above 0.6 (in PyTorch the `dropout` between the layers of a stack).

    ## Why it is bad
    A penalty on every weight pulls the recurrence towards 0: with l2 of 0.01 on both kernels the norm of the
    recurrent kernel, divided by the root of the units, ended at 0.15, against 1.73 without. The loss of an easy
    task rose 1.5 to 7 times, and where the signal was weak the predictions varied 10 to 20 times less.
    Dropout works alike: the spread of the predictions was 0.96 of the target's without, 0.48 at a rate of 0.5 and
    0.21 at 0.8.

    ## Example
    ```python
    from keras import Sequential, regularizers
    from keras.layers import LSTM, Dense, Input

    decay = regularizers.l2(0.01)
    model = Sequential([
        Input((30, 4)),
        LSTM(32, kernel_regularizer=decay, recurrent_regularizer=decay),
        Dense(1),
    ])
    ```

    ## Use instead
    ```python
    from keras import Sequential, regularizers
    from keras.layers import LSTM, Dense, Input

    decay = regularizers.l2(1e-4)
    model = Sequential([
        Input((30, 4)),
        LSTM(32, kernel_regularizer=decay, recurrent_regularizer=decay),
        Dense(1),
    ])
    ```

    ## How it is confirmed
    `rnnlint --confirm` trains the rebuilt layer for 60 steps with and without the setting. Under a penalty it compares
    the recurrent kernels (93 of 100 faulty ones confirmed, none refuted), under dropout the spread of the predictions
    (76 of 100, none refuted); none of 200 sound ones was confirmed. Dropout inside of the recurrence is left open: no
    probe told a harmful rate from a usual one.

    ## When it is silent
    Penalties below 0.01, or on one of the two kernels only, on the bias or on the activity; penalties and dropout
    of dense, convolutional and embedding layers; a Dropout layer of its own; rates of 0.6 or less; a PyTorch
    `dropout` with a single layer, which does nothing (RNN105); values that the program does not show.

    ## Fix safety
    No fix: how much regularisation the data need is for a validation set to say.

    ## References
    - https://keras.io/api/layers/regularizers/
    - Gal and Ghahramani, A Theoretically Grounded Application of Dropout in Recurrent Neural Networks (2016)
    """

    code = "RNN115"
    name = "strangled-recurrence"
    severity = Severity.WARNING
    symptoms = ("constant", "flat")
    frameworks = ("keras", "torch")
    about_recurrence = True

    def check(self, program: Program) -> Iterator[Verdict]:
        for layer in program.layers:
            if layer.recurrent:
                yield _judge(layer)


def _judge(layer: Layer) -> Verdict:
    names = ("kernel_regularizer", "recurrent_regularizer")
    strengths = [_strength(layer.settings.get(name)) for name in names]
    if all(strength >= STRONG for strength in strengths):
        return Found(
            layer.site,
            f"`{layer.type_name}` penalises its kernel with {strengths[0]:g} and its recurrent kernel with "
            f"{strengths[1]:g}: the state is pressed towards a constant",
            help="use penalties of 1e-4 or less, or none on the recurrent kernel",
            confidence=confidence_of(*(layer.settings.get(name) for name in names)),
            subject=layer,
        )
    for name in ("recurrent_dropout", "dropout"):
        rate = known(layer.settings.get(name))
        acts = layer.framework == "keras" or known(layer.settings.get("num_layers"), 0) > 1
        if isinstance(rate, int | float) and rate > HIGH and acts:
            return Found(
                layer.site,
                f"`{layer.type_name}` drops {rate:.0%} of what it reads with {name}={rate}",
                help="use a rate of 0.5 or less",
                confidence=confidence_of(layer.settings.get(name)),
                subject=layer,
            )
    return RuledOut(layer.site, "no strong penalty or dropout is known on its recurrent path")


def _strength(setting: Setting | None) -> float:
    value = known(setting)
    if isinstance(value, Regulariser):
        return value.strength
    return STRONG if value in {"l1", "l2", "L1", "L2", "l1_l2"} else 0.0
