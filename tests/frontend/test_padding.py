"""Sequences made equal: by a library's helper, by hand, before or behind."""

from __future__ import annotations

import pytest

from rnnlint.program.data import Padding
from rnnlint.program.value import known
from tests.frontend.support import array_after, build

HEAD = """
import numpy as np
import tensorflow as tf
import torch
from keras.utils import pad_sequences
from keras.preprocessing.text import Tokenizer
from torch.nn.utils.rnn import pad_sequence
texts = open("texts.txt").readlines()
tokens = Tokenizer()
ids = tokens.texts_to_sequences(texts)
clips = [np.load(name) for name in open("clips.txt")]
longest = max(len(clip) for clip in clips)
"""


def only_padding(code: str) -> Padding:
    found = {(padding.site, known(padding.side), padding.how): padding for padding in build(HEAD + code).paddings}
    (padding,) = found.values()
    return padding


@pytest.mark.parametrize(
    "code, side, how",
    [
        ("pad_sequences(ids)", "pre", "pad_sequences"),
        ("pad_sequences(ids, maxlen=50, padding='post')", "post", "pad_sequences"),
        ("pad_sequences(ids, 50, 'int32', 'post')", "post", "pad_sequences"),
        ("SIDE = 'post'\npad_sequences(ids, padding=SIDE)", "post", "pad_sequences"),
        ("tf.keras.preprocessing.sequence.pad_sequences(ids)", "pre", "pad_sequences"),
        ("pad_sequence([torch.tensor(c) for c in clips])", "post", "pad_sequence"),
        ("pad_sequence([torch.tensor(c) for c in clips], padding_side='left')", "pre", "pad_sequence"),
        ("[np.pad(c, ((0, longest - len(c)), (0, 0))) for c in clips]", "post", "np.pad"),
        ("[np.pad(c, ((longest - len(c), 0), (0, 0)), 'constant') for c in clips]", "pre", "np.pad"),
        ("x = np.zeros((900, longest, 4))\nfor i, c in enumerate(clips):\n    x[i, :len(c)] = c", "post", "np.zeros"),
        ("x = np.zeros((900, longest, 4))\nfor i, c in enumerate(clips):\n    x[i, -len(c):] = c", "pre", "np.zeros"),
        ("x = [t + [0] * (50 - len(t)) for t in texts]", "post", "adding to each list"),
        ("x = [[0] * (50 - len(t)) + t for t in texts]", "pre", "adding to each list"),
        ("[np.vstack([c, np.zeros((longest - len(c), 4))]) for c in clips]", "post", "adding zeros"),
        ("[np.concatenate([np.zeros((longest - c.shape[0], 4)), c]) for c in clips]", "pre", "adding zeros"),
    ],
)
def test_side_and_means_of_padding(code: str, side: str, how: str) -> None:
    padding = only_padding(code)
    assert (known(padding.side), padding.how) == (side, how)


@pytest.mark.parametrize(
    "code, of_floats",
    [
        ("pad_sequences(ids)", False),
        ("pad_sequences(clips, dtype='float32')", True),
        ("[np.pad(c, ((0, longest - len(c)), (0, 0))) for c in clips]", True),
        ("pad_sequence([torch.tensor(c) for c in clips])", True),
        ("[t + [0] * (50 - len(t)) for t in texts]", False),
        ("[t + [0.0] * (50 - len(t)) for t in texts]", True),
        ("x = np.zeros((900, longest), dtype='int64')\nfor i, c in enumerate(clips):\n    x[i, :len(c)] = c", False),
    ],
)
def test_padding_of_numbers_or_of_words(code: str, of_floats: bool) -> None:
    assert only_padding(code).of_floats is of_floats


@pytest.mark.parametrize(
    "code",
    [
        "x = np.zeros((900, 40, 4))\nfor i, c in enumerate(clips):\n    x[i, :40] = c",
        "x = np.zeros((900, 40, 4))\nfor i, c in enumerate(clips):\n    x[i] = c",
        "x = np.zeros((1, 9))\nx[0, :len(clips)] = clips[0]",
        "s = np.random.randn(500)\npad_sequences([s[i:i + 30] for i in range(470)])",
        "s = np.random.randn(500)\npad_sequences([s[i:i + 30] for i in range(470)], maxlen=20)",
        "np.pad(clips[0], ((0, 5), (0, 0)))",
        "[np.pad(c, ((0, longest - len(c)), (0, 0)), mode='edge') for c in clips]",
        "pad_sequence([torch.tensor(clips[0])])",
        "zeros = [0] * 40",
        "zeros = np.zeros((longest, 4))",
    ],
)
def test_nothing_is_filled_up(code: str) -> None:
    assert build(HEAD + code).paddings == ()


@pytest.mark.parametrize(
    "expression, padded",
    [
        ("x", True),
        ("x[:50]", True),
        ("x.astype('float32')", True),
        ("torch.tensor(x)", True),
        ("tf.keras.layers.Embedding(9, 4)(x)", True),
        ("tf.keras.layers.LSTM(4, return_sequences=True)(x)", True),
        ("tf.keras.layers.LSTM(4)(x)", False),
        ("tf.keras.layers.GlobalAveragePooling1D()(x)", False),
    ],
)
def test_padding_stays_with_the_array(expression: str, padded: bool) -> None:
    array = array_after(f"{HEAD}x = pad_sequences(ids, maxlen=40)\n", expression)
    assert (array.padding is not None) is padded


def test_padding_to_a_length_is_the_number_of_steps() -> None:
    assert array_after(f"{HEAD}x = pad_sequences(ids, maxlen=40)\n", "x").shape == (None, 40)


def test_padded_batches_of_a_data_set() -> None:
    program = build(
        f"{HEAD}d = tf.data.Dataset.from_generator(lambda: ids).padded_batch(8)\nfor batch in d:\n    pass\n"
    )
    assert [padding.how for padding in program.paddings] == ["padded_batch"]


def test_packed_batch_is_not_padded() -> None:
    program = build(
        f"{HEAD}from torch.nn.utils.rnn import pack_padded_sequence\n"
        "x = pad_sequence([torch.tensor(c) for c in clips])\n"
        "rnn = torch.nn.GRU(4, 5)\nrnn(pack_padded_sequence(x, sizes))\n"
    )
    assert program.inputs_of(program.layers[0])[0].padding is None
