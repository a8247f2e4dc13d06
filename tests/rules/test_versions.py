"""What a project asks for decides whether a removed name or a second Keras is reported."""

from __future__ import annotations

from pathlib import Path

import pytest

from rnnlint.finding import Confidence
from tests.rules.support import findings_in

OLD_NAMES = """
from keras.layers import LSTM, Dense
from keras.models import Sequential
from keras.optimizers import Adam

model = Sequential([LSTM(8, input_shape=(9, 2)), Dense(1)])
model.compile(Adam(lr=0.01, clipnorm=1.0), "mse")
"""
TWO_COPIES = """
from keras.layers import LSTM
import tensorflow as tf

model = tf.keras.Sequential([LSTM(8, input_shape=(9, 2)), tf.keras.layers.Dense(1)])
model.compile(tf.keras.optimizers.Adam(clipnorm=1.0), "mse")
"""
PRIVATE_COPY = TWO_COPIES.replace("from keras", "from tensorflow.python.keras")
FIELDS = """
import torch
from torchtext.data import Field

text = Field(lower=True)
rnn = torch.nn.LSTM(3, 4)
"""


def codes(text: str, asked: str, folder: Path) -> list[str]:
    (folder / "requirements.txt").write_text(asked)
    (folder / "train.py").write_text(text)
    return [finding.code for finding in findings_in([folder / "train.py"])]


@pytest.mark.parametrize(
    ("asked", "found"),
    [
        ("", ["RNN702"]),
        ("keras", ["RNN702"]),
        ("keras>=2.4", ["RNN702"]),
        ("keras==3.3.3", ["RNN702"]),
        ("tensorflow>=2.16", ["RNN702"]),
        ("keras==2.3.1", []),
        ("keras<3", []),
        ("tensorflow==2.15.0", []),
        ("tensorflow<2.16", []),
        ("tensorflow-gpu==1.14", []),
    ],
)
def test_keras_names(asked: str, found: list[str], tmp_path: Path) -> None:
    assert codes(OLD_NAMES, asked, tmp_path) == found


def test_a_new_version_that_is_asked_for_makes_it_certain(tmp_path: Path) -> None:
    codes(OLD_NAMES, "keras>=3", tmp_path)
    (finding,) = findings_in([tmp_path / "train.py"])
    assert finding.confidence is Confidence.HIGH


@pytest.mark.parametrize(
    ("asked", "found"),
    [
        ("", ["RNN703"]),
        ("torchtext==0.8.1", []),
        ("torch==1.7.1", []),
        ("torch==1.8", ["RNN703"]),
        ("torch>=2.2", ["RNN703"]),
    ],
)
def test_torchtext_names(asked: str, found: list[str], tmp_path: Path) -> None:
    assert codes(FIELDS, asked, tmp_path) == found


@pytest.mark.parametrize(
    ("asked", "found"),
    [
        ("", []),
        ("tensorflow==2.15", []),
        ("tensorflow==2.3\nkeras==2.4.3", []),
        ("tensorflow==2.3\nkeras==2.3.1", ["RNN701"]),
        ("tensorflow==2.10\nkeras>=3.0", ["RNN701"]),
    ],
)
def test_two_copies(asked: str, found: list[str], tmp_path: Path) -> None:
    assert codes(TWO_COPIES, asked, tmp_path) == found


@pytest.mark.parametrize(
    ("asked", "found"), [("", ["RNN701"]), ("tensorflow<2.6", []), ("tensorflow==2.8", ["RNN701"])]
)
def test_the_private_copy(asked: str, found: list[str], tmp_path: Path) -> None:
    assert codes(PRIVATE_COPY, asked, tmp_path) == found
