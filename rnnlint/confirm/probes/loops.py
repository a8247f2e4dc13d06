"""Probes of training loops: the program's own order of gradients, clipping and steps, around a small network."""

from __future__ import annotations

import msgspec

from rnnlint.confirm.graph import LayerSpec
from rnnlint.confirm.probes.base import Probe


class Move(msgspec.Struct, frozen=True):
    """Something that a turn of the loop does: "backward", "zero_grad", "step", "clip" or "unscale".

    It does it in every `every`-th turn. Gradients of mixed precision are `scaled`; clipping is `by` a function to a
    `limit`.
    """

    how: str
    every: int = 1
    scaled: bool = False
    by: str = "clip_grad_norm_"
    limit: float = 1.0


class Turns(Probe, frozen=True):
    """What comes of some turns of this loop?

    `wanted` names what confirms: "grown" (gradients that add up from step to step), "unlimited" (that exceed the limit
    when they are used), "strangled" (of which hardly anything is used), "added" (those of several batches in one step),
    "still" (weights that do not change).
    """

    engine = "torch"
    layer: LayerSpec
    moves: tuple[Move, ...]
    wanted: str


class Carried(Probe, frozen=True):
    """Does the second backward pass raise for a state that one turn takes over from the turn before?"""

    engine = "torch"
    layer: LayerSpec
    detached: bool
    retained: bool = False
    stepped: bool = True
