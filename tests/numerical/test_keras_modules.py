"""Keras: networks of the program's own class."""

from __future__ import annotations

from typing import Any

import pytest

tf: Any = pytest.importorskip("tensorflow")
keras: Any = tf.keras
pytestmark = pytest.mark.keras


def head(initialised: bool) -> Any:
    """A layer of its own class, whose library class is initialised or not."""

    class Head(keras.layers.Layer):  # type: ignore[misc]
        def __init__(self) -> None:
            if initialised:
                super().__init__()
            self.dense = keras.layers.Dense(1)

        def call(self, inputs: Any) -> Any:
            return self.dense(inputs)

    return Head()


def test_rnn611_a_layer_that_is_not_initialised_cannot_be_called() -> None:
    x = tf.zeros((2, 3))
    with pytest.raises(RuntimeError, match=r"super\(\).__init__\(\)"):
        head(initialised=False)(x)
    assert head(initialised=True)(x).shape == (2, 1)
