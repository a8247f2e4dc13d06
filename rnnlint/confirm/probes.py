"""Probes as data: what a worker is asked to measure, complete in itself and small enough to send as JSON."""

from __future__ import annotations

from typing import ClassVar

import msgspec

from rnnlint.confirm.graph import Graph, LayerSpec


class CellSpec(msgspec.Struct, frozen=True):
    """One recurrent layer: kind "lstm", "gru" or "rnn"; `start` is the framework whose initial weights it takes."""

    kind: str
    units: int
    features: int
    activation: str = "tanh"
    gate_activation: str = "sigmoid"
    start: str = "keras"
    unit_forget_bias: bool = True


class Distribution(msgspec.Struct, frozen=True):
    """Numbers drawn evenly between two bounds (`even`) or normally with a mean and a deviation."""

    first: float
    second: float
    even: bool = False


class Probe(msgspec.Struct, frozen=True, tag_field="probe", tag=True):
    """Base of all probes. `engine` is the worker that runs it."""

    engine: ClassVar[str] = "numpy"

    @property
    def requires(self) -> str:
        """The library that has to be installed for it."""
        return self.engine


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


class PaddingContrast(Probe, frozen=True):
    """How much of the difference between two sequences is left after padding steps?"""

    cell: CellSpec
    real: int
    pads: int
    before: bool = False


class SingleStep(Probe, frozen=True):
    """Does the recurrent kernel get a gradient when there is one time step?"""

    cell: CellSpec
    steps: int = 1


class GateRange(Probe, frozen=True):
    """Does a gate activation leave [0, 1]?"""

    activation: str


class Floor(Probe, frozen=True):
    """Which share of the targets' variance lies outside of the head's range?"""

    targets: Distribution
    low: float | None
    high: float | None


class SelfLoss(Probe, frozen=True):
    """What does a perfect prediction of this shape cost against targets of that shape?"""

    prediction: tuple[int, ...]
    target: tuple[int, ...]
    loss: str


class Reordering(Probe, frozen=True):
    """Does a reshape give what the transposition of the same axes gives?"""

    before: tuple[int, ...]
    after: tuple[int, ...]


class ExactMatches(Probe, frozen=True):
    """Which accuracy do predictions get that are off by a thousandth of the targets' spread?"""

    targets: Distribution


class NearZero(Probe, frozen=True):
    """What does a percentage error say of predictions that are off by a hundredth of the targets' spread?"""

    targets: Distribution


class SoftmaxSpread(Probe, frozen=True):
    """How much do the outputs of a softmax over this many columns differ?"""

    columns: int


class Cutoff(Probe, frozen=True):
    """How many different indices are left of values when their fractions are cut off?"""

    values: Distribution


class Leak(Probe, frozen=True):
    """Do the other samples of a batch reach a sample's output? `axis` is the input's axis of samples."""

    engine = "torch"
    graph: Graph
    axis: int


class Unread(Probe, frozen=True):
    """Which share of the recurrent layers' parameters gets a gradient of exactly 0 from this value?"""

    engine = "torch"
    graph: Graph


class UnreadKeras(Unread, frozen=True):
    """The same for a Keras network."""

    engine = "tensorflow"


class InertDropout(Probe, frozen=True):
    """Do two passes in training mode differ?"""

    engine = "torch"
    layer: LayerSpec


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


class OwnNetwork(Probe, frozen=True):
    """A check of the user's own class, run caged: "leak", "unread" or "more_padding".

    `definitions` are the part of the program that the network needs, `construction` the expression that makes it,
    `projects` the folders of its modules. Inputs have the `shape`, as ids below `high` where it is not 0; `axis` counts
    the samples.
    """

    engine = "own"
    framework: str
    check: str
    definitions: str
    construction: str
    projects: tuple[str, ...]
    shape: tuple[int, ...]
    high: int = 0
    axis: int = 0

    @property
    def requires(self) -> str:
        """The library that has to be installed for it."""
        return "torch" if self.framework == "torch" else "tensorflow"
