"""Every way of importing a library object leads to one name."""

from __future__ import annotations

from pathlib import Path

import pytest

from rnnlint.frontend.names import canonical
from tests.frontend.support import build, settings_of


@pytest.mark.parametrize(
    "imports, name",
    [
        ("import keras", "keras.layers.LSTM"),
        ("import keras as k", "k.layers.LSTM"),
        ("import keras.layers", "keras.layers.LSTM"),
        ("import keras.layers as kl", "kl.LSTM"),
        ("from keras import layers", "layers.LSTM"),
        ("from keras.layers import LSTM", "LSTM"),
        ("from keras.layers import LSTM as Cell", "Cell"),
        ("from keras.layers import *", "LSTM"),
        ("from keras.layers.recurrent import LSTM", "LSTM"),
        ("from keras.src.layers.rnn.lstm import LSTM", "LSTM"),
        ("import tensorflow as tf", "tf.keras.layers.LSTM"),
        ("import tensorflow", "tensorflow.keras.layers.LSTM"),
        ("import tensorflow.compat.v1 as tf", "tf.keras.layers.LSTM"),
        ("from tensorflow import keras", "keras.layers.LSTM"),
        ("from tensorflow.keras import layers as L", "L.LSTM"),
        ("from tensorflow.keras.layers import *", "LSTM"),
        ("from tensorflow.python.keras.layers import LSTM", "LSTM"),
        ("import tf_keras", "tf_keras.layers.LSTM"),
    ],
)
def test_keras_is_one_library_under_all_its_names(imports: str, name: str) -> None:
    (layer,) = build(f"{imports}\n{name}(3)\n").layers
    assert (layer.kind, layer.framework, layer.type_name) == ("lstm", "keras", "LSTM")


@pytest.mark.parametrize(
    "imports, name",
    [
        ("import torch", "torch.nn.GRU"),
        ("import torch.nn as nn", "nn.GRU"),
        ("from torch import nn", "nn.GRU"),
        ("from torch.nn import GRU", "GRU"),
        ("from torch.nn import *", "GRU"),
        ("from torch.nn.modules.rnn import GRU", "GRU"),
    ],
)
def test_torch_is_one_library_under_all_its_names(imports: str, name: str) -> None:
    (layer,) = build(f"{imports}\n{name}(3, 4)\n").layers
    assert (layer.kind, layer.framework) == ("gru", "torch")


def test_alias_chain_through_variables_and_attributes() -> None:
    program = build(
        """
        import keras
        kinds = keras.layers
        Cell = kinds.LSTM
        class Names:
            cell = Cell
        Other = Names.cell
        Other(3)
        """
    )
    assert [layer.type_name for layer in program.layers] == ["LSTM"]


def test_name_of_a_library_that_is_bound_again_is_no_library_any_more() -> None:
    program = build(
        """
        from keras.layers import LSTM
        def LSTM(units):
            return units
        LSTM(3)
        """
    )
    assert program.layers == ()


def test_own_class_of_the_same_name_is_no_layer() -> None:
    program = build(
        """
        class LSTM:
            def __init__(self, units):
                self.units = units
        LSTM(3)
        """
    )
    assert program.layers == ()


def test_later_star_import_wins() -> None:
    program = build("from torch.nn import *\nfrom keras.layers import *\nGRU(3)\n")
    assert [layer.framework for layer in program.layers] == ["keras"]


def test_import_inside_a_function_and_inside_try() -> None:
    program = build(
        """
        try:
            from tensorflow.keras.layers import LSTM
        except ImportError:
            from keras.layers import LSTM
        def make():
            from keras.layers import GRU
            return GRU(4)
        make()
        LSTM(3)
        """
    )
    assert [layer.kind for layer in program.layers] == ["gru", "lstm"]


def test_names_re_exported_by_a_module_of_the_project(tmp_path: Path) -> None:
    program = build(
        "from parts import Cell, kinds\nCell(3)\nkinds.GRU(4)\n",
        tmp_path,
        parts="from keras.layers import LSTM as Cell\nfrom keras import layers as kinds\n",
    )
    assert [layer.kind for layer in program.layers] == ["lstm", "gru"]


def test_star_import_of_a_module_of_the_project_passes_stars_on(tmp_path: Path) -> None:
    program = build(
        "from parts import *\nLSTM(UNITS)\n", tmp_path, parts="from keras.layers import *\nUNITS = 7\n_HIDDEN = 8\n"
    )
    assert settings_of(program, "units") == [7]


@pytest.mark.parametrize(
    "path, expected",
    [
        ("tensorflow.keras.layers.LSTM", "keras.layers.LSTM"),
        ("tensorflow.python.keras.layers.LSTM", "keras.layers.LSTM"),
        ("keras.src.layers.rnn.lstm.LSTM", "keras.layers.LSTM"),
        ("keras.layers.recurrent.LSTM", "keras.layers.LSTM"),
        ("keras.Sequential", "keras.models.Sequential"),
        ("tensorflow.keras.Model", "keras.models.Model"),
        ("keras.preprocessing.sequence.pad_sequences", "keras.utils.pad_sequences"),
        ("keras_preprocessing.sequence.pad_sequences", "keras.utils.pad_sequences"),
        ("sklearn.preprocessing._data.MinMaxScaler", "sklearn.preprocessing.MinMaxScaler"),
        ("lightning.pytorch.LightningModule", "lightning.LightningModule"),
        ("pytorch_lightning.LightningModule", "lightning.LightningModule"),
        ("numpy.array", "numpy.array"),
    ],
)
def test_canonical_path(path: str, expected: str) -> None:
    assert canonical(path) == expected
    assert canonical(canonical(path)) == expected
