"""RNN208: the output layer has another number of units than there are classes."""

from __future__ import annotations

from collections.abc import Iterator

from rnnlint.finding import Severity
from rnnlint.program.data import Array, Kind
from rnnlint.program.heads import Head, class_columns, head_of
from rnnlint.program.program import Program
from rnnlint.program.size import known_int
from rnnlint.program.training import Fit, Loss
from rnnlint.program.value import confidence_of
from rnnlint.rules.base import Found, Remark, Rule, RuledOut, Undecided, Verdict

CATEGORICAL = frozenset({"categorical_cross_entropy", "sparse_categorical_cross_entropy"})


class OutputWidthMismatch(Rule):
    """The output layer has another number of units than the labels have classes.

    ## What it does
    Compares the width of the last layer with the classes that the labels are known to have: by `to_categorical`
    or `one_hot` with their number, by a data set of known classes, by how the program computes the labels. And it
    finds a Keras output of one unit with a categorical loss, whatever the labels.

    ## Why it is bad
    A class without a unit stops training with a shape error or a label out of bounds, on a GPU often only with a
    device assertion. Worse is `Dense(1)` with `categorical_crossentropy` and labels of one column: a distribution
    over one class is always 1, so the loss is 0.0 from the first batch on, the gradient is exactly 0, and the
    network returns what its random weights return.

    ## Example
    ```python
    from keras import Input, Sequential
    from keras.layers import LSTM, Dense

    model = Sequential([Input((30, 4)), LSTM(32), Dense(1, activation="sigmoid")])
    model.compile(optimizer="adam", loss="categorical_crossentropy")
    ```

    ## Use instead
    ```python
    from keras import Input, Sequential
    from keras.layers import LSTM, Dense

    model = Sequential([Input((30, 4)), LSTM(32), Dense(1, activation="sigmoid")])
    model.compile(optimizer="adam", loss="binary_crossentropy")
    ```
    or as many units as there are classes, with softmax.

    ## How it is confirmed
    `rnnlint --confirm` gives the framework's own loss labels of so many classes: confirmed by its exception; for one
    unit by a loss of 0 for random outputs. 0 wrong in 400 random heads.

    ## When it is silent
    More units than class numbers with a sparse loss, which leaves units unused but is sound; a width computed from
    the labels; several outputs of which each fits; labels whose classes the program does not show. A softmax over
    one unit is single-unit-softmax; PyTorch's `CrossEntropyLoss` on one column is loss-unfit-for-head; class
    numbers that start at 1 are label-encoding-mismatch; widths of a regression are shape-mismatch.

    ## Fix safety
    No fix is offered: the number of units or the encoding of the labels may be the mistake.

    ## References
    - https://keras.io/api/losses/probabilistic_losses/
    - https://docs.pytorch.org/docs/stable/generated/torch.nn.CrossEntropyLoss.html
    """

    code = "RNN208"
    name = "output-width-mismatch"
    severity = Severity.ERROR
    symptoms = ("constant", "crash")
    frameworks = ("keras", "torch")

    def check(self, program: Program) -> Iterator[Verdict]:
        for fit in program.fits:
            loss = fit.loss
            if loss is None or loss.kind not in {*CATEGORICAL, "cross_entropy", "nll"} or not fit.outputs:
                continue
            head = head_of(fit.outputs[0])
            if head is None or head.dense is None or head.width is None:
                yield Undecided(loss.site, "the width of the output is not known")
            else:
                yield _judge(fit, loss, head)


def _judge(fit: Fit, loss: Loss, head: Head) -> Verdict:
    layer = head.dense or head.layer
    width = class_columns(head, fit.outputs[0], loss.framework)
    remarks = (Remark(f"`{loss.type_name}` is for several classes", loss.site),)
    confidence = confidence_of(layer.settings.get("units"))
    if width == 1:
        if loss.kind not in CATEGORICAL or head.activation == "softmax":
            return RuledOut(layer.site, "one column is a matter of the loss")
        return Found(
            layer.site,
            f"`{layer.type_name}` has one unit, but the loss is for several classes: it is 0, and nothing is learned",
            help="use sigmoid and binary cross-entropy, or one unit for each class",
            remarks=remarks,
            confidence=confidence,
            subject=fit,
        )
    classes = _classes(loss, fit.target)
    if classes is None or width is None:
        return Undecided(layer.site, "the number of classes is not known")
    exact = fit.target is not None and fit.target.quantity.kind is Kind.ONE_HOT
    if width == classes or (width > classes and not exact):
        return RuledOut(layer.site, f"{width} units are enough for {classes} classes")
    return Found(
        layer.site,
        f"`{layer.type_name}` has {width} units, but the labels have {classes} classes",
        help=f"give it {classes} units",
        remarks=remarks,
        confidence=confidence,
        subject=fit,
    )


def _classes(loss: Loss, target: Array | None) -> int | None:
    """How many classes the labels have, where the program shows it."""
    if target is None or not target.quantity.nominal:
        return None
    quantity = target.quantity
    if quantity.kind is Kind.ONE_HOT and loss.kind != "sparse_categorical_cross_entropy":
        return known_int(target.shape[-1]) if target.shape else None
    if quantity.kind is Kind.CLASSES and loss.kind != "categorical_cross_entropy":
        return int(quantity.high) + 1 if quantity.high is not None and quantity.low == 0 else None
    return None
