"""What each rewrite does to a small program, so that the rewrites themselves can be trusted."""

from __future__ import annotations

import json
from collections.abc import Callable
from textwrap import dedent

import libcst as cst

from tests.metamorphic.aliases import alias_imports, star_imports
from tests.metamorphic.cells import cut_into_cells, notebook, script
from tests.metamorphic.extract import move_definitions
from tests.metamorphic.functional import make_functional
from tests.metamorphic.rename import rename_everything
from tests.metamorphic.wrap import pass_as_arguments, wrap_in_main


def rewritten(rewrite: Callable[[cst.Module], cst.Module | None], code: str) -> str | None:
    module = rewrite(cst.parse_module(dedent(code)))
    if module is None:
        return None
    compile(module.code, "rewritten.py", "exec")
    return module.code


def same(result: str | None, expected: str) -> bool:
    assert result is not None
    assert [line for line in result.splitlines() if line] == [line for line in dedent(expected).splitlines() if line]
    return True


def test_rename_reaches_variables_functions_parameters_and_keywords() -> None:
    code = """
        from keras.layers import LSTM

        UNITS = 8
        def layer(units, size=3):
            return LSTM(units, activation="relu", name=f"{size}")
        first = layer(UNITS, size=4)
    """
    expected = """
        from keras.layers import LSTM
        v0_ = 8
        def v2_(v4_, v3_=3):
            return LSTM(v4_, activation="relu", name=f"{v3_}")
        v1_ = v2_(v0_, v3_=4)
    """
    assert same(rewritten(rename_everything, code), expected)


def test_rename_reaches_own_attributes_and_leaves_methods_and_fields() -> None:
    code = """
        class Net(Module):
            def __init__(self, width):
                self.width = width
                self.training_size = 3
            def forward(self, x, mask=None):
                return self.width * x.width_of(mask) + self.helper(x)
            def helper(self, x):
                return x
        net = Net(width=5)
        print(net.training_size)
    """
    expected = """
        class v0_(Module):
            def __init__(self, v2_):
                self.a0_ = v2_
                self.training_size = 3
            def forward(self, x, mask=None):
                return self.a0_ * x.width_of(mask) + self.helper(x)
            def helper(self, x):
                return x
        v1_ = v0_(v2_=5)
        print(v1_.training_size)
    """
    assert same(rewritten(rename_everything, code), expected)


def test_rename_keeps_parameters_that_stand_in_a_dictionary() -> None:
    code = """
        def build(units):
            return units
        settings = {"units": 3}
        build(**settings)
    """
    expected = """
        def v0_(units):
            return units
        v1_ = {"units": 3}
        v0_(**v1_)
    """
    assert same(rewritten(rename_everything, code), expected)


def test_rename_declines_where_names_are_text() -> None:
    assert rewritten(rename_everything, "x = 1\nprint(locals())\n") is None


def test_alias_gives_imports_another_name() -> None:
    code = """
        import tensorflow as tf
        import torch
        from keras.layers import LSTM, Dense as D
        cell = LSTM(tf.int32, torch=torch.float32, x=D(tf))
    """
    expected = """
        import tensorflow as q0_
        import torch as q1_
        from keras.layers import LSTM as q2_, Dense as q3_
        cell = q2_(q0_.int32, torch=q1_.float32, x=q3_(q0_))
    """
    assert same(rewritten(alias_imports, code), expected)


def test_alias_leaves_dotted_and_rebound_imports() -> None:
    code = """
        import os.path
        from keras import layers
        layers = layers.LSTM
    """
    assert rewritten(alias_imports, code) is None


def test_star_replaces_single_imports_and_unfolds_modules() -> None:
    code = """
        from keras import layers, models
        from torch import nn
        from tensorflow.keras.layers import LSTM
        x = layers.Dense(1), layers.add, nn.functional.relu, nn.GRU(2, 3), LSTM(4)
    """
    expected = """
        from keras import layers, models
        from keras.layers import *
        from torch import nn
        from torch.nn import *
        from tensorflow.keras.layers import *
        x = Dense(1), layers.add, nn.functional.relu, GRU(2, 3), LSTM(4)
    """
    assert same(rewritten(star_imports, code), expected)


def test_star_leaves_names_that_mean_something_else() -> None:
    code = """
        from torch import nn
        from keras.models import Sequential
        x = nn.Sequential(), Sequential()
    """
    assert rewritten(star_imports, code) is None


def test_main_part_takes_what_follows_the_definitions() -> None:
    code = '''
        """Says what."""
        import numpy as np
        SIZE = 3
        def double(x):
            return x * scale
        scale = 2
        y = double(SIZE)
        print(y)
    '''
    expected = '''
        """Says what."""
        import numpy as np
        SIZE = 3
        def double(x):
            return x * scale
        def main_part():
            global scale
            scale = 2
            y = double(SIZE)
            print(y)
        main_part()
    '''
    assert same(rewritten(wrap_in_main, code), expected)


def test_main_part_keeps_names_global_that_were_bound_before() -> None:
    code = """
        x = 1
        def f():
            return 2
        x = x + f()
    """
    expected = """
        x = 1
        def f():
            return 2
        def main_part():
            global x
            x = x + f()
        main_part()
    """
    assert same(rewritten(wrap_in_main, code), expected)


