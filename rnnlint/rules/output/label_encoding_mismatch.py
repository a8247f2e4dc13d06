"""RNN207: the labels are written in another way than the loss reads them."""

from __future__ import annotations

from collections.abc import Iterator

from rnnlint.finding import Applicability, Severity
from rnnlint.program.data import Array, Kind
from rnnlint.program.heads import Head, head_of
from rnnlint.program.program import Program
from rnnlint.program.training import Fit, Loss
from rnnlint.program.walks import chain
from rnnlint.repair import Argument, Rename, Repair, Replace, Surround, Verb
from rnnlint.rules.base import Found, Remark, Rule, RuledOut, Undecided, Verdict

SELECTING = frozenset({"index", "rows", "cast", "squeeze", "window", "batch", "read", "generate"})
OWN = frozenset({"label_smoothing", "ignore_class"})  # arguments that only one of both losses has
_BY_NAME = {
    "categorical_crossentropy": "sparse_categorical_crossentropy",
    "CategoricalCrossentropy": "SparseCategoricalCrossentropy",
}
OTHER = _BY_NAME | {other: one for one, other in _BY_NAME.items()}
BINARY = frozenset({"binary_cross_entropy", "binary_cross_entropy_with_logits"})


class LabelEncodingMismatch(Rule):
    """The labels are encoded otherwise than the loss reads them: class numbers, one-hot rows or 0 and 1.

    ## What it does
    Follows the labels to the loss: class numbers with Keras' categorical cross-entropy, one-hot rows with the
    sparse one, labels 1 and 2 or -1 and 1 with a binary cross-entropy, class numbers that start at 1, float class
    numbers or integer one-hot rows with PyTorch's `CrossEntropyLoss`.

    ## Why it is bad
    Most of these stop with an exception about ranks, types or a target out of bounds, which is the good case.
    Binary cross-entropy in Keras and `BCEWithLogitsLoss` accept any number: with labels 1 and 2 the loss falls
    below 0 (to -4 in the measured runs) and every prediction becomes the same, a spread of exactly 0. With -1 and 1
    it falls to -3 at an accuracy of 0.2 to 0.34, and the validation accuracy Keras shows is 0.0 in most runs.

    ## Example
    ```python
    from keras import Input, Sequential
    from keras.datasets import mnist
    from keras.layers import LSTM, Dense
    from keras.optimizers import Adam
    from keras.utils import set_random_seed

    set_random_seed(1)
    (images, digits), _ = mnist.load_data()
    model = Sequential([Input((28, 28)), LSTM(64), Dense(10, activation="softmax")])
    model.compile(optimizer=Adam(clipnorm=1.0), loss="categorical_crossentropy")
    model.fit(images / 255.0, digits)
    ```

    ## Use instead
    ```python
    from keras import Input, Sequential
    from keras.datasets import mnist
    from keras.layers import LSTM, Dense
    from keras.optimizers import Adam
    from keras.utils import set_random_seed

    set_random_seed(1)
    (images, digits), _ = mnist.load_data()
    model = Sequential([Input((28, 28)), LSTM(64), Dense(10, activation="softmax")])
    model.compile(optimizer=Adam(clipnorm=1.0), loss="sparse_categorical_crossentropy")
    model.fit(images / 255.0, digits)
    ```

    ## How it is confirmed
    `rnnlint --confirm` gives the framework's own loss labels of the same rank, type and values: confirmed by its
    exception, or, for a binary loss, by a loss below 0. 0 wrong in 200 random heads.

    ## When it is silent
    Labels of -1 and 1 with a hinge loss; labels converted on the way, in the data set, the collate function or at
    the call of the loss; float rows of class probabilities with `CrossEntropyLoss`; labels from a file or a data
    set whose encoding is not shown.

    ## Fix safety
    Safe: for class numbers the categorical loss of Keras becomes the sparse one, for one-hot rows the sparse one the
    categorical one, and float class numbers get `.long()` where PyTorch's `CrossEntropyLoss` is called. All of these
    programs failed before. No fix is offered where the loss has arguments that the other one lacks, where a metric is
    bound to one encoding, and for labels whose numbers are wrong.

    ## References
    - https://keras.io/api/losses/probabilistic_losses/
    - https://docs.pytorch.org/docs/stable/generated/torch.nn.CrossEntropyLoss.html
    """

    code = "RNN207"
    name = "label-encoding-mismatch"
    severity = Severity.ERROR
    symptoms = ("crash", "zero")
    frameworks = ("keras", "torch")
    fixes = (Applicability.SAFE,)

    def check(self, program: Program) -> Iterator[Verdict]:
        for fit in program.fits:
            if fit.loss is None or "entropy" not in fit.loss.kind:
                continue
            if fit.target is None:
                yield Undecided(fit.loss.site, "the labels are not known")
                continue
            yield _judge(program, fit, fit.loss, fit.target)


