"""Probes as data: what a worker is asked to measure, complete in itself and small enough to send as JSON."""

from __future__ import annotations

from rnnlint.confirm.probes.base import CellSpec, Distribution, Probe
from rnnlint.confirm.probes.cell import (
    Fading,
    GateRange,
    InertDropout,
    Leak,
    LeakKeras,
    Reordering,
    Runaway,
    Saturation,
    SingleStep,
    Unread,
    UnreadKeras,
)
from rnnlint.confirm.probes.learning import Alike, Collapse, Rate, Strangling
from rnnlint.confirm.probes.loops import Carried, Move, Turns
from rnnlint.confirm.probes.losses import HeadLoss, HeadLossKeras, HeadLossTorch, Labels
from rnnlint.confirm.probes.output import ExactMatches, Floor, NearZero, SelfLoss, SoftmaxSpread
from rnnlint.confirm.probes.own import OwnNetwork
from rnnlint.confirm.probes.padding import Cutoff, MorePadding, PaddedReading, PaddingContrast
from rnnlint.confirm.probes.refusal import Fitting, Packing, Refused, RefusedKeras, Rows

__all__ = [
    "Alike",
    "Carried",
    "CellSpec",
    "Collapse",
    "Cutoff",
    "Distribution",
    "ExactMatches",
    "Fading",
    "Fitting",
    "Floor",
    "GateRange",
    "HeadLoss",
    "HeadLossKeras",
    "HeadLossTorch",
    "InertDropout",
    "Labels",
    "Leak",
    "LeakKeras",
    "MorePadding",
    "Move",
    "NearZero",
    "OwnNetwork",
    "Packing",
    "PaddedReading",
    "PaddingContrast",
    "Probe",
    "Rate",
    "Refused",
    "RefusedKeras",
    "Reordering",
    "Rows",
    "Runaway",
    "Saturation",
    "SelfLoss",
    "SingleStep",
    "SoftmaxSpread",
    "Strangling",
    "Turns",
    "Unread",
    "UnreadKeras",
]
