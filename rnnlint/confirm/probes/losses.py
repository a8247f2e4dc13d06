"""Probes of a loss behind the head of a network, with free numbers in the place of what the network computes."""

from __future__ import annotations

import msgspec

from rnnlint.confirm.probes.base import Probe


class Labels(msgspec.Struct, frozen=True):
    """Labels drawn at random: "numbers" from `low` to `high`, or "one-hot" rows.

    `columns` is the size of their second axis; 0 where they have none. Their type holds whole numbers where `whole`.
    """

    kind: str
    low: int = 0
    high: int = 1
    columns: int = 0
    whole: bool = True


class HeadLoss(Probe, frozen=True):
    """What does a loss say of random outputs, and of those that are as right as this head lets them be?

    `wanted` names what confirms: "raises", "negative" (a loss below 0), "dead" (outputs without a gradient), "empty"
    (a loss of 0 for random outputs), "floor" (a loss that the best outputs cannot bring down), "shrunk" (gradients
    smaller than the categorical loss's). The output is flat where `squeezed`; `rearranged` says that an operation
    stands between head and loss.
    """

    activation: str
    columns: int
    loss: str
    labels: Labels
    wanted: tuple[str, ...]
    from_logits: bool = False
    squeezed: bool = False
    rearranged: bool = False


class HeadLossTorch(HeadLoss, frozen=True):
    """The same with PyTorch's own losses."""

    engine = "torch"


class HeadLossKeras(HeadLoss, frozen=True):
    """The same with Keras' own, which look behind the head on TensorFlow."""

    engine = "tensorflow"
