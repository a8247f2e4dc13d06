"""`--fix` and its kin as whole processes: what is written, what is said, and the exit code."""

from __future__ import annotations

import json
import stat
from pathlib import Path

import pytest

from tests.cli.test_process import rnnlint

STACK = """\
from keras import Input, Sequential, layers

model = Sequential([Input((30, 4)), layers.LSTM(64), layers.LSTM(32), layers.Dense(1)])
"""
MENDED = STACK.replace("layers.LSTM(64)", "layers.LSTM(64, return_sequences=True)")
IDLE = "import keras\n\nmodel = keras.Sequential([keras.layers.LSTM(4)])  # noqa: RNN101\n"
UNMASKED = """\
from keras import Sequential
from keras.layers import LSTM, Dense, Embedding
from keras.utils import pad_sequences

x = pad_sequences(word_numbers, maxlen=200, padding="post")
model = Sequential([Embedding(20000, 64), LSTM(32), Dense(1, activation="sigmoid")])
model.compile(loss="binary_crossentropy")
model.fit(x, labels)
"""


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "stack.py").write_text(STACK)
    (tmp_path / "idle.py").write_text(IDLE)
    return tmp_path


def test_fix_writes_and_reports_what_is_left(folder: Path) -> None:
    (folder / "broken.py").write_text("def f(:\n")
    run = rnnlint(folder, "--fix", "--show-fixes", ".")
    assert (folder / "stack.py").read_text() == MENDED
    assert "noqa" not in (folder / "idle.py").read_text()
    assert run.code == 1
    assert run.out.splitlines() == [
        "broken.py:1:7: RNN902 SyntaxError: invalid syntax",
        "Found 1 error.",
    ]
    assert run.err.splitlines() == [
        "Fixed 2 findings:",
        "- idle.py:",
        "    1 × RNN001 (unused-suppression)",
        "- stack.py:",
        "    1 × RNN103 (missing-return-sequences)",
    ]
    again = rnnlint(folder, "--fix", "stack.py", "idle.py")
    assert (again.code, again.out) == (0, "All checks passed!\n")


def test_without_fix_nothing_is_written_and_the_way_is_shown(folder: Path) -> None:
    run = rnnlint(folder, "stack.py")
    assert run.code == 1
    assert run.out.splitlines()[-1] == "[*] 1 fixable with `--fix`."
    assert " RNN103 [*] " in run.out
    assert (folder / "stack.py").read_text() == STACK


def test_diff_writes_nothing(folder: Path) -> None:
    run = rnnlint(folder, "--diff", "stack.py")
    assert run.code == 1
    assert run.out == (
        "--- stack.py\n+++ stack.py\n@@ -1,3 +1,3 @@\n from keras import Input, Sequential, layers\n \n"
        f"-{STACK.splitlines()[2]}\n+{MENDED.splitlines()[2]}\n"
    )
    assert run.err == "Would fix 1 finding.\n"
    assert (folder / "stack.py").read_text() == STACK
    (folder / "stack.py").write_text(MENDED)
    assert rnnlint(folder, "--diff", "stack.py").code == 0


def test_only_fix(folder: Path) -> None:
    (folder / "broken.py").write_text("def f(:\n")
    run = rnnlint(folder, "--fix-only", ".")
    assert (run.code, run.out, run.err) == (0, "", "Fixed 2 findings.\n")
    assert (folder / "stack.py").read_text() == MENDED


def test_exit_non_zero_on_fix(folder: Path) -> None:
    assert rnnlint(folder, "--fix", "--exit-non-zero-on-fix", ".").code == 1
    assert rnnlint(folder, "--fix", "--exit-non-zero-on-fix", ".").code == 0


@pytest.mark.parametrize("option", ["--unfixable=RNN103", "--fixable=RNN001", "--no-fix"])
def test_rules_that_may_not_be_fixed(folder: Path, option: str) -> None:
    run = rnnlint(folder, "--fix", option, "stack.py")
    assert run.code == 1
    assert (folder / "stack.py").read_text() == STACK
    assert ("[*]" in run.out) == (option == "--no-fix")


def test_a_rule_that_is_not_known_cannot_be_fixable(folder: Path) -> None:
    run = rnnlint(folder, "--fixable=RNN999", "stack.py")
    assert run.code == 2
    assert 'unknown rule "RNN999"' in run.err


