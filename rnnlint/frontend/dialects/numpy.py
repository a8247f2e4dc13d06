"""numpy: generators, files, shapes, statistics, elementwise functions."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import replace
from typing import Any

from rnnlint.frontend import quantities
from rnnlint.frontend.dispatch import FUNCTIONS, Call, attribute, function, method
from rnnlint.frontend.machine import number, size_of
from rnnlint.frontend.stacking import array_of, stack
from rnnlint.frontend.values import (
    ArrayRef,
    Const,
    External,
    Mapping,
    Opaque,
    Sequence,
    Symbol,
    Thing,
    Value,
    settled,
)
from rnnlint.program.data import UNKNOWN_QUANTITY, Array, Kind, Padding, Part, Quantity
from rnnlint.program.size import Linear, Size, known_int
from rnnlint.program.value import Known, Setting

KEEPING = ("astype", "copy", "float", "double", "half", "long", "int", "to", "cuda", "cpu", "numpy", "detach", "clone",
           "contiguous", "to_numpy", "type", "requires_grad_", "pin_memory", "round", "tolist", "type_as",
           "ascontiguousarray",
           "asarray", "nan_to_num", "byte", "bool", "item", "sort_index", "reindex", "rename_axis", "set_axis", "tz_localize", "tz_convert", "convert_dtypes", "sort_values", "reset_index",
           "set_index", "rename",
           "asfreq", "infer_objects", "to_frame", "fillna", "ffill", "bfill", "interpolate", "squeeze", "abs_",
           "flip")  # fmt: skip


def _receiver(call: Call) -> Array:
    assert isinstance(call.receiver, ArrayRef)
    return call.receiver.array


@method("array", *KEEPING)
def keep(call: Call) -> Value:
    """Methods that keep rows and values."""
    source = _receiver(call)
    if call.path in {"numpy", "to_numpy", "tolist"}:
        return ArrayRef(call.machine.derive(source, "cast", call.site, quantity=quantities.whole(source), columns={}))
    shape = source.shape
    if call.path == "squeeze" and shape is not None:
        shape = tuple(size for size in shape if size != 1)
    kept = source.recurrent_output if call.path != "flip" else None
    quantity = source.quantity
    if (
        call.path in {"float", "double", "astype", "type", "to"}
        and quantity.kind is Kind.TOKENS
        and quantity.high is not None
    ):
        quantity = _counted(quantity, call)
    inplace = settled(call.get(None, "inplace")) is True
    result = call.machine.derive(source, "cast", call.site, shape=shape, recurrent_output=kept, quantity=quantity)
    if inplace and isinstance(call.receiver, ArrayRef):
        call.machine.heap.write(call.receiver, "array", result)
        return Const(None)
    return ArrayRef(result)


def _counted(quantity: Quantity, call: Call) -> Quantity:
    """Whole numbers made floats are amounts, not indices."""
    kind = settled(call.get(0, "dtype"), "float")
    name = call.args[0].path if call.args and isinstance(call.args[0], External) else str(kind)
    return replace(quantity, kind=Kind.GENERATED) if "float" in name.lower() or "double" in name.lower() else quantity


@function("numpy.array", "numpy.asarray", "numpy.asanyarray", "numpy.stack", "numpy.vstack", "numpy.hstack",
          "numpy.concatenate", "numpy.column_stack", "numpy.dstack", "numpy.ascontiguousarray", "numpy.append",
          "numpy.c_",
          "numpy.nan_to_num", "numpy.copy", "numpy.squeeze", "numpy.float32", "numpy.float64", "numpy.r_")  # fmt: skip
def array(call: Call) -> Value:
    """Lists and arrays as one array."""
    name = call.path.rsplit(".", 1)[-1]
    if name in {"float32", "float64"} and isinstance(call.get(0, "x"), Const):
        return call.args[0]
    if name == "append" and len(call.args) > 1:
        both = Sequence("list", call.args[:2])
        return stack(call.machine, call.site, both, new_axis=False)
    value = call.get(0, "object") or call.get(None, "arrays") or call.get(None, "tup")
    new_axis = name in {"array", "asarray", "stack", "asanyarray"}
    if isinstance(value, ArrayRef):
        found = array_of(call.machine, call.site, value)
        assert found is not None
        return ArrayRef(call.machine.derive(found, "cast", call.site))
    return stack(call.machine, call.site, value, new_axis)


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
    settings: dict[str, Setting] = {
        "dtype": Known(dtype.path) if isinstance(dtype, External) else call.machine.setting(dtype)
    }
    return ArrayRef(call.machine.source(op, call.site, shape=shape, settings=settings))


@function("numpy.load", "numpy.loadtxt", "numpy.genfromtxt", "numpy.fromfile", "scipy.io.loadmat", "numpy.memmap")
def load(call: Call) -> Value:
    """Data from a file whose contents nobody names."""
    if call.path.endswith("loadmat"):
        return Mapping({}, complete=False)
    return ArrayRef(call.machine.source("read", call.site, quantity=UNKNOWN_QUANTITY))


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
            return ArrayRef(call.machine.source("generate", call.site))
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
            quantity=quantities.uniform(low, high, _label(call), call.site),
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
    return ArrayRef(call.machine.source("generate", call.site, shape=shape, quantity=quantity))


@function("numpy.random.randint", "numpy.random.choice", "numpy.random.random_integers", "numpy.random.integers")
def randint(call: Call) -> Value:
    """Whole numbers at random: classes where there are few of them, else counts or indices."""
    low, high = settled(call.get(0, "low")), settled(call.get(1, "high"))
    if call.path.endswith("choice"):
        options = call.get(0, "a")
        if isinstance(options, ArrayRef):
            return ArrayRef(call.machine.derive(options.array, "gather", call.site, shape=(None,)))
        return ArrayRef(call.machine.source("generate", call.site, quantity=Quantity(Kind.CLASSES)))
    if isinstance(low, int) and not isinstance(high, int):
        low, high = 0, low
    shape = _random_shape(call, 2)
    if not isinstance(low, int) or not isinstance(high, int):
        return ArrayRef(call.machine.source("generate", call.site, shape=shape))
    kind = Kind.CLASSES if low >= 0 and high - low <= 20 else Kind.TOKENS
    quantity = Quantity(
        kind, float(low), float(high - 1), (low + high - 1) / 2, (high - low) / math.sqrt(12), _label(call)
    )
    return ArrayRef(call.machine.source("generate", call.site, shape=shape, quantity=quantity))


@function("numpy.random.default_rng", "numpy.random.RandomState")
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


@method("rng", "permutation", "shuffle", "permuted")
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


@function("numpy.sin", "numpy.cos", "numpy.tanh", "math.sin", "math.cos")
@method("array", "sin", "cos")
def wave(call: Call) -> Value:
    """A function with values in [-1, 1]."""
    source = call.receiver if isinstance(call.receiver, ArrayRef) else call.get(0, "x")
    quantity = Quantity(Kind.GENERATED, -1.0, 1.0, 0.0, math.sqrt(0.5), _label(call), call.site)
    if not isinstance(source, ArrayRef):
        return ArrayRef(call.machine.source("generate", call.site, shape=(), quantity=quantity))
    return ArrayRef(call.machine.derive(source.array, "function", call.site, quantity=quantity, columns={}))


@function("numpy.log", "numpy.log1p", "numpy.log2", "numpy.log10", "numpy.sqrt", "numpy.cbrt")
@method("array", "log", "log1p", "sqrt")
def logarithm(call: Call) -> Value:
    """Logarithms and roots."""
    source = call.receiver if isinstance(call.receiver, ArrayRef) else call.get(0, "x")
    if not isinstance(source, ArrayRef):
        return Opaque("a number")
    quantity = Quantity(Kind.LOGGED, label=source.array.quantity.label, site=call.site)
    return ArrayRef(call.machine.derive(source.array, "function", call.site, quantity=quantity, columns={}))


@function("numpy.diff", "numpy.gradient")
@method("array", "diff", "pct_change")
def difference(call: Call) -> Value:
    """Differences and returns."""
    source = call.receiver if isinstance(call.receiver, ArrayRef) else call.get(0, "a")
    if not isinstance(source, ArrayRef):
        return Opaque("differences of values that are not known")
    base = source.array
    quantity = Quantity(Kind.DIFFERENCED, label=base.quantity.label, site=call.site)
    return ArrayRef(call.machine.derive(base, "difference", call.site, quantity=quantity, columns={}))


@function("numpy.abs", "numpy.absolute", "numpy.exp", "numpy.square", "numpy.power", "numpy.clip", "numpy.round",
          "numpy.cumsum", "numpy.where", "numpy.sign", "numpy.maximum", "numpy.minimum", "numpy.argmax",
          "numpy.isnan")  # fmt: skip
@method("array", "abs", "exp", "pow", "clip", "clamp", "cumsum", "where", "apply", "map", "argmax", "topk",
        "rolling_", "ewm_",
        "mul", "div", "add", "sub", "eq", "gt", "lt", "masked_fill", "isna", "isnull", "notna", "between",
        "isin", "resample",
        "groupby", "rolling", "ewm", "cumprod", "rank", "idxmax", "unique", "nunique", "value_counts", "corr",
        "describe", "any",
        "all", "agg", "transform", "nonzero", "scatter_", "expand", "repeat", "chunk", "split", "bmm",
        "matmul", "mm")  # fmt: skip
def elementwise(call: Call) -> Value:
    """Functions after which the values are not known."""
    source = call.receiver if isinstance(call.receiver, ArrayRef) else call.get(0, "x")
    if not isinstance(source, ArrayRef):
        return Opaque("a number")
    facts: dict[str, Any] = {
        "quantity": UNKNOWN_QUANTITY,
        "columns": {},
        "shape": None,
        "recurrent_output": None,
    }
    if call.path in {"clip", "clamp", "numpy.clip"}:
        facts["shape"] = source.array.shape
    return ArrayRef(call.machine.derive(source.array, "function", call.site, **facts))


@method("array", "shift", "roll")
def shift(call: Call) -> Value:
    """Values moved along the rows."""
    return ArrayRef(call.machine.derive(_receiver(call), "shift", call.site))


STATISTICS = ("mean", "std", "min", "max", "sum", "var", "median", "quantile", "norm", "amin", "amax",
              "nanmean", "nanstd",
              "nanmin", "nanmax", "percentile", "average", "ptp")  # fmt: skip
NORMAL_NAMES = {"amin": "min", "amax": "max", "nanmean": "mean", "nanstd": "std", "nanmin": "min", "nanmax": "max",
                "average": "mean", "ptp": "range"}  # fmt: skip


@function(*(f"numpy.{name}" for name in STATISTICS), "numpy.linalg.norm")
@method("array", *STATISTICS)
def statistic(call: Call) -> Value:
    """A statistic of an array: over all rows, or along an axis of each."""
    method_call = isinstance(call.receiver, ArrayRef)
    source = call.receiver if method_call else call.get(0, "a")
    if not isinstance(source, ArrayRef):
        return Symbol(call.machine.fresh("unknown"))
    name = call.path.rsplit(".", 1)[-1]
    axis_value = call.get(0 if method_call else 1, "axis") or call.get(None, "dim")
    axis = settled(axis_value)
    base = source.array
    per_row = isinstance(axis, int) and axis not in {0}
    reads_network = any(array.op == "apply" for array in base.ancestry())
    if per_row or reads_network:
        return _reduced(call, base, axis, name)
    settings: dict[str, Setting] = {"stat": Known(NORMAL_NAMES.get(name, name))}
    made = call.machine.derive(base, "stat", call.site, settings=settings, shape=None, quantity=base.quantity)
    value = ArrayRef(made)
    if name in {"max", "min"} and axis is not None and method_call and base.rows is None:
        return Sequence("tuple", (value, Opaque("indices")))
    return value


def _reduced(call: Call, base: Array, axis: Any, name: str) -> Value:
    shape: Any = None
    if base.shape is not None and isinstance(axis, int) and -len(base.shape) <= axis < len(base.shape):
        axes = list(base.shape)
        del axes[axis]
        shape = tuple(axes)
    network = any(array.op == "apply" for array in base.ancestry())
    bounded = base.quantity.kind is Kind.RAW or base.quantity.low is not None
    keeps = network or (bounded and name in {"mean", "max", "min", "median"})
    quantity = replace(base.quantity, mean=None, std=None) if keeps else UNKNOWN_QUANTITY
    result = call.machine.derive(
        base, "reduce", call.site, shape=shape, quantity=quantity, columns={}, recurrent_output=None, padding=None,
        settings={"stat": Known(name), "per_row": Known(True)},
    )  # fmt: skip
    if name in {"max", "min"} and network and isinstance(axis, int):
        return Sequence("tuple", (ArrayRef(result), Opaque("indices")))
    return ArrayRef(result)


@method(
    "array",
    "reshape",
    "view",
    "flatten",
    "ravel",
    "transpose",
    "permute",
    "swapaxes",
    "t",
    "mT",
    "view_as",
    "expand_as",
)
@function(
    "numpy.reshape",
    "numpy.transpose",
    "numpy.ravel",
    "numpy.expand_dims",
    "numpy.swapaxes",
    "numpy.atleast_2d",
)
def reshape(call: Call) -> Value:
    """Another arrangement of the same values; rows stay rows as far as the program shows."""
    method_call = isinstance(call.receiver, ArrayRef)
    source = call.receiver if method_call else call.get(0, "a")
    if not isinstance(source, ArrayRef):
        return Opaque("a new shape of an array that is not known")
    name = call.path.rsplit(".", 1)[-1]
    arguments = call.args if method_call else call.args[1:]
    base = source.array
    facts: dict[str, Any] = {
        "shape": None,
        "recurrent_output": None,
        "quantity": quantities.whole(base),
        "columns": {},
    }
    if name in {"reshape", "view"}:
        facts["shape"] = _reshaped(base, arguments, call)
        facts["padding"] = base.padding if facts["shape"] and len(facts["shape"]) == len(base.shape or ()) else None
        if base.padding is not None and base.shape is None:
            facts["padding"] = base.padding
    elif name == "expand_dims" and base.shape is not None:
        axis = settled(call.get(1, "axis"))
        if isinstance(axis, int):
            place = axis if axis >= 0 else len(base.shape) + 1 + axis
            facts["shape"] = (*base.shape[:place], 1, *base.shape[place:])
    return ArrayRef(call.machine.derive(base, "reshape", call.site, **facts))


def _reshaped(base: Array, arguments: tuple[Value, ...], call: Call) -> tuple[Size | None, ...] | None:
    target: Value | None = arguments[0] if arguments else call.get(None, "newshape") or call.get(None, "shape")
    items = target.items if isinstance(target, Sequence) else arguments
    if not items:
        return None
    sizes: list[Size | None] = []
    for item in items:
        size = size_of(item)
        sizes.append(None if size is not None and known_int(size) == -1 else size)
    return tuple(sizes)


@function("numpy.pad")
def pad(call: Call) -> Value:
    """np.pad: sequences made equal where the width depends on each one's own length."""
    source = call.array(0, "array")
    if source is None:
        return Opaque("a padded array that is not known")
    mode = settled(call.get(2, "mode"), "constant")
    base, widths = source.array, call.get(1, "pad_width")
    side = _pad_side(widths)
    facts: dict[str, Any] = {"shape": (None, *base.shape[1:]) if base.shape else None}
    if side is not None and mode == "constant":
        floats = base.quantity.kind not in {Kind.TOKENS, Kind.CLASSES}
        facts["padding"] = Padding(call.site, side, floats, "np.pad")
        call.machine.record.paddings.append(facts["padding"])
    return ArrayRef(call.machine.derive(base, "pad", call.site, **facts))


