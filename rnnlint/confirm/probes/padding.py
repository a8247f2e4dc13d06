"""Probes of padded sequences."""

from __future__ import annotations

from rnnlint.confirm.graph import Graph, LayerSpec
from rnnlint.confirm.probes.base import CellSpec, Distribution, Probe


class PaddingContrast(Probe, frozen=True):
    """How much of the difference between two sequences is left after padding steps?"""

    cell: CellSpec
    real: int
    pads: int
    before: bool = False


class PaddedReading(Probe, frozen=True):
    """How much do the real steps of a short sequence in a padded batch reach its output?

    `packed` batches are packed before the layer and padded again behind it.
    """

    engine = "torch"
    layer: LayerSpec
    real: int
    steps: int
    packed: bool


class MorePadding(Probe, frozen=True):
    """How much does the output of a Keras network change when 8 padding steps become 24?

    The graph begins where the mask is made.
    """

    engine = "tensorflow"
    graph: Graph


class Cutoff(Probe, frozen=True):
    """How many different indices are left of values when their fractions are cut off?"""

    values: Distribution
