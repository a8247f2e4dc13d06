"""Keras: networks that are not trained, or only in part."""

from __future__ import annotations

from typing import Any

import pytest

np: Any = pytest.importorskip("numpy")
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


def slopes_of_units(head: str) -> Any:
    """The gradients of an LSTM's recurrent kernel, by gate and unit, where its own weights are all 0.1."""
    inputs, targets = waves()
    start = keras.initializers.Constant(0.1)
    cell = layers.LSTM(4, kernel_initializer=start, recurrent_initializer=start)
    output = layers.Dense(1, kernel_initializer=start if head == "constant" else head)
    with tf.GradientTape() as tape:
        loss = tf.reduce_mean((output(cell(inputs)) - targets) ** 2)
    return tape.gradient(loss, cell.trainable_variables[0]).numpy().reshape(4, 4)


def test_rnn509_constant_weights_keep_units_alike() -> None:
    for head, alike in (("constant", True), ("glorot_uniform", False)):
        slopes = slopes_of_units(head)
        assert np.abs(slopes).max() > 1e-4
        assert np.allclose(slopes, slopes[:, :1], rtol=1e-4, atol=1e-8) == alike
