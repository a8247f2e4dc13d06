"""Calls of the program's own functions."""

from __future__ import annotations

import pytest

from rnnlint.program.value import Unknown, possible
from tests.frontend.support import array_after, build, setting_after, settings_of, value_after


@pytest.mark.parametrize(
    "code, expression, value",
    [
        ("def f(a, b):\n    return a - b", "f(9, 2)", 7),
        ("def f(a, b):\n    return a - b", "f(b=9, a=2)", -7),
        ("def f(a, b):\n    return a - b", "f(*[9, 2])", 7),
        ("def f(a, b):\n    return a - b", "f(**{'a': 9, 'b': 2})", 7),
        ("def f(*args):\n    return args[1]", "f(1, 2, 3)", 2),
        ("def f(*args):\n    return len(args)", "f(1, 2, 3)", 3),
        ("def f(**kwargs):\n    return kwargs['n']", "f(n=4)", 4),
        ("def f(n):\n    return n\ndef g(*a, **k):\n    return f(*a, **k)", "g(4)", 4),
        ("def f(n):\n    return n\ndef g(*a, **k):\n    return f(*a, **k)", "g(n=4)", 4),
        ("def f(a, /, b, *, c):\n    return a + b + c", "f(1, 2, c=3)", 6),
        ("f = lambda n: n + 1", "f(4)", 5),
        ("f = lambda n, m=3: n + m", "f(4)", 7),
        ("def outer(n):\n    def inner():\n        return n\n    return inner", "outer(4)()", 4),
        (
            "def outer():\n    n = 1\n    def inner():\n        nonlocal n\n        n = 5\n    inner()\n    return n",
            "outer()",
            5,
        ),
        ("n = 1\ndef f():\n    global n\n    n = 5\nf()", "n", 5),
        ("n = 1\ndef f():\n    n = 5\nf()", "n", 1),
        ("import functools\ndef f(a, b):\n    return a - b\ng = functools.partial(f, 9)", "g(2)", 7),
        ("from functools import partial\ndef f(a, b):\n    return a - b\ng = partial(f, b=1)", "g(2)", 1),
        ("def f():\n    return 3, 4", "f()[1]", 4),
        ("def f():\n    return 3, 4\na, b = f()", "b", 4),
        ("def f():\n    pass", "f()", None),
        ("kinds = {'a': lambda: 3, 'b': lambda: 4}", "kinds['b']()", 4),
        ("def f(g, n):\n    return g(n)", "f(lambda n: n * 2, 4)", 8),
        ("", "list(map(lambda n: n * 2, [1, 2]))[1]", 4),
        ("def twice(f):\n    return lambda n: f(f(n))", "twice(lambda n: n + 1)(3)", 5),
    ],
)
def test_call_returns_what_the_body_says(code: str, expression: str, value: object) -> None:
    assert value_after(code, expression) == value


def test_default_is_evaluated_where_the_function_is_defined() -> None:
    assert value_after("n = 3\ndef f(m=n):\n    return m\nn = 5\n", "f()") == 3


def test_free_name_is_looked_up_when_the_function_runs() -> None:
    assert value_after("def f():\n    return n\nn = 5\n", "f()") == 5


@pytest.mark.parametrize(
    "code",
    [
        "def f(n):\n    return f(n - 1)",
        "def f(n):\n    return g(n)\ndef g(n):\n    return f(n)",
        "f = lambda n: f(n)",
        "class A:\n    def __call__(self, n):\n        return self(n)\nf = A()",
    ],
)
def test_recursion_without_an_end_is_cut(code: str) -> None:
    assert isinstance(setting_after(code, "f(3)"), Unknown)


def test_recursion_keeps_the_layers_it_builds() -> None:
    program = build(
        """
        import keras
        def stack(depth):
            if depth:
                stack(depth - 1)
            keras.layers.LSTM(depth)
        stack(input())
        """
    )
    assert program.layers


def test_generator_yields_one_generic_item() -> None:
    code = """
        import numpy as np
        series = np.random.randn(300, 2)
        def batches():
            while True:
                yield series[:32], 5
        x, n = next(batches())
    """
    assert value_after(code, "n") == 5
    assert array_after(code, "x").rows is not None


def test_generator_of_different_items() -> None:
    code = "def g():\n    yield 1\n    yield 2\nfor n in g():\n    u = n\n"
    assert set(possible(setting_after(code, "u")) or ()) == {1, 2}


def test_yield_from_passes_items_on() -> None:
    assert value_after("def g():\n    yield 4\ndef h():\n    yield from g()\n", "next(h())") == 4


def test_tuple_return_of_a_split_helper() -> None:
    code = """
        import numpy as np
        from sklearn.model_selection import train_test_split
        def load():
            x = np.random.randn(100, 3)
            return train_test_split(x, x[:, 0])
        a, b, c, d = load()
    """
    first, second = array_after(code, "a").rows, array_after(code, "b").rows
    assert first is not None
    assert second is not None
    assert array_after(code, "c").rows is not None


def test_function_called_twice_builds_two_layers_at_one_site() -> None:
    program = build("import keras\ndef f(n):\n    return keras.layers.LSTM(n)\nf(3)\nf(4)\n")
    assert settings_of(program, "units") == [3, 4]
    assert len({layer.site for layer in program.layers}) == 1


def test_function_that_nobody_calls_is_run_with_open_parameters() -> None:
    program = build("import keras\ndef f(n):\n    return keras.layers.LSTM(n)\n")
    assert settings_of(program, "units") == ["?"]


def test_function_that_is_called_is_not_run_again() -> None:
    program = build("import keras\ndef f(n):\n    return keras.layers.LSTM(n)\nf(3)\n")
    assert settings_of(program, "units") == [3]


def test_arguments_changed_in_place_are_seen_by_the_caller() -> None:
    code = "def fill(items, entries):\n    items.append(4)\n    entries['n'] = 5\na, b = [], {}\nfill(a, b)\n"
    assert value_after(code, "a[0]") == 4
    assert value_after(code, "b['n']") == 5


def test_decorated_function_is_still_the_function() -> None:
    code = "import functools\n@functools.lru_cache(maxsize=None)\ndef f(n):\n    return n\n"
    assert value_after(code, "f(4)") == 4


def test_no_grad_decorator_makes_a_loss_a_score() -> None:
    program = build(
        """
        import torch
        from torch import nn
        net = nn.Linear(3, 1)
        criterion = nn.MSELoss()
        @torch.no_grad()
        def score(x, y):
            return criterion(net(x), y)
        score(torch.randn(5, 3), torch.randn(5, 1))
        """
    )
    assert program.fits == ()
    assert len(program.evaluations) == 1
