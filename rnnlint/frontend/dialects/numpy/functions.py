"""Functions of each value: waves, logarithms, differences, and those after which nothing is known."""

from __future__ import annotations

import math
from typing import Any

from rnnlint.frontend.dispatch import Call, function, method
from rnnlint.frontend.values import (
    ArrayRef,
    Opaque,
    Value,
)
from rnnlint.program.data import UNKNOWN_QUANTITY, Kind, Quantity


@function("numpy.sin", "numpy.cos", "numpy.tanh", "math.sin", "math.cos")
@method("array", "sin", "cos")
def wave(call: Call) -> Value:
    """A function with values in [-1, 1]."""
    source = call.receiver if isinstance(call.receiver, ArrayRef) else call.get(0, "x")
    quantity = Quantity(Kind.GENERATED, -1.0, 1.0, 0.0, math.sqrt(0.5), call.machine.text(call.node), call.site)
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


KEEP_SHAPE = frozenset(
    {"abs", "absolute", "clip", "clamp", "exp", "square", "power", "pow", "round", "cumsum", "sign", "isnan",
     "masked_fill", "eq", "gt", "lt", "cumprod", "isna", "isnull", "notna", "between", "isin"}
)  # fmt: skip


@function("numpy.abs", "numpy.absolute", "numpy.exp", "numpy.square", "numpy.power", "numpy.clip", "numpy.round",
          "numpy.cumsum", "numpy.where", "numpy.sign", "numpy.maximum", "numpy.minimum", "numpy.argmax",
          "numpy.isnan")  # fmt: skip
@method("array", "abs", "exp", "pow", "clip", "clamp", "cumsum", "where", "apply", "map", "argmax", "topk",
        "rolling_", "ewm_",
        "mul", "div", "add", "sub", "eq", "gt", "lt", "masked_fill", "isna", "isnull", "notna", "between",
        "isin", "resample",
        "groupby", "rolling", "ewm", "cumprod", "rank", "idxmax", "unique", "nunique", "value_counts", "corr",
        "describe", "any",
        "all", "agg", "transform", "nonzero", "scatter_", "repeat")  # fmt: skip
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
    if call.path.rsplit(".", 1)[-1] in KEEP_SHAPE:
        facts.update(shape=source.array.shape, axes=source.array.axes)
    return ArrayRef(call.machine.derive(source.array, "function", call.site, **facts))


@method("array", "shift", "roll")
def shift(call: Call) -> Value:
    """Values moved along the rows."""
    return ArrayRef(call.machine.derive(call.own, "shift", call.site))
