"""Random heads with losses and labels that do not fit them, and their twins that do."""

from __future__ import annotations

from random import Random

from benchmarks.confirm.networks import Maker, log_uniform
from rnnlint.confirm.probes import HeadLoss, HeadLossKeras, HeadLossTorch, Labels, Probe

LINEAR = ("linear", "relu", "tanh", "elu", "leaky_relu")
BINARY, LOGITS = "binary_cross_entropy", "binary_cross_entropy_with_logits"
ONE_HOT, NUMBERS = "categorical_cross_entropy", "sparse_categorical_cross_entropy"


def several(random: Random, least: int = 2) -> int:
    """A number of classes."""
    return log_uniform(random, least, 200)


def numbers(columns: int, first: int = 0) -> Labels:
    """Class numbers."""
    return Labels("numbers", first, first + columns - 1)


def binary(columns: int, low: int = 0, high: int = 1) -> Labels:
    """Labels of two values, as floats."""
    return Labels("numbers", low, high, columns, whole=False)


def softmax_twice(random: Random, head: str) -> Probe:
    """A softmax or nothing in front of a softmax."""
    columns = several(random)
    return HeadLoss(head, columns, "cross_entropy", numbers(columns), ("floor",))


def sigmoid_twice(random: Random, head: str) -> Probe:
    """A sigmoid or nothing in front of a sigmoid."""
    columns = random.randint(1, 30)
    return HeadLoss(head, columns, LOGITS, binary(columns), ("floor",))


def behind_a_reshape(random: Random, head: str) -> Probe:
    """The same in Keras, where a reshape hides the head from the loss."""
    columns = several(random)
    if head == "sigmoid":
        return HeadLossKeras(head, 1, BINARY, binary(1), ("floor",), from_logits=True, rearranged=True)
    loss, labels = random.choice(((NUMBERS, numbers(columns)), (ONE_HOT, Labels("one-hot", columns=columns))))
    return HeadLossKeras(head, columns, loss, labels, ("floor",), from_logits=True, rearranged=True)


def seen_through(random: Random) -> Probe:
    """Keras on TensorFlow finds the logits itself."""
    columns = several(random)
    if random.random() < 0.5:
        return HeadLossKeras("sigmoid", 1, BINARY, binary(1), ("floor",), from_logits=True)
    return HeadLossKeras("softmax", columns, NUMBERS, numbers(columns), ("floor",), from_logits=True)


def likelihood(random: Random, head: str) -> Probe:
    """A negative log-likelihood."""
    columns = several(random)
    return HeadLoss(head, columns, "nll", numbers(columns), ("negative",))


def probabilities(random: Random, faulty: bool) -> Probe:
    """BCELoss in PyTorch."""
    columns = random.randint(1, 30)
    head = random.choice(LINEAR[:2] if faulty else ("sigmoid",))
    return HeadLossTorch(head, columns, BINARY, binary(columns), ("raises", "dead"))


def probabilities_keras(random: Random, faulty: bool) -> Probe:
    """Losses without from_logits in Keras."""
    columns, rearranged = several(random), random.random() < 0.3
    loss = random.choice((BINARY, ONE_HOT, NUMBERS))
    head = random.choice(("linear", "relu")) if faulty else "sigmoid" if loss == BINARY else "softmax"
    labels = {BINARY: binary(columns), ONE_HOT: Labels("one-hot", columns=columns), NUMBERS: numbers(columns)}[loss]
    return HeadLossKeras(head, columns, loss, labels, ("raises", "dead"), rearranged=rearranged)


def one_column(random: Random, faulty: bool) -> Probe:
    """CrossEntropyLoss in PyTorch on one column, or on several."""
    columns = 1 if faulty else several(random)
    right = random.choice((numbers(columns), Labels("one-hot", columns=columns, whole=False)))
    labels = random.choice((binary(1), Labels("numbers", 0, 1), binary(0))) if faulty else right
    return HeadLossTorch(random.choice(LINEAR), columns, "cross_entropy", labels, ("raises", "empty"))


def sigmoids(random: Random, head: str) -> Probe:
    """Sigmoids in front of CrossEntropyLoss."""
    columns = several(random, 3)
    return HeadLoss(head, columns, "cross_entropy", numbers(columns), ("floor",))


def class_by_class(random: Random, columns: int) -> Probe:
    """Softmax judged by a binary loss in Keras."""
    labels = Labels("one-hot", columns=columns, whole=random.random() < 0.5)
    rearranged = random.random() < 0.3 and columns != 3
    return HeadLossKeras("softmax", columns, BINARY, labels, ("shrunk",), rearranged=rearranged)


