"""Probes for the rules of output, loss and metric."""

from __future__ import annotations

from collections.abc import Iterator

from rnnlint.confirm.plan.base import Unplanned, planner
from rnnlint.confirm.plan.facts import Sizes, distribution
from rnnlint.confirm.probes import Distribution, ExactMatches, Floor, NearZero, Probe, SelfLoss, SoftmaxSpread
from rnnlint.program.data import Array, Kind
from rnnlint.program.heads import head_of, softmax_width
from rnnlint.program.program import Program
from rnnlint.program.ranges import BOUNDS
from rnnlint.program.training import Fit
from rnnlint.program.value import known

BATCH = 32
PLAIN_LOSSES = frozenset({"mse", "mae", "huber", "log_cosh"})
CENTRED = Distribution(0.0, 1.0)


def _regressions(program: Program) -> Iterator[Fit]:
    return (fit for fit in program.fits if fit.loss is not None and fit.loss.regression and fit.outputs)


def _softmaxes(program: Program) -> Iterator[Array]:
    return (a for a in program.applications if a.layer and known(a.layer.settings.get("activation")) == "softmax")


def _targets(array: Array) -> Distribution | Unplanned:
    """The target's numbers; standardised ones need no data to be known."""
    if array.quantity.kind is Kind.STANDARDISED:
        return CENTRED
    return distribution(array.quantity)


@planner("RNN201", _regressions)
def bounded_output(fit: Fit, program: Program) -> Probe | Unplanned:
    """The part of the target that lies outside of the head's range."""
    head = head_of(fit.outputs[0])
    if head is None or fit.target is None:
        return Unplanned("the head or its target is not known")
    targets = _targets(fit.target)
    if not isinstance(targets, Distribution):
        return targets
    low, high = BOUNDS.get(head.activation, (None, None))
    return Floor(targets, low, high)


@planner("RNN202", _softmaxes)
def single_unit(output: Array, program: Program) -> Probe | Unplanned:
    """The output over its columns."""
    width = softmax_width(output)
    return SoftmaxSpread(width) if width else Unplanned("the size of the axis that the softmax runs over is not known")


@planner("RNN209")
def accuracy(fit: Fit, program: Program) -> Probe | Unplanned:
    """The accuracy of almost perfect predictions."""
    if fit.target is None:
        return Unplanned("the target is not known")
    targets = _targets(fit.target)
    return ExactMatches(targets if isinstance(targets, Distribution) else CENTRED)  # no two real numbers are equal


@planner("RNN210")
def broadcast(subject: tuple[Array, Array], program: Program) -> Probe | Unplanned:
    """The loss of the targets with themselves, in the prediction's shape."""
    output, target = subject
    sizes = Sizes()
    if not output.shape or not target.shape:
        return Unplanned("the shapes are not known")
    prediction, wanted = sizes.shape((BATCH, *output.shape[1:])), sizes.shape((BATCH, *target.shape[1:]))
    if prediction is None or wanted is None:
        return Unplanned("the shapes are not known")
    return SelfLoss(prediction, wanted, _loss_of(output, target, program))


def _loss_of(output: Array, target: Array, program: Program) -> str:
    """The loss that the two meet in; a difference written by hand is squared."""
    fits = (fit for fit in program.fits if fit.target is target and output in fit.outputs)
    kinds = (fit.loss.kind for fit in fits if fit.loss is not None)
    return next((kind for kind in kinds if kind in PLAIN_LOSSES), "mse")


@planner("RNN211")
def percentage(target: Array, program: Program) -> Probe | Unplanned:
    """What the smallest targets make of the error."""
    targets = _targets(target)
    return NearZero(targets) if isinstance(targets, Distribution) else targets


@planner("RNN212", _regressions)
def rectified(fit: Fit, program: Program) -> Probe | Unplanned:
    """The part of the target that lies below 0."""
    head = head_of(fit.outputs[0])
    if fit.target is None or head is None:
        return Unplanned("the target is not known")
    if fit.loss is None or not fit.loss.regression:
        return Unplanned("the loss is not one of a difference")
    targets = _targets(fit.target)
    if not isinstance(targets, Distribution):
        return targets
    if targets.even and targets.first >= 0:
        return Unplanned("whether a unit dies depends on the course of the training")
    return Floor(targets, 0.0 if head.activation == "relu" else None, None)
