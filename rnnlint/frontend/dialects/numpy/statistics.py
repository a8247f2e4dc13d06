"""Statistics over the rows of an array, or along an axis of each."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from rnnlint.frontend.arrangement import removed
from rnnlint.frontend.dispatch import Call, function, method
from rnnlint.frontend.values import (
    ArrayRef,
    Opaque,
    Sequence,
    Symbol,
    Value,
    settled,
)
from rnnlint.program.data import UNKNOWN_QUANTITY, Array, Kind
from rnnlint.program.value import Known, Setting

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
        along = "axis" in call.keywords or len(call.args) > 1
        return Opaque("statistics of values that are not known") if along else Symbol(call.machine.fresh("unknown"))
    name = call.path.rsplit(".", 1)[-1]
    axis_value = call.get(0 if method_call else 1, "axis") or call.get(None, "dim")
    axis = settled(axis_value)
    several = _places(axis_value)
    if several:
        reduced: Value = source
        for place in several:
            if isinstance(reduced, ArrayRef):
                reduced = _reduced(call, reduced.array, place, name)
        return reduced
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


def _places(value: Value | None) -> tuple[int, ...]:
    """Several axes, the last first."""
    items = value.items if isinstance(value, Sequence) else None
    places = [settled(item) for item in items or ()]
    numbers = [place for place in places if isinstance(place, int)]
    return tuple(sorted(numbers, reverse=True)) if len(numbers) == len(places) and min(numbers, default=-1) >= 0 else ()


def _reduced(call: Call, base: Array, axis: Any, name: str) -> Value:
    facts: dict[str, Any] = removed(base, axis) if isinstance(axis, int) else {"shape": None}
    if settled(call.get(None, "keepdim") or call.get(None, "keepdims")) is True:
        facts = {"shape": None, "axes": base.axes}
    network = any(array.op == "apply" for array in base.ancestry())
    bounded = base.quantity.kind is Kind.RAW or base.quantity.low is not None
    keeps = network or (bounded and name in {"mean", "max", "min", "median"})
    quantity = replace(base.quantity, mean=None, std=None) if keeps else UNKNOWN_QUANTITY
    result = call.machine.derive(
        base, "reduce", call.site, **facts, quantity=quantity, columns={}, recurrent_output=None, padding=None,
        settings={"stat": Known(name), "per_row": Known(True), "axis": Known(axis)},
    )  # fmt: skip
    if name in {"max", "min"} and network and isinstance(axis, int):
        return Sequence("tuple", (ArrayRef(result), Opaque("indices")))
    return ArrayRef(result)
