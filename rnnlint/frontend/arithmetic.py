"""Operators on arrays: scaling by hand, differences, conditions, and the silent loss of a Keras mask."""

from __future__ import annotations

from collections.abc import Hashable
from dataclasses import replace
from typing import Any

import libcst as cst

from rnnlint.frontend import quantities
from rnnlint.frontend.machine import Machine
from rnnlint.frontend.values import ArrayRef, Cell, Const, Opaque, Scaler, Symbol, Value, settled
from rnnlint.program.columns import moves
from rnnlint.program.data import UNKNOWN_QUANTITY, Array, Kind, Mask, MaskState, Quantity, ScalerFit, Scaling
from rnnlint.program.size import Size
from rnnlint.program.value import Known, Setting, Site, known

Shape = tuple[Size | None, ...] | None
_SPREADS = frozenset({"std", "max", "range", "sum", "norm", "min"})
_COMPLEMENT = {"<": ">=", "<=": ">", ">": "<=", ">=": "<", "==": "!=", "!=": "=="}


def binary(m: Machine, symbol: str, left: Value, right: Value, node: cst.CSTNode) -> Value:
    """An arithmetic operator of which at least one side is an array."""
    site = m.site(node)
    one = left.array if isinstance(left, ArrayRef) else None
    two = right.array if isinstance(right, ArrayRef) else None
    if one is not None and two is not None and symbol == "@":
        return ArrayRef(multiplied(m, one, two, site))
    if one is not None and two is not None:
        return ArrayRef(_two_arrays(m, symbol, one, two, site))
    base = one if one is not None else two
    assert base is not None
    other = right if one is not None else left
    return ArrayRef(_with_scalar(m, symbol, base, other, one is not None, site))


def _with_scalar(m: Machine, symbol: str, base: Array, other: Value, array_first: bool, site: Site) -> Array:
    constant = settled(other)
    if base.op in {"stat", "len"}:
        return m.derive(base, "stat", site, settings=base.settings)
    quantity = UNKNOWN_QUANTITY
    if symbol == "%" and array_first and isinstance(constant, int) and 1 < constant <= quantities.MAX_CLASSES:
        quantity = quantities.classes(constant, f"the remainder by {constant}", site)
    elif symbol == "/" and array_first and base.quantity.kind in {Kind.TOKENS, Kind.UNKNOWN} and _divides(other):
        quantity = quantities.bounded(0.0, 1.0, base.quantity, site)
    elif isinstance(constant, int | float):
        quantity = _scalar_quantity(symbol, base.quantity, float(constant), array_first)
    elif isinstance(other, Symbol | Scaler | Opaque) and base.quantity.kind is Kind.RAW and symbol in {"+", "-"}:
        quantity = UNKNOWN_QUANTITY
    facts: dict[str, Any] = {"quantity": quantity, "mask": _lost(base.mask, site, symbol), "columns": {}}
    if constant is None and not isinstance(other, Symbol):
        facts["shape"] = _stretched(base.shape)
        facts["mixed"] = not isinstance(other, Const)
    shown = {"symbol": Known(symbol), "constant": Known(constant if array_first else None)}
    return m.derive(base, "arithmetic", site, **facts, settings=shown)


def _stretched(shape: Shape) -> Shape:
    """The shape after an operator with an unknown value, which may be an array that broadcasts the sizes of 1."""
    return None if shape is None else tuple(None if size == 1 else size for size in shape)


def _divides(other: Value) -> bool:
    """Whether a division leaves fractions: by a size, or by a constant of 10 or more."""
    constant = settled(other)
    return isinstance(other, Symbol) or (isinstance(constant, int | float) and constant >= 10)


def _scalar_quantity(symbol: str, quantity: Quantity, constant: float, array_first: bool) -> Quantity:
    if symbol == "*":
        return quantities.multiplied(quantity, constant)
    if symbol == "/" and array_first and constant:
        return quantities.multiplied(quantity, 1 / constant)
    if symbol == "+":
        return quantities.shifted(quantity, constant)
    if symbol == "-":
        if array_first:
            return quantities.shifted(quantity, -constant)
        return quantities.shifted(quantities.multiplied(quantity, -1), constant)
    if symbol == "//" and array_first and quantity.kind in {Kind.TOKENS, Kind.CLASSES} and constant:
        return replace(quantity, low=_floor(quantity.low, constant), high=_floor(quantity.high, constant), last=None)
    if symbol == "//" and array_first:
        return quantities.multiplied(quantity, 1 / constant) if constant else quantity
    return UNKNOWN_QUANTITY


