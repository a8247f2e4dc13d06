"""Arrays from generators, from files, and of zeros to be filled."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import replace
from typing import Any

from rnnlint.frontend import quantities
from rnnlint.frontend.dispatch import FUNCTIONS, Call, function, method
from rnnlint.frontend.dtypes import dtype_name
from rnnlint.frontend.machine import size_of
from rnnlint.frontend.sequences import mix
from rnnlint.frontend.values import (
    ArrayRef,
    Const,
    External,
    Mapping,
    Opaque,
    Sequence,
    Thing,
    Value,
    settled,
)
from rnnlint.program.data import UNKNOWN_QUANTITY, Kind, Quantity
from rnnlint.program.size import Size
from rnnlint.program.value import Known, Setting, known


def _shape_argument(call: Call, index: int, name: str) -> tuple[Size | None, ...] | None:
    value = call.get(index, name)
    if isinstance(value, Sequence):
        return tuple(size_of(item) for item in value.items) if value.items is not None else None
    size = size_of(value)
    return (size,) if size is not None else None


@function(
    "numpy.zeros",
    "numpy.ones",
    "numpy.empty",
    "numpy.full",
    "numpy.zeros_like",
    "numpy.empty_like",
    "numpy.ones_like",
)
def zeros(call: Call) -> Value:
    """Arrays of one value, to be filled."""
    name = call.path.rsplit(".", 1)[-1]
    shape = _shape_argument(call, 0, "shape")
    like = call.array(0, "a")
    if like is not None:
        shape = like.array.shape
    op = "zeros" if name.startswith(("zeros", "empty", "full")) else "generate"
    dtype = call.get(2 if name == "full" else 1, "dtype")
    kind = dtype_name(dtype, "" if name.startswith("full") else "float")
    settings: dict[str, Setting] = {
        "dtype": Known(dtype.path) if isinstance(dtype, External) else call.machine.setting(dtype)
    }
    value = 1.0 if name.startswith("ones") else 0.0 if name.startswith("zeros") else settled(call.get(1, "fill_value"))
    if isinstance(value, int | float):
        settings["constant"] = Known(float(value))
    return ArrayRef(call.machine.source(op, call.site, shape=shape, settings=settings, dtype=kind))


@function("numpy.repeat")
def repeat(call: Call) -> Value:
    """Values repeated: labels whose numbers are written out."""
    values, times = call.get(0, "a"), call.get(1, "repeats")
    numbers, counts, each = _settled_items(values), _settled_items(times), settled(times)
    if numbers is not None and isinstance(each, int) and call.get(2, "axis") is None:
        counts = [each] * len(numbers)
    if numbers is None or counts is None or len(numbers) != len(counts):
        return Opaque("values repeated")
    runs = tuple(zip(map(float, numbers), map(int, counts), strict=True))
    facts: dict[str, Any] = {"shape": (sum(map(int, counts)),), "settings": {"runs": Known(runs)}}
    quantity = quantities.counted(dict(runs), "np.repeat", call.site)
    return ArrayRef(call.machine.source("literal", call.site, quantity=quantity, **facts))


def _settled_items(value: Value | None) -> list[float] | None:
    if isinstance(value, ArrayRef):
        written = known(value.array.settings.get("numbers"))
        return list(written) if isinstance(written, tuple) else None
    items = value.items if isinstance(value, Sequence) else None
    found = [settled(item) for item in items or ()]
    return found if found and all(isinstance(item, int | float) for item in found) else None


@function("numpy.load", "numpy.loadtxt", "numpy.genfromtxt", "numpy.fromfile", "scipy.io.loadmat", "numpy.memmap")
def load(call: Call) -> Value:
    """Data from a file whose contents nobody names."""
    if call.path.endswith("loadmat"):
        return Mapping({}, complete=False)
    archive: dict[str, Setting] = {"archive": Known(True)} if call.path == "numpy.load" else {}
    return ArrayRef(call.machine.source("read", call.site, quantity=UNKNOWN_QUANTITY, settings=archive))


def _label(call: Call) -> str:
    return call.machine.text(call.node)


def _random_shape(call: Call, position: int) -> tuple[Size | None, ...] | None:
    value = call.get(position, "size")
    if value is None or (isinstance(value, Const) and value.value is None):
        return ()
    return _shape_argument(call, position, "size")


@function("numpy.random.rand", "numpy.random.random", "numpy.random.random_sample", "numpy.random.uniform",
          "numpy.random.ranf", "random.uniform", "random.random")  # fmt: skip
def uniform(call: Call) -> Value:
    """Values drawn evenly."""
    name = call.path.rsplit(".", 1)[-1]
    low, high = 0.0, 1.0
    if name == "uniform":
        first, second = settled(call.get(0, "low"), 0.0), settled(call.get(1, "high"), 1.0)
        if not isinstance(first, int | float) or not isinstance(second, int | float):
            return ArrayRef(call.machine.source("generate", call.site, settings=call.machine.drawn()))
        low, high = float(first), float(second)
        shape = _random_shape(call, 2)
    elif name == "rand":
        shape = tuple(size_of(value) for value in call.args)
    else:
        shape = _random_shape(call, 0)
    if call.path.startswith("random."):
        shape = ()
    return ArrayRef(
        call.machine.source(
            "generate",
            call.site,
            shape=shape,
            dtype="float",
            quantity=quantities.uniform(low, high, _label(call), call.site),
            settings=call.machine.drawn(),
        )
    )


@function("numpy.random.randn", "numpy.random.normal", "numpy.random.standard_normal")
def normal(call: Call) -> Value:
    """Values drawn from a normal distribution."""
    name = call.path.rsplit(".", 1)[-1]
    mean: Any = 0.0
    std: Any = 1.0
    if name == "normal":
        mean, std = settled(call.get(0, "loc"), 0.0), settled(call.get(1, "scale"), 1.0)
        shape = _random_shape(call, 2)
    elif name == "randn":
        shape = tuple(size_of(value) for value in call.args)
    else:
        shape = _random_shape(call, 0)
    quantity = UNKNOWN_QUANTITY
    if isinstance(mean, int | float) and isinstance(std, int | float):
        quantity = quantities.normal(float(mean), float(std), _label(call), call.site)
    facts: dict[str, Any] = {"shape": shape, "quantity": quantity, "dtype": "float", "settings": call.machine.drawn()}
    return ArrayRef(call.machine.source("generate", call.site, **facts))


@function(
    "numpy.random.randint",
    "random.randint",
    "numpy.random.choice",
    "numpy.random.random_integers",
    "numpy.random.integers",
)
def randint(call: Call) -> Value:
    """Whole numbers at random: classes where there are few of them, else counts or indices."""
    low, high = settled(call.get(0, "low")), settled(call.get(1, "high"))
    if call.path.endswith("choice"):
        options = call.get(0, "a")
        if isinstance(options, ArrayRef):
            return ArrayRef(call.machine.derive(options.array, "gather", call.site, shape=(None,)))
        label = Quantity(Kind.CLASSES, label=_label(call))
        return ArrayRef(call.machine.source("generate", call.site, quantity=label, settings=call.machine.drawn()))
    if isinstance(low, int) and not isinstance(high, int):
        low, high = 0, low
    shape = _random_shape(call, 2)
    if not isinstance(low, int) or not isinstance(high, int):
        return ArrayRef(call.machine.source("generate", call.site, shape=shape, settings=call.machine.drawn()))
    kind = Kind.CLASSES if low >= 0 and high - low <= 20 else Kind.TOKENS
    quantity = Quantity(
        kind, float(low), float(high - 1), (low + high - 1) / 2, (high - low) / math.sqrt(12), _label(call)
    )
    facts: dict[str, Any] = {"shape": shape, "quantity": quantity, "dtype": "int", "settings": call.machine.drawn()}
    return ArrayRef(call.machine.source("generate", call.site, **facts))


@function("numpy.random.default_rng", "numpy.random.RandomState", "random.Random")
def generator(call: Call) -> Value:
    """A generator object."""
    return Thing("rng", call.site)


def _by_generator(path: str) -> Callable[[Call], Value]:
    def run(call: Call) -> Value:
        return FUNCTIONS[path](replace(call, path=path))

    return run


for _name, _path in {"random": "random", "uniform": "uniform", "normal": "normal", "integers": "randint",
"rand": "rand",
                     "randint": "randint", "standard_normal": "standard_normal", "randn": "randn",
                     "choice": "choice"}.items():  # fmt: skip
    method("rng", _name)(_by_generator(f"numpy.random.{_path}"))


@method("rng", "shuffle")
@function("numpy.random.shuffle", "random.shuffle")
def shuffle(call: Call) -> Value:
    """Rows or items brought into another order in place."""
    m, given = call.machine, call.get(0, "x")
    if isinstance(given, ArrayRef):
        m.heap.write(given, "array", m.derive(given.array, "shuffle", call.site))
    elif isinstance(given, Sequence):
        mix(m, given)
    return Const(None)


@method("rng", "permutation", "permuted")
@function("numpy.random.permutation", "sklearn.utils.shuffle")
def permutation(call: Call) -> Value:
    """Rows in another order."""
    arrays = [value for value in call.args if isinstance(value, ArrayRef)]
    if not arrays:
        return ArrayRef(call.machine.array("order", call.site))
    results = tuple(ArrayRef(call.machine.derive(ref.array, "shuffle", call.site)) for ref in arrays)
    return results[0] if len(results) == 1 else Sequence("list", results)


@function("numpy.arange", "numpy.linspace")
def ramp(call: Call) -> Value:
    """Evenly spaced values."""
    values = [settled(value) for value in call.args[:2]]
    quantity = UNKNOWN_QUANTITY
    if call.path.endswith("arange") and len(call.args) == 1:
        values = [0, values[0]]
    if len(values) == 2 and all(isinstance(value, int | float) for value in values):
        quantity = quantities.uniform(float(values[0]), float(values[1]), _label(call), call.site)
    count = size_of(call.get(2, "num")) if call.path.endswith("linspace") else None
    if call.path.endswith("arange") and len(call.args) == 1:
        count = size_of(call.args[0])
    return ArrayRef(call.machine.source("generate", call.site, shape=(count,), quantity=quantity))
