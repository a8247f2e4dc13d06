"""The data sets that Keras ships."""

from __future__ import annotations

from rnnlint.frontend import quantities
from rnnlint.frontend.dispatch import Call, function
from rnnlint.frontend.values import ArrayRef, Mapping, Sequence, Value, settled
from rnnlint.program.data import Kind, Part, Quantity, Split

TEXTS = ("imdb", "reuters")
IMAGES = ("mnist", "fashion_mnist", "cifar10", "cifar100")
CLASSES = {"mnist": 10, "fashion_mnist": 10, "cifar10": 10, "cifar100": 100, "imdb": 2, "reuters": 46}
SHAPES: dict[str, tuple[int | None, ...]] = {
    "mnist": (None, 28, 28),
    "fashion_mnist": (None, 28, 28),
    "cifar10": (None, 32, 32, 3),
    "cifar100": (None, 32, 32, 3),
}
TABLES = ("boston_housing", "california_housing")


def _values(call: Call) -> tuple[Quantity, Quantity]:
    name = call.path.split(".")[-2]
    classes = quantities.classes(CLASSES.get(name), f"{name} labels", call.site)
    if name in TEXTS:
        words = settled(call.get(None, "num_words"))
        last = words - 1 if isinstance(words, int) else None
        return Quantity(Kind.TOKENS, 1.0, label=f"{name} word numbers", site=call.site, last=last), classes
    if name in IMAGES:
        return quantities.uniform(0.0, 255.0, f"{name} pixels", call.site), classes
    raw = Quantity(Kind.RAW, label=f"the {name} table", site=call.site)
    return raw, raw


@function(*(f"keras.datasets.{name}.load_data" for name in (*TEXTS, *IMAGES, *TABLES)))
def load_data(call: Call) -> Value:
    """((x_train, y_train), (x_test, y_test))."""
    m = call.machine
    inputs, targets = _values(call)
    name = call.path.split(".")[-2]
    whole = m.source("read", call.site, quantity=inputs, shape=SHAPES.get(name))
    assert whole.rows is not None
    parts = tuple(whole.rows.select(Part("split", ("dataset", whole.number), index)) for index in range(2))
    m.record.splits.append(Split(call.site, "load_data", whole.rows, parts))
    pairs: list[Value] = []
    for rows in parts:
        x = m.derive(whole, "rows", call.site, rows=rows, quantity=inputs)
        shape = (None, 1) if name.startswith("cifar") else (None,)
        y = m.derive(whole, "rows", call.site, rows=rows, quantity=targets, shape=shape, dtype="int")
        pairs.append(Sequence("tuple", (ArrayRef(x), ArrayRef(y))))
    return Sequence("tuple", tuple(pairs))


@function(*(f"keras.datasets.{name}.get_word_index" for name in TEXTS))
def word_index(call: Call) -> Value:
    """The vocabulary."""
    return Mapping({}, complete=False)
