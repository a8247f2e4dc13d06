"""Functions of each value: waves, logarithms, differences, and those after which nothing is known."""

from __future__ import annotations

import math
from typing import Any

from rnnlint.frontend import arrangement, quantities
from rnnlint.frontend.dispatch import Call, function, method
from rnnlint.frontend.lookahead import leading, moving, shifting
from rnnlint.frontend.values import (
    ArrayRef,
    Opaque,
    Value,
    settled,
)
from rnnlint.program.data import UNKNOWN_QUANTITY, Array, Kind, Quantity, Timeline
from rnnlint.program.size import known_int


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
    facts: dict[str, Any] = {"quantity": quantity, "columns": {}, "settings": leading()}
    if call.path in AFTER_ONE_ANOTHER:
        facts["timeline"] = base.timeline or Timeline(AFTER_ONE_ANOTHER[call.path], call.site)
    return ArrayRef(call.machine.derive(base, "difference", call.site, **facts))


KEEP_SHAPE = frozenset(
    {"abs", "absolute", "clip", "clamp", "exp", "square", "power", "pow", "round", "cumsum", "sign", "isnan",
     "masked_fill", "eq", "gt", "lt", "cumprod", "isna", "isnull", "notna", "between", "isin"}
)  # fmt: skip

GROUPING = frozenset({"unique", "nunique", "value_counts", "corr", "describe", "agg", "any", "all", "nonzero", "topk"})
AFTER_ONE_ANOTHER = {
    "rolling": "a rolling window is taken over its rows",
    "ewm": "a moving average is taken over its rows",
    "resample": "its rows are resampled in time",
    "pct_change": "changes from row to row are taken",
    "shift": "a column is shifted against the other rows",
}


def _along_rows(call: Call, base: Array) -> bool:
    """Whether a running sum goes from row to row, not within each sample."""
    axis = settled(call.get(0 if isinstance(call.receiver, ArrayRef) else 1, "axis"), 0)
    return base.shape is not None and len(base.shape) == 1 and axis == 0


@function("numpy.abs", "numpy.absolute", "numpy.exp", "numpy.square", "numpy.power", "numpy.clip", "numpy.round",
          "numpy.cumsum", "numpy.sign", "numpy.maximum", "numpy.minimum",
          "numpy.isnan")  # fmt: skip
@method("array", "abs", "exp", "pow", "clip", "clamp", "cumsum", "where", "apply", "map", "topk",
        "rolling_", "ewm_",
        "mul", "div", "add", "sub", "gt", "lt", "masked_fill", "isna", "isnull", "notna", "between",
        "isin", "resample",
        "rolling", "ewm", "cumprod", "rank", "idxmax", "unique", "nunique", "value_counts", "corr",
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
    if call.path.endswith("sign"):
        facts["quantity"] = Quantity(Kind.CLASSES, -1.0, 1.0, label="signs", site=call.site, nominal=True)
    name = call.path.rsplit(".", 1)[-1]
    if name in GROUPING:
        facts.update(timeline=None, reach=None)
    elif name in AFTER_ONE_ANOTHER or (name == "cumsum" and _along_rows(call, source.array)):
        facts["timeline"] = source.array.timeline or Timeline(
            AFTER_ONE_ANOTHER.get(name, "it is a running sum"), call.site
        )
    if name in KEEP_SHAPE:
        facts.update(shape=source.array.shape, axes=source.array.axes)
    return ArrayRef(call.machine.derive(source.array, "function", call.site, **facts, settings=moving(call)))


@method("array", "shift", "roll")
def shift(call: Call) -> Value:
    """Values moved along the rows."""
    why = AFTER_ONE_ANOTHER.get(call.path)
    timeline = call.own.timeline or (Timeline(why, call.site) if why else None)
    return ArrayRef(call.machine.derive(call.own, "shift", call.site, timeline=timeline, settings=shifting(call)))


@function("numpy.argmax", "numpy.argmin", "torch.argmax", "torch.argmin")
@method("array", "argmax", "argmin")
def argmax(call: Call) -> Value:
    """The place of the largest value along an axis: a class number."""
    method_call = isinstance(call.receiver, ArrayRef)
    source = call.receiver if method_call else call.get(0, "a") or call.get(None, "input")
    if not isinstance(source, ArrayRef):
        return Opaque("a place")
    given = call.get(0 if method_call else 1, "axis") or call.get(None, "dim")
    axis, base = settled(given), source.array
    if not isinstance(axis, int):
        return ArrayRef(call.machine.derive(base, "function", call.site, quantity=UNKNOWN_QUANTITY, shape=None))
    sizes = base.shape if base.shape is not None and -len(base.shape) <= axis < len(base.shape) else None
    count = known_int(sizes[axis]) if sizes is not None else None
    facts = {"quantity": quantities.classes(count, "argmax", call.site), "columns": {}, "dtype": "int"}
    made = call.machine.derive(base, "argmax", call.site, **arrangement.removed(base, axis), **facts,
                               recurrent_output=None)  # fmt: skip
    return ArrayRef(made)


@function("numpy.where", "torch.where")
def where(call: Call) -> Value:
    """One of two values by a condition: two classes where both are whole numbers."""
    condition = call.get(0, "condition")
    one, two = settled(call.get(1, "x")), settled(call.get(2, "y"))
    if not isinstance(condition, ArrayRef):
        return Opaque("values by a condition that is not known")
    facts: dict[str, Any] = {"quantity": UNKNOWN_QUANTITY, "columns": {}, "recurrent_output": None}
    if isinstance(one, int | float) and isinstance(two, int | float) and float(one + two).is_integer():
        low, high = float(min(one, two)), float(max(one, two))
        facts["quantity"] = Quantity(Kind.CLASSES, low, high, label="a condition", site=call.site, nominal=True)
    return ArrayRef(call.machine.derive(condition.array, "function", call.site, **facts))
