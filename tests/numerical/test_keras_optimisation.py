"""Keras: networks that are not trained, or only in part."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

tf: Any = pytest.importorskip("tensorflow")
keras: Any = tf.keras
layers: Any = tf.keras.layers
pytestmark = pytest.mark.keras


@pytest.fixture(autouse=True)
def seed() -> None:
    keras.utils.set_random_seed(1)


def waves(count: int = 128, steps: int = 6) -> tuple[Any, Any]:
    """Windows of sine waves of their own phase and speed, with the value that follows."""
    numbers = np.random.default_rng(1)
    phase, speed = numbers.uniform(0, 6.28, (count, 1)), numbers.uniform(0.2, 0.6, (count, 1))
    values = np.sin(phase + speed * np.arange(steps + 1)).astype("float32")
    return values[:, :-1, None], values[:, -1:]


def test_rnn508_untrained_network_predicts_nearly_one_value() -> None:
    inputs, targets = waves()
    network = keras.Sequential([layers.Input(inputs.shape[1:]), layers.LSTM(16), layers.Dense(1)])
    network.compile(optimizer=keras.optimizers.Adam(1e-2), loss="mse")
    assert float(np.std(network(inputs)) / targets.std()) < 0.3
    network.fit(inputs, targets, epochs=10, batch_size=16, verbose=0)
    assert float(np.std(network(inputs)) / targets.std()) > 0.8
