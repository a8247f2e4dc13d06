"""The byte scan finds every file that names a framework."""

from __future__ import annotations

import pytest

from rnnlint.source.markers import has_marker


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
    assert has_marker(data)


@pytest.mark.parametrize("data", [b"", b"import numpy as np", b"self.storch = 1", b"myskeras()", b"\xff\xfe\0"])
def test_other_files_are_not(data: bytes) -> None:
    assert not has_marker(data)
