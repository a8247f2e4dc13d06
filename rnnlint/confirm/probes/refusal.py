"""Probes of what a framework refuses: layers and arrays that cannot meet."""

from __future__ import annotations

from rnnlint.confirm.graph import Graph
from rnnlint.confirm.probes.base import Probe


class Refused(Probe, frozen=True):
    """Does the graph's last node raise, built with the very sizes of the program?"""

    engine = "torch"
    graph: Graph


class RefusedKeras(Refused, frozen=True):
    """The same for a Keras network, or for a model of it where the graph's input is declared."""

    engine = "tensorflow"


class Packing(Probe, frozen=True):
    """Does packing raise for a padded batch whose sequences have lengths in no order, or in falling order?

    `batch_first` is what packing is told, `samples_first` what the batch is; they fall in order where `falling`.
    """

    engine = "torch"
    batch_first: bool
    samples_first: bool
    enforce_sorted: bool
    falling: bool


class Rows(Probe, frozen=True):
    """Does a table of this many rows have the largest index that is looked up in it?"""

    rows: int
    last: int


class Fitting(Probe, frozen=True):
    """Can arrays of these two shapes be subtracted from each other?"""

    first: tuple[int, ...]
    second: tuple[int, ...]