def test_the_configuration_can_ask_for_fixes(folder: Path) -> None:
    (folder / "rnnlint.toml").write_text('fix = true\nunfixable = ["RNN001"]\n')
    rnnlint(folder, ".")
    assert (folder / "stack.py").read_text() == MENDED
    assert (folder / "idle.py").read_text() == IDLE


def test_standard_input_is_repaired_to_standard_output(folder: Path) -> None:
    run = rnnlint(folder, "--fix", "-", text=STACK)
    assert (run.code, run.out) == (0, MENDED)
    assert run.err == "Fixed 1 finding.\nAll checks passed!\n"


def test_a_notebook_keeps_every_other_byte(folder: Path) -> None:
    cells = [
        {"cell_type": "markdown", "source": ["# Ärger\n"]},
        {"cell_type": "code", "source": ["%matplotlib inline\n", "x = 1"], "outputs": [{"data": 1.0}]},
        {"cell_type": "code", "source": STACK.splitlines(keepends=True), "outputs": []},
    ]
    text = json.dumps({"cells": cells, "metadata": {}, "nbformat": 4}, indent=3) + "\n\n"
    (folder / "n.ipynb").write_text(text)
    assert rnnlint(folder, "--fix", "n.ipynb").code == 0
    assert (folder / "n.ipynb").read_text() == text.replace("layers.LSTM(64)", "layers.LSTM(64, return_sequences=True)")


def test_a_read_only_file_is_reported_and_stays(folder: Path) -> None:
    (folder / "stack.py").chmod(stat.S_IRUSR)
    run = rnnlint(folder, "--fix", "stack.py")
    assert run.code == 1
    assert "stack.py:1:1: RNN901 cannot be fixed: it is read-only" in run.out
    assert "RNN103" in run.out
    assert (folder / "stack.py").read_text() == STACK


def test_permissions_and_links_stay(folder: Path) -> None:
    (folder / "stack.py").chmod(0o754)
    (folder / "link.py").symlink_to("stack.py")
    rnnlint(folder, "-n", "--fix", "link.py")
    assert (folder / "link.py").is_symlink()
    assert (folder / "stack.py").read_text() == MENDED
    assert stat.S_IMODE((folder / "stack.py").stat().st_mode) == 0o754
    assert sorted(path.name for path in folder.iterdir()) == ["idle.py", "link.py", "stack.py"]


def test_a_fault_in_another_file_is_mended_there(folder: Path) -> None:
    (folder / "network.py").write_text(
        "from keras import Input, Sequential, layers\n\n\ndef build(steps):\n"
        "    return Sequential([Input((steps, 4)), layers.GRU(8), layers.GRU(4), layers.Dense(1)])\n"
    )
    (folder / "main.py").write_text(
        'import keras\nfrom network import build\n\nmodel = build(30)\nmodel.compile(loss="mse")\n'
    )
    alone = rnnlint(folder, "--fix", "main.py")
    assert "GRU(8)," in (folder / "network.py").read_text()
    assert "RNN103" in alone.out
    both = rnnlint(folder, "--fix", "main.py", "network.py")
    assert both.code == 0
    assert "GRU(8, return_sequences=True)," in (folder / "network.py").read_text()


def test_diff_tells_of_unsafe_fixes(folder: Path) -> None:
    (folder / "masked.py").write_text(UNMASKED)
    run = rnnlint(folder, "--diff", "--select", "RNN301", "masked.py")
    assert (run.code, run.out, run.err) == (0, "", "Would fix 0 findings (1 more with `--unsafe-fixes`).\n")
    assert rnnlint(folder, "--diff", "--select", "RNN301", "--unsafe-fixes", "masked.py").code == 1


def test_a_mark_stands_for_what_fix_repairs(folder: Path) -> None:
    (folder / "masked.py").write_text(UNMASKED)
    run = rnnlint(folder, "--select", "RNN301", "masked.py")
    assert "[*]" not in run.out
    assert run.out.endswith("1 fixable with `--fix --unsafe-fixes`, which changes what the program does.\n")
    assert "RNN301 [*] " in rnnlint(folder, "--select", "RNN301", "--unsafe-fixes", "masked.py").out
