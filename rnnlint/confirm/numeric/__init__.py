"""The engine that needs numpy alone: small recurrent networks, trained for many seeds at once."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from rnnlint.confirm.measurement import Measurement
from rnnlint.confirm.numeric import arithmetic, dynamics, learning, losses, sequences

RUNS: dict[str, Callable[[Any], Measurement]] = {
    "Runaway": dynamics.runaway,
    "Fading": dynamics.fading,
    "Saturation": dynamics.saturation,
    "SingleStep": dynamics.single_step,
    "Collapse": learning.collapse,
    "Rate": learning.rate,
    "Strangling": learning.strangling,
    "PaddingContrast": sequences.padding_contrast,
    "GateRange": arithmetic.gate_range,
    "Floor": arithmetic.floor,
    "SelfLoss": arithmetic.self_loss,
    "Reordering": arithmetic.reordering,
    "ExactMatches": arithmetic.exact_matches,
    "NearZero": arithmetic.near_zero,
    "SoftmaxSpread": arithmetic.softmax_spread,
    "Cutoff": arithmetic.cutoff,
    "Rows": arithmetic.rows,
    "Fitting": arithmetic.fitting,
    "HeadLoss": losses.head_loss,
    "Alike": learning.alike,
}
