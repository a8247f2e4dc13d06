"""RNN507: a callback waits for a validation score, and fit is given nothing to validate on."""

from __future__ import annotations

from collections.abc import Iterator

from rnnlint.finding import Severity
from rnnlint.program.program import Program
from rnnlint.program.training import Callback, Fit
from rnnlint.program.value import Unknown, confidence_of, known, possible
from rnnlint.rules.base import Found, Remark, Rule, RuledOut, Undecided, Verdict

VALIDATION = "val_"


class UnmonitoredCallback(Rule):
    """A callback waits for a validation score, and fit is given nothing to validate on.

    ## What it does
    Joins each call of fit with its callbacks, wherever they are made, and looks whether the score that early stopping,
    a checkpoint of the best weights or a lowered learning rate waits for is measured: names that start with `val_`
    need validation data. Without `monitor` these callbacks wait for `val_loss`.

    ## Why it is bad
    Keras warns and goes on: the callback does nothing. With targets of pure noise, early stopping with a patience of 5
    ended the fit after 7 to 10 of 60 epochs when a quarter of the data was held out (3 of 3 seeds). Without
    validation data all 60 epochs were run, the learning rate was never lowered, and the checkpoint of the best
    weights held those of the last epoch; older versions of Keras write none at all.

    ## Example
    ```python
    from keras import Sequential
    from keras.callbacks import EarlyStopping
    from keras.layers import LSTM, Dense

    model = Sequential([LSTM(32), Dense(1)])
    model.compile(optimizer="adam", loss="mse")
    model.fit(x, y, epochs=100, callbacks=[EarlyStopping(monitor="val_loss", patience=5)])
    ```

    ## Use instead
    ```python
    from keras import Sequential
    from keras.callbacks import EarlyStopping
    from keras.layers import LSTM, Dense

    model = Sequential([LSTM(32), Dense(1)])
    model.compile(optimizer="adam", loss="mse")
    stop = EarlyStopping(monitor="val_loss", patience=5)
    model.fit(x, y, epochs=100, validation_split=0.2, callbacks=[stop])
    ```

    ## How it is confirmed
    By the facts alone: fit measures `val_` scores only on validation data.

    ## When it is silent
    Scores of the training data (`loss`, `accuracy`); checkpoints that keep every epoch; callbacks of which nothing is
    known, which may measure scores of their own; arguments of fit that are not known; models with a training step of
    their own.

    ## Fix safety
    There is no automatic fix: which data to hold out is for the author to say.

    ## References
    - Keras, EarlyStopping and ModelCheckpoint
    """

    code = "RNN507"
    name = "unmonitored-callback"
    severity = Severity.WARNING
    symptoms = ("optimistic", "slow")
    frameworks = ("keras",)

    def check(self, program: Program) -> Iterator[Verdict]:
        for fit in {fit.site: fit for fit in program.fits if fit.callbacks}.values():
            waiting = [callback for callback in fit.callbacks if _waits_for_validation(callback)]
            if waiting:
                yield _judge(fit, waiting)
            elif any(isinstance(callback.monitor, Unknown) for callback in fit.callbacks):
                yield Undecided(fit.site, "what a callback waits for is not known")


def _waits_for_validation(callback: Callback) -> bool:
    names = possible(callback.monitor) if callback.monitor is not None else None
    return names is not None and all(isinstance(name, str) and name.startswith(VALIDATION) for name in names)


def _judge(fit: Fit, waiting: list[Callback]) -> Verdict:
    first = waiting[0]
    validated = known(fit.validated)
    if validated is None:
        reason = fit.validated.reason if isinstance(fit.validated, Unknown) else "whether fit validates is not known"
        return Undecided(fit.site, reason)
    if validated:
        return RuledOut(fit.site, "fit is given validation data", (Remark("waited for here", first.site),))
    if any(not callback.kind for callback in fit.callbacks):
        return Undecided(fit.site, "a callback of which nothing is known may measure the score")
    wanted = (possible(first.monitor) or ("a validation score",))[0]
    return Found(
        fit.site,
        f"{first.type_name} waits for {wanted}, and fit is given nothing to validate on",
        help=f"give fit validation_data, or let the callback wait for {wanted.removeprefix(VALIDATION)}",
        remarks=tuple(Remark(f"this {callback.type_name}", callback.site) for callback in waiting),
        confidence=confidence_of(first.monitor, fit.validated),
    )
