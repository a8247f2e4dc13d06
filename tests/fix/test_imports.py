"""Imports that are renamed and moved, with everything that uses what they bind."""

from __future__ import annotations

import pytest

from rnnlint.repair import MoveImport, Reimport, RenameImport
from tests.fix.test_statements import applied, at

UTILS = frozenset({"to_categorical", "plot_model"})


def renamed(text: str) -> str | None:
    return applied(text, RenameImport(at(text, "CuDNNLSTM"), "LSTM"))


def moved(text: str, name: str = "np_utils") -> str | None:
    return applied(text, MoveImport(at(text, name), "keras.utils.np_utils", "keras.utils", UTILS))


def reimported(text: str, call: str) -> str | None:
    return applied(text, Reimport(at(text, call), "tf_keras", "keras"))


def test_a_renamed_import_and_its_uses() -> None:
    before = "from keras.layers import Dense, CuDNNLSTM\nx = CuDNNLSTM(3)\ny = {'CuDNNLSTM': a.CuDNNLSTM}\n"
    after = "from keras.layers import Dense, LSTM\nx = LSTM(3)\ny = {'CuDNNLSTM': a.CuDNNLSTM}\n"
    assert renamed(before) == after


def test_a_name_that_is_imported_already_is_not_imported_twice() -> None:
    before = "from keras.layers import CuDNNLSTM, LSTM\nx = CuDNNLSTM(LSTM(3))\n"
    assert renamed(before) == "from keras.layers import LSTM\nx = LSTM(LSTM(3))\n"


def test_an_alias_stays() -> None:
    before = "from keras.layers import CuDNNLSTM as R\nR(3)\n"
    assert applied(before, RenameImport(at(before, "CuDNNLSTM as R"), "LSTM")) == before.replace("CuDNN", "")


@pytest.mark.parametrize(
    "text",
    [
        "from keras.layers import CuDNNLSTM\nLSTM = 3\nCuDNNLSTM(LSTM)\n",
        "from keras.layers import CuDNNLSTM\ndef f(LSTM):\n    return CuDNNLSTM(LSTM)\n",
        "from keras.layers import CuDNNLSTM\nif old:\n    CuDNNLSTM = mine\n",
        "from keras.layers import (Dense,  # both\n    CuDNNLSTM)\nfrom keras.layers import LSTM\nCuDNNLSTM(LSTM)\n",
    ],
)
def test_no_new_name_where_it_means_something_else(text: str) -> None:
    assert renamed(text) is None


def test_names_come_from_the_new_module() -> None:
    before = "from keras.utils.np_utils import to_categorical as t, plot_model\n"
    assert moved(before, "to_categorical as t") == before.replace(".np_utils", "")


def test_what_is_used_of_a_module_is_imported_by_itself() -> None:
    before = "from keras.utils import np_utils as u, x\na = u.to_categorical(b)\nu.plot_model(a)\n"
    after = "from keras.utils import plot_model, to_categorical, x\na = to_categorical(b)\nplot_model(a)\n"
    assert moved(before, "np_utils as u") == after


@pytest.mark.parametrize(
    "text",
    [
        "from keras.utils.np_utils import to_categorical, normalize\n",
        "from keras.utils import np_utils\nnp_utils.normalize(x)\n",
        "from keras.utils import np_utils\nf(np_utils)\n",
        "from keras.utils import np_utils\nto_categorical = 3\nnp_utils.to_categorical(x)\n",
        "import keras.utils.np_utils\nkeras.utils.np_utils.to_categorical(x)\n",
    ],
)
def test_no_move_where_a_name_may_be_missing(text: str) -> None:
    assert moved(text, "to_categorical" if "np_utils import" in text else "np_utils") is None


def test_an_import_from_another_copy() -> None:
    before = "from tf_keras.layers import LSTM, Dense\nx = LSTM(3)\n"
    assert reimported(before, "LSTM(3)") == before.replace("tf_keras", "keras")


@pytest.mark.parametrize(
    "text",
    [
        "import tf_keras\nx = tf_keras.layers.LSTM(3)\n",
        "from tf_keras.layers import LSTM, NoLongerThere\nx = LSTM(3)\n",
        "from tf_keras.layers import *\nx = LSTM(3)\n",
        "from other import LSTM\nx = LSTM(3)\n",
    ],
)
def test_no_other_copy_where_it_may_lack_the_name(text: str) -> None:
    call = "tf_keras.layers.LSTM(3)" if "x = tf_keras" in text else "LSTM(3)"
    assert reimported(text, call) is None
