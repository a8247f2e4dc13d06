"""Reports of whole runs, on a script and a notebook whose names have blanks and umlauts."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from syrupy.assertion import SnapshotAssertion

from rnnlint.config.settings import OUTPUT_FORMATS
from tests.cli.test_process import ROOT, rnnlint
from tests.report.files import notebook_text

PROGRAM = (ROOT / "fixtures" / "RNN101_unbounded-cell-activation" / "bad_encoder_decoder.py").read_text("utf-8")


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "ä b").mkdir()
    (tmp_path / "ä b" / "träin.py").write_text(PROGRAM + "x = 1  # noqa: RNN103\n", encoding="utf-8")
    cells = [
        PROGRAM.splitlines(keepends=True),
        ["%matplotlib inline\n", 's = "é\\t"; y = 1  # noqa: RNN103\n', "z = 1"],
    ]
    (tmp_path / "ä b" / "nötes.ipynb").write_text(notebook_text(cells), encoding="utf-8")
    return tmp_path


@pytest.mark.parametrize("output_format", OUTPUT_FORMATS)
def test_formats(folder: Path, output_format: str, snapshot: SnapshotAssertion) -> None:
    run = rnnlint(folder, "--output-format", output_format, "-o", "out put", CI_PROJECT_DIR="")
    assert (run.code, run.out, run.err) == (1, "", "")
    text = (folder / "out put").read_text(encoding="utf-8").replace(str(folder), "FOLDER")
    text = re.sub(r'"version": "(?!2\.1\.0)[^"]*"', '"version": "VERSION"', text)
    text = re.sub(r"<footer>.*</footer>|<style>[^<]*</style>|<script>.*</script>", "", text, flags=re.DOTALL)
    assert re.sub(r'"(text|markdown)": "[^"]*## What it does.*', r'"\1": HELP', text) == snapshot
