"""Loops: short ones are unrolled, others run twice so that what changes is no longer a constant."""

from __future__ import annotations

from rnnlint.program.size import Linear
from rnnlint.program.value import Unknown
from tests.frontend.support import array_after, build, setting_after, settings_of, value_after


def test_literal_loop_builds_a_layer_each_time() -> None:
    program = build("import keras\nfor units in (8, 4, 2):\n    keras.layers.LSTM(units)\n")
    assert settings_of(program, "units") == [8, 4, 2]


def test_loop_adds_layers_to_a_model_in_order() -> None:
    program = build(
        """
        import keras
        model = keras.Sequential()
        for n in range(3):
            model.add(keras.layers.LSTM(4 + n, return_sequences=n < 2))
        """
    )
    (model,) = program.models
    assert [layer.settings["units"] for layer in model.layers] == [layer.settings["units"] for layer in program.layers]
    assert settings_of(program, "units") == [4, 5, 6]
    assert settings_of(program, "return_sequences") == [True, True, False]


def test_enumerate_zip_and_dictionary_items() -> None:
    assert value_after("u = 0\nfor i, n in enumerate((5, 6), 1):\n    u += i * n\n", "u") == 17
    assert value_after("u = 0\nfor a, b in zip((1, 2), (3, 4)):\n    u += a * b\n", "u") == 11
    assert value_after("u = 0\nfor k, v in {2: 3, 4: 5}.items():\n    u += k * v\n", "u") == 26


def test_break_and_continue_in_an_unrolled_loop() -> None:
    assert value_after("u = 0\nfor n in (1, 2, 3):\n    if n == 2:\n        break\n    u += n\n", "u") == 1
    assert value_after("u = 0\nfor n in (1, 2, 3):\n    if n == 2:\n        continue\n    u += n\n", "u") == 4


def test_else_of_a_loop_runs() -> None:
    assert value_after("for n in (1, 2):\n    pass\nelse:\n    u = 5\n", "u") == 5


def test_counter_of_an_unknown_loop_is_no_constant() -> None:
    for loop in ("for item in open('x'):", "while input():"):
        assert isinstance(setting_after(f"u = 0\n{loop}\n    u += 1\n", "u"), Unknown)


def test_number_that_a_loop_leaves_alone_stays() -> None:
    assert value_after("u = 3\nfor item in open('x'):\n    v = u\n", "u") == 3


def test_while_false_is_not_run() -> None:
    program = build("import keras\nwhile False:\n    keras.layers.LSTM(3)\n")
    assert program.layers == ()


def test_layers_of_an_unknown_loop_are_recorded_at_one_site() -> None:
    program = build("import keras\nfor line in open('x'):\n    keras.layers.LSTM(3)\n")
    assert len({layer.site for layer in program.layers}) == 1


def test_windows_that_a_loop_collects_keep_rows_and_steps() -> None:
    code = """
        import numpy as np
        series = np.random.randn(500, 2)
        xs, ys = [], []
        for i in range(len(series) - 30):
            xs.append(series[i:i + 30])
            ys.append(series[i + 30, 0])
        x = np.array(xs)
    """
    array = array_after(code, "x")
    assert array.shape == (None, 30, 2)
    assert array.rows is not None
    assert array.rows == array_after(code, "series").rows
    assert any(source.op == "window" for source in array.ancestry())
    assert not array.within_one_window


def test_windows_of_a_comprehension_and_of_a_counting_while() -> None:
    comprehension = """
        import numpy as np
        series = np.random.randn(500)
        x = np.array([series[i:i + 30] for i in range(470)])
    """
    counting = """
        import numpy as np
        series = np.random.randn(500)
        xs, i = [], 0
        while i < len(series) - 30:
            xs.append(series[i:i + 30])
            i += 1
        x = np.array(xs)
    """
    assert array_after(comprehension, "x").shape == (None, 30)
    assert array_after(counting, "x").shape == (None, 30)


def test_window_is_one_window_inside_the_loop() -> None:
    program = build(
        """
        import numpy as np
        from sklearn.preprocessing import MinMaxScaler
        series = np.random.randn(500, 1)
        parts = []
        for i in range(470):
            parts.append(MinMaxScaler().fit_transform(series[i:i + 30]))
        """
    )
    assert program.scaler_fits
    assert all(fit.data.within_one_window for fit in program.scaler_fits)


def test_list_of_unknown_length_has_one_generic_item() -> None:
    code = "found = []\nfor line in open('x'):\n    found.append(4)\n"
    assert value_after(code, "found[7]") == 4
    assert isinstance(setting_after(code, "len(found)"), Unknown)


def test_model_built_before_a_loop_is_the_one_trained_in_it() -> None:
    program = build(
        """
        import keras
        model = keras.Sequential([keras.layers.LSTM(3)])
        model.compile("adam", "mse")
        for epoch in range(100):
            model.fit(x, y)
        """
    )
    assert {fit.model.site for fit in program.fits if fit.model is not None} == {program.models[0].site}
    assert len({fit.site for fit in program.fits}) == 1


def test_difference_of_window_bounds_is_a_number() -> None:
    code = """
        import numpy as np
        series = np.random.randn(500)
        size = int(input())
        x = np.array([series[i:i + size] for i in range(400)])
        y = np.array([series[i + size:i + size + 3] for i in range(400)])
    """
    assert array_after(code, "y").shape == (None, 3)
    steps = (array_after(code, "x").shape or (0, 0))[1]
    assert isinstance(steps, Linear)