def _judge(program: Program, fit: Fit, loss: Loss, target: Array) -> Verdict:
    head = head_of(fit.outputs[0]) if fit.outputs else None
    problem = _form(loss, target, head) or _ids(fit, loss, target) or _values(loss, target, head)
    if problem is None:
        return RuledOut(loss.site, "the labels have the form that the loss takes, as far as it is known")
    message, help_text = problem
    what = target.quantity.label or target.name or "labels"
    return Found(
        loss.site,
        f"`{loss.type_name}` {message} ({what})",
        help=help_text,
        remarks=(Remark("the labels", target.site),),
        repair=_repair(program, fit, loss, head) if _form(loss, target, head) else None,
        subject=fit,
    )


def _repair(program: Program, fit: Fit, loss: Loss, head: Head | None) -> Repair | None:
    """None where the program did not fail as it stands, or the same line is right for other data."""
    width = head.width if head is not None else None
    judged = [one for one in program.fits if one.loss is not None and one.loss.site == loss.site]
    if (
        head is None
        or (width is None and head.activation != "softmax")
        or not all(one.target is not None and _form(loss, one.target, head) for one in judged)
    ):
        return None
    if loss.framework == "torch":
        return _with_whole_numbers(fit)
    high = fit.target.quantity.high if fit.target is not None else None
    bound = any("categorical" in metric.type_name.lower() for one in judged for metric in one.metrics)
    if bound or (high is not None and width is not None and high >= width) or OWN & loss.settings.keys():
        return None
    other = OTHER.get(loss.type_name)
    if other is None or loss.site == fit.site:
        return None
    site = loss.site.span
    verb: Verb = Rename(site, other, member=True) if other[0].isupper() else Replace(site, (f'"{other}"',))
    return Repair(f"use {other}", Applicability.SAFE, (verb,))


def _with_whole_numbers(fit: Fit) -> Repair | None:
    if fit.target is None or fit.target.quantity.kind is not Kind.CLASSES:
        return None
    verb = Surround(Argument(fit.site.span, 1, "target"), behind=(".long()",))
    return Repair("convert the labels with .long()", Applicability.SAFE, (verb,))


def _form(loss: Loss, target: Array, head: Head | None) -> tuple[str, str] | None:
    """Class numbers for one-hot rows, or the reverse."""
    kind, width = target.quantity.kind, head.width if head is not None else None
    flat = target.shape is not None and len(target.shape) == 1
    numbers = kind is Kind.CLASSES and target.quantity.nominal and flat
    if loss.kind == "categorical_cross_entropy" and numbers and width != 1:
        return "takes one-hot rows, but the labels are class numbers", "use the sparse loss, or to_categorical"
    rows = kind is Kind.ONE_HOT and target.quantity.nominal
    if loss.kind == "sparse_categorical_cross_entropy" and rows:
        return "takes class numbers, but the labels are one-hot rows", "use the categorical loss"
    if loss.kind == "cross_entropy" and rows and target.dtype == "int":
        return "takes class numbers or float rows, but the labels are whole-number rows", "give class numbers"
    if loss.kind == "cross_entropy" and kind is Kind.CLASSES and flat and target.dtype == "float" and width != 1:
        return "takes whole class numbers, but the labels are floats", "convert the labels with .long()"
    return None


def _ids(fit: Fit, loss: Loss, target: Array) -> tuple[str, str] | None:
    """Indices that are looked up in an embedding are no one-hot rows."""
    if loss.kind != "categorical_cross_entropy" or not fit.outputs:
        return None
    looked_up = {
        source.number
        for array in fit.outputs[0].ancestry()
        if array.op == "apply" and array.layer is not None and array.layer.kind == "embedding"
        for source in (*array.inputs, *(a for i in array.inputs for a in i.inputs))
    }
    made = list(chain(target))
    if any(array.op not in SELECTING for array in made):
        return None
    if looked_up & {array.number for array in made}:
        return "takes one-hot rows, but the labels are indices, like those that are looked up", "use the sparse loss"
    return None


def _values(loss: Loss, target: Array, head: Head | None) -> tuple[str, str] | None:
    """Labels whose numbers the loss does not know."""
    quantity = target.quantity
    if quantity.kind is not Kind.CLASSES or quantity.low is None or quantity.high is None:
        return None
    low, high, width = quantity.low, quantity.high, head.width if head is not None else None
    if loss.kind in BINARY and width == 1 and (low < 0 or (low >= 1 and high > 1)):
        return f"knows the labels 0 and 1, but they go from {low:g} to {high:g}", "map the labels to 0 and 1"
    if loss.kind == "sparse_categorical_cross_entropy" and low >= 1 and width is not None and width <= high:
        return f"counts classes from 0, but the labels go from {low:g} to {high:g}", "subtract 1 from the labels"
    return None
