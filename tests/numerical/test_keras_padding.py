"""Keras: padded features and embeddings."""

from __future__ import annotations

from typing import Any

import pytest

tf: Any = pytest.importorskip("tensorflow")
keras: Any = tf.keras
layers: Any = tf.keras.layers
pytestmark = pytest.mark.keras

UNITS = 8


@pytest.fixture(autouse=True)
def seed() -> None:
    keras.utils.set_random_seed(1)


def test_rnn302_fractions_padded_as_whole_numbers_are_all_zero() -> None:
    series = [[0.1, 0.9, 0.4], [0.5], [0.7, 0.2]]
    bad = keras.utils.pad_sequences(series)
    good = keras.utils.pad_sequences(series, dtype="float32")
    assert bad.dtype.kind == "i"
    assert abs(bad).max() == 0
    assert good.max() == pytest.approx(0.9)


def test_rnn302_fractions_padded_as_whole_numbers_give_one_output() -> None:
    values = tf.random.uniform((20, 6), seed=1).numpy()
    series = [row[: 3 + number % 4].tolist() for number, row in enumerate(values)]
    layer = layers.LSTM(UNITS)
    bad = layer(keras.utils.pad_sequences(series)[:, :, None].astype("float32")).numpy()
    good = layer(keras.utils.pad_sequences(series, dtype="float32")[:, :, None]).numpy()
    assert bad.std(axis=0).max() == 0.0
    assert good.std(axis=0).max() > 1e-3


def test_rnn308_id_beyond_the_table_raises() -> None:
    word_index = {"the": 1, "cat": 2, "sat": 3}
    ids = tf.constant([[1, 2, 3]])
    bad = keras.Sequential([layers.Input((3,)), layers.Embedding(len(word_index), 2), layers.LSTM(UNITS)])
    good = keras.Sequential([layers.Input((3,)), layers.Embedding(len(word_index) + 1, 2), layers.LSTM(UNITS)])
    with pytest.raises(tf.errors.InvalidArgumentError, match=r"not in \[0, 3\)"):
        bad(ids)
    with pytest.raises(tf.errors.InvalidArgumentError, match=r"not in \[0, 3\)"):
        bad.predict(ids, verbose=0)
    assert good(ids).shape == (1, UNITS)


def test_rnn309_embedded_fractions_give_one_output_for_every_series() -> None:
    series = tf.random.uniform((20, 6), seed=1)
    bad = layers.LSTM(UNITS)(layers.Embedding(50, 4)(series)).numpy()
    good = layers.LSTM(UNITS)(layers.Dense(4)(series[:, :, None])).numpy()
    assert bad.std(axis=0).max() < 1e-6
    assert good.std(axis=0).max() > 1e-3
