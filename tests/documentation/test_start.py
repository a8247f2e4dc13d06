"""The commands of "Start here" print what the page says."""

from __future__ import annotations

import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
BLOCKS = re.findall(
    r"^```console\n\$ (.*?)\n(.*?)^```$", (ROOT / "docs/pages/start.md").read_text("utf-8"), re.M | re.S
)
REST = "…\n"


def test_there_are_commands() -> None:
    assert len(BLOCKS) >= 4
    assert all(command.startswith("rnnlint ") for command, _ in BLOCKS)


@pytest.mark.parametrize(("command", "expected"), BLOCKS, ids=[command for command, _ in BLOCKS])
def test_command_prints_what_the_page_says(command: str, expected: str, tmp_path: Path) -> None:
    shutil.copytree(ROOT / "examples", tmp_path / "examples")
    arguments = [sys.executable, "-m", *command.split()]
    environment = {"PYTHONPATH": str(ROOT), "PATH": "", "PYTHONIOENCODING": "utf-8"}
    process = subprocess.run(
        arguments, cwd=tmp_path, env=environment, capture_output=True, text=True, encoding="utf-8", check=False
    )
    assert process.stderr == ""
    if expected.endswith(REST):
        assert process.stdout.startswith(expected.removesuffix(REST))
    else:
        assert process.stdout.rstrip("\n") == expected.rstrip("\n")
