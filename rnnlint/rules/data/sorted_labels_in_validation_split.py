"""RNN414: validation_split takes the end of labels in class order."""

from __future__ import annotations

from collections.abc import Iterator

from rnnlint.finding import Severity
from rnnlint.program.program import Program
from rnnlint.program.runs import Runs, in_class_order
from rnnlint.program.training import Fit
from rnnlint.program.value import confidence_of, possible
from rnnlint.rules.base import Found, Remark, Rule, RuledOut, Undecided, Verdict


class SortedLabelsInValidationSplit(Rule):
    """The labels are in the order of their classes, and validation_split holds out the last rows.

    ## What it does
    Follows the labels of each fit with a validation_split back to where they were written out class by class: zeros and
    ones put one after the other, numbers repeated, lists of one number added up.

    ## Why it is bad
    Keras takes the last rows for the validation before it shuffles. They are all of the last class or classes, which
    the training then sees rarely or never: with three classes of which the last is held out, the validation accuracy is
    exactly 0.0 (3 of 3 seeds; 0.44 to 0.69 with the same rows shuffled), with two classes and a fifth held out it is
    0.0, 0.06 and 0.19.

    ## Example
    ```python
    import numpy as np
    from tensorflow.keras import Input, Sequential, layers, optimizers

    x = np.concatenate([np.load("calm.npy"), np.load("storm.npy")]) / 255.0
    y = np.concatenate([np.zeros(500), np.ones(500)])
    model = Sequential([Input((60, 3)), layers.LSTM(16), layers.Dense(1, activation="sigmoid")])
    model.compile(optimizers.Adam(clipnorm=1.0), "binary_crossentropy", metrics=["accuracy"])
    model.fit(x, y, validation_split=0.2)
    ```

    ## Use instead
    ```python
    import numpy as np
    from tensorflow.keras import Input, Sequential, layers, optimizers

    x = np.concatenate([np.load("calm.npy"), np.load("storm.npy")]) / 255.0
    y = np.concatenate([np.zeros(500), np.ones(500)])
    order = np.random.permutation(len(x))
    x, y = x[order], y[order]
    model = Sequential([Input((60, 3)), layers.LSTM(16), layers.Dense(1, activation="sigmoid")])
    model.compile(optimizers.Adam(clipnorm=1.0), "binary_crossentropy", metrics=["accuracy"])
    model.fit(x, y, validation_split=0.2)
    ```

    ## How it is confirmed
    By the classes among the last rows.

    ## When it is silent
    Labels that are shuffled, drawn, read from a file or picked by indices before the fit; classes that come in turns;
    validation_data in place of validation_split; a split of 0.

    ## Fix safety
    No automatic fix: inputs and labels must be brought into the same new order.

    ## References
    - https://keras.io/api/models/model_training_apis/
    """

    code = "RNN414"
    name = "sorted-labels-in-validation-split"
    severity = Severity.WARNING
    symptoms = ("zero",)
    frameworks = ("keras",)

    def check(self, program: Program) -> Iterator[Verdict]:
        for fit in program.fits:
            if fit.validation_split is not None and not fit.validation and fit.target is not None:
                yield _judge(fit)


def _judge(fit: Fit) -> Verdict:
    assert fit.target is not None
    shares = possible(fit.validation_split)
    ordered = in_class_order(fit.target)
    if ordered is None:
        return RuledOut(fit.site, "the labels are not seen to be in the order of their classes")
    if shares is None or not all(isinstance(share, int | float) and 0 < share < 1 for share in shares):
        return Undecided(fit.site, "which share is held out is not known")
    runs, written = ordered
    share = min(float(value) for value in shares)
    return Found(
        fit.site,
        f"validation_split holds out the last {share:.0%} of the rows, and the labels are in the order of their "
        f"classes: {_end(runs, share)}",
        help="shuffle inputs and labels together before the fit, or give validation_data",
        remarks=(Remark("the labels are put in order here", written.site),),
        confidence=confidence_of(fit.validation_split),
    )


def _end(runs: Runs, share: float) -> str:
    """What the held-out rows hold."""
    total = sum(count or 0 for _, count in runs)
    held = total - int(total * (1 - share))
    value, last = runs[-1]
    if any(count is None for _, count in runs) or last is None or last < held:
        return "they are those of the last classes alone"
    seen = f"of which {last - held} are left for the training" if last > held else "which the training never sees"
    return f"they are all of class {value:g}, {seen}"
