"""Probes for the rules of optimisation."""

from __future__ import annotations

from collections.abc import Iterator

from rnnlint.confirm.plan.base import Unplanned, planner
from rnnlint.confirm.plan.facts import cell_of
from rnnlint.confirm.probes import Probe, Rate
from rnnlint.program.program import Program
from rnnlint.program.training import TrainingStep
from rnnlint.program.value import known

SHOWN_AS = {"adam": "adam", "adamw": "adam", "nadam": "adam", "rmsprop": "rmsprop", "sgd": "sgd"}
LOW, FEW, MOST_UPDATES = 1e-4, 60, 150
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
