"""Probes that train a small network and look at what it has learned."""

from __future__ import annotations

from rnnlint.confirm.probes.base import CellSpec, Distribution, Probe


class Collapse(Probe, frozen=True):
    """Does a linear head on this cell predict nearly one constant for targets of this size?"""

    cell: CellSpec
    steps: int
    targets: Distribution
    optimizer: str = "adam"
    learning_rate: float = 1e-3


class Rate(Probe, frozen=True):
    """Does this learning rate blow up, or learn nothing in this many updates?"""

    cell: CellSpec
    steps: int
    optimizer: str
    learning_rate: float
    updates: int = 60


class Strangling(Probe, frozen=True):
    """How much smaller do penalties or dropout make what the recurrent layer carries?"""

    cell: CellSpec
    steps: int
    l2: float = 0.0
    dropout: float = 0.0


class Alike(Probe, frozen=True):
    """Do the units of a layer stay alike whose kernels, and the head's, start with these values?

    None stands for random ones.
    """

    cell: CellSpec
    kernel: float | None
    recurrent: float | None
    head: float | None
