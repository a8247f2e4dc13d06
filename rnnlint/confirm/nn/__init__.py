"""The engine that rebuilds PyTorch networks."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from rnnlint.confirm.measurement import Measurement
from rnnlint.confirm.nn import loops, losses, recurrence, refusal

RUNS: dict[str, Callable[[Any], Measurement]] = {
    "Leak": recurrence.leak,
    "Unread": recurrence.unread,
    "InertDropout": recurrence.inert_dropout,
    "PaddedReading": recurrence.padded_reading,
    "Refused": refusal.refused,
    "Packing": refusal.packing,
    "HeadLossTorch": losses.head_loss,
    "Turns": loops.turns,
    "Carried": loops.carried,
}
