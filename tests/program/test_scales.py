"""Values outside the unit range."""

from __future__ import annotations

import pytest

from rnnlint.finding import Confidence
from rnnlint.program.data import Kind, Quantity
from rnnlint.program.scales import excess


def test_raw_values_of_a_large_column_are_large_for_sure() -> None:
    found = excess(Quantity(Kind.RAW, label="column 'Close'", large=True))
    assert found is not None
    assert (found.large, found.confidence) == (True, Confidence.HIGH)


def test_raw_values_of_any_other_column_are_large_perhaps() -> None:
    found = excess(Quantity(Kind.RAW, label="column 'x17'"))
    assert found is not None
    assert found.confidence is Confidence.LOW


@pytest.mark.parametrize(
    "quantity, large",
    [
        (Quantity(Kind.GENERATED, 0, 500), True),
        (Quantity(Kind.GENERATED, -500, 0), True),
        (Quantity(Kind.GENERATED, 0, 100), True),
        (Quantity(Kind.GENERATED, 0, 99), False),
        (Quantity(Kind.GENERATED, 0, 10), False),
        (Quantity(Kind.GENERATED, None, None, 50, 20), False),
        (Quantity(Kind.GENERATED, None, None, 50, 25), True),
    ],
)
def test_generated_values_by_the_size_they_reach(quantity: Quantity, large: bool) -> None:
    found = excess(quantity)
    assert found is not None
    assert (found.large, found.confidence) == (large, Confidence.HIGH)
    assert f"{quantity.magnitude:.3g}" in found.description


@pytest.mark.parametrize(
    "quantity",
    [
        Quantity(),
        Quantity(Kind.RAW),
        Quantity(Kind.GENERATED),
        Quantity(Kind.GENERATED, 0, 9.9),
        Quantity(Kind.GENERATED, None, None, 0, 1),
        Quantity(Kind.STANDARDISED, None, None, 0, 1, "column 'Close'"),
        Quantity(Kind.SCALED, 0, 1, label="column 'Close'"),
        Quantity(Kind.LOGGED, label="column 'Close'"),
        Quantity(Kind.DIFFERENCED, label="column 'Close'", large=True),
        Quantity(Kind.CLASSES, 0, 500),
        Quantity(Kind.TOKENS, 0, 5000),
        Quantity(Kind.FEATURES, label="LSTM"),
    ],
)
def test_other_values_are_not_judged(quantity: Quantity) -> None:
    assert excess(quantity) is None
