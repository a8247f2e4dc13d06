"""What arithmetic and selection do to what is known of an array's values."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import replace

from rnnlint.frontend.catalog.columns import is_large
from rnnlint.program.data import UNKNOWN_QUANTITY, Array, Kind, Quantity
from rnnlint.program.size import add
from rnnlint.program.value import Site

MAX_CLASSES = 1000
_CONTINUOUS = frozenset({Kind.GENERATED, Kind.SCALED, Kind.STANDARDISED})


def of_column(table: Array, name: str) -> Quantity:
    """The values of one column of a table."""
    if name in table.columns:
        return table.columns[name]
    return named(table.quantity, name)


def named(quantity: Quantity, name: str) -> Quantity:
    """Values under the name of a column, which may tell their size."""
    if quantity.kind is Kind.RAW:
        return replace(quantity, label=f"column {name!r}", large=quantity.large or is_large(name))
    return quantity


def whole(table: Array) -> Quantity:
    """The values of a table as one array. Where some columns were changed, the rest is not judged."""
    if not table.columns:
        return table.quantity
    own = combine(list(table.columns.values()))
    if own.kind is Kind.RAW or own.kind is table.quantity.kind:
        return own
    return UNKNOWN_QUANTITY


def combine(quantities: list[Quantity]) -> Quantity:
    """Several columns side by side: raw where one is raw, else what they share."""
    if not quantities:
        return UNKNOWN_QUANTITY
    raw = [quantity for quantity in quantities if quantity.kind is Kind.RAW]
    if raw:
        if len(raw) == 1:
            return raw[0]
        labels = [quantity.label for quantity in raw if quantity.label]
        return replace(raw[0], label=_enumerated(labels), large=any(quantity.large for quantity in raw))
    first = quantities[0]
    if all(quantity == first for quantity in quantities):
        return first
    if len({quantity.kind for quantity in quantities}) == 1:
        lows = [quantity.low for quantity in quantities if quantity.low is not None]
        highs = [quantity.high for quantity in quantities if quantity.high is not None]
        return replace(
            first,
            low=min(lows) if len(lows) == len(quantities) else None,
            high=max(highs) if len(highs) == len(quantities) else None,
            mean=None,
            std=None,
        )
    return UNKNOWN_QUANTITY


def _enumerated(labels: list[str]) -> str:
    names = [label.removeprefix("column ") for label in labels if label.startswith("column ")]
    if not names:
        return labels[0] if labels else ""
    shown = ", ".join(names[:3]) + (" …" if len(names) > 3 else "")
    return f"columns {shown}" if len(names) > 1 else f"column {names[0]}"


def shifted(quantity: Quantity, offset: float) -> Quantity:
    """`quantity + offset`."""
    if quantity.kind in _CONTINUOUS:
        return replace(
            quantity,
            kind=Kind.GENERATED,
            low=_plus(quantity.low, offset),
            high=_plus(quantity.high, offset),
            mean=_plus(quantity.mean, offset),
        )
    if quantity.kind in {Kind.CLASSES, Kind.TOKENS}:
        last = None if quantity.last is None else add(quantity.last, int(offset))
        low, high = _plus(quantity.low, offset), _plus(quantity.high, offset)
        return replace(quantity, low=low, high=high, mean=None, last=last)
    return quantity


def classes(count: int | None, label: str, site: Site | None = None) -> Quantity:
    """The numbers of classes, from 0 on."""
    high = None if count is None else float(count - 1)
    return Quantity(Kind.CLASSES, 0.0, high, label=label, site=site, nominal=True)


def multiplied(quantity: Quantity, factor: float) -> Quantity:
    """`quantity * factor`. A raw quantity that is divided by ten or more counts as scaled by hand."""
    if quantity.kind in _CONTINUOUS:
        bounds = [_times(quantity.low, factor), _times(quantity.high, factor)]
        low, high = bounds if factor >= 0 else reversed(bounds)
        return replace(
            quantity,
            kind=Kind.GENERATED,
            low=low,
            high=high,
            mean=_times(quantity.mean, factor),
            std=_times(quantity.std, abs(factor)),
        )
    if quantity.kind is Kind.CLASSES and quantity.low is not None and quantity.high is not None:
        ends = sorted((quantity.low * factor, quantity.high * factor))
        return replace(quantity, low=ends[0], high=ends[1], mean=None, std=None)
    if quantity.kind is Kind.RAW and 0 < abs(factor) <= 0.1:
        return Quantity(Kind.SCALED, label=quantity.label, site=quantity.site)
    return quantity


def summed(one: Quantity, two: Quantity, sign: int = 1) -> Quantity:
    """`one ± two` of two arrays."""
    if one.kind in _CONTINUOUS and two.kind in _CONTINUOUS:
        low, high = (two.low, two.high) if sign > 0 else (_times(two.high, -1), _times(two.low, -1))
        std = None
        if one.std is not None and two.std is not None:
            std = math.hypot(one.std, two.std)
        mean = None
        if one.mean is not None and two.mean is not None:
            mean = one.mean + sign * two.mean
        return Quantity(Kind.GENERATED, _sum(one.low, low), _sum(one.high, high), mean, std, one.label, one.site)
    if one.kind is Kind.RAW or two.kind is Kind.RAW:
        return one if one.kind is Kind.RAW else two
    return one if one == two else UNKNOWN_QUANTITY


def bounded(low: float, high: float, source: Quantity, site: Site | None = None) -> Quantity:
    """Values brought into a range by scaling."""
    return Quantity(Kind.SCALED, low, high, label=source.label, site=site or source.site)


def standardised(source: Quantity, site: Site | None = None) -> Quantity:
    """Values with mean 0 and deviation 1."""
    return Quantity(Kind.STANDARDISED, None, None, 0.0, 1.0, source.label, site or source.site)


def uniform(low: float, high: float, label: str, site: Site) -> Quantity:
    """Values drawn evenly between two bounds."""
    return Quantity(Kind.GENERATED, low, high, (low + high) / 2, (high - low) / math.sqrt(12), label, site)


def normal(mean: float, std: float, label: str, site: Site) -> Quantity:
    """Values drawn from a normal distribution."""
    return Quantity(Kind.GENERATED, None, None, mean, std, label, site)


def _plus(value: float | None, offset: float) -> float | None:
    return None if value is None else value + offset


def _times(value: float | None, factor: float) -> float | None:
    return None if value is None else value * factor


def _sum(one: float | None, two: float | None) -> float | None:
    return None if one is None or two is None else one + two


def counted(counts: Mapping[float, int], label: str, site: Site) -> Quantity:
    """Labels of which each value's number is known."""
    total = sum(counts.values())
    whole = all(float(value).is_integer() for value in counts)
    if not whole or len(counts) < 2 or not total or min(counts) < 0 or max(counts) > MAX_CLASSES:
        return UNKNOWN_QUANTITY
    share = min(count for count in counts.values() if count) / total
    return Quantity(Kind.CLASSES, min(counts), max(counts), label=label, site=site, rarest=share)
