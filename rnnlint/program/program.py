"""The Program: everything one script, module or notebook builds, with the data that reaches it."""

from __future__ import annotations

from dataclasses import dataclass

from rnnlint.program.data import Array, Padding, ScalerFit, Scaling, Split
from rnnlint.program.network import Layer, Model
from rnnlint.program.size import known_int
from rnnlint.program.training import Evaluation, Fit, TrainingStep


@dataclass(frozen=True, slots=True)
class Program:
    """The facts that rules query. Sequences are in the order of execution."""

    path: str
    layers: tuple[Layer, ...] = ()
    models: tuple[Model, ...] = ()
    applications: tuple[Array, ...] = ()
    readouts: tuple[Array, ...] = ()
    paddings: tuple[Padding, ...] = ()
    scaler_fits: tuple[ScalerFit, ...] = ()
    scalings: tuple[Scaling, ...] = ()
    splits: tuple[Split, ...] = ()
    fits: tuple[Fit, ...] = ()
    evaluations: tuple[Evaluation, ...] = ()
    steps: tuple[TrainingStep, ...] = ()

    @property
    def has_recurrent_layer(self) -> bool:
        """Whether it builds a recurrent layer."""
        return any(layer.recurs for layer in self.layers)

    def inputs_of(self, layer: Layer) -> tuple[Array, ...]:
        """Every array that the layer, or another construction at its site, was applied to."""
        return tuple(
            source
            for array in self.applications
            if array.layer is not None and array.layer.site == layer.site
            for source in array.inputs[:1]
        )

    def steps_of(self, layer: Layer) -> int | None:
        """The number of time steps that a recurrent layer reads, where one is known."""
        for array in self.inputs_of(layer):
            if array.shape is not None and len(array.shape) == 3:
                time = 0 if layer.framework == "torch" and not layer.is_set("batch_first", True) else 1
                steps = known_int(array.shape[time])
                if steps is not None:
                    return steps
        return None
