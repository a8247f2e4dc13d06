"""RNN209: accuracy is measured on a regression."""

from __future__ import annotations

from collections.abc import Iterator

from rnnlint.finding import Applicability, Confidence, Severity
from rnnlint.program.data import Array, Kind
from rnnlint.program.heads import head_of
from rnnlint.program.network import Layer
from rnnlint.program.program import Program
from rnnlint.program.training import Fit, Metric
from rnnlint.program.value import Site, known
from rnnlint.repair import RemoveItem, Repair, Replace, Verb
from rnnlint.rules.base import Found, Remark, Rule, RuledOut, Undecided, Verdict

CLASSES = frozenset({Kind.CLASSES, Kind.ONE_HOT, Kind.TOKENS})


class AccuracyOnRegression(Rule):
    """Accuracy counts exact hits, and a regression has none: the score is 0.0 whatever the network learns.

    ## What it does
    Looks at networks that are trained with a regression loss (squared, absolute, Huber, log-cosh error) on
    real-valued targets and are judged by accuracy: `metrics=["accuracy"]` in Keras, `(pred == y).sum()` or
    `pred.round() == y` in PyTorch.

    ## Why it is bad
    Accuracy asks whether prediction and target are the same number. With one linear output and a squared error it
    was exactly 0.0 in 5 of 5 runs, on standardised targets and on prices of 100 ± 20 alike, while the loss fell as
    it should. On targets scaled to [0, 1] only the rows that are exactly 0 or 1 can match (0 or 1 of 16 did). With
    several outputs Keras compares the positions of the largest values instead, and chance gave 0.38 to 0.56. In
    neither case does the number say anything about the fit; people change a network that works because of it.

    ## Example
    ```python
    import numpy as np
    import pandas as pd
    from keras import Sequential
    from keras.layers import LSTM, Dense, Input
    from keras.optimizers import Adam
    from sklearn.preprocessing import MinMaxScaler

    close = MinMaxScaler().fit_transform(pd.read_csv("prices.csv")[["Close"]])
    x = np.array([close[i:i + 30] for i in range(len(close) - 30)])
    y = close[30:]
    model = Sequential([Input((30, 1)), LSTM(32), Dense(1)])
    model.compile(optimizer=Adam(clipnorm=1.0), loss="mse", metrics=["accuracy"])
    model.fit(x, y, epochs=20)
    ```

    ## Use instead
    ```python
    import numpy as np
    import pandas as pd
    from keras import Sequential
    from keras.layers import LSTM, Dense, Input
    from keras.optimizers import Adam
    from sklearn.preprocessing import MinMaxScaler

    close = MinMaxScaler().fit_transform(pd.read_csv("prices.csv")[["Close"]])
    x = np.array([close[i:i + 30] for i in range(len(close) - 30)])
    y = close[30:]
    model = Sequential([Input((30, 1)), LSTM(32), Dense(1)])
    model.compile(optimizer=Adam(clipnorm=1.0), loss="mse", metrics=["mae"])
    model.fit(x, y, epochs=20)
    ```
    and compare the error with that of a naive forecast (the last value, the mean).

    ## How it is confirmed
    `rnnlint --confirm` takes the accuracy of predictions that are off by a thousandth of the targets' spread: it is 0,
    not 1 (100 of 100).

    ## When it is silent
    Targets that are classes: a squared error on 0/1 or one-hot labels, hinge losses, a sigmoid or softmax head
    whose targets the program does not show; the accuracy of another output that is a classifier; a metric of the
    user's own that compares signs or directions, or counts hits within a tolerance; ordered classes that are
    rounded.

    ## Fix safety
    Unsafe: the name of the metric becomes `"mae"`, the usual error (`"mse"` beside a loss that is the mean absolute
    error itself), or it is left out where that metric is there already. No fix is offered where the program reads the
    accuracy by its name, in the history or in a callback, where a target is not known to be a number, and for a
    comparison written by hand.

    ## References
    - https://keras.io/api/metrics/accuracy_metrics/
    - https://keras.io/api/metrics/regression_metrics/
    """

    code = "RNN209"
    name = "accuracy-on-regression"
    severity = Severity.WARNING
    symptoms = ("zero",)
    frameworks = ("keras", "torch")
    fixes = (Applicability.UNSAFE,)

    def check(self, program: Program) -> Iterator[Verdict]:
        for fit in program.fits:
            if fit.loss is None or not fit.loss.regression:
                continue
            for metric in fit.metrics:
                if metric.kind == "accuracy":
                    yield _judge(fit, metric.site, metric.type_name, _repair(program, fit, metric))
        for equality in program.made_by("equality"):
            yield from _by_hand(program, equality)


