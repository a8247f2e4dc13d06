"""Programs that are too large or never end: the run stops soon and keeps what it has found."""

from __future__ import annotations

import time
from pathlib import Path

import pytest

from rnnlint.frontend import UnparsableError, machine
from tests.frontend.support import build

ENOUGH = 30.0  # seconds of processor time: told apart from "never", not measured
LAYER = "import keras\nkeras.layers.LSTM(3)\n"


def nested_loops(depth: int) -> str:
    lines = ["    " * level + f"for n{level} in range(8):" for level in range(depth)]
    return "\n".join([*lines, "    " * depth + "x = n0"])


def nested_functions(depth: int) -> str:
    bodies = [f"def f{level}():\n    f{level + 1}()\n    f{level + 1}()\n" for level in range(depth)]
    return "".join(bodies) + f"def f{depth}():\n    pass\nf0()\n"


@pytest.mark.parametrize(
    "code",
    [
        "while True:\n    pass\n",
        "def f():\n    return f() + f()\nf()\n",
        "n = 1\nwhile n:\n    n = n * 2\n",
        "x = []\nfor line in open('a'):\n    x.append(x)\n",
        "x = []\nx.append(x)\nfor y in x:\n    z = y\n",
        "d = {}\nd['d'] = d\n",
        "class A:\n    pass\na = A()\na.a = a\n",
        "a = [0] * 10 ** 9\n",
        "a = 'x'\nfor n in range(8):\n    a = a * 64\n",
        "a = 9 ** 9 ** 9\n",
        "a = [[n for n in range(8)] for m in range(8)]\n",
        "if a():\n    pass\n" * 3000,
        "x = 1\n" * 5_000,
        nested_loops(7),
        "a, b = 0, 1\n" + "for line in open('a'):\n    a += b\n    b += a\n" * 24,
        nested_functions(20),
        "a = " + "(" * 60 + "1" + ")" * 60 + "\n",
        "a = " + "+".join("1" * 400) + "\n",
    ],
    ids=lambda code: code[:30],
)
def test_run_ends_soon_and_keeps_its_facts(code: str) -> None:
    start = time.process_time()
    program = build(LAYER + code)
    assert time.process_time() - start < ENOUGH
    assert [layer.kind for layer in program.layers] == ["lstm"]


def test_what_lies_beyond_the_budget_is_not_known(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(machine, "MAX_STEPS", 100)
    program = build(f"{LAYER}{'x = 1;' * 100}\nkeras.layers.GRU(4)\n")
    assert [layer.kind for layer in program.layers] == ["lstm"]


def test_large_function_that_nobody_calls_does_not_starve_the_others() -> None:
    large = "def large():\n" + "    x = 1\n" * 4000
    program = build(f"import keras\n{large}def small():\n    return keras.layers.LSTM(3)\n")
    assert [layer.kind for layer in program.layers] == ["lstm"]


def test_large_class_that_nobody_uses_does_not_starve_the_others() -> None:
    methods = "".join(f"    def m{n}(self):\n" + "        x = 1\n" * 60 for n in range(60))
    program = build(
        f"import keras\nclass Large:\n{methods}class Small:\n    def f(self):\n        keras.layers.LSTM(3)\n"
    )
    assert [layer.kind for layer in program.layers] == ["lstm"]


def test_many_modules_are_not_all_read(tmp_path: Path) -> None:
    files = {f"m{n}": f"import m{n + 1}\nUNITS = m{n + 1}.UNITS\n" for n in range(60)}
    start = time.process_time()
    program = build(f"{LAYER}import m0\nprint(m0.UNITS)\n", tmp_path, **files)
    assert time.process_time() - start < ENOUGH
    assert [layer.kind for layer in program.layers] == ["lstm"]


@pytest.mark.parametrize("terms", [300, 1000, 2500])
def test_a_long_expression_does_not_hide_what_stands_before_it(terms: int) -> None:
    program = build(f"{LAYER}a = {' + '.join(['b'] * terms)}\nkeras.layers.GRU(4)\n")
    assert [layer.kind for layer in program.layers] == ["lstm", "gru"]


def test_a_text_that_libcst_cannot_read_is_not_passed_over(monkeypatch: pytest.MonkeyPatch) -> None:
    def too_deep(text: str) -> None:
        raise RecursionError

    monkeypatch.setattr("libcst.parse_module", too_deep)
    with pytest.raises(UnparsableError, match="nested too deeply"):
        build("a_text_of_this_test = 1\n")


def test_tabs_and_spaces_mixed_as_python_allows_it() -> None:
    program = build("import keras\ndef f():\n    for n in range(1):\n\tkeras.layers.LSTM(3)\nf()\n")
    span = program.layers[0].site.span
    assert (span.line, span.column) == (4, 2)