def _pad_side(widths: Value | None) -> Setting | None:
    """The side on which a width depends on a length."""
    pair = widths
    while isinstance(pair, Sequence) and pair.items and isinstance(pair.items[0], Sequence):
        pair = pair.items[0]
    if not isinstance(pair, Sequence) or pair.items is None or len(pair.items) != 2:
        return None
    before, after = (size_of(item) for item in pair.items)
    if isinstance(after, Linear) and after.varies:
        return Known("post")
    if isinstance(before, Linear) and before.varies:
        return Known("pre")
    return None


@attribute("array", "shape")
def shape_of(call: Call) -> Value:
    """x.shape."""
    base = _receiver(call)
    if base.shape is None:
        rank = [
            number(call.machine.length(base)),
            *(Symbol(Linear(((("axis", base.number, i), 1),))) for i in range(1, 3)),
        ]
        return Sequence("tuple", tuple(rank))
    sizes = [call.machine.dimension(base, axis) for axis in range(len(base.shape))]
    return Sequence("tuple", tuple(number(size) if size is not None else Opaque("a size") for size in sizes))


@attribute("array", "T", "mT")
def transposed(call: Call) -> Value:
    """x.T."""
    base = _receiver(call)
    shape = tuple(reversed(base.shape)) if base.shape is not None else None
    return ArrayRef(call.machine.derive(base, "reshape", call.site, shape=shape, recurrent_output=None))


