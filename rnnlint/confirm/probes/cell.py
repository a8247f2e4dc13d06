"""Probes of a recurrent layer: its state, its gradients, and what the network reads of it."""

from __future__ import annotations

from rnnlint.confirm.graph import Graph, LayerSpec
from rnnlint.confirm.probes.base import CellSpec, Distribution, Probe


class Runaway(Probe, frozen=True):
    """Does the loss blow up when a network with this cell is trained over this many steps?"""

    cell: CellSpec
    steps: int


class Fading(Probe, frozen=True):
    """How much smaller is the gradient of the first step than that of the last, or than a twin's?"""

    cell: CellSpec
    steps: int
    twin: CellSpec | None = None


class Saturation(Probe, frozen=True):
    """Which share of the gates is shut or wide open on inputs of this size?"""

    cell: CellSpec
    steps: int
    inputs: Distribution


class SingleStep(Probe, frozen=True):
    """Does the recurrent kernel get a gradient when there is one time step?"""

    cell: CellSpec
    steps: int = 1


class GateRange(Probe, frozen=True):
    """Does a gate activation leave [0, 1]?"""

    activation: str


class Reordering(Probe, frozen=True):
    """Does a reshape give what the transposition of the same axes gives?"""

    before: tuple[int, ...]
    after: tuple[int, ...]


class Leak(Probe, frozen=True):
    """Do the other samples of a batch reach a sample's output? `axis` is the input's axis of samples."""

    engine = "torch"
    graph: Graph
    axis: int


class LeakKeras(Probe, frozen=True):
    """The same for a Keras network, whose samples stand first."""

    engine = "tensorflow"
    graph: Graph


class Unread(Probe, frozen=True):
    """Which share of the recurrent layers' parameters gets a gradient of exactly 0 from this value?

    The claim may be that all of them do (`whole`).
    """

    engine = "torch"
    graph: Graph
    whole: bool = False


class UnreadKeras(Unread, frozen=True):
    """The same for a Keras network."""

    engine = "tensorflow"


class InertDropout(Probe, frozen=True):
    """Do two passes in training mode differ?"""

    engine = "torch"
    layer: LayerSpec
