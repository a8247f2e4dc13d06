"""Probes for the rules of training loops."""

from __future__ import annotations

import math
from collections.abc import Iterator

from rnnlint.confirm.graph import LayerSpec
from rnnlint.confirm.plan.base import Unplanned, planner
from rnnlint.confirm.plan.facts import USUAL_UNITS
from rnnlint.confirm.plan.rebuild import layer_spec
from rnnlint.confirm.probes import Carried, Move, Probe, Turns
from rnnlint.program.data import Array
from rnnlint.program.events import Branch, Event, Turn
from rnnlint.program.program import Program
from rnnlint.program.value import known

MOVES = ("backward", "zero_grad", "step", "clip", "unscale")
WITHOUT_CLIPS = ("backward", "zero_grad", "step")
HIDDEN = ("escape", "cut", "gradient", "optimizer", "unknown step")
MOST_MOVES, MOST_PERIOD = 60, 64
USUAL = LayerSpec("gru", "GRU", {"units": USUAL_UNITS, "num_layers": 1, "batch_first": True})

Place = tuple[Event, Turn]


def _steps(program: Program) -> Iterator[Place]:
    return _places(program, "step")


def _clips(program: Program) -> Iterator[Place]:
    return (place for place in _places(program, "clip") if "limit" in place[0].settings)


def _places(program: Program, how: str) -> Iterator[Place]:
    trace = program.trace
    for event in trace.of(how):
        turn = trace.turn_with(event, "backward")
        if turn is not None:
            yield event, turn


@planner("RNN601", _steps)
def missing_zero_grad(place: Place, program: Program) -> Probe | Unplanned:
    """The gradients at each step."""
    return _turns(place, program, "grown")


@planner("RNN602", _clips)
def misplaced_clip(place: Place, program: Program) -> Probe | Unplanned:
    """The gradients at the step against the limit."""
    scaled = _scaled(program.trace.concerning(*place, "backward"))
    return _turns(place, program, "strangled" if scaled else "unlimited")


@planner("RNN603", _steps)
def erased_gradient(place: Place, program: Program) -> Probe | Unplanned:
    """How far the weights move."""
    return _turns(place, program, "still")


@planner("RNN614", _steps)
def undivided(place: Place, program: Program) -> Probe | Unplanned:
    """The gradient at the step against one batch's."""
    step = place[0]
    if step.optimizer is None or not step.optimizer.follows_scale:
        return Unplanned("the optimizer does not follow the size of the gradients")
    losses = [event.array for event in program.trace.concerning(*place, "backward")]
    if any(loss is None or not _mean(loss) for loss in losses):
        return Unplanned("the loss is not known to be the mean over a batch")
    return _turns(place, program, "added")


def _mean(loss: Array) -> bool:
    while loss.op == "scaled":
        loss = loss.inputs[0]
    return loss.op == "loss" and known(loss.settings.get("reduction")) == "mean"


def _scaled(backwards: list[Event]) -> bool:
    return any(
        event.array is not None and known(event.array.settings.get("scaled")) is True for event in backwards
    )  # fmt: skip


def _turns(place: Place, program: Program, wanted: str) -> Probe | Unplanned:
    """The moves of one turn, in order."""
    anchor, turn = place
    trace = program.trace
    changed = [clip for clip in trace.concerning(anchor, turn, "clip") if "limit" not in clip.settings]
    if changed or trace.concerning(anchor, turn, *HIDDEN):
        return Unplanned("code that cannot be seen may handle the gradients")
    if anchor.doubtful or not anchor.layers:
        return Unplanned("the network is not known")
    events = trace.concerning(anchor, turn, *(MOVES if wanted in {"unlimited", "strangled"} else WITHOUT_CLIPS))
    others = any(event.how == "step" and event not in events for event in trace.during(turn))
    if others and len({event.site for event in events if event.how == "backward"}) > 1:
        return Unplanned("several networks are trained in one turn")
    shared = set(anchor.branches).intersection(*(event.branches for event in events))
    moves = [_move(event, shared) for event in events]
    told = [move for move in moves if move is not None]
    if len(told) < len(moves):
        return Unplanned("what a turn does depends on a condition")
    if len(told) > MOST_MOVES:
        return Unplanned("a turn does too much for a probe")
    if wanted != "still" and not any(move.how == "step" for move in told):
        return Unplanned("the step is not made in this loop")
    layer = next((one for one in program.layers if one.framework == "torch" and one.recurrent), None)
    return Turns(layer_spec(layer) if layer is not None else USUAL, tuple(told), wanted)


def _move(event: Event, shared: set[Branch]) -> Move | None:
    """None where it is not known whether it is made."""
    conditions = [branch for branch in event.branches if branch not in shared]
    periods = [known(branch.period) for branch in conditions]
    if event.doubtful or len(periods) > 1 or not all(type(one) is int and 0 < one <= MOST_PERIOD for one in periods):
        return None
    settings = {"every": periods[0]} if periods else {}
    if event.how == "clip":
        limit = known(event.settings.get("limit"))
        by = known(event.settings.get("by"))
        if (
            not isinstance(limit, int | float)
            or not 0 < limit < math.inf
            or not isinstance(by, str)
            or not by.startswith("clip_")
        ):
            return None
        return Move(event.how, by=by, limit=float(limit), **settings)
    return Move(event.how, scaled=event.how == "backward" and _scaled([event]), **settings)


@planner("RNN605")
def undetached(subject: tuple[Array, bool, bool], program: Program) -> Probe | Unplanned:
    """Two turns with this state."""
    cell, retained, stepped = subject
    if cell.layer is None or not cell.layer.recurrent:
        return Unplanned("the layer that carries the state is not rebuilt")
    return Carried(layer_spec(cell.layer), detached=False, retained=retained, stepped=stepped)