def test_main_part_declines_a_script_that_has_a_guard() -> None:
    code = """
        def main():
            pass
        if __name__ == "__main__":
            main()
    """
    assert rewritten(wrap_in_main, code) is None


def test_training_gets_its_names_as_arguments() -> None:
    code = """
        import numpy as np
        x = np.zeros(3)
        model = make(x)
        model.fit(x, epochs=3)
        print(model)
    """
    expected = """
        import numpy as np
        x = np.zeros(3)
        model = make(x)
        def train_with(model, x):
            model.fit(x, epochs=3)
            print(model)
        train_with(model, x)
    """
    assert same(rewritten(pass_as_arguments, code), expected)


def test_training_stays_where_functions_read_what_it_binds() -> None:
    code = """
        def show():
            print(model)
        data = 3
        model = data.fit(data, epochs=3)
        show()
    """
    assert rewritten(pass_as_arguments, code) is None


def test_definitions_move_with_the_constants_they_need() -> None:
    code = '''
        """Says what."""
        import keras
        UNITS = 5
        STEPS = 9
        def build():
            return keras.layers.LSTM(UNITS)
        class Net:
            size = STEPS
        data = open("x")
        def read():
            return model
        model = build()
    '''
    moved = move_definitions(cst.parse_module(dedent(code)))
    assert moved is not None
    main, definitions = moved
    assert same(
        main.code,
        '''
        """Says what."""
        import keras
        from definitions_of_it import Net, STEPS, UNITS, build
        data = open("x")
        def read():
            return model
        model = build()
        ''',
    )
    assert same(
        definitions.code,
        """
        import keras
        UNITS = 5
        STEPS = 9
        def build():
            return keras.layers.LSTM(UNITS)
        class Net:
            size = STEPS
        """,
    )


def test_definitions_stay_if_none_can_stand_alone() -> None:
    code = "data = []\ndata = [1]\ndef f():\n    return data\n"
    assert move_definitions(cst.parse_module(code)) is None


def test_cells_hold_the_imports_and_then_one_statement_each() -> None:
    code = '"""Says what."""\nimport a\nimport b\nx = a\nfor i in x:\n    b(i)\n'
    cells = cut_into_cells(cst.parse_module(code))
    assert cells is not None
    assert [cell.strip() for cell in cells] == [
        '"""Says what."""',
        "import a\nimport b",
        "x = a",
        "for i in x:\n    b(i)",
    ]
    content = json.loads(notebook(cells))
    assert [cell["cell_type"] for cell in content["cells"]] == ["markdown", "code", "code", "code", "code"]
    assert script(notebook(cells)).split() == code.split()


def test_script_leaves_out_magics_and_broken_cells() -> None:
    text = notebook(["%matplotlib inline\n!ls\nx = 1", "not python at all", "%time y = x", "%%time\nz = y"])
    assert script(text).split("\n") == ["", "", "x = 1", "", "y = x", "", "", "z = y", ""]


def test_listed_layers_are_called_one_after_another() -> None:
    code = """
        from keras import Sequential, layers
        model = Sequential([layers.LSTM(4, input_shape=(9, 1)), layers.Dense(1)])
    """
    expected = """
        from keras import Sequential, layers
        import keras as keras_of_ours
        model_entry = keras_of_ours.Input(shape=(9, 1))
        model_tensor = model_entry
        model_tensor = layers.LSTM(4, )(model_tensor)
        model_tensor = layers.Dense(1)(model_tensor)
        model = keras_of_ours.Model(model_entry, model_tensor)
    """
    assert same(rewritten(make_functional, code), expected)


def test_added_layers_are_called_one_after_another() -> None:
    code = """
        import tensorflow as tf
        def build():
            net = tf.keras.Sequential()
            net.add(tf.keras.layers.InputLayer((9,)))
            net.add(tf.keras.layers.Embedding(7, 3))
            return net
    """
    expected = """
        import tensorflow as tf
        from tensorflow import keras as keras_of_ours
        def build():
            net_entry = keras_of_ours.Input(shape=(9,))
            net_tensor = net_entry
            net_tensor = tf.keras.layers.Embedding(7, 3)(net_tensor)
            net = keras_of_ours.Model(net_entry, net_tensor)
            return net
    """
    assert same(rewritten(make_functional, code), expected)


def test_layers_of_unknown_input_or_added_elsewhere_stay() -> None:
    unknown = """
        import keras
        model = keras.Sequential([keras.layers.LSTM(3)])
    """
    looped = """
        import keras
        model = keras.Sequential()
        model.add(keras.layers.Input((3, 1)))
        for width in (4, 2):
            model.add(keras.layers.Dense(width))
    """
    assert rewritten(make_functional, unknown) is None
    assert rewritten(make_functional, looped) is None


def test_torch_has_its_own_sequential() -> None:
    code = """
        from torch import nn
        model = nn.Sequential(nn.Linear(1, 1))
    """
    assert rewritten(make_functional, code) is None
