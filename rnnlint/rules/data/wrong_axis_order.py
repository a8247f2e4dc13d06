"""RNN415: fit gets the time steps where it takes the samples."""

from __future__ import annotations

from collections.abc import Iterator

from rnnlint.finding import Severity
from rnnlint.program.data import Array
from rnnlint.program.program import Program
from rnnlint.program.size import known_int
from rnnlint.program.training import Fit
from rnnlint.rules.base import Found, Remark, Rule, RuledOut, Undecided, Verdict


class WrongAxisOrder(Rule):
    """Inputs of the form (timesteps, samples, features) are handed to fit.

    ## What it does
    Compares the first two axes of each three-dimensional input of fit with the targets: which axis holds the samples is
    known where the program cuts windows, stacks them and exchanges axes, or where the sizes are written out.

    ## Why it is bad
    Keras has one order, (samples, timesteps, features), and takes the first axis of inputs and targets for the samples.
    With 20 steps of 500 sequences it counts 20 samples against 500 targets, and fit raises a ValueError before the
    first step (in 6 of 6 sizes tried; "Data cardinality is ambiguous").

    ## Example
    ```python
    import numpy as np
    from tensorflow.keras import Input, Sequential, layers, optimizers

    x = np.random.rand(20, 500, 3)  # (timesteps, samples, features)
    model = Sequential([Input((None, 3)), layers.LSTM(16), layers.Dense(1)])
    model.compile(optimizers.Adam(clipnorm=1.0), "mse")
    model.fit(x, np.zeros(500))
    ```

    ## Use instead
    ```python
    import numpy as np
    from tensorflow.keras import Input, Sequential, layers, optimizers

    x = np.random.rand(500, 20, 3)  # (samples, timesteps, features)
    model = Sequential([Input((None, 3)), layers.LSTM(16), layers.Dense(1)])
    model.compile(optimizers.Adam(clipnorm=1.0), "mse")
    model.fit(x, np.zeros(500))
    ```

    ## How it is confirmed
    By the sizes of the arrays that fit gets.

    ## When it is silent
    Inputs and targets with as many rows; axes whose order the program does not show; targets that have time first as
    well; data sets and generators, which make their own batches; PyTorch (batch-axis-mismatch, RNN107).

    ## Fix safety
    No automatic fix: the axes may be meant for another use before.

    ## References
    - https://keras.io/api/layers/recurrent_layers/lstm/
    - https://keras.io/api/models/model_training_apis/
    """

    code = "RNN415"
    name = "wrong-axis-order"
    severity = Severity.ERROR
    symptoms = ("crash",)
    frameworks = ("keras",)

    def check(self, program: Program) -> Iterator[Verdict]:
        for fit in program.fits:
            for array in fit.inputs:
                if fit.framework == "keras" and fit.target is not None and array.shape is not None:
                    yield _judge(fit, fit.target, array)


def _judge(fit: Fit, target: Array, array: Array) -> Verdict:
    assert array.shape is not None
    if len(array.shape) != 3 or not target.shape:
        return Undecided(fit.site, "the axes of inputs and targets are not known")
    steps, samples, rows = known_int(array.shape[0]), known_int(array.shape[1]), known_int(target.shape[0])
    if target.axes[:1] == ("time",):
        return Undecided(fit.site, "the targets have time first as well")
    if steps is None or steps == rows or (samples is not None and rows not in {None, samples}):
        return RuledOut(fit.site, "inputs and targets are not seen to differ in their number of samples")
    if array.axes[:2] == ("time", "batch") and array.axes[2:3] != ("time",):
        return _found(fit, array, steps)
    if rows is not None and samples == rows:
        return _found(fit, array, steps)
    return Undecided(fit.site, "which axis holds the samples is not known")


def _found(fit: Fit, array: Array, steps: int) -> Found:
    name = f"`{array.name}`" if array.name else "the input"
    return Found(
        fit.site,
        f"{name} has its {steps} time steps first and the samples second, but fit takes the first axis for the samples",
        help="exchange the first two axes: (samples, timesteps, features)",
        remarks=(Remark("the input gets its axes here", array.site),),
    )