def _floor(value: float | None, constant: float) -> float | None:
    return None if value is None else value // constant


def _lost(mask: Mask | None, site: Site, symbol: str) -> Mask | None:
    """An operator makes a tensor without the mask, and Keras does not warn of it."""
    if mask is None or mask.state is not MaskState.PRESENT:
        return mask
    return replace(mask, state=MaskState.DROPPED, dropped=site, dropper=f"the operator {symbol}", warns=False)


def _two_arrays(m: Machine, symbol: str, one: Array, two: Array, site: Site) -> Array:
    if one.op == "stat" and two.op == "stat":
        stat = "range" if symbol == "-" else known(one.settings.get("stat"), "stat")
        return m.derive(one, "stat", site, two, settings={**one.settings, "stat": Known(stat)})
    if two.op == "stat":
        return _by_statistic(m, symbol, one, two, site)
    if one.op == "stat":
        return m.derive(two, "arithmetic", site, one, quantity=UNKNOWN_QUANTITY, columns={})
    facts: dict[str, Any] = {
        "quantity": _pair_quantity(symbol, one, two),
        "columns": {},
        "scaled_by": one.scaled_by | two.scaled_by,
        "shape": _broadcast(one.shape, two.shape),
        "rows": one.rows if one.rows is not None else two.rows,
        "padding": one.padding or two.padding,
        "timeline": one.timeline or two.timeline,
        "mask": _lost(one.mask or two.mask, site, symbol),
    }
    return m.derive(one, "arithmetic", site, two, **facts, settings={"symbol": Known(symbol)})


def multiplied(m: Machine, one: Array, two: Array, site: Site) -> Array:
    """The product of matrices, or of batches of them."""
    shape: Shape = None
    if one.shape is not None and two.shape is not None and len(one.shape) == len(two.shape) > 1:
        shape = (*one.shape[:-1], two.shape[-1])
    facts: dict[str, Any] = {"shape": shape, "axes": one.axes if shape is not None else (), "columns": {}}
    return m.derive(one, "product", site, two, **facts, quantity=UNKNOWN_QUANTITY, recurrent_output=None)


def _broadcast(one: Shape, two: Shape) -> Shape:
    """The shape of an elementwise result; a size is known where both sides agree or one of them is 1."""
    if one is None or two is None:
        return None
    rank = max(len(one), len(two))
    pairs = zip((1,) * (rank - len(one)) + one, (1,) * (rank - len(two)) + two, strict=True)
    return tuple(b if a == 1 else a if b == 1 or a == b else None for a, b in pairs)


def _pair_quantity(symbol: str, one: Array, two: Array) -> Quantity:
    if symbol in {"+", "-"}:
        if symbol == "-" and "shift" in {one.op, two.op}:
            return replace(one.quantity, kind=Kind.DIFFERENCED)
        return quantities.summed(one.quantity, two.quantity, 1 if symbol == "+" else -1)
    if symbol == "/" and one.quantity.kind is two.quantity.kind is Kind.RAW:
        return replace(one.quantity, kind=Kind.DIFFERENCED)
    return UNKNOWN_QUANTITY


def _by_statistic(m: Machine, symbol: str, base: Array, stat: Array, site: Site) -> Array:
    """`x - mean`, `x / std`, `(x - min) / (max - min)`."""
    name = known(stat.settings.get("stat"), "")
    if symbol in {"-", "+"}:
        centred = known(base.settings.get("centred"), "") or (name if symbol == "-" else "")
        settings: dict[str, Setting] = {"centred": Known(centred)}
        return m.derive(base, "centre", site, stat, settings=settings, columns={})
    if symbol == "*" or name not in _SPREADS or base.op == "reduce":
        return m.derive(base, "arithmetic", site, stat, quantity=UNKNOWN_QUANTITY, columns={})
    centred = known(base.settings.get("centred"), "")
    if name == "std":
        quantity = quantities.standardised(base.quantity, site)
    elif name == "range" and centred == "mean":
        quantity = quantities.bounded(-1.0, 1.0, base.quantity, site)
    else:
        quantity = quantities.bounded(0.0, 1.0, base.quantity, site)
    fit = _fit_by_hand(m, base, stat)
    facts: dict[str, Any] = {"quantity": quantity, "columns": {}}
    if fit is not None:
        facts["scaled_by"] = base.scaled_by | {fit}
    result = m.derive(base, "scale", site, stat, **facts)
    if fit is not None:
        m.record.scalings.append(Scaling(fit, base, result, site))
    return result


