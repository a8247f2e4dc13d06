"""Probes for the rules of losses that do not fit their head or their labels."""

from __future__ import annotations

from collections.abc import Iterator

from rnnlint.confirm.plan.base import Unplanned, planner
from rnnlint.confirm.probes import HeadLoss, HeadLossKeras, HeadLossTorch, Labels, Probe
from rnnlint.program.data import Array, Kind
from rnnlint.program.heads import class_columns, head_of
from rnnlint.program.program import Program
from rnnlint.program.size import known_int
from rnnlint.program.training import Fit, Loss
from rnnlint.program.value import known

USUAL_CLASSES, MOST_CLASSES = 5, 1000
BINARY = frozenset({"binary_cross_entropy", "binary_cross_entropy_with_logits"})
CATEGORICAL = frozenset({"categorical_cross_entropy", "sparse_categorical_cross_entropy"})
IN_TORCH = {"nll", "cross_entropy", *BINARY}
ACTIVATIONS = frozenset(
    {"linear", "relu", "tanh", "sigmoid", "elu", "selu", "gelu", "leaky_relu", "softplus", "swish", "softmax",
     "log_softmax"}
)  # fmt: skip
WITHOUT_TENSORFLOW = {
    "categorical_cross_entropy": "cross_entropy",
    "sparse_categorical_cross_entropy": "cross_entropy",
    "binary_cross_entropy": "binary_cross_entropy_with_logits",
}


def _judged(program: Program) -> Iterator[Fit]:
    for fit in program.fits:
        if fit.loss is not None and fit.loss.kind in {*IN_TORCH, *CATEGORICAL} and fit.outputs:
            yield fit


def _known_labels(program: Program) -> Iterator[Fit]:
    return (fit for fit in _judged(program) if fit.target is not None and fit.target.quantity.nominal)


@planner("RNN203", _judged)
def two_softmaxes(fit: Fit, program: Program) -> Probe | Unplanned:
    """The loss of the best probabilities."""
    head = head_of(fit.outputs[0])
    if head is not None and head.activation == "log_softmax":
        return Unplanned("a second log_softmax changes no number")
    return _probe(fit, program, ("floor",))


@planner("RNN205", _judged)
def two_sigmoids(fit: Fit, program: Program) -> Probe | Unplanned:
    """The loss of the best probabilities."""
    return _probe(fit, program, ("floor",))


def _of_probabilities(program: Program) -> Iterator[Fit]:
    for fit in _judged(program):
        if fit.loss is not None and fit.loss.kind != "cross_entropy" and not fit.loss.is_set("from_logits", True):
            yield fit


@planner("RNN204", _of_probabilities)
def logits(fit: Fit, program: Program) -> Probe | Unplanned:
    """What the loss makes of numbers that are no probabilities."""
    if fit.loss is not None and fit.loss.kind == "nll":
        return _probe(fit, program, ("negative",))
    return _probe(fit, program, ("raises", "dead"))


@planner("RNN206", _known_labels)
def unfit(fit: Fit, program: Program) -> Probe | Unplanned:
    """What the loss makes of this head: nothing, a floor, or a smaller gradient than the right loss's."""
    head = head_of(fit.outputs[0]) if fit.outputs else None
    loss = fit.loss
    if head is None or loss is None or loss.kind not in {*IN_TORCH, *CATEGORICAL}:
        return Unplanned("how far distances between classes mislead depends on the classes")
    if loss.kind in BINARY and head.activation == "softmax":
        return _probe(fit, program, ("shrunk",))
    return _probe(fit, program, ("raises", "empty") if head.activation != "sigmoid" else ("floor",))


@planner("RNN207", _known_labels)
def encoding(fit: Fit, program: Program) -> Probe | Unplanned:
    """Whether the loss takes the labels, and stays above 0."""
    binary = fit.loss is not None and fit.loss.kind in BINARY
    return _probe(fit, program, ("raises", "negative") if binary else ("raises",), of_program=True)


