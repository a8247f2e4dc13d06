"""Indices of tokens: where they begin, where they end, and what is padded with."""

from __future__ import annotations

import pytest

from rnnlint.program.data import Kind
from rnnlint.program.size import Linear, add, known_int
from rnnlint.program.value import known
from tests.frontend.support import array_after, build

WORDS = """
import numpy as np
lines = open('a.txt').read().splitlines()
words = sorted({word for line in lines for word in line.split()})
"""
LOOKUP = "np.array([[index[w] for w in line.split()] for line in lines])"


def indexed(index: str) -> str:
    """Words and their indices."""
    return f"{WORDS}index = {index}\n"


@pytest.mark.parametrize(
    "index, first",
    [
        ("{w: i for i, w in enumerate(words)}", 0),
        ("{w: i for i, w in enumerate(words, start=1)}", 1),
        ("{w: i + 2 for i, w in enumerate(words)}", 2),
        ("dict((w, i) for i, w in enumerate(words))", 0),
    ],
)
def test_indices_of_an_enumerated_vocabulary(index: str, first: int) -> None:
    tokens = array_after(indexed(index), LOOKUP).quantity
    assert (tokens.kind, tokens.low) == (Kind.TOKENS, first)


def test_the_last_index_is_known_next_to_the_size_of_the_vocabulary() -> None:
    code = indexed("{w: i for i, w in enumerate(words, start=1)}")
    layer = build(f"from torch import nn\n{code}embed = nn.Embedding(len(index), 8)\n").layers[-1]
    last = array_after(code, LOOKUP).quantity.last
    rows = known(layer.settings["input_dim"])
    assert last is not None
    assert isinstance(last, Linear)
    assert isinstance(rows, Linear)
    assert rows.constant == last.constant


def test_special_tokens_leave_the_numbering_open() -> None:
    code = indexed("{w: i for i, w in enumerate(['<pad>'] + words)}")
    program = build(f"{code}x = {LOOKUP}\n")
    assert all(array.quantity.last is None for array in program.arrays)


def test_words_outside_the_vocabulary_get_the_default() -> None:
    code = indexed("{w: i for i, w in enumerate(words, start=1)}")
    tokens = array_after(code, "np.array([[index.get(w, 0) for w in line.split()] for line in lines])").quantity
    assert tokens.low == 0


def test_a_tokenizer_counts_from_one() -> None:
    code = """
from keras.preprocessing.text import Tokenizer
tokenizer = Tokenizer()
tokenizer.fit_on_texts(open('a.txt'))
x = tokenizer.texts_to_sequences(open('a.txt'))
"""
    quantity = array_after(code, "x").quantity
    assert (quantity.low, quantity.last is not None) == (1, True)


def test_a_limited_tokenizer_stays_below_its_limit() -> None:
    code = "from keras.preprocessing.text import Tokenizer\nx = Tokenizer(num_words=500).texts_to_sequences([])\n"
    assert known_int(array_after(code, "x").quantity.last) == 499


def test_sizes_of_a_vocabulary_with_entries_added_later() -> None:
    code = indexed("{w: i + 1 for i, w in enumerate(words)}") + "index['<pad>'] = 0\n"
    layer = build(f"from torch import nn\n{code}embed = nn.Embedding(len(index), 8)\n").layers[-1]
    last = array_after(code, LOOKUP).quantity.last
    rows = known(layer.settings["input_dim"])
    assert last is not None
    assert rows.constant == add(last, 1).constant  # type: ignore[union-attr]


def test_padding_keeps_its_value() -> None:
    code = "from keras.utils import pad_sequences\nx = pad_sequences(open('a.txt'), value=7)\n"
    padding = array_after(code, "x").padding
    assert padding is not None
    assert known(padding.value) == 7
