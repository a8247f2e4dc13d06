"""RNN407: the test rows choose the weights that they are then used to judge."""

from __future__ import annotations

from collections.abc import Iterator

from rnnlint.finding import Severity
from rnnlint.program.data import Array
from rnnlint.program.program import Program
from rnnlint.program.training import Callback, Evaluation, Fit
from rnnlint.program.value import Site, possible
from rnnlint.program.walks import chain
from rnnlint.rules.base import Found, Remark, Rule, RuledOut, Undecided, Verdict


class TestSetSteersTraining(Rule):
    """The weights are those of the epoch that was best on the test rows, and the same rows give the final score.

    ## What it does
    Looks for fits whose validation data decide which epoch's weights are kept (EarlyStopping on a validation score with
    restore_best_weights), and whether the score that is taken afterwards is that of the same rows, with no others held
    out for it.

    ## Why it is bad
    The score is the best of as many tries as there were epochs, so that it is too good, and the more so the fewer rows
    there are. An LSTM on noisy labels, stopped by 20 test rows: their cross-entropy at the chosen epoch is 0.49, that
    of 1000 new rows 0.60 (means of 10 seeds; too good in 10 of 10). With 50 test rows it is 0.53 against 0.57. Where
    the last weights are kept instead of the best, the difference all but vanishes (0.58 against 0.60, too good in 6 of
    10).

    ## Example
    ```python
    import numpy as np
    from sklearn.model_selection import train_test_split
    from tensorflow.keras import Input, Sequential, callbacks, layers, optimizers

    x, y = np.load("beats.npy") / 255.0, np.load("kinds.npy")
    x_train, x_test, y_train, y_test = train_test_split(x, y, test_size=0.2)
    model = Sequential([Input((60, 3)), layers.LSTM(16), layers.Dense(4, activation="softmax")])
    model.compile(optimizers.Adam(clipnorm=1.0), "sparse_categorical_crossentropy", metrics=["accuracy"])
    stop = callbacks.EarlyStopping(patience=5, restore_best_weights=True)
    model.fit(x_train, y_train, epochs=50, validation_data=(x_test, y_test), callbacks=[stop])
    print(model.evaluate(x_test, y_test))
    ```

    ## Use instead
    ```python
    import numpy as np
    from sklearn.model_selection import train_test_split
    from tensorflow.keras import Input, Sequential, callbacks, layers, optimizers

    x, y = np.load("beats.npy") / 255.0, np.load("kinds.npy")
    x_rest, x_test, y_rest, y_test = train_test_split(x, y, test_size=0.2)
    x_train, x_valid, y_train, y_valid = train_test_split(x_rest, y_rest, test_size=0.2)
    model = Sequential([Input((60, 3)), layers.LSTM(16), layers.Dense(4, activation="softmax")])
    model.compile(optimizers.Adam(clipnorm=1.0), "sparse_categorical_crossentropy", metrics=["accuracy"])
    stop = callbacks.EarlyStopping(patience=5, restore_best_weights=True)
    model.fit(x_train, y_train, epochs=50, validation_data=(x_valid, y_valid), callbacks=[stop])
    print(model.evaluate(x_test, y_test))
    ```

    ## How it is confirmed
    By a score on rows that neither the training nor the callbacks have seen.

    ## When it is silent
    Validation data that are only logged; early stopping that keeps the last weights, callbacks that lower the learning
    rate and checkpoints; a third part, or rows of another file, that are scored as well; a training whose validation
    rows are not scored again.

    ## Fix safety
    No automatic fix: rows for the choice must be taken from the training part.

    ## References
    - https://keras.io/api/callbacks/early_stopping/
    - https://scikit-learn.org/stable/modules/cross_validation.html
    """

    code = "RNN407"
    name = "test-set-steers-training"
    severity = Severity.WARNING
    symptoms = ("optimistic",)
    frameworks = ("keras",)

    def check(self, program: Program) -> Iterator[Verdict]:
        for fit in {fit.site: fit for fit in program.fits if fit.validation}.values():
            for callback in fit.callbacks:
                yield from _judge(program, fit, callback)


def _judge(program: Program, fit: Fit, callback: Callback) -> Iterator[Verdict]:
    monitors, restores = possible(callback.monitor), possible(callback.restores)
    if callback.kind != "early_stopping":
        return
    if monitors is None or restores is None:
        yield Undecided(fit.site, "what the early stopping waits for is not known")
    elif not all(restores) or not all(str(name).startswith("val_") for name in monitors):
        yield RuledOut(fit.site, "the validation rows do not choose the weights")
    else:
        yield _scored(program, fit, callback)


def _scored(program: Program, fit: Fit, callback: Callback) -> Verdict:
    again = next((site for site, array in _reports(program) if _same(array, fit.validation)), None)
    if again is None:
        return RuledOut(fit.site, "the validation rows are not scored again")
    other = _third_part(program, fit)
    if other is not None:
        return RuledOut(fit.site, "other rows are scored as well", (Remark("here", other),))
    rows = fit.validation[0].name
    name = f"`{rows}`" if rows else "the validation rows"
    return Found(
        fit.site,
        f"the epoch whose weights are kept is chosen on {name} (EarlyStopping), and the same rows give the score: "
        "it is the best of many tries",
        help="hold out a part of the training rows for validation_data, and keep the test rows for the score alone",
        remarks=(Remark("the same rows give the score here", again), Remark("the callback", callback.site)),
    )


def _reports(program: Program) -> Iterator[tuple[Site, Array]]:
    """The scores that a program takes by itself, with what they are taken on."""
    for evaluation in program.evaluations:
        if evaluation.how != "validation_data" and not _predicts(evaluation):
            yield from ((evaluation.site, array) for array in evaluation.data)
    for score in program.scores:
        for array in score.arrays:
            predicted = next((source for source in chain(array) if source.op == "prediction"), None)
            if predicted is not None:
                yield from ((score.site, source) for source in predicted.inputs)


def _predicts(evaluation: Evaluation) -> bool:
    return evaluation.how.startswith("predict")


def _same(array: Array, others: tuple[Array, ...]) -> bool:
    return any(array is other or (array.rows is not None and array.rows == other.rows) for other in others)


def _third_part(program: Program, fit: Fit) -> Site | None:
    """Where rows are scored, or read from elsewhere and predicted, that the fit does not see."""
    seen = (*fit.inputs, *fit.validation)
    sources = {source.number for array in seen for source in array.ancestry() if not source.inputs}
    for site, array in _reports(program):
        if not _same(array, seen):
            return site
    for evaluation in program.evaluations:
        for array in evaluation.data:
            origins = [source for source in array.ancestry() if not source.inputs]
            if _predicts(evaluation) and any(a.op == "read" and a.number not in sources for a in origins):
                return evaluation.site
    return None