def gaps_filled(m: Machine, base: Array, stat: Array, result: Array, site: Site) -> Array:
    """An array whose gaps take a statistic as their value: the statistic is applied to its rows as a scaler's is."""
    fit = _fit_by_hand(m, base, stat)
    if fit is None:
        return result
    filled = replace(result, scaled_by=base.scaled_by | {fit})
    m.record.arrays[-1] = filled
    m.record.scalings.append(Scaling(fit, base, filled, site))
    return filled


def _fit_by_hand(m: Machine, base: Array, stat: Array) -> ScalerFit | None:
    """The statistic as a fit, unless it is taken along a row or within one window."""
    if known(stat.settings.get("per_row"), False) or not stat.inputs:
        return None
    origin = next((a for a in stat.ancestry() if a.op == "stat" and not any(i.op == "stat" for i in a.inputs)), None)
    if origin is None or not origin.inputs or moves(origin):
        return None
    data = origin.inputs[0]
    if data.rows is None or data.within_one_window:
        return None
    centre = next((a.inputs[1] for a in base.ancestry() if a.op == "centre" and _taken_over(a.inputs[1], data)), None)
    used = [a for source in (stat, centre) if source is not None for a in source.ancestry() if a.op == "stat"]
    first = min(used, key=lambda a: a.number)
    existing = next((fit for fit in m.record.scaler_fits if fit.by_hand and fit.site == first.site), None)
    if existing is not None and existing.data is data:
        return existing
    name = known(first.settings.get("stat"), "statistic")
    fit = ScalerFit(first.name, str(name), first.site, data, by_hand=True, method=str(name))
    m.record.scaler_fits.append(fit)
    return fit


def _taken_over(stat: Array, data: Array) -> bool:
    return any(array.rows == data.rows for array in stat.inputs)


def unary(m: Machine, operator: str, value: ArrayRef, node: cst.CSTNode) -> Value:
    """`-x`, `~condition`."""
    base, site = value.array, m.site(node)
    if operator == "BitInvert" and base.op in {"condition", "equality"}:
        key, index = known(base.settings.get("condition"), (("condition", base.number), 0))
        return ArrayRef(m.derive(base, "condition", site, settings={"condition": Known((key, 1 - index))}))
    quantity = quantities.multiplied(base.quantity, -1.0)
    return ArrayRef(m.derive(base, "arithmetic", site, quantity=quantity, mask=_lost(base.mask, site, operator)))


def comparison(m: Machine, symbol: str, left: ArrayRef, right: Value, node: cst.CSTNode) -> Value:
    """A condition on rows. `<` and `>=` with the same operands are each other's complement."""
    base = left.array
    operand: Hashable = ("array", right.array.number) if isinstance(right, ArrayRef) else _operand(right)
    flipped = symbol in {">=", ">", "!="}
    key = (base.rows, _column_key(base), _COMPLEMENT[symbol] if flipped else symbol, operand)
    settings: dict[str, Setting] = {"condition": Known((key, int(flipped)))}
    if symbol == "==" and isinstance(right, ArrayRef):
        return ArrayRef(m.derive(base, "equality", m.site(node), right.array, settings=settings, shape=base.shape))
    return ArrayRef(
        m.derive(
            base,
            "condition",
            m.site(node),
            settings=settings,
            quantity=quantities.classes(2, "a condition"),
            dtype="int",
        )
    )


def _column_key(base: Array) -> Hashable:
    return base.quantity.label or base.number


def _operand(value: Value) -> Hashable:
    if isinstance(value, Symbol):
        return value.size
    if isinstance(value, Const) and isinstance(value.value, Hashable):
        return value.value
    return value.born if isinstance(value, Cell) else repr(value)
