"""The error that a bounded output cannot go below, against closed forms."""

from __future__ import annotations

import math

import pytest

from rnnlint.program.data import Kind, Quantity
from rnnlint.program.ranges import BOUNDS, floor


def normal(mean: float, std: float, kind: Kind = Kind.GENERATED) -> Quantity:
    return Quantity(kind, None, None, mean, std)


def even(low: float, high: float) -> Quantity:
    return Quantity(Kind.GENERATED, low, high)


def missed_below(limit: float) -> float:
    """E[max(limit - y, 0)²] of a standard normal y."""
    density = math.exp(-limit * limit / 2) / math.sqrt(2 * math.pi)
    share = 0.5 * (1 + math.erf(limit / math.sqrt(2)))
    return (1 + limit * limit) * share + limit * density


def missed(quantity: Quantity, low: float, high: float) -> float:
    """The closed form for a normal distribution, in units of its variance."""
    assert quantity.mean is not None
    assert quantity.std is not None
    below, above = (low - quantity.mean) / quantity.std, (quantity.mean - high) / quantity.std
    return missed_below(below) + missed_below(above)


def test_standard_normal_and_sigmoid() -> None:
    assert floor(normal(0, 1), 0, 1) == pytest.approx(0.5755, abs=0.01)


@pytest.mark.parametrize("mean, std", [(0, 1), (0.5, 0.5), (50, 20), (-3, 1), (0.5, 0.1)])
@pytest.mark.parametrize("bounds", [(0.0, 1.0), (-1.0, 1.0)])
def test_normal_values_against_the_closed_form(mean: float, std: float, bounds: tuple[float, float]) -> None:
    quantity = normal(mean, std)
    assert floor(quantity, *bounds) == pytest.approx(missed(quantity, *bounds), rel=0.03, abs=0.002)


@pytest.mark.parametrize(
    "low, high, expected",
    [
        (0, 1, 0.0),
        (0.2, 0.7, 0.0),
        (-1, 1, 0.5),  # half of the values are missed by a third of a unit squared: (1/2 · 1/3) / (4/12)
        (0, 2, 0.5),
        (1, 3, 4.0),
        (0, 100, (99**3 / 300) / (100**2 / 12)),
    ],
)
def test_even_values_and_sigmoid(low: float, high: float, expected: float) -> None:
    assert floor(even(low, high), 0, 1) == pytest.approx(expected, rel=0.01, abs=1e-9)


def test_values_in_the_range_cost_nothing() -> None:
    for low, high in BOUNDS.values():
        assert floor(even(low, high), low, high) == 0


def test_wider_range_never_costs_more() -> None:
    for quantity in (normal(0.3, 0.8), even(-2, 3)):
        narrow, wide = floor(quantity, 0, 1), floor(quantity, -1, 1)
        assert narrow is not None
        assert wide is not None
        assert wide <= narrow


@pytest.mark.parametrize(
    "quantity",
    [
        Quantity(),
        Quantity(Kind.RAW, 0, 9),
        Quantity(Kind.CLASSES, 0, 1),
        Quantity(Kind.GENERATED),
        Quantity(Kind.GENERATED, 3, 3),
        Quantity(Kind.GENERATED, None, None, 3.0, 0.0),
        Quantity(Kind.GENERATED, 3, None),
    ],
)
def test_values_of_unknown_distribution_have_no_floor(quantity: Quantity) -> None:
    assert floor(quantity, 0, 1) is None
