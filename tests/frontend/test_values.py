"""Constants on their way from where they are stated to where they are used."""

from __future__ import annotations

import pytest

from rnnlint.finding import Confidence
from rnnlint.program.value import Known, OneOf, Unknown, known
from tests.frontend.support import build, setting_after, settings_of, value_after


@pytest.mark.parametrize(
    "code, expression, value",
    [
        ("", "5", 5),
        ("a = 5\nb = a\nc = b", "c", 5),
        ("a = b = 5", "b", 5),
        ("a, b = 5, 6", "b", 6),
        ("(a, [b, c]) = 1, [2, 3]", "c", 3),
        ("first, *rest = 1, 2, 3", "rest[1]", 3),
        ("a: int = 5", "a", 5),
        ("a = 5\na += 2", "a", 7),
        ("a = 5\nb = a * 2 + 1", "b - 3", 8),
        ("a = 7", "a // 2", 3),
        ("a = 7", "-a % 4", 1),
        ("", "2 ** 5", 32),
        ("n = 3", "'relu' if n > 2 else 'tanh'", "relu"),
        ("kind = 're'", "kind + 'lu'", "relu"),
        ("kind = 're'", "f'{kind}lu'", "relu"),
        ("", "'re' 'lu'", "relu"),
        ("kind = 'RELU'", "kind.lower()", "relu"),
        ("sizes = [4, 5, 6]", "sizes[-1]", 6),
        ("sizes = [4, 5, 6]", "sizes[1:][0]", 5),
        ("sizes = [4, 5, 6]", "len(sizes)", 3),
        ("sizes = [4, 5, 6]", "max(sizes)", 6),
        ("sizes = (4, 5)", "sum(sizes)", 9),
        ("config = {'units': 9}", "config['units']", 9),
        ("config = {'units': 9}", "config.get('units', 3)", 9),
        ("config = {'units': 9}", "config.get('other', 3)", 3),
        ("config = {'model': {'units': 9}}", "config['model']['units']", 9),
        ("config = dict(units=9)", "config['units']", 9),
        ("config = {'a': 1}\nconfig['units'] = 9", "config['units']", 9),
        ("config = {'a': 1}\nconfig.update(units=9)", "config['units']", 9),
        ("base = {'units': 9}\nconfig = {**base, 'b': 2}", "config['units']", 9),
        ("def size(units=9):\n    return units", "size()", 9),
        ("def size(units=9):\n    return units", "size(4)", 4),
        ("def size(*, units=9):\n    return units", "size(units=2)", 2),
        ("if (n := 4) > 3:\n    pass", "n", 4),
        ("x = '12'", "int(x)", 12),
        ("", "round(7.0)", 7),
        ("import math", "math.ceil(8.0)", 8),
        ("from types import SimpleNamespace\no = SimpleNamespace(units=9)", "o.units", 9),
        ("from collections import OrderedDict\no = OrderedDict([('units', 9)])", "o['units']", 9),
        ("class Config:\n    units = 9", "Config.units", 9),
        ("class Config:\n    units = 9", "Config().units", 9),
        ("class Config:\n    units = 9\nConfig.units = 4", "Config.units", 4),
        ("class Config:\n    def __init__(self, units=9):\n        self.units = units", "Config(4).units", 4),
        ("class Config:\n    def __init__(self, units=9):\n        self.units = units", "Config().units", 9),
        ("class Config:\n    pass\nc = Config()\nc.units = 9", "c.units", 9),
        ("class Config:\n    units = 9", "getattr(Config, 'units')", 9),
        ("class C:\n    pass\nc = C()\nsetattr(c, 'units', 9)", "c.units", 9),
        ("sizes = [n * 2 for n in (1, 2, 3)]", "sizes[2]", 6),
        ("sizes = {n: n * 2 for n in (1, 2, 3)}", "sizes[2]", 4),
        ("sizes = [n for n in (1, 2, 3) if n > 2]", "sizes[0]", 3),
    ],
)
def test_constant_is_followed(code: str, expression: str, value: object) -> None:
    assert value_after(code, expression) == value


@pytest.mark.parametrize("decorator", ["@dataclasses.dataclass", "@dataclasses.dataclass(frozen=True)"])
@pytest.mark.parametrize("call, value", [("Config()", 9), ("Config(4)", 4), ("Config(units=5)", 5)])
def test_field_of_a_dataclass(decorator: str, call: str, value: int) -> None:
    code = f"import dataclasses\n{decorator}\nclass Config:\n    units: int = 9\n    rate: float = 0.1\n"
    assert value_after(code, f"{call}.units") == value


