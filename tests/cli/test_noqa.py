"""`--add-noqa` in whole runs of the process."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from tests.cli.test_process import ROOT, rnnlint

FIXTURE = ROOT / "fixtures" / "RNN101_unbounded-cell-activation" / "bad_encoder_decoder.py"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "a b").mkdir()
    (tmp_path / "a b" / "trän.py").write_text(FIXTURE.read_text(encoding="utf-8"), encoding="utf-8")
    (tmp_path / "idle.py").write_text("x = 1  # noqa: RNN101\n", encoding="utf-8")
    return tmp_path


def test_comments_are_written_once(folder: Path) -> None:
    script = folder / "a b" / "trän.py"
    before = script.read_text(encoding="utf-8")
    run = rnnlint(folder, "--add-noqa=measured: fine", "a b")
    assert (run.code, run.out) == (0, "All checks passed!\n")
    assert run.err == "Added 2 suppressions in 1 file.\n"
    after = script.read_text(encoding="utf-8")
    assert after == before.replace("  # RNN101\n", "  # RNN101  # noqa: RNN101 measured: fine\n")
    again = rnnlint(folder, "--add-noqa", "a b")
    assert (again.code, again.err) == (0, "Added 0 suppressions in 0 files.\n")
    assert script.read_text(encoding="utf-8") == after


def test_what_is_left_is_reported(folder: Path) -> None:
    run = rnnlint(folder, "--add-noqa", "-q")
    assert (run.code, run.err) == (1, "")
    assert run.out == "idle.py:1:8: RNN001 [*] this comment silences no finding of RNN101\n"


@pytest.mark.skipif(os.name == "nt", reason="POSIX permissions")
def test_read_only_files_are_reported(folder: Path) -> None:
    script = folder / "a b" / "trän.py"
    script.chmod(0o444)
    run = rnnlint(folder, "--add-noqa", "a b", "-q")
    assert run.code == 1
    assert "a b/trän.py:1:1: RNN901 " in run.out
    assert "read-only" in run.out
    assert "a b/trän.py:12:9: RNN101 " in run.out


@pytest.mark.parametrize("other", ["--fix", "--fix-only", "--diff", "--ignore-noqa", "-"])
def test_what_excludes_it(folder: Path, other: str) -> None:
    run = rnnlint(folder, "--add-noqa", other, text="" if other == "-" else None)
    assert (run.code, run.out) == (2, "")
    assert run.err.startswith("rnnlint: error: --add-noqa ")


def test_reasons_are_one_line(folder: Path) -> None:
    run = rnnlint(folder, "--add-noqa=a\nb")
    assert (run.code, run.err) == (2, "rnnlint: error: the reason of --add-noqa must be one line of text\n")