@planner("RNN208", _judged)
def width(fit: Fit, program: Program) -> Probe | Unplanned:
    """Whether the loss takes the labels, and says something."""
    head = head_of(fit.outputs[0])
    one = head is not None and head.width == 1
    return _probe(fit, program, ("raises", "empty") if one else ("raises",), of_program=not one)


def _probe(fit: Fit, program: Program, wanted: tuple[str, ...], of_program: bool = False) -> Probe | Unplanned:
    """The loss behind the head, with labels of the kind found; `of_program` where no others will do."""
    loss, head = fit.loss, head_of(fit.outputs[0]) if fit.outputs else None
    if loss is None or head is None or head.activation not in ACTIVATIONS:
        return Unplanned("what ends the network is not known")
    output = fit.outputs[0]
    flat = output.shape is not None and len(output.shape) == 1
    if flat and "softmax" in head.activation:
        return Unplanned("the loss reads one of several columns")
    columns = 1 if flat else class_columns(head, output, loss.framework)
    if columns is None and of_program:
        return Unplanned("the width of the output is not known")
    columns = min(columns or USUAL_CLASSES, MOST_CLASSES)
    labels = _labels(loss, output, fit.target, columns)
    if labels is None and of_program:
        return Unplanned("the labels are not known")
    labels = labels or _usual(loss, columns, flat)
    logits = known(loss.settings.get("from_logits"), False) is True
    return _kind(loss, program, wanted)(
        head.activation, columns, _name(loss, program, wanted), labels, wanted,
        from_logits=logits, squeezed=flat, rearranged=output is not head.array,
    )  # fmt: skip


def _kind(loss: Loss, program: Program, wanted: tuple[str, ...]) -> type[HeadLoss]:
    """The engine: formulas where all turns on these, else the framework of the loss."""
    by_formula = set(wanted) <= {"floor", "negative"}
    if loss.framework == "torch":
        return HeadLoss if by_formula else HeadLossTorch
    return HeadLoss if by_formula and _elsewhere(program) else HeadLossKeras


def _elsewhere(program: Program) -> bool:
    """Whether Keras runs on a backend that does not look behind the head."""
    return program.backend != "tensorflow"


def _name(loss: Loss, program: Program, wanted: tuple[str, ...]) -> str:
    if loss.framework == "keras" and wanted == ("floor",) and _elsewhere(program):
        return WITHOUT_TENSORFLOW[loss.kind]
    return loss.kind


def _labels(loss: Loss, output: Array, target: Array | None, columns: int) -> Labels | None:
    """The program's own labels, where it shows them."""
    if target is None:
        return None
    quantity, whole = target.quantity, target.dtype == "int"
    if quantity.kind is Kind.ONE_HOT and quantity.nominal:
        size = known_int(target.shape[-1]) if target.shape else None
        return Labels("one-hot", columns=size or columns, whole=whole)
    if quantity.kind is not Kind.CLASSES or quantity.low is None or not target.dtype:
        return None
    high = quantity.high if quantity.high is not None else columns - 1
    if not float(quantity.low).is_integer() or not float(high).is_integer() or high <= quantity.low:
        return None
    axes = len(output.shape) if output.shape else 2
    if target.shape is None:
        places = columns if loss.kind in BINARY and axes > 1 else 0
    else:
        places = (known_int(target.shape[-1]) or columns) if len(target.shape) >= max(axes, 2) else 0
    return Labels("numbers", int(quantity.low), int(high), places, whole)


def _usual(loss: Loss, columns: int, flat: bool) -> Labels:
    """Labels as the loss takes them."""
    if loss.kind in BINARY:
        return Labels("numbers", 0, 1, 0 if flat else columns, whole=False)
    if loss.kind == "categorical_cross_entropy":
        return Labels("one-hot", columns=columns, whole=False)
    return Labels("numbers", 0, columns - 1)
