"""Masks in Keras itself: RNN303. Needs TensorFlow."""

from __future__ import annotations

import warnings
from importlib.metadata import version
from typing import Any

import numpy as np

from scripts.measure.record import Figure


def _between() -> dict[str, Any]:
    import keras
    from keras import layers

    return {
        "nothing": lambda: lambda x: x,
        "Dense": lambda: layers.Dense(16),
        "Dropout": lambda: layers.Dropout(0.5),
        "LayerNormalization": layers.LayerNormalization,
        "Conv1D": lambda: layers.Conv1D(16, 3, padding="same"),
        "MaxPooling1D": lambda: layers.MaxPooling1D(2),
        "Reshape": lambda: layers.Reshape((-1, 16)),
        "Lambda": lambda: layers.Lambda(lambda x: x * 2.0),
        "x * 2": lambda: lambda x: x * 2.0,
        "keras.ops.relu": lambda: keras.ops.relu,
    }


def rnn303_more_padding() -> None:
    import keras

    figure = Figure(
        "RNN303-change",
        "How far 16 more padded steps move the output",
        "between Embedding(mask_zero=True) and LSTM",
        "relative change of the output",
        "Embedding of 16 dimensions, LSTM of 32 units, 16 texts of 12 tokens with 8 and with 24 padded steps behind "
        "them. 0: the mask is kept",
        "0 to 4",
        f"Keras {version('keras')} on TensorFlow {version('tensorflow')} (CPU)",
        kind="bars",
    )
    for name, make in _between().items():
        changes = []
        for seed in range(5):
            keras.utils.set_random_seed(seed)
            embedding, layer, rnn = keras.layers.Embedding(100, 16, mask_zero=True), make(), keras.layers.LSTM(32)
            tokens = np.random.default_rng(seed).integers(1, 100, (16, 12))
            with warnings.catch_warnings():
                warnings.simplefilter("ignore")
                short, long = (
                    np.asarray(rnn(layer(embedding(np.pad(tokens, ((0, 0), (0, pads))))))) for pads in (8, 24)
                )
            changes.append(float(np.abs(short - long).mean() / np.abs(short).mean()))
        figure.add("change", name, changes)
    figure.write()
