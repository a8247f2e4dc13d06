"""`--watch` in a real process whose files are edited while it runs."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import IO

import pytest

from tests.cli.test_process import environment, rnnlint

BAD = """import keras
net = keras.Sequential([keras.layers.LSTM(32, activation="relu", input_shape=(90, 1))])
net.compile(loss="mse")
"""
GOOD = BAD.replace(', activation="relu"', "")
WATCHING = "watching for changes"
PATIENCE = 40  # seconds


class Watched:
    """A process that watches, and its lines as they come."""

    def __init__(self, folder: Path, *arguments: str) -> None:
        self.process = subprocess.Popen(
            [sys.executable, "-u", "-m", "rnnlint", "--isolated", "--watch", *arguments],
            cwd=folder,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            env=environment(),
        )
        assert self.process.stdout is not None
        os.set_blocking(self.process.stdout.fileno(), False)
        self._stream: IO[bytes] = self.process.stdout

    def report(self) -> str:
        """All that is said until it waits for changes again."""
        text, end = "", time.monotonic() + PATIENCE
        while WATCHING not in text:
            assert self.process.poll() is None, text
            assert time.monotonic() < end, text
            text += self.more()
            time.sleep(0.02)
        return text

    def more(self) -> str:
        """What has been said by now."""
        return (self._stream.read() or b"").decode()


@pytest.fixture
def watched(tmp_path: Path) -> Iterator[Watched]:
    pytest.importorskip("watchfiles")
    (tmp_path / "train.py").write_text(BAD, encoding="utf-8")
    watched = Watched(tmp_path, ".")
    yield watched
    watched.process.kill()
    watched.process.wait()


def test_edits_are_seen_and_interruption_ends_it(tmp_path: Path, watched: Watched) -> None:
    first = watched.report()
    assert "train.py:2:" in first
    assert "RNN101" in first
    assert "\x1b" not in first
    (tmp_path / "train.py").write_text(GOOD, encoding="utf-8")
    assert "RNN101" not in watched.report()
    (tmp_path / "new.py").write_text(BAD, encoding="utf-8")
    assert "new.py:2:" in watched.report()
    (tmp_path / "rnnlint.toml").write_text("# read by nobody, as the run is isolated\n", encoding="utf-8")
    assert "new.py:2:" in watched.report()
    (tmp_path / "new.py").unlink()
    assert "new.py" not in watched.report()
    watched.process.send_signal(signal.SIGINT)
    assert watched.process.wait(PATIENCE) == 130
    assert watched.more() == ""


def test_what_is_not_checked_wakes_nobody(tmp_path: Path, watched: Watched) -> None:
    watched.report()
    (tmp_path / "venv").mkdir()
    (tmp_path / "venv" / "train.py").write_text(BAD, encoding="utf-8")
    (tmp_path / "model.h5").write_text("", encoding="utf-8")
    time.sleep(2.5)
    assert watched.more() == ""
    (tmp_path / "train.py").write_text(GOOD, encoding="utf-8")
    assert "RNN101" not in watched.report()


def test_a_path_that_does_not_exist(tmp_path: Path) -> None:
    pytest.importorskip("watchfiles")
    run = rnnlint(tmp_path, "--watch", "missing")
    assert (run.code, run.err) == (2, "rnnlint: error: cannot watch missing: no such file or folder\n")


@pytest.mark.parametrize("arguments", [["-"], ["--show-files"]])
def test_nothing_to_watch(tmp_path: Path, arguments: list[str]) -> None:
    run = rnnlint(tmp_path, "-w", *arguments)
    assert (run.code, run.err) == (2, "rnnlint: error: --watch needs files or folders to check\n")


def test_a_missing_extra_is_named(tmp_path: Path) -> None:
    (tmp_path / "watchfiles.py").write_text("raise ImportError\n", encoding="utf-8")
    run = rnnlint(tmp_path, "-w", ".")
    assert run.code == 2
    assert 'pip install "rnnlint[watch]"' in run.err
