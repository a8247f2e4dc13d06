"""RNN607: a stateful layer is trained on shuffled samples, so that each takes over a stranger's state."""

from __future__ import annotations

from collections.abc import Iterator

from rnnlint.finding import Applicability, Severity
from rnnlint.program.network import Layer
from rnnlint.program.program import Program
from rnnlint.program.size import known_int
from rnnlint.program.training import Fit
from rnnlint.program.value import Known, confidence_of, known
from rnnlint.repair import Repair, SetArgument
from rnnlint.rules.base import Found, Remark, Rule, RuledOut, Undecided, Verdict


class StateNeverReset(Rule):
    """A layer with `stateful=True` is trained by a `fit` that shuffles the samples.

    ## What it does
    Looks at each `fit` on arrays of a model with a stateful recurrent layer, and reports it where the samples are
    shuffled: `shuffle` is true unless it is given. `fit` resets no state by itself.

    ## Why it is bad
    A stateful layer starts sample i of a batch from the state that sample i of the batch before left. That is meant
    for series cut into consecutive pieces; in shuffled order each piece goes on from a piece of anywhere, epoch after
    epoch. An LSTM(16) that must give the last value of the piece before, 640 pieces of 4 steps, 60 epochs of
    Adam(1e-2): on new series in order the error is 1.29 to 1.32 of the variance after shuffled training, worse than
    a constant, and 0.55 to 0.95 with `shuffle=False` and a reset between epochs (Keras 3.15, seeds 0 to 2).

    ## Example
    ```python
    import keras
    import numpy as np

    pieces = np.random.default_rng(0).standard_normal((640, 4, 1))
    targets = np.roll(pieces.mean(axis=1), 16, axis=0)
    model = keras.Sequential([
        keras.Input(batch_shape=(16, 4, 1)),
        keras.layers.LSTM(16, stateful=True),
        keras.layers.Dense(1),
    ])
    model.compile(loss="mse", optimizer=keras.optimizers.Adam(1e-3, clipnorm=1.0))
    model.fit(pieces, targets, batch_size=16, epochs=10)
    ```

    ## Use instead
    ```python
    import keras
    import numpy as np

    pieces = np.random.default_rng(0).standard_normal((640, 4, 1))
    targets = np.roll(pieces.mean(axis=1), 16, axis=0)
    model = keras.Sequential([
        keras.Input(batch_shape=(16, 4, 1)),
        keras.layers.LSTM(16, stateful=True),
        keras.layers.Dense(1),
    ])
    model.compile(loss="mse", optimizer=keras.optimizers.Adam(1e-3, clipnorm=1.0))
    for epoch in range(10):
        model.fit(pieces, targets, batch_size=16, shuffle=False)
        model.layers[0].reset_state()
    ```
    or, where the samples have nothing to do with each other, leave out `stateful=True`.

    ## How it is confirmed
    By training the rebuilt network on pieces of a series in both orders.

    ## When it is silent
    `shuffle=False`, `"batch"`, or a value that isn't known; data sets and generators, which have an order of their
    own; a `fit` on no more samples than one batch, or on one piece of the data at a time; `stateful` that isn't known.

    ## Fix safety
    Unsafe: `shuffle=False` changes what is trained; whether the samples are in order is for you to know.

    ## References
    - https://keras.io/api/layers/recurrent_layers/lstm/
    - https://keras.io/api/models/model_training_apis/
    """

    code = "RNN607"
    name = "state-never-reset"
    severity = Severity.WARNING
    symptoms = ("optimistic", "flat")
    frameworks = ("keras",)
    fixes = (Applicability.UNSAFE,)
    about_recurrence = True

    def check(self, program: Program) -> Iterator[Verdict]:
        judged = set()
        for fit in program.fits:
            layers = fit.model.layers if fit.model is not None else ()
            layer = next((layer for layer in layers if layer.recurs and layer.is_set("stateful", True)), None)
            if layer is not None and fit.shuffle is not None and fit.site not in judged:
                judged.add(fit.site)
                yield _judge(fit, layer)


def _judge(fit: Fit, layer: Layer) -> Verdict:
    assert fit.shuffle is not None
    if not isinstance(fit.shuffle, Known):
        return Undecided(fit.site, "whether the samples are shuffled is not known")
    if fit.shuffle.value is not True:
        return RuledOut(fit.site, "the samples are not shuffled")
    samples = known_int(fit.inputs[0].shape[0]) if fit.inputs and fit.inputs[0].shape else None
    size = known(fit.batch_size)
    if samples is not None and isinstance(size, int) and samples <= size:
        return RuledOut(fit.site, f"its {samples} samples are one batch")
    if any(array.op in {"item", "part"} for given in fit.inputs for array in given.ancestry()):
        return Undecided(fit.site, "it may be given one batch at a time")
    return Found(
        fit.site,
        f"`{layer.type_name}` is stateful, but fit shuffles the samples: each starts from the state of a stranger",
        help="shuffle=False and a reset between epochs where the samples follow each other; else no stateful=True",
        remarks=(Remark("stateful here", layer.site),),
        confidence=confidence_of(layer.setting("stateful"), fit.shuffle),
        repair=Repair(
            "keep the order of the samples",
            Applicability.UNSAFE,
            (SetArgument(fit.site.span, "shuffle", ("False",)),),
        ),
    )
