"""How far values are from the unit range that networks start in."""

from __future__ import annotations

from dataclasses import dataclass

from rnnlint.finding import Confidence
from rnnlint.program.data import Kind, Quantity

LARGE, NOTABLE = 100.0, 10.0


@dataclass(frozen=True, slots=True)
class Excess:
    """Values outside the unit range: `large` from about 100 on, else between 10 and 100."""

    large: bool
    confidence: Confidence
    description: str


def excess(quantity: Quantity) -> Excess | None:
    """The excess of these values, or None where none is known.

    Raw values of a named origin are large; that a column's name says nothing of its size makes it unsure.
    """
    if quantity.kind is Kind.RAW and quantity.label:
        return Excess(True, Confidence.HIGH if quantity.large else Confidence.LOW, "unscaled")
    magnitude = quantity.magnitude
    if quantity.kind is Kind.GENERATED and magnitude is not None and magnitude >= NOTABLE:
        return Excess(magnitude >= LARGE, Confidence.HIGH, f"unscaled, with values up to about {magnitude:.3g}")
    return None


def undecided(quantity: Quantity) -> bool:
    """Whether the program does not show the size of these values."""
    return quantity.kind is Kind.UNKNOWN or (quantity.kind is Kind.RAW and not quantity.label)
