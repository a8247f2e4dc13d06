"""Probes for the rules of optimisation."""

from __future__ import annotations

from collections.abc import Iterator

from rnnlint.confirm.plan.base import Unplanned, planner
from rnnlint.confirm.plan.facts import cell_of
from rnnlint.confirm.plan.rebuild import Rebuilder, outputs, start_of
from rnnlint.confirm.probes import Alike, Probe, Rate, Unread
from rnnlint.program.network import Layer
from rnnlint.program.program import Program
from rnnlint.program.training import TrainingStep
from rnnlint.program.value import known

SHOWN_AS = {"adam": "adam", "adamw": "adam", "nadam": "adam", "rmsprop": "rmsprop", "sgd": "sgd"}
LOW, FEW, MOST_UPDATES = 1e-4, 60, 150
STARTS = {"zeros": 0.0, "zero": 0.0, "ones": 1.0, "one": 1.0, "constant": 0.05}  # any constant will do
USUAL_STEPS = 20


def _recurrent(program: Program) -> Iterator[TrainingStep]:
    return (step for step in program.steps if step.optimizer is not None and step.model.recurrent_layers)


@planner("RNN502", _recurrent)
def learning_rate(step: TrainingStep, program: Program) -> Probe | Unplanned:
    """Training with this rate, as many updates as the program makes."""
    optimizer, layers = step.optimizer, step.model.recurrent_layers
    if optimizer is None or optimizer.kind not in SHOWN_AS or not layers:
        return Unplanned("the optimizer or the recurrent layer is not known")
    rate = known(optimizer.settings.get("learning_rate"))
    if not isinstance(rate, int | float) or rate <= 0:
        return Unplanned("the learning rate is not known")
    if program.loaded & {*step.model.layers}:
        return Unplanned("weights that were trained before are not rebuilt")
    if optimizer.kind == "sgd" and not all(fit.loss is not None and fit.loss.kind == "mse" for fit in step.fits):
        return Unplanned("SGD is probed with a squared error")
    updates = FEW
    if rate <= LOW:
        counts = [count for count in {fit.site: fit.updates for fit in step.fits}.values() if count is not None]
        updates = sum(counts)
        if not 1 < updates <= MOST_UPDATES:
            return Unplanned(f"a probe of {updates:,} updates takes too long" if updates else "no updates are known")
    steps = program.steps_of(layers[0]) or USUAL_STEPS
    return Rate(cell_of(layers[0], program), steps, SHOWN_AS[optimizer.kind], float(rate), updates)


def _of_keras(program: Program) -> Iterator[TrainingStep]:
    return (step for step in _recurrent(program) if step.framework == "keras")


@planner("RNN509", _of_keras)
def constant_start(step: TrainingStep, program: Program) -> Probe | Unplanned:
    """The units of the first recurrent layer after some updates."""
    layer = next((layer for layer in step.model.layers if layer.recurrent), None)
    last = next((layer for layer in reversed(step.model.layers) if layer.kind == "dense"), None)
    if layer is None or last is None or program.loaded & {*step.model.layers}:
        return Unplanned("no recurrent layer of this network is rebuilt")
    cell = cell_of(layer, program)
    if cell.units < 2:
        return Unplanned("one unit is alike to no other")
    names = ((layer, "kernel_initializer"), (layer, "recurrent_initializer"), (last, "kernel_initializer"))
    return Alike(cell, *(_constant(owner, name) for owner, name in names))


def _constant(layer: Layer, name: str) -> float | None:
    """The value that weights start with, where it is the same for all."""
    return STARTS.get(str(known(layer.settings.get(name))).lower())


@planner("RNN504")
def cut_graph(layer: Layer, program: Program) -> Probe | Unplanned:
    """The gradients of the layer's parameters, with the cuts that the program makes."""
    reason = Unplanned("what the network returns is not known")
    for result in outputs(program):
        start = start_of(result)
        if start is None or start.layer is None or start.layer.site != layer.site:
            continue
        graph = Rebuilder(start).graph(result)
        if not isinstance(graph, Unplanned):
            return Unread(graph, whole=True)
        reason = graph
    return reason
