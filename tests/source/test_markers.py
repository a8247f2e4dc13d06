"""The byte scan finds every file that names a framework and does what a rule can judge."""

from __future__ import annotations

from pathlib import Path

import pytest

from rnnlint.source.markers import has_marker, reaches_marker

DEED = b"\nmodel.fit(x, y)\n"


@pytest.mark.parametrize(
    "data",
    [
        b"import keras",
        b"from tensorflow.keras import layers",
        b"import torch.nn as nn",
        b"import numpy, torch",
        b"import lightning.pytorch as pl",
        b"import pytorch_lightning as pl",
        b"from sklearn.preprocessing import MinMaxScaler",
        b"import tf_keras",
        b"from common import *\nx = tf.constant(1)",
        b'{"source": ["import torch\\n"]}',
    ],
)
def test_frameworks_are_seen(data: bytes) -> None:
    assert has_marker(data + DEED)


@pytest.mark.parametrize(
    "deed",
    [
        b"nn.LSTM(1, 2)",
        b"layers.GRU(3)",
        b"SimpleRNN(4)",
        b"loss.backward()",
        b"scaler.fit_transform(x)",
        b"trainer.fit(model)",
        b"x = (x - x.mean()) / x.std()",
        b"pad_sequences(ids)",
        b"F.mse_loss(a, b)",
        b"optimizer.apply_gradients(pairs)",
    ],
)
def test_deeds_are_seen(deed: bytes) -> None:
    assert has_marker(b"import torch\n" + deed)


@pytest.mark.parametrize("data", [b"", b"import numpy as np", b"self.storch = 1", b"myskeras()", b"\xff\xfe\0"])
def test_other_files_are_not(data: bytes) -> None:
    assert not has_marker(data)


def test_a_framework_alone_is_not_worth_parsing() -> None:
    assert not has_marker(b"import torch\nprint(torch.__version__)\n")


@pytest.mark.parametrize(
    "line", [b"import model", b"from model import build", b"from .model import *", b' "import model\\n",']
)
def test_a_script_that_calls_its_neighbour_is_parsed(tmp_path: Path, line: bytes) -> None:
    (tmp_path / "model.py").write_bytes(b"import keras\nkeras.layers.LSTM(3)\n")
    assert reaches_marker(line, tmp_path)


def test_a_neighbour_without_a_marker_changes_nothing(tmp_path: Path) -> None:
    (tmp_path / "model.py").write_bytes(b"import csv\n")
    assert not reaches_marker(b"import model\nimport elsewhere\n", tmp_path)
