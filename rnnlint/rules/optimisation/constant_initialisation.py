"""RNN509: every weight of a network starts with one value, so that its units stay alike."""

from __future__ import annotations

from collections.abc import Iterator

from rnnlint.finding import Severity
from rnnlint.program.network import WEIGHTED_KINDS
from rnnlint.program.program import Program
from rnnlint.program.training import TrainingStep
from rnnlint.rules.base import Found, Remark, Rule, RuledOut, Undecided, Verdict


class ConstantInitialisation(Rule):
    """Every weight of a network starts with one value, so that the units of a layer stay alike.

    ## What it does
    Looks at the initialisers of the kernels, recurrent kernels and embeddings of a model that is trained, and reports
    it if those of all its layers are constants. Biases are not looked at: zero is usual for them.

    ## Why it is bad
    Units with the same weights, in and out, get the same gradients: a layer of 32 units is one unit. With zeros
    everywhere LSTM and GRU networks of 32 units learned nothing but the mean (an error of 0.99 of the targets'
    variance, constant predictions, 3 of 3 seeds each); with 0.1 everywhere the error was 0.16 to 0.26 after 250
    updates, against 0.001 to 0.004 with random weights. A constant start of the cell alone, or of the head alone, did
    little harm (0.001 to 0.03), as the other layer's random weights tell the units apart.

    ## Example
    ```python
    from keras import Sequential
    from keras.layers import LSTM, Dense
    from keras.optimizers import Adam

    model = Sequential(
        [
            LSTM(32, kernel_initializer="zeros", recurrent_initializer="zeros"),
            Dense(1, kernel_initializer="zeros"),
        ]
    )
    model.compile(optimizer=Adam(clipnorm=1.0), loss="mse")
    model.fit(x, y)
    ```

    ## Use instead
    ```python
    from keras import Sequential
    from keras.layers import LSTM, Dense
    from keras.optimizers import Adam

    model = Sequential([LSTM(32), Dense(1)])
    model.compile(optimizer=Adam(clipnorm=1.0), loss="mse")
    model.fit(x, y)
    ```

    ## How it is confirmed
    `rnnlint --confirm` starts the recurrent layer and the head with these values and makes 20 updates: the states of
    all units are the same, to a ten-thousandth of their size. 0 wrong in 200 random networks.

    ## When it is silent
    Networks of one layer; networks of which any layer starts at random, or in a way that is not known, such as with a
    matrix of pretrained vectors; weights that are loaded; models that are not trained here.

    ## Fix safety
    There is no automatic fix: removing the initialisers changes every result.

    ## References
    - Keras, Layer weight initializers
    """

    code = "RNN509"
    name = "constant-initialisation"
    severity = Severity.ERROR
    symptoms = ("flat", "constant")
    frameworks = ("keras",)

    def check(self, program: Program) -> Iterator[Verdict]:
        for step in program.steps:
            if any(layer.constant_start for layer in step.model.layers):
                yield _judge(program, step)


def _judge(program: Program, step: TrainingStep) -> Verdict:
    weighted = [layer for layer in step.model.layers if layer.kind in WEIGHTED_KINDS]
    alike = [layer for layer in weighted if layer.constant_start]
    first = next(layer for layer in step.model.layers if layer.constant_start)
    if len(alike) < max(len(weighted), 2):
        return RuledOut(first.site, "other layers start at random, which tells the units apart")
    if not step.model.complete or program.loaded & {*step.model.layers}:
        return Undecided(first.site, "the model may have other layers, or weights that are loaded")
    return Found(
        first.site,
        f"every weight of this network starts with one value: the units of `{first.type_name}` stay alike",
        help="leave the initialisers of kernels out",
        remarks=tuple(Remark("constant as well", layer.site) for layer in alike if layer is not first),
        subject=step,
    )