def encoded(random: Random, faulty: bool) -> Probe:
    """Labels of a form or of values that the loss takes, or does not."""
    columns, wanted = several(random, 3), ("raises",)
    if random.random() < 0.4:
        low, high = random.choice(((1, 2), (-1, 1), (2, 3))) if faulty else (0, 1)
        kind, head, loss = random.choice(((HeadLossTorch, "linear", LOGITS), (HeadLossKeras, "sigmoid", BINARY)))
        return kind(head, 1, loss, binary(1, low, high), ("raises", "negative"))
    rows = Labels("one-hot", columns=columns)
    if random.random() < 0.5:
        wrong = random.choice((Labels("one-hot", columns=columns), Labels("numbers", 0, columns - 1, whole=False)))
        right = random.choice((numbers(columns), Labels("one-hot", columns=columns, whole=False)))
        return HeadLossTorch("linear", columns, "cross_entropy", wrong if faulty else right, wanted)
    loss, right, wrong = random.choice(
        ((NUMBERS, numbers(columns), rows), (ONE_HOT, rows, numbers(columns)),
         (NUMBERS, numbers(columns), numbers(columns, first=1)))
    )  # fmt: skip
    return HeadLossKeras("softmax", columns, loss, wrong if faulty else right, wanted)


def wide(random: Random, more: int) -> Probe:
    """Labels with more classes than the output has columns, or as many."""
    columns = several(random)
    torch = random.random() < 0.5
    rows, ids = Labels("one-hot", columns=columns + more, whole=not torch), numbers(columns + more)
    if torch:
        return HeadLossTorch("linear", columns, "cross_entropy", random.choice((rows, ids)), ("raises",))
    loss, labels = random.choice(((ONE_HOT, rows), (NUMBERS, ids)))
    return HeadLossKeras("softmax", columns, loss, labels, ("raises",))


def one_unit(random: Random, faulty: bool) -> Probe:
    """One unit with a categorical loss in Keras, or a unit for each class."""
    if not faulty:
        columns = several(random)
        return HeadLossKeras("softmax", columns, ONE_HOT, Labels("one-hot", columns=columns), ("raises", "empty"))
    labels = random.choice((Labels("numbers", 0, 1), binary(1), Labels("one-hot", columns=1)))
    head, logits = random.choice((("sigmoid", False), ("linear", True), ("linear", False)))
    return HeadLossKeras(head, 1, ONE_HOT, labels, ("raises", "empty"), from_logits=logits)


LOSSES: dict[str, tuple[Maker, Maker]] = {
    "RNN203 HeadLoss (floor)": (
        lambda r: softmax_twice(r, "softmax"),
        lambda r: softmax_twice(r, r.choice(LINEAR[:1])),
    ),
    "RNN203 HeadLossKeras (floor)": (lambda r: behind_a_reshape(r, "softmax"), lambda r: behind_a_reshape(r, "linear")),
    "RNN203 HeadLossKeras (seen through)": (lambda r: behind_a_reshape(r, "softmax"), seen_through),
    "RNN204 HeadLoss (negative)": (
        lambda r: likelihood(r, r.choice(("linear", "softmax", "relu", "sigmoid"))),
        lambda r: likelihood(r, "log_softmax"),
    ),
    "RNN204 HeadLossTorch": (lambda r: probabilities(r, True), lambda r: probabilities(r, False)),
    "RNN204 HeadLossKeras": (lambda r: probabilities_keras(r, True), lambda r: probabilities_keras(r, False)),
    "RNN205 HeadLoss (floor)": (lambda r: sigmoid_twice(r, "sigmoid"), lambda r: sigmoid_twice(r, "linear")),
    "RNN205 HeadLossKeras (floor)": (lambda r: behind_a_reshape(r, "sigmoid"), seen_through),
    "RNN206 HeadLossTorch (one column)": (lambda r: one_column(r, True), lambda r: one_column(r, False)),
    "RNN206 HeadLoss (sigmoids)": (lambda r: sigmoids(r, "sigmoid"), lambda r: sigmoids(r, "linear")),
    "RNN206 HeadLossKeras (shrunk)": (lambda r: class_by_class(r, several(r, 3)), lambda r: class_by_class(r, 2)),
    "RNN207 HeadLoss": (lambda r: encoded(r, True), lambda r: encoded(r, False)),
    "RNN208 HeadLoss": (lambda r: wide(r, r.randint(1, 9)), lambda r: wide(r, 0)),
    "RNN208 HeadLossKeras (one unit)": (lambda r: one_unit(r, True), lambda r: one_unit(r, False)),
}