def test_field_of_an_inherited_dataclass() -> None:
    code = """
        from dataclasses import dataclass
        @dataclass
        class Base:
            units: int = 9
        @dataclass
        class Config(Base):
            steps: int = 3
    """
    assert value_after(code, "Config(4, 6).steps") == 6
    assert value_after(code, "Config().units") == 9


@pytest.mark.parametrize("parse", ["parser.parse_args()", "parser.parse_known_args()[0]"])
def test_default_of_an_option_may_be_overridden(parse: str) -> None:
    code = f"""
        import argparse
        parser = argparse.ArgumentParser()
        parser.add_argument("--hidden-units", "-u", type=int, default=32)
        options = {parse}
    """
    setting = setting_after(code, "options.hidden_units")
    assert isinstance(setting, Known)
    assert (setting.value, setting.confidence) == (32, Confidence.MEDIUM)


def test_option_without_a_default_is_not_known() -> None:
    code = "import argparse\np = argparse.ArgumentParser()\np.add_argument('--units')\no = p.parse_args()"
    assert isinstance(setting_after(code, "o.units"), Unknown)


def test_switch_is_either() -> None:
    code = (
        "import argparse\np = argparse.ArgumentParser()\np.add_argument('-b', action='store_true')\no = p.parse_args()"
    )
    setting = setting_after(code, "o.b")
    assert isinstance(setting, OneOf)
    assert {known(option) for option in setting.options} == {True, False}


def test_default_of_a_function_that_nobody_calls_is_unsure() -> None:
    program = build(
        "import keras\ndef make(units=9, both=False):\n    return keras.layers.LSTM(units, use_bias=both)\n"
    )
    units, both = program.layers[0].settings["units"], program.layers[0].settings["use_bias"]
    assert isinstance(units, Known)
    assert (units.value, units.confidence) == (9, Confidence.LOW)
    assert isinstance(both, Unknown)


def test_confidence_follows_a_value_through_arithmetic() -> None:
    code = "import argparse\np = argparse.ArgumentParser()\np.add_argument('--n', default=8)\nn = p.parse_args().n"
    setting = setting_after(code, "n * 2 + 1")
    assert isinstance(setting, Known)
    assert (setting.value, setting.confidence) == (17, Confidence.MEDIUM)


@pytest.mark.parametrize(
    "expression",
    ["undefined", "input()", "open('x').read()", "1 / 0", "[][1]", "{}['x']", "os.getenv('N')", "2 ** 10 ** 9"],
)
def test_what_the_program_does_not_show_is_unknown(expression: str) -> None:
    assert isinstance(setting_after("import os", expression), Unknown)


def test_arithmetic_on_shapes() -> None:
    code = "import numpy as np\nx = np.zeros((20, 12, 3))\n"
    assert value_after(code, "x.shape[1] * x.shape[2]") == 36
    assert value_after(code, "x.shape[-1]") == 3
    assert value_after(code, "len(x)") == 20
    assert value_after(code, "x[:, 2:].shape[1] + 1") == 11
    assert value_after(code, "x.reshape(20, 36).shape[1]") == 36
    assert value_after(code, "x.reshape(-1, 9).shape[1]") == 9


def test_constants_keep_the_place_where_they_are_stated() -> None:
    program = build("import keras\nKIND = 'relu'\nkeras.layers.LSTM(3, activation=KIND)\n")
    activation = program.layers[0].settings["activation"]
    assert isinstance(activation, Known)
    assert activation.site is not None
    assert activation.site.span.line == 2


def test_dictionary_of_settings_spread_into_a_call() -> None:
    program = build("import keras\nc = {'units': 4, 'activation': 'relu'}\nkeras.layers.LSTM(**c)\n")
    assert settings_of(program, "units") == [4]
    assert settings_of(program, "activation") == ["relu"]


def test_unknown_settings_spread_into_a_call_leave_it_open() -> None:
    program = build("import json, keras\nc = json.load(open('c'))\nkeras.layers.LSTM(4, **c)\n")
    assert settings_of(program, "units") == [4]
    assert settings_of(program, "activation") == ["?"]


@pytest.mark.parametrize("expression", ["sys.argv[1]", "os.environ['N']", "missing_lib.UNITS", "missing_lib.SIZES[0]"])
def test_values_of_libraries_are_not_settled(expression: str) -> None:
    assert value_after("import os, sys, missing_lib", expression) == "?"