def _judge(fit: Fit, site: Site, name: str, repair: Repair | None = None) -> Verdict:
    head = head_of(fit.outputs[0]) if fit.outputs else None
    kind = fit.target.quantity.kind if fit.target is not None else Kind.UNKNOWN
    if kind in CLASSES:
        return RuledOut(site, "the target holds classes")
    if kind is Kind.UNKNOWN and (head is None or head.activation in {"sigmoid", "softmax", "hard_sigmoid"}):
        return Undecided(site, "whether the target holds classes is not known")
    loss = fit.loss.type_name if fit.loss is not None else "the loss"
    large = fit.target is not None and fit.target.quantity.large
    made = fit.target is not None and _computed(fit.target)
    unsure = (kind is Kind.UNKNOWN and not made) or (kind is Kind.RAW and not large)
    width = head.width if head is not None and fit.framework == "keras" else 1
    return Found(
        site,
        f"`{name}` {_counted(width)}, but the loss `{loss}` is for real numbers: {_score(width)}",
        help="use the mean absolute error, or the share within a tolerance",
        remarks=(Remark("trained here", fit.site),),
        confidence=Confidence.LOW if unsure else Confidence.HIGH,
        repair=repair if not unsure else None,
        subject=fit,
    )


def _repair(program: Program, fit: Fit, metric: Metric) -> Repair | None:
    """None where the metric is no plain name, or something reads it by that name."""
    if metric.site == fit.site or fit.loss is None:
        return None
    names = {prefix + name for prefix in ("", "val_") for name in (metric.type_name, "acc", "accuracy")}
    waited_for = {known(callback.monitor) for one in program.fits for callback in one.callbacks}
    judged = [one for one in program.fits if any(other.site == metric.site for other in one.metrics)]
    if names & (program.keys | waited_for) or not all(one.loss is not None and one.loss.regression for one in judged):
        return None
    instead = "mse" if fit.loss.kind == "mae" else "mae"
    verb: Verb = Replace(metric.site.span, (f'"{instead}"',))
    if any(other.kind == instead for other in fit.metrics):
        verb = RemoveItem(metric.site.span)
    elif metric.type_name[:1].isupper():
        return None  # an object, which may bear a name
    return Repair(f'measure "{instead}" instead', Applicability.UNSAFE, (verb,))


def _counted(width: int | None) -> str:
    largest = "compares which output is the largest"
    if width is None:
        return f"counts exact matches, or with several outputs {largest}"
    return "counts exact matches" if width == 1 else largest


def _score(width: int | None) -> str:
    return "the score stays at or near 0" if width == 1 else "the score does not tell how near they come"


def _computed(target: Array) -> bool:
    """Whether the program computes it as real numbers, from numbers that it draws."""
    operations = {array.op for array in target.ancestry() if "constant" not in array.settings}
    return "generate" in operations and target.dtype == "float" and not operations & {"condition", "argmax"}


def _by_hand(program: Program, equality: Array) -> Iterator[Verdict]:
    """`pred == y` of a network that a regression loss trains."""
    one, two = equality.inputs[0], equality.inputs[1]
    for output, target in ((one, two), (two, one)):
        layers = {array.layer for array in output.ancestry() if array.op == "apply" and array.layer is not None}
        if not layers or any(array.op == "apply" for array in target.ancestry()):
            continue
        fit = next((fit for fit in program.fits if _trains(fit, layers)), None)
        if fit is None or fit.loss is None or not fit.loss.regression or target.quantity.kind in CLASSES:
            continue
        if any(array.op in {"argmax", "condition"} for array in (*output.ancestry(), *target.ancestry())):
            continue
        if known(target.settings.get("rounded"), False):
            continue
        verdict = _judge(fit, equality.site, "==")
        yield verdict
        return


def _trains(fit: Fit, layers: set[Layer]) -> bool:
    return any(array.layer in layers for output in fit.outputs for array in output.ancestry() if array.op == "apply")
