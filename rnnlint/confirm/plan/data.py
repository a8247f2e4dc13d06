"""Probes for the rules of the data."""

from __future__ import annotations

from rnnlint.confirm.plan.base import Unplanned, planner
from rnnlint.confirm.plan.facts import applications, cell_of, distribution
from rnnlint.confirm.probes import Collapse, Distribution, Probe, Saturation
from rnnlint.program.data import Array
from rnnlint.program.network import Layer
from rnnlint.program.program import Program
from rnnlint.program.training import Fit
from rnnlint.program.value import known

USUAL_STEPS = 20


@planner("RNN403", applications)
def unscaled_input(application: Array, program: Program) -> Probe | Unplanned:
    """The gates on inputs of this size."""
    layer = application.layer
    assert layer is not None
    inputs = distribution(application.inputs[0].quantity)
    if not isinstance(inputs, Distribution):
        return inputs
    return Saturation(cell_of(layer, program), program.steps_of(layer) or USUAL_STEPS, inputs)


@planner("RNN404", lambda program: (fit for fit in program.fits if fit.loss and fit.loss.regression))
def unscaled_target(fit: Fit, program: Program) -> Probe | Unplanned:
    """A linear head's predictions of targets of this size."""
    layer = _recurrent(fit)
    if fit.target is None or layer is None:
        return Unplanned("the network or its target is not known")
    targets = distribution(fit.target.quantity)
    if not isinstance(targets, Distribution):
        return targets
    kind, rate = _optimizer(fit, program)
    return Collapse(cell_of(layer, program), program.steps_of(layer) or USUAL_STEPS, targets, kind, rate)


def _recurrent(fit: Fit) -> Layer | None:
    arrays = (array for output in fit.outputs for array in output.ancestry())
    return next((array.layer for array in arrays if array.layer is not None and array.layer.recurrent), None)


def _optimizer(fit: Fit, program: Program) -> tuple[str, float]:
    for step in program.steps:
        if fit in step.fits and step.optimizer is not None and step.optimizer.kind in {"adam", "rmsprop"}:
            rate = known(step.optimizer.settings.get("learning_rate"))
            return step.optimizer.kind, float(rate) if isinstance(rate, int | float) else 1e-3
    return "adam", 1e-3
