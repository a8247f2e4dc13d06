"""The facts recorded during a run, before they are assembled into a Program."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from rnnlint.frontend.values import Cell, Instance, LayerValue, Place, Thing, Value
    from rnnlint.program.data import (
        Array,
        Loader,
        Misuse,
        Padding,
        Reading,
        Repeat,
        ScalerFit,
        ScalerUse,
        Scaling,
        Sort,
        Split,
    )
    from rnnlint.program.events import Branch, Turn
    from rnnlint.program.interface import RemovedUse
    from rnnlint.program.network import Layer
    from rnnlint.program.size import Linear
    from rnnlint.program.training import Disregard, Evaluation, Fit, Inference, MetricUse, Optimizer, Score, Seed
    from rnnlint.program.value import Setting, Site


@dataclass(slots=True)
class Happening:
    """An event as a dialect sees it: done to `values`, which are resolved to layers when the run is over."""

    how: str
    place: Place
    number: int
    values: tuple[Value, ...]
    turns: tuple[Turn, ...]
    branches: tuple[Branch, ...]
    origin: int
    no_grad: bool
    doubtful: bool
    array: Array | None
    settings: dict[str, Setting]


@dataclass(slots=True)
class Update:
    """A hand-written or a Trainer's weight update."""

    site: Site
    optimizer: Optimizer | None
    owners: tuple[Value, ...]
    trainer_clip: Setting | None = None
    offered: bool = False  # in code that nobody is seen to call


@dataclass(slots=True)
class Compiled:
    """A Keras model's training set-up."""

    site: Site
    model: Value
    optimizer: Optimizer | None
    fitted: bool = False


@dataclass(slots=True)
class Recorder:
    """Facts in the order of execution."""

    arrays: list[Array] = field(default_factory=list)
    layers: list[Layer] = field(default_factory=list)
    models: list[Thing | Instance] = field(default_factory=list)
    paddings: list[Padding] = field(default_factory=list)
    scaler_fits: list[ScalerFit] = field(default_factory=list)
    scalings: list[Scaling] = field(default_factory=list)
    scaler_uses: list[ScalerUse] = field(default_factory=list)
    splits: list[Split] = field(default_factory=list)
    fits: list[Fit] = field(default_factory=list)
    evaluations: list[Evaluation] = field(default_factory=list)
    schedules: list[Optimizer] = field(default_factory=list)  # whose rate something else sets during training
    rate_holders: list[tuple[Optimizer, Cell]] = field(default_factory=list)  # through which it can be set by hand
    escaped: list[Instance | LayerValue | Thing] = field(default_factory=list)  # handed to code that is not known
    inferences: list[Inference] = field(default_factory=list)
    trained: list[Value] = field(default_factory=list)  # models and parameters that are fitted or optimized
    optimized: list[Value] = field(default_factory=list)  # whose parameters optimizers of torch hold
    cut: bool = False  # whether something was too large to be run to its end
    loaded: list[Value] = field(default_factory=list)  # whose weights are read from a file, copied or kept
    happenings: list[Happening] = field(default_factory=list)
    updates: list[Update] = field(default_factory=list)
    compiles: list[Compiled] = field(default_factory=list)
    outputs: list[Array] = field(default_factory=list)  # what networks' forward passes return
    sorts: list[Sort] = field(default_factory=list)
    metric_uses: list[MetricUse] = field(default_factory=list)
    scores: list[Score] = field(default_factory=list)
    resamplings: list[Site] = field(default_factory=list)
    environment: dict[str, object] = field(default_factory=dict)
    repeats: list[Repeat] = field(default_factory=list)
    misuses: list[Misuse] = field(default_factory=list)
    removed_uses: list[RemovedUse] = field(default_factory=list)
    namespaces: dict[Site, str] = field(default_factory=dict)  # where objects of Keras come from, by their place
    premature: list[tuple[Instance, Place, str, Value]] = field(default_factory=list)  # layers in an object not ready
    disregards: list[Disregard] = field(default_factory=list)
    loaders: list[Loader] = field(default_factory=list)
    seeds: list[Seed] = field(default_factory=list)
    files: list[tuple[Place, int]] = field(default_factory=list)  # where files are read, under how many choices
    sends: int = 0  # how often a tensor was put on a GPU
    readings: list[Reading] = field(default_factory=list)
    compared: set[Linear] = field(default_factory=set)
    autocast: bool = False  # whether some of it runs in mixed precision
    keys: set[str] = field(default_factory=set)  # texts by which entries and columns are looked up
    handed: list[tuple[str, Value]] = field(default_factory=list)  # what which library code is given, and may keep
