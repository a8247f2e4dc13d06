"""Objects that learn from data: what they are fit on, and what they hold afterwards."""

from __future__ import annotations

from typing import Any

import libcst as cst

from rnnlint.frontend.dispatch import Call
from rnnlint.frontend.stacking import array_of
from rnnlint.frontend.values import Cell, Const, Opaque, Value, options_of, settled
from rnnlint.program.data import Array, ScalerFit, Scaling


def receiver_name(call: Call) -> str:
    """The object whose method is called, as the user wrote it."""
    function_node = getattr(call.node, "func", None)
    if isinstance(function_node, cst.Attribute):
        return call.machine.text(function_node.value)
    return "the scaler"


def data_of(call: Call, name: str = "X") -> Array:
    """The data that an object is fit on or applied to."""
    value = call.get(0, name)
    if isinstance(value, Opaque):
        return call.machine.assumed(value, call.site, call.text(0, name))
    array = array_of(call.machine, call.site, value)
    return array if array is not None else call.machine.array("parameter", call.site, name=call.text(0, name))


def learn(call: Call, holder: Value, type_name: str, data: Array, **facts: Any) -> ScalerFit:
    """Record a fit; the object holds it in its slot `held`."""
    name = call.text(0, "X") or data.name
    if name and name != data.name:
        data = call.machine.derive(data, data.op, data.site, name=name) if data.op != "parameter" else data
    if isinstance(holder, Cell):
        facts["scaler"] = holder.born
    fit = ScalerFit(receiver_name(call), type_name, call.site, data, method=call.path, **facts)
    call.machine.record.scaler_fits.append(fit)
    if isinstance(holder, Cell):
        call.machine.heap.write(holder, "held", Const(fit))
    return fit


def held_by(holder: Value) -> tuple[ScalerFit, ...]:
    """What an object may have been fit on before."""
    options = options_of(holder.slots["held"]) if isinstance(holder, Cell) and "held" in holder.slots else ()
    return tuple(fit for option in options if (fit := settled(option)) is not None)


def put_through(call: Call, fit: ScalerFit | None, data: Array, result: Array) -> None:
    """Record that data went through what was learned."""
    if fit is not None:
        call.machine.record.scalings.append(Scaling(fit, data, result, call.site))
