"""Probes for the rules of the cell and the stack."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from math import prod

import msgspec

from rnnlint.confirm.plan.base import Unplanned, planner
from rnnlint.confirm.plan.facts import Sizes, applications, cell_of, recurrent_layers
from rnnlint.confirm.plan.rebuild import Rebuilder, layer_spec, outputs, start_of
from rnnlint.confirm.probes import (
    Fading,
    GateRange,
    InertDropout,
    Leak,
    Probe,
    Reordering,
    Runaway,
    SingleStep,
    Strangling,
    Unread,
    UnreadKeras,
)
from rnnlint.program.data import Array
from rnnlint.program.network import Layer, Regulariser
from rnnlint.program.program import Program
from rnnlint.program.value import known, possible

LEAST_STEPS = 30  # shorter ones blow up in a probe's raised rate only, never at a usual one
MOST_FADING = 20  # beyond, float32 has nothing left to compare


@planner("RNN101", recurrent_layers)
def unbounded_cell(layer: Layer, program: Program) -> Probe | Unplanned:
    """Training for an unbounded cell, the reach of the gradient for a sigmoid one."""
    steps = program.steps_of(layer)
    activations = possible(layer.setting("activation")) or ()
    if not activations:
        return Unplanned("the activation is not known")
    cell = cell_of(layer, program, str(activations[0]))
    if cell.activation == "sigmoid":
        return Fading(cell, min(steps or MOST_FADING, MOST_FADING), msgspec.structs.replace(cell, activation="tanh"))
    if steps is None:
        return Unplanned("the number of time steps is not known, and the blow-up needs 30 or more")
    if steps < LEAST_STEPS:
        return Unplanned(f"over {steps} steps no probe tells whether the state blows up")
    return Runaway(cell, steps)


@planner("RNN102", recurrent_layers)
def unbounded_gate(layer: Layer, program: Program) -> Probe | Unplanned:
    """The range of the function."""
    gates = possible(layer.setting("recurrent_activation")) or ("sigmoid",)
    return GateRange(str(gates[0]))


@planner("RNN105", recurrent_layers)
def inert_dropout(layer: Layer, program: Program) -> Probe | Unplanned:
    """Two passes of the layer in training mode."""
    rate = known(layer.settings.get("dropout"))
    if not isinstance(known(layer.settings.get("num_layers")), int):
        return Unplanned("the number of layers is not known")
    if layer.framework != "torch" or not isinstance(rate, int | float) or rate <= 0:
        return Unplanned("the rate of the dropout is not known")
    return InertDropout(layer_spec(layer))


@planner("RNN106", outputs)
def unread(result: Array, program: Program) -> Probe | Unplanned:
    """The gradients of the recurrent layer's parameters."""
    start = start_of(result)
    if start is None or start.layer is None:
        return Unplanned("the recurrent layer is not known")
    graph = Rebuilder(start).graph(result)
    if isinstance(graph, Unplanned):
        return graph
    return Unread(graph) if start.layer.framework == "torch" else UnreadKeras(graph)


@planner("RNN107", applications)
def leak(application: Array, program: Program) -> Probe | Unplanned:
    """The gradients of one sample's output to the others of its batch."""
    layer = application.layer
    if layer is None or layer.framework != "torch":
        return Unplanned("only torch layers read the steps first")
    if known(application.settings.get("packed"), False):
        return Unplanned("the batch is packed")
    if not isinstance(known(layer.settings.get("batch_first")), bool):
        return Unplanned("whether batch_first is set is not known")
    reason = Unplanned("what the network returns is not known")
    for result in (*_made_of(application, outputs(program)), *_made_of(application, program.readouts)):
        rebuilder = Rebuilder(application)
        graph = rebuilder.graph(result)
        if not isinstance(graph, Unplanned):
            return Leak(graph, rebuilder.sample_axis)
        reason = graph
    return reason


def _made_of(application: Array, results: Iterable[Array]) -> Iterator[Array]:
    return (result for result in results if any(array is application for array in result.ancestry()))


@planner("RNN108")
def single_step(output: Array, program: Program) -> Probe | Unplanned:
    """The gradient of the recurrent kernel."""
    layer = output.layer
    assert layer is not None
    return SingleStep(cell_of(layer, program, "tanh"))


@planner("RNN109")
def scrambled(array: Array, program: Program) -> Probe | Unplanned:
    """The reshape on counted values."""
    sizes = Sizes()
    before, after = sizes.shape(known(array.settings.get("before"))), sizes.shape(array.shape)
    if before is None or after is None or prod(before) != prod(after):
        return Unplanned("the shapes are not known")
    return Reordering(before, after)


@planner("RNN112")
def vanilla(layer: Layer, program: Program) -> Probe | Unplanned:
    """The reach of the gradient at the layer's own length."""
    steps = program.steps_of(layer)
    if steps is None:
        return Unplanned("the number of time steps is not known")
    return Fading(cell_of(layer, program), steps)


@planner("RNN113", recurrent_layers)
def forget_bias(layer: Layer, program: Program) -> Probe | Unplanned:
    """The reach of the gradient with and without the bias."""
    cell = cell_of(layer, program)
    if known(layer.settings.get("bias_initializer")) not in {"zeros", "Zeros"}:
        return Unplanned("the biases are set in another way")
    steps = min(program.steps_of(layer) or MOST_FADING, MOST_FADING)
    return Fading(cell, steps, msgspec.structs.replace(cell, unit_forget_bias=True))


@planner("RNN115", recurrent_layers)
def strangled(layer: Layer, program: Program) -> Probe | Unplanned:
    """Training with and without the penalty or the dropout."""
    cell, steps = cell_of(layer, program), program.steps_of(layer) or 20
    penalties = [known(layer.settings.get(name)) for name in ("kernel_regularizer", "recurrent_regularizer")]
    strengths = [value.strength if isinstance(value, Regulariser) else 0.01 if value else 0.0 for value in penalties]
    if all(strengths):
        return Strangling(cell, steps, l2=min(strengths))
    rate = known(layer.settings.get("dropout"))
    if isinstance(rate, int | float) and rate > 0:
        return Strangling(cell, steps, dropout=min(float(rate), 0.95))
    return Unplanned("no probe tells a harmful rate of dropout inside of the recurrence from a usual one")
