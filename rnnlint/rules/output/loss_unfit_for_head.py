"""RNN206: the loss does not belong to the output layer or to classes."""

from __future__ import annotations

from collections.abc import Iterator

from rnnlint.finding import Severity
from rnnlint.program.data import Kind, Quantity
from rnnlint.program.heads import Head, class_columns, head_of
from rnnlint.program.program import Program
from rnnlint.program.training import Fit, Loss
from rnnlint.program.value import known
from rnnlint.rules.base import Found, Remark, Rule, RuledOut, Undecided, Verdict

CATEGORICAL = frozenset({"categorical_cross_entropy", "sparse_categorical_cross_entropy", "cross_entropy"})
SQUARED = frozenset({"mse", "mae", "huber", "log_cosh"})


class LossUnfitForHead(Rule):
    """The loss measures something else than what the output layer and its classes mean.

    ## What it does
    Compares the last layer's width and activation and the kind of target with the loss: softmax over more than two
    exclusive classes with binary cross-entropy, several sigmoids with categorical cross-entropy, a squared or
    absolute error for class numbers or one-hot classes, `CrossEntropyLoss` on an output of one column.

    ## Why it is bad
    Cross-entropy over one column compares a class with nothing: with float labels of shape (N, 1) loss and gradient
    are exactly 0, with class numbers it is an IndexError at the first label 1. A squared error on class numbers
    pretends that class 3 lies between 2 and 4: where cross-entropy got all samples of a small sequence task right,
    it got 74 to 81 % with 3 classes and 12 to 19 % with 10. Those two are errors.

    The others are warnings, as they learn, only worse. After 100 steps with 10 classes: absolute error on one-hot
    labels 70 %, sigmoid into a categorical loss 55 to 90 %, squared error behind softmax 96 %. Binary cross-entropy
    behind softmax reached the same accuracy, but with 10 and 30 classes its gradient to the last layer is 9 and 29
    times smaller, and its value near 0 says nothing, since most of the targets are 0.

    ## Example
    ```python
    from keras import Input, Sequential
    from keras.datasets import mnist
    from keras.layers import LSTM, Dense
    from keras.optimizers import Adam
    from keras.utils import set_random_seed, to_categorical

    set_random_seed(1)
    (images, digits), _ = mnist.load_data()
    model = Sequential([Input((28, 28)), LSTM(64), Dense(10, activation="softmax")])
    model.compile(optimizer=Adam(clipnorm=1.0), loss="binary_crossentropy")
    model.fit(images / 255.0, to_categorical(digits, 10))
    ```

    ## Use instead
    ```python
    from keras import Input, Sequential
    from keras.datasets import mnist
    from keras.layers import LSTM, Dense
    from keras.optimizers import Adam
    from keras.utils import set_random_seed, to_categorical

    set_random_seed(1)
    (images, digits), _ = mnist.load_data()
    model = Sequential([Input((28, 28)), LSTM(64), Dense(10, activation="softmax")])
    model.compile(optimizer=Adam(clipnorm=1.0), loss="categorical_crossentropy")
    model.fit(images / 255.0, to_categorical(digits, 10))
    ```

    ## How it is confirmed
    `rnnlint --confirm` gives the framework's own loss random outputs: it is 0 on one column, and behind a softmax of
    three or more classes a binary loss has gradients below 0.4 of the categorical one's; sigmoids are seen by the loss
    that the best outputs keep. 0 wrong in 600 random heads. A squared or absolute error for classes is left open: what
    it costs depends on the classes.

    ## When it is silent
    Several independent labels a sample: sigmoid with binary cross-entropy. Softmax over two units with binary
    cross-entropy, which is the same number. A squared error of a sigmoid and 0/1 labels (a Brier score). Counts,
    ratings and remaining days regressed as numbers. Q-values. Targets that the program does not show to be classes.
    Raw outputs are logits-into-probability-loss, a softmax over one unit single-unit-softmax, a Keras output of one
    unit with a categorical loss output-width-mismatch.

    ## Fix safety
    No fix is offered: whether the classes exclude each other is for the author to say.

    ## References
    - https://keras.io/api/losses/probabilistic_losses/
    - https://docs.pytorch.org/docs/stable/generated/torch.nn.CrossEntropyLoss.html
    """

    code = "RNN206"
    name = "loss-unfit-for-head"
    severity = Severity.ERROR
    symptoms = ("flat", "constant")
    frameworks = ("keras", "torch")

    def check(self, program: Program) -> Iterator[Verdict]:
        for fit in program.fits:
            if fit.loss is None or fit.loss.kind not in {"binary_cross_entropy", *CATEGORICAL, *SQUARED}:
                continue
            head = head_of(fit.outputs[0]) if fit.outputs else None
            if head is None:
                yield Undecided(fit.loss.site, "what ends the network is not known")
                continue
            yield _judge(fit, fit.loss, head)


def _judge(fit: Fit, loss: Loss, head: Head) -> Verdict:
    target = fit.target.quantity if fit.target is not None else Quantity()
    width = class_columns(head, fit.outputs[0], loss.framework)
    found = _of_probabilities(loss, head, width) or _of_numbers(loss, head, target)
    if found is None:
        return RuledOut(loss.site, f"{loss.type_name} fits a head that ends in {head.activation}")
    message, help_text, severity = found
    return Found(
        loss.site,
        message,
        help=help_text,
        remarks=(Remark("the head", head.site),),
        severity=severity,
        confidence=head.confidence,
        subject=fit,
    )


def _of_probabilities(loss: Loss, head: Head, width: int | None) -> tuple[str, str, Severity | None] | None:
    if loss.kind == "cross_entropy" and width == 1 and head.activation in {"linear", "sigmoid", "relu", "tanh"}:
        message = f"`{loss.type_name}` on one column is 0 whatever the network says: a softmax over one value is 1"
        return message, "use BCEWithLogitsLoss, or one column for each class", None
    if loss.kind == "binary_cross_entropy" and head.activation == "softmax" and width is not None and width > 2:
        message = f"softmax over {width} exclusive classes is judged by a binary loss, class by class"
        return message, "use the categorical cross-entropy", Severity.WARNING
    if loss.kind in CATEGORICAL and head.activation == "sigmoid" and (width is None or width > 1):
        if width is None or known(loss.settings.get("from_logits"), False) is True:
            return None
        message = f"{width} independent sigmoids are judged by `{loss.type_name}`, which is for exclusive classes"
        return message, "end in softmax (in PyTorch in nothing), or use a binary loss", Severity.WARNING
    return None


def _of_numbers(loss: Loss, head: Head, target: Quantity) -> tuple[str, str, Severity | None] | None:
    if loss.kind not in SQUARED or not target.nominal:
        return None
    what = target.label or "the target"
    if target.kind is Kind.ONE_HOT and head.width != 1:
        message = f"`{loss.type_name}` measures distances, but the target ({what}) holds one-hot classes"
        return message, "use a cross-entropy", Severity.WARNING
    several = target.low is not None and target.high is not None and target.high - target.low >= 2
    if target.kind is Kind.CLASSES and several and head.width == 1:
        message = f"`{loss.type_name}` measures distances, but the target ({what}) holds the numbers of classes"
        return message, "give each class an output and use a cross-entropy", None
    return None
