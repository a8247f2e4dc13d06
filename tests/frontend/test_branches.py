"""Conditions: settled ones choose a branch, others join what both leave behind."""

from __future__ import annotations

import pytest

from rnnlint.program.value import OneOf, Setting, Unknown, possible
from tests.frontend.support import array_after, build, setting_after, settings_of, value_after


def options(setting: Setting) -> set[object]:
    values = possible(setting)
    assert values is not None
    return set(values)


@pytest.mark.parametrize(
    "condition, units",
    [
        ("True", 1),
        ("not True", 2),
        ("1 < 2 < 3", 1),
        ("3 < 2", 2),
        ("'a' in ['a', 'b']", 1),
        ("'a' in {'b': 1}", 2),
        ("KIND == 'gru'", 1),
        ("KIND != 'gru'", 2),
        ("KIND is None", 2),
        ("KIND and len(KIND) == 3", 1),
        ("not KIND or len(KIND) == 4", 2),
        ("isinstance(OBJECT, Thing)", 1),
        ("[1]", 1),
    ],
)
def test_settled_condition_chooses_its_branch(condition: str, units: int) -> None:
    code = f"""
        KIND = "gru"
        class Thing:
            pass
        OBJECT = Thing()
        if {condition}:
            units = 1
        else:
            units = 2
    """
    assert value_after(code, "units") == units


def test_unsettled_condition_joins_both_branches() -> None:
    code = "if input():\n    units = 1\nelse:\n    units = 2\n"
    assert options(setting_after(code, "units")) == {1, 2}


def test_value_from_before_survives_a_branch_without_else() -> None:
    code = "units = 1\nif input():\n    units = 2\n"
    assert options(setting_after(code, "units")) == {1, 2}


def test_every_arm_of_elif_and_match_counts() -> None:
    chain = "if a():\n    u = 1\nelif b():\n    u = 2\nelse:\n    u = 3\n"
    match = "match a():\n    case 1:\n        u = 1\n    case 2:\n        u = 2\n    case _:\n        u = 3\n"
    assert options(setting_after(chain, "u")) == {1, 2, 3}
    assert options(setting_after(match, "u")) == {1, 2, 3}


def test_too_many_options_are_not_known() -> None:
    arms = "".join(f"elif a({n}):\n    u = {n}\n" for n in range(9)).removeprefix("el")
    assert isinstance(setting_after(arms, "u"), Unknown)


def test_same_value_on_both_sides_stays_settled() -> None:
    assert value_after("if input():\n    u = 4\nelse:\n    u = 4\n", "u") == 4


def test_conditional_expression_of_unknown_condition() -> None:
    assert options(setting_after("", "1 if input() else 2")) == {1, 2}


def test_or_gives_a_default_for_an_unknown_value() -> None:
    assert value_after("", "input() or 7") == 7
    assert value_after("", "None or 7") == 7
    assert value_after("", "3 or 7") == 3


def test_branch_that_raises_or_returns_does_not_join() -> None:
    code = """
        def size(kind):
            if kind == "big":
                units = 9
            else:
                raise ValueError(kind)
            return units
    """
    assert value_after(code, "size(input())") == 9


def test_early_return_is_one_of_the_results() -> None:
    code = "def size(kind):\n    if kind:\n        return 1\n    return 2\n"
    assert options(setting_after(code, "size(input())")) == {1, 2}
    assert value_after(code, "size(True)") == 1
    assert value_after(code, "size('')") == 2


def test_code_behind_a_settled_return_is_not_run() -> None:
    program = build(
        """
        import keras
        def make():
            return keras.layers.GRU(3)
            keras.layers.LSTM(4)
        make()
        """
    )
    assert [layer.kind for layer in program.layers] == ["gru"]


def test_state_written_in_a_branch_that_returns_is_kept() -> None:
    code = """
        class Box:
            pass
        box = Box()
        box.units = 1
        def change(flag):
            if flag:
                box.units = 2
                return
        change(input())
    """
    assert options(setting_after(code, "box.units")) == {1, 2}


def test_layer_chosen_by_an_unsettled_condition_is_recorded_twice() -> None:
    program = build("import keras\ncell = keras.layers.LSTM(3) if input() else keras.layers.GRU(4)\n")
    assert [layer.kind for layer in program.layers] == ["lstm", "gru"]


def test_activation_by_an_unsettled_condition_is_one_of_two() -> None:
    program = build(
        "import keras\na = 'relu'\nif input():\n    a = 'tanh'\nkeras.layers.LSTM(3, activation=a)\n",
    )
    setting = program.layers[0].settings["activation"]
    assert isinstance(setting, OneOf)
    assert options(setting) == {"relu", "tanh"}


def test_except_gives_what_the_body_left_unbound() -> None:
    code = "try:\n    import gpu\n    units = gpu.size()\nexcept ImportError:\n    units = 8\n"
    assert value_after(code, "units") == 8


def test_finally_and_else_of_try_run() -> None:
    program = build(
        """
        import keras
        try:
            n = 3
        except ValueError:
            n = 4
        else:
            keras.layers.LSTM(n)
        finally:
            keras.layers.GRU(n)
        """
    )
    assert settings_of(program, "units") == [3, 3]


def test_main_guard_is_true_for_the_file_itself() -> None:
    assert value_after("u = 1\nif __name__ == '__main__':\n    u = 2\n", "u") == 2


def test_join_of_two_arrays_keeps_what_both_share() -> None:
    code = """
        import numpy as np
        if input():
            x = np.zeros((5, 3))
        else:
            x = np.random.rand(5, 3)
    """
    array = array_after(code, "x")
    assert array.shape == (5, 3)
    assert array.rows is None
