"""The program's own classes."""

from __future__ import annotations

import pytest

from tests.frontend.support import build, settings_of, value_after

FAMILY = """
class Base:
    size = 3
    def __init__(self, n=1):
        self.n = n
    def total(self):
        return self.n + self.size
    @property
    def double(self):
        return self.n * 2
    @staticmethod
    def plus(a, b):
        return a + b
    @classmethod
    def make(cls, n):
        return cls(n)
    def __call__(self, m):
        return self.n * m
    def __getitem__(self, key):
        return self.n - key

class Child(Base):
    size = 10
    def __init__(self, n):
        super().__init__(n + 1)
        self.own = n

class Grandchild(Child):
    def total(self):
        return super().total() * 2

class Old(Base):
    def __init__(self):
        Base.__init__(self, 6)
"""


@pytest.mark.parametrize(
    "expression, value",
    [
        ("Base(4).n", 4),
        ("Base().n", 1),
        ("Base(4).total()", 7),
        ("Base(4).double", 8),
        ("Base.plus(2, 3)", 5),
        ("Base(4).plus(2, 3)", 5),
        ("Base.make(8).n", 8),
        ("Base(4)(3)", 12),
        ("Base(4)[1]", 3),
        ("Base.total(Base(4))", 7),
        ("Child(4).n", 5),
        ("Child(4).own", 4),
        ("Child(4).total()", 15),
        ("Child.make(4).n", 5),
        ("Grandchild(4).total()", 30),
        ("Grandchild(4).double", 10),
        ("Old().n", 6),
        ("type(Child(4)).size", 10),
    ],
)
def test_attribute_is_found_where_python_finds_it(expression: str, value: object) -> None:
    assert value_after(FAMILY, expression) == value


def test_diamond_is_linearised() -> None:
    code = "class A:\n    n = 1\nclass B(A):\n    pass\nclass C(A):\n    n = 3\nclass D(C, B):\n    pass\n"
    assert value_after(code, "D.n") == 3


def test_method_changes_its_object_and_no_other() -> None:
    code = """
        class Counter:
            def __init__(self):
                self.n = 0
            def more(self):
                self.n += 2
        one, two = Counter(), Counter()
        one.more()
        one.more()
    """
    assert value_after(code, "one.n") == 4
    assert value_after(code, "two.n") == 0


def test_names_of_the_class_body_are_not_seen_by_its_methods() -> None:
    code = "n = 1\nclass A:\n    n = 2\n    def f(self):\n        return n\n"
    assert value_after(code, "A().f()") == 1


def test_cached_property_of_functools() -> None:
    code = "import functools\nclass A:\n    @functools.cached_property\n    def n(self):\n        return 4\n"
    assert value_after(code, "A().n") == 4


def test_layers_of_a_module_belong_to_its_model() -> None:
    program = build(
        """
        from torch import nn
        class Net(nn.Module):
            def __init__(self, hidden):
                super().__init__()
                self.rnn = nn.LSTM(3, hidden)
                self.parts = nn.ModuleList([nn.Linear(hidden, 4), nn.ReLU()])
                self.more = {"a": nn.Linear(4, 1)}
        Net(16)
        """
    )
    (model,) = program.models
    assert (model.name, model.framework) == ("Net", "torch")
    assert {layer.kind for layer in model.layers} >= {"lstm", "dense", "activation"}
    assert [layer.settings["units"] for layer in model.recurrent_layers] == [program.layers[0].settings["units"]]


def test_module_that_inherits_from_another_module() -> None:
    program = build(
        """
        from torch import nn
        class Base(nn.Module):
            def __init__(self, hidden):
                super().__init__()
                self.rnn = self.cell(hidden)
            def cell(self, hidden):
                return nn.LSTM(3, hidden)
        class Other(Base):
            def cell(self, hidden):
                return nn.GRU(3, hidden)
        class Last(Other):
            def __init__(self):
                super().__init__(7)
        Last()
        """
    )
    used = program.models[0]
    assert [layer.kind for layer in used.layers] == ["gru"]
    assert settings_of(program, "units")[0] == 7


def test_module_inside_a_module_is_part_of_it() -> None:
    program = build(
        """
        from torch import nn
        class Encoder(nn.Module):
            def __init__(self):
                super().__init__()
                self.rnn = nn.GRU(3, 8)
        class Whole(nn.Module):
            def __init__(self):
                super().__init__()
                self.encoder = Encoder()
                self.head = nn.Linear(8, 1)
        Whole()
        """
    )
    whole = next(model for model in program.models if model.name == "Whole")
    assert [layer.kind for layer in whole.layers] == ["gru", "dense"]


def test_subclassed_keras_model_and_layer() -> None:
    program = build(
        """
        import keras, numpy as np
        class Block(keras.layers.Layer):
            def __init__(self):
                super().__init__()
                self.cell = keras.layers.LSTM(5, return_sequences=True)
            def call(self, x):
                return self.cell(x)
        class Net(keras.Model):
            def __init__(self):
                super().__init__()
                self.block = Block()
                self.head = keras.layers.Dense(1)
            def call(self, x):
                return self.head(self.block(x))
        net = Net()
        net.compile("adam", "mse")
        net.fit(np.zeros((10, 6, 2)), np.zeros((10, 6, 1)))
        """
    )
    (fit,) = program.fits
    assert fit.outputs[0].shape == (10, 6, 1)
    assert fit.model is not None
    assert [layer.kind for layer in fit.model.layers] == ["lstm", "dense"]


def test_class_that_nobody_uses_is_made_once_and_its_methods_are_run() -> None:
    program = build(
        """
        import keras
        class Builder:
            def __init__(self, units=4):
                self.units = units
            def build(self):
                return keras.layers.LSTM(self.units)
        """
    )
    assert settings_of(program, "units") == [4]


def test_class_made_in_a_function_closes_over_its_arguments() -> None:
    program = build(
        """
        from torch import nn
        def network(hidden):
            class Net(nn.Module):
                def __init__(self):
                    super().__init__()
                    self.rnn = nn.LSTM(3, hidden)
            return Net()
        network(9)
        """
    )
    assert settings_of(program, "units") == [9]