@attribute("array", "data", "values", "real", "grad_fn", "is_cuda", "ndim", "dtype", "device")
def same_data(call: Call) -> Value:
    """x.data, df.values."""
    base = _receiver(call)
    if call.path in {"ndim"}:
        return Const(len(base.shape)) if base.shape is not None else Opaque("a rank")
    if call.path in {"dtype", "device", "is_cuda", "grad_fn"}:
        return Opaque(f"the {call.path} of an array")
    return ArrayRef(call.machine.derive(base, "cast", call.site, quantity=quantities.whole(base), columns={}))


@method("array", "dim", "numel", "nelement", "ndimension")
def counts(call: Call) -> Value:
    """Numbers about an array."""
    base = _receiver(call)
    if call.path in {"dim", "ndimension"} and base.shape is not None:
        return Const(len(base.shape))
    return Opaque("a rank")


@function("numpy.lib.stride_tricks.sliding_window_view")
def sliding_windows(call: Call) -> Value:
    """Windows over the rows."""
    source = call.array(0, "x")
    if source is None:
        return Opaque("windows of data that are not known")
    size = size_of(call.get(1, "window_shape"))
    base = source.array
    shape = (None, *base.shape[1:], size) if base.shape is not None else None
    return ArrayRef(call.machine.derive(base, "windows", call.site, shape=shape))


@function("numpy.array_split", "numpy.split")
def array_split(call: Call) -> Value:
    """Rows in parts."""
    source = call.array(0, "ary")
    if source is None:
        return Opaque("parts of data that are not known")
    base, bounds = source.array, call.get(1, "indices_or_sections")
    count = len(bounds.items) + 1 if isinstance(bounds, Sequence) and bounds.items is not None else 2
    key = ("np.split", call.site)
    parts = [base.rows.select(Part("split", key, i)) if base.rows is not None else None for i in range(count)]
    return Sequence("list", tuple(ArrayRef(call.machine.derive(base, "rows", call.site, rows=rows)) for rows in parts))
