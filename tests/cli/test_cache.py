"""The cache as the command line shows it."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.cli.test_process import Run, rnnlint

SCRIPT = """import keras
net = keras.Sequential([keras.layers.LSTM(32, activation="relu", input_shape=(90, 1))])
net.compile(loss="mse")
"""


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "train.py").write_text(SCRIPT, encoding="utf-8")
    return tmp_path


def recalled(run: Run) -> int:
    (line,) = [line for line in run.err.splitlines() if line.startswith("cache: ") and " from " in line]
    return int(line.split()[1])


def test_on_by_default_and_removed_by_clean(folder: Path) -> None:
    first, second = rnnlint(folder, "-v", "."), rnnlint(folder, "-v", ".")
    assert (recalled(first), recalled(second)) == (0, 1)
    assert (first.code, first.out) == (second.code, second.out) == (1, first.out)
    assert "RNN101" in first.out
    assert (folder / ".rnnlint_cache" / ".gitignore").read_text(encoding="utf-8") == "*\n"
    run = rnnlint(folder, "clean")
    assert (run.code, run.out, run.err) == (0, "", "removed FOLDER/.rnnlint_cache\n")
    assert sorted(path.name for path in folder.iterdir()) == ["train.py"]
    assert rnnlint(folder, "clean").err == "no cache in FOLDER\n"


@pytest.mark.parametrize("arguments", [["-n", "."], ["--no-cache", "."], ["-"], ["version"], ["diagnose", "train.py"]])
def test_nothing_is_stored(folder: Path, arguments: list[str]) -> None:
    rnnlint(folder, *arguments, text=SCRIPT)
    assert sorted(path.name for path in folder.iterdir()) == ["train.py"]


def test_it_stands_beside_the_configuration(folder: Path) -> None:
    (folder / "rnnlint.toml").write_text("", encoding="utf-8")
    inner = folder / "inner"
    inner.mkdir()
    (inner / "train.py").write_text(SCRIPT, encoding="utf-8")
    rnnlint(inner, ".")
    assert (folder / ".rnnlint_cache").is_dir()
    assert not (inner / ".rnnlint_cache").exists()


def test_another_folder(folder: Path) -> None:
    assert recalled(rnnlint(folder, "-v", "--cache-dir", "kept", ".")) == 0
    assert recalled(rnnlint(folder, "-v", "--cache-dir", "kept", ".")) == 1
    assert not (folder / ".rnnlint_cache").exists()
    assert rnnlint(folder, "clean", "--cache-dir", "kept").code == 0
    assert not (folder / "kept").exists()


@pytest.mark.parametrize("command", ["check", "clean"])
def test_a_folder_in_use_is_refused(folder: Path, command: str) -> None:
    run = rnnlint(folder, command, "--cache-dir", ".")
    assert run.code == 2
    assert "FOLDER holds something else than a cache of rnnlint" in run.err
    assert sorted(path.name for path in folder.iterdir()) == ["train.py"]


def test_a_cache_that_cannot_be_made_is_told_only_when_asked(folder: Path) -> None:
    (folder / ".rnnlint_cache").write_text("", encoding="utf-8")
    run = rnnlint(folder, "-v", ".")
    assert run.code == 1
    assert "cache: nothing can be stored: " in run.err
    assert rnnlint(folder, ".").err == ""
