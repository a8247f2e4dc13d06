"""`rnnlint generate-shell-completion`, as the shells themselves read it."""

from __future__ import annotations

import shutil
import subprocess
from pathlib import Path

import pytest

from rnnlint.cli.arguments import COMMANDS, SHELLS
from tests.cli.test_process import rnnlint

ASK = """
source {script}
COMP_WORDS=({words})
COMP_CWORD=$(( ${{#COMP_WORDS[@]}} - 1 ))
_shtab_rnnlint 2>/dev/null
printf '%s\\n' "${{COMPREPLY[@]}}"
"""
READS_ONLY = {"bash": "-n", "zsh": "-n", "fish": "--no-execute"}


@pytest.fixture(scope="module")
def script(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("completion")
    run = rnnlint(folder, "generate-shell-completion", "bash")
    assert (run.code, run.err) == (0, "")
    path = folder / "rnnlint.bash"
    path.write_text(run.out, encoding="utf-8")
    return path


def bash(program: str, folder: Path) -> str:
    return subprocess.run(
        ["bash", "--norc", "-c", program], cwd=folder, check=True, capture_output=True, text=True
    ).stdout


def completed(script: Path, words: str) -> list[str]:
    return bash(ASK.format(script=script, words=words), script.parent).split()


@pytest.mark.parametrize(
    ("words", "expected"),
    [
        ("rnnlint --output-f", ["--output-format", "--output-file"]),
        ("rnnlint --output-format conc", ["concise"]),
        ("rnnlint --extend-select RNN10", [f"RNN10{digit}" for digit in range(1, 10)]),
        ("rnnlint check --ignore unused-s", ["unused-suppression"]),
        ("rnnlint rule RNN001", ["RNN001"]),
        ("rnnlint rule unbounded-c", ["unbounded-cell-activation"]),
        ("rnnlint dia", ["diagnose"]),
        ("rnnlint check rnnlint.b", ["rnnlint.bash"]),
        ("rnnlint config per-file", ["per-file-ignores"]),
        ("rnnlint generate-shell-completion z", ["zsh"]),
    ],
)
def test_bash_completes(script: Path, words: str, expected: list[str]) -> None:
    assert completed(script, words) == expected


def test_commands_and_files_stand_in_the_first_place(script: Path) -> None:
    assert set(COMMANDS) <= set(completed(script, "rnnlint ''"))
    assert " -o default " in bash(f"source {script}; complete -p rnnlint", script.parent)


@pytest.mark.parametrize("shell", SHELLS)
def test_every_shell_has_a_script(tmp_path: Path, shell: str) -> None:
    run = rnnlint(tmp_path, "generate-shell-completion", shell)
    assert (run.code, run.err) == (0, "")
    assert "per-file-ignores" in run.out
    program = shutil.which(shell)
    if program is not None and shell in READS_ONLY:
        subprocess.run([program, READS_ONLY[shell]], input=run.out, text=True, check=True)


def test_an_unknown_shell_is_wrong_use(tmp_path: Path) -> None:
    run = rnnlint(tmp_path, "generate-shell-completion", "cmd")
    assert run.code == 2
    assert "invalid choice: 'cmd'" in run.err
