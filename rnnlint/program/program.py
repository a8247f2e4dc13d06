"""The Program: everything one script, module or notebook builds, with the data that reaches it."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property

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
from rnnlint.program.events import Event, may_be_gpu
from rnnlint.program.interface import Origin, RemovedUse, Requirement
from rnnlint.program.loops import Trace
from rnnlint.program.network import Layer, Model, Premature, Unregistered
from rnnlint.program.size import Linear, known_int
from rnnlint.program.training import Disregard, Evaluation, Fit, Inference, MetricUse, Score, Seed, TrainingStep
from rnnlint.program.value import Site


@dataclass(frozen=True)
class Program:
    """The facts that rules query. Sequences are in the order of execution.

    `applications` are layers' outputs, `readouts` what is picked from the outputs of recurrent layers, `outputs` what
    networks return, `arrays` every array that was made. `compiled` and `trained` are layers that compile,
    and fit or an optimizer, were given; `loaded` those whose weights are read from a file, copied, or may be set by
    code that is not known. `optimized` are layers whose parameters an optimizer of PyTorch holds, `backwards` the
    losses whose gradients are taken, None for one that is not known. The program is not `complete` if it was too large
    to be run to its end.
    """

    path: str
    layers: tuple[Layer, ...] = ()
    models: tuple[Model, ...] = ()
    applications: tuple[Array, ...] = ()
    readouts: tuple[Array, ...] = ()
    paddings: tuple[Padding, ...] = ()
    scaler_fits: tuple[ScalerFit, ...] = ()
    scalings: tuple[Scaling, ...] = ()
    scaler_uses: tuple[ScalerUse, ...] = ()
    splits: tuple[Split, ...] = ()
    fits: tuple[Fit, ...] = ()
    evaluations: tuple[Evaluation, ...] = ()
    steps: tuple[TrainingStep, ...] = ()
    arrays: tuple[Array, ...] = ()
    outputs: tuple[Array, ...] = ()
    misuses: tuple[Misuse, ...] = ()
    repeats: tuple[Repeat, ...] = ()
    metric_uses: tuple[MetricUse, ...] = ()
    scores: tuple[Score, ...] = ()
    resamplings: tuple[Site, ...] = ()
    backend: str = "tensorflow"  # Keras', as far as the program sets it
    sorts: tuple[Sort, ...] = ()
    removed_uses: tuple[RemovedUse, ...] = ()
    requirements: tuple[Requirement, ...] = ()  # versions that the project asks for
    origins: Mapping[Site, Origin] = field(default_factory=dict)  # which Keras made an object, by its place
    unregistered: tuple[Unregistered, ...] = ()
    premature: tuple[Premature, ...] = ()
    loaders: tuple[Loader, ...] = ()
    readings: tuple[Reading, ...] = ()
    seeds: tuple[Seed, ...] = ()
    disregards: tuple[Disregard, ...] = ()
    compared: frozenset[Linear] = frozenset()  # sizes that its conditions ask for
    autocast: bool = False  # whether some of it runs in mixed precision
    keys: frozenset[str] = frozenset()  # texts by which it looks up entries and columns
    inferences: tuple[Inference, ...] = ()
    compiled: frozenset[Layer] = frozenset()
    trained: frozenset[Layer] = frozenset()
    optimized: frozenset[Layer] = frozenset()
    loaded: frozenset[Layer] = frozenset()
    backwards: tuple[Array | None, ...] = ()
    complete: bool = True
    events: tuple[Event, ...] = ()

    @cached_property
    def trace(self) -> Trace:
        """What training does, by the loops that it stands in."""
        return Trace(self.events)

    @cached_property
    def accelerated(self) -> tuple[Event, ...]:
        """Where networks are moved to a GPU, or to one of several devices of which one is a GPU."""
        moves = [event for event in self.events if event.how == "device"]
        return tuple(event for event in moves if may_be_gpu(event.settings["device"]))

    @cached_property
    def _users(self) -> dict[int, list[Array]]:
        users: dict[int, list[Array]] = defaultdict(list)
        for array in self.arrays:
            for source in array.inputs:
                users[source.number].append(array)
        return users

    @cached_property
    def scaling_of(self) -> dict[int, Scaling]:
        """How arrays were scaled, by their numbers."""
        return {scaling.result.number: scaling for scaling in self.scalings if not scaling.fit.vocabulary}

    @cached_property
    def inversion_of(self) -> dict[int, ScalerUse]:
        """How arrays were brought back into their own unit, by their numbers."""
        return {use.result.number: use for use in self.scaler_uses if use.how == "inverse_transform"}

    def trained_for(self, array: Array) -> tuple[Fit, ...]:
        """The training calls of the network that computed this array."""
        layer = array.layer
        return tuple(
            fit for fit in self.fits if layer and any(a.layer is layer for out in fit.outputs for a in out.ancestry())
        )

    def users_of(self, array: Array) -> tuple[Array, ...]:
        """The arrays that were made from this one."""
        return tuple(self._users.get(array.number, ()))

    @cached_property
    def _by_op(self) -> dict[str, list[Array]]:
        found: dict[str, list[Array]] = defaultdict(list)
        for array in self.arrays:
            found[array.op].append(array)
        return found

    def made_by(self, op: str) -> tuple[Array, ...]:
        """The arrays that an operation made."""
        return tuple(self._by_op.get(op, ()))

    def applications_of(self, layer: Layer) -> tuple[Array, ...]:
        """The outputs of the layer, or of another construction at its site."""
        return tuple(self._by_layer.get(layer.site, ()))

    def layers_at(self, site: Site) -> tuple[Layer, ...]:
        """The layers that one place of the program makes, in a loop or by several calls of a function."""
        return tuple(layer for layer in self.layers if layer.site.span == site.span)

    @cached_property
    def _by_layer(self) -> dict[Site, list[Array]]:
        found: dict[Site, list[Array]] = defaultdict(list)
        for array in self.applications:
            if array.layer is not None:
                found[array.layer.site].append(array)
        return found

    def scores_of(self, fit: Fit) -> bool:
        """Whether somebody looks at a score or a prediction of the trained network."""
        own = fit.validation or fit.validation_split or fit.metrics
        return bool(own or self.evaluations or self.scores)

    @property
    def has_recurrent_layer(self) -> bool:
        """Whether it builds a recurrent layer."""
        return any(layer.recurs for layer in self.layers)

    def inputs_of(self, layer: Layer) -> tuple[Array, ...]:
        """Every array that the layer, or another construction at its site, was applied to."""
        return tuple(source for array in self.applications_of(layer) for source in array.inputs[:1])

    def steps_of(self, layer: Layer) -> int | None:
        """The number of time steps that a recurrent layer reads, where one is known."""
        for array in self.inputs_of(layer):
            if array.shape is not None and len(array.shape) == 3:
                time = 0 if layer.framework == "torch" and not layer.is_set("batch_first", True) else 1
                if array.axes[time : time + 1] == ("batch",):
                    continue
                steps = known_int(array.shape[time])
                if steps is not None:
                    return steps
        return None
