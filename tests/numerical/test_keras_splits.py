"""Keras: what fit takes for samples."""

from __future__ import annotations

from typing import Any

import pytest

np: Any = pytest.importorskip("numpy")
keras: Any = pytest.importorskip("keras")
pytestmark = pytest.mark.keras


def network(features: int) -> Any:
    layers = keras.layers
    model = keras.Sequential([keras.Input((None, features)), layers.SimpleRNN(2), layers.Dense(1)])
    model.compile("sgd", "mse", run_eagerly=True)
    return model


@pytest.mark.parametrize(("steps", "samples"), [(20, 500), (5, 8), (8, 5), (1, 3), (3, 1), (64, 32)])
def test_rnn415_steps_before_samples_are_refused(steps: int, samples: int) -> None:
    with pytest.raises(ValueError, match="cardinality"):
        network(3).fit(np.zeros((steps, samples, 3)), np.zeros(samples), verbose=0)


def test_rnn415_samples_before_steps_are_taken() -> None:
    assert network(3).fit(np.zeros((4, 20, 3)), np.zeros(4), verbose=0).history["loss"]
