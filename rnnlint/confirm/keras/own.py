"""Probes of a user's own Keras model, without knowing what stands in it."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import keras
import numpy as np
import tensorflow as tf

from rnnlint.confirm.keras.recurrence import kernel_share
from rnnlint.confirm.measurement import Measurement, above
from rnnlint.confirm.probes import OwnNetwork
from rnnlint.finding import Outcome

SEED = 0
REAL, FEW, MANY = 5, 8, 24


def _inputs(probe: OwnNetwork) -> Any:
    rng = np.random.default_rng(SEED)
    if probe.high:
        return rng.integers(1, probe.high, probe.shape)
    return rng.standard_normal(probe.shape).astype("float32")


def unread(network: Any, probe: OwnNetwork) -> Measurement:
    """The share of the recurrent layers' kernels whose gradient is exactly 0."""
    keras.utils.set_random_seed(SEED)
    inputs = _inputs(probe)
    with tf.GradientTape() as tape:
        output = network(inputs)
        loss = tf.reduce_sum(output * tf.random.normal(tf.shape(output)))
    layers = [layer for layer in network._flatten_layers() if isinstance(layer, keras.layers.RNN)]
    value = kernel_share(layers, loss, tape)
    outcome = Outcome.CONFIRMED if value > 0.0 else Outcome.REFUTED
    return Measurement(outcome, "share of recurrent kernels with a gradient of exactly 0", value, 0.0, (SEED,))


def more_padding(network: Any, probe: OwnNetwork) -> Measurement:
    """|o(24 pads) - o(8 pads)| / |o(8 pads)|."""
    keras.utils.set_random_seed(SEED)
    real = _inputs(probe)[:, :REAL]
    few, many = (
        np.asarray(network(np.concatenate([real, np.zeros((len(real), pads, *real.shape[2:]), real.dtype)], axis=1)))
        for pads in (FEW, MANY)
    )
    change = float(np.linalg.norm(many - few)) / max(float(np.linalg.norm(few)), 1e-12)
    return above("change of the output by 16 more padding steps", change, 0.01, 1e-4, seeds=(SEED,))


CHECKS: dict[str, Callable[[Any, OwnNetwork], Measurement]] = {"unread": unread, "more_padding": more_padding}
