"""Random training loops with a fault in their order, and their twins without."""

from __future__ import annotations

from random import Random

import msgspec

from benchmarks.confirm.networks import LAST, Maker, cell, read, recurrent_spec
from rnnlint.confirm.graph import Graph, LayerSpec, Node
from rnnlint.confirm.probes import Alike, Carried, Move, Probe, Turns, Unread

BACKWARD, CLEAR, STEP, UNSCALE = (Move(how) for how in ("backward", "zero_grad", "step", "unscale"))
SCALED = Move("backward", scaled=True)


def layer(random: Random) -> LayerSpec:
    """A recurrent layer, in one direction or both."""
    both = random.random() < 0.3
    return recurrent_spec(random, bidirectional=both, num_layers=random.choice((1, 2)))


def clip(random: Random) -> Move:
    """Clipping to some limit."""
    by = random.choice(("clip_grad_norm_", "clip_grad_value_"))
    return Move("clip", by=by, limit=10 ** random.uniform(-2.0, 2.0))


def every(move: Move, period: int) -> Move:
    """The same in every so many turns."""
    return Move(move.how, period, move.scaled, move.by, move.limit)


def cleared(random: Random) -> tuple[Move, ...]:
    """A turn that clears its gradients, at its start or its end, or after some batches."""
    period = random.choice((1, 1, 2, 4, 8))
    if period > 1:
        return (BACKWARD, every(STEP, period), every(CLEAR, period))
    return random.choice(((CLEAR, BACKWARD, STEP), (BACKWARD, STEP, CLEAR)))


def uncleared(random: Random) -> tuple[Move, ...]:
    """A turn that never does."""
    return random.choice(((BACKWARD, STEP), (SCALED, STEP), (BACKWARD, every(STEP, random.choice((2, 4))))))


def clipped(random: Random, faulty: bool) -> Probe:
    """Clipping before, between and after."""
    limit = clip(random)
    sound = ((CLEAR, BACKWARD, limit, STEP), (BACKWARD, limit, STEP, CLEAR), (CLEAR, BACKWARD, BACKWARD, limit, STEP))
    wrong = ((CLEAR, limit, BACKWARD, STEP), (CLEAR, BACKWARD, STEP, limit), (limit, CLEAR, BACKWARD, STEP))
    return Turns(layer(random), random.choice(wrong if faulty else sound), "unlimited")


def clipped_scaled(random: Random, faulty: bool) -> Probe:
    """Clipping in mixed precision."""
    limit = clip(random)
    moves = (CLEAR, SCALED, limit, STEP) if faulty else (CLEAR, SCALED, UNSCALE, limit, STEP)
    return Turns(layer(random), moves, "strangled")


def used(random: Random, faulty: bool) -> Probe:
    """Gradients cleared before they are used, or a step that is never made."""
    wrong = random.choice(((BACKWARD, CLEAR, STEP), (CLEAR, BACKWARD)))
    return Turns(layer(random), wrong if faulty else cleared(random), "still")


def summed(random: Random, faulty: bool) -> Probe:
    """Gradients of several batches in one step."""
    period = random.randint(2, 32)
    moves = (BACKWARD, every(STEP, period), every(CLEAR, period)) if faulty else (CLEAR, BACKWARD, STEP)
    return Turns(layer(random), moves, "added")


def handed_on(random: Random, detached: bool) -> Probe:
    """A state that goes from turn to turn."""
    retained = random.random() < 0.5
    return Carried(layer(random), detached, retained=retained, stepped=retained or random.random() < 0.5)


def cut(random: Random, faulty: bool) -> Probe:
    """A head behind a cut, or behind none."""
    graph = read(random, layer(random), *LAST)
    nodes = [*graph.nodes, *([Node("cut", (len(graph.nodes) - 1,))] if faulty else [])]
    nodes.append(Node("apply", (len(nodes) - 1,), 1))
    head = LayerSpec("dense", "Linear", {"units": random.randint(1, 9)})
    return Unread(Graph("torch", (*graph.layers, head), tuple(nodes)), whole=True)


def started(random: Random, faulty: bool) -> Probe:
    """Kernels that start with one value, all of them or some."""
    values: list[float | None] = [random.choice((0.0, 1.0, random.uniform(-0.5, 0.5))) for _ in range(3)]
    if not faulty:
        values = [None if place == 0 or random.random() < 0.5 else 0.05 for place in range(3)]
    return Alike(msgspec.structs.replace(cell(random), start="keras"), *values)


LOOPS: dict[str, tuple[Maker, Maker]] = {
    "RNN504 Unread (whole)": (lambda r: cut(r, True), lambda r: cut(r, False)),
    "RNN509 Alike": (lambda r: started(r, True), lambda r: started(r, False)),
    "RNN601 Turns (grown)": (
        lambda r: Turns(layer(r), uncleared(r), "grown"),
        lambda r: Turns(layer(r), cleared(r), "grown"),
    ),
    "RNN602 Turns (unlimited)": (lambda r: clipped(r, True), lambda r: clipped(r, False)),
    "RNN602 Turns (strangled)": (lambda r: clipped_scaled(r, True), lambda r: clipped_scaled(r, False)),
    "RNN603 Turns (still)": (lambda r: used(r, True), lambda r: used(r, False)),
    "RNN605 Carried": (lambda r: handed_on(r, False), lambda r: handed_on(r, True)),
    "RNN614 Turns (added)": (lambda r: summed(r, True), lambda r: summed(r, False)),
}
