"""The engine that rebuilds Keras networks on TensorFlow."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from rnnlint.confirm.keras import losses, recurrence, refusal
from rnnlint.confirm.measurement import Measurement

RUNS: dict[str, Callable[[Any], Measurement]] = {
    "UnreadKeras": recurrence.unread,
    "MorePadding": recurrence.more_padding,
    "LeakKeras": recurrence.leak,
    "RefusedKeras": refusal.refused,
    "HeadLossKeras": losses.head_loss,
}
