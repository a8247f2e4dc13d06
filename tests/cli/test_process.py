"""Whole runs of the process: standard output, standard error and exit code."""

from __future__ import annotations

import json
import os
import re
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import pytest
from syrupy.assertion import SnapshotAssertion

from tests.terminal import run_on_terminal

ROOT = Path(__file__).parents[2]
FILES = {
    "broken.py": "import os\ndef f(:\n    pass\n",
    "old.py": 'print "loss"\n',
    "idle.py": "x = 1  # noqa: RNN101\n",
    "clean.py": "x = 1\n",
    "sub/notebook.ipynb": json.dumps(
        {
            "cells": [
                {"cell_type": "markdown", "source": "# Title"},
                {"cell_type": "code", "source": ["%matplotlib inline\n", "x = (1,\n", "y ="]},
            ],
            "metadata": {},
        }
    ),
}


@dataclass(frozen=True)
class Run:
    """What a process said."""

    code: int
    out: str
    err: str


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    for name, text in FILES.items():
        path = tmp_path / name
        path.parent.mkdir(exist_ok=True)
        path.write_text(text, encoding="utf-8")
    return tmp_path


def environment(**variables: str) -> dict[str, str]:
    kept = {key: value for key, value in os.environ.items() if not key.startswith(("RNNLINT", "NO_COLOR", "FORCE"))}
    return {**kept, "PYTHONPATH": str(ROOT), "PYTHONIOENCODING": "utf-8", **variables}


def rnnlint(folder: Path, *arguments: str, text: str | None = None, **variables: str) -> Run:
    process = subprocess.run(
        [sys.executable, "-m", "rnnlint", *arguments],
        cwd=folder,
        input=text,
        stdin=subprocess.DEVNULL if text is None else None,
        capture_output=True,
        text=True,
        encoding="utf-8",
        env=environment(**variables),
        check=False,
    )
    assert "Traceback" not in process.stderr

    def neutral(output: str) -> str:
        return output.replace(str(folder), "FOLDER")

    return Run(process.returncode, neutral(process.stdout), neutral(process.stderr))


@pytest.mark.parametrize(
    "arguments",
    [
        [],
        ["check", "."],
        ["--output-format", "full"],
        ["--output-format", "json", "sub"],
        ["--output-format=json", "clean.py"],
        ["-q"],
        ["-s"],
        ["clean.py"],
        ["gone.py"],
        ["sub/notebook.ipynb"],
        ["idle.py", "--fail-on", "error"],
        ["idle.py", "--ignore", "unused-suppression"],
        ["broken.py", "-e"],
        ["--statistics"],
        ["--statistics", "--output-format", "json"],
        ["--output-format", "grouped"],
        ["--output-format", "json-lines", "sub", "idle.py"],
        ["--output-format", "gitlab", "sub", "idle.py"],
        ["--output-format", "junit"],
        ["--output-format", "pylint"],
        ["--output-format", "rdjson", "sub", "idle.py"],
        ["--output-format", "azure"],
        ["--output-format", "github"],
        ["--show-files"],
        ["--color", "always", "broken.py", "idle.py"],
        ["--color", "always", "--output-format", "full", "idle.py"],
        ["--select", "RNN9", "--ignore", "invalid-syntax", "."],
        ["--per-file-ignores", "broken.py:RNN9,old.py:RNN902", "."],
        ["--extend-exclude", "sub,old.py", "--exclude", "idle.py", "."],
        ["--config", 'ignore = ["RNN9"]', "."],
        ["--ignore-noqa", "idle.py"],
        ["-q", "check", "broken.py"],
        ["version"],
        ["--version"],
        ["version", "--output-format", "json"],
        ["rule", "RNN902"],
        ["rule", "io-error", "--output-format", "json"],
        ["config", "fail-on"],
        ["config", "fail-on", "--config", 'fail-on = "error"', "--output-format", "json"],
        ["config", "--isolated"],
        ["diagnose", "broken.py"],
        ["diagnose", "gone.py", "--output-format", "json"],
        ["--show-settings", "--scope", "recurrent"],
    ],
    ids=" ".join,
)
def test_runs(folder: Path, arguments: list[str], snapshot: SnapshotAssertion) -> None:
    assert rnnlint(folder, *arguments) == snapshot


@pytest.mark.parametrize(
    "arguments",
    [
        ["--selct", "RNN1"],
        ["--output-format", "yaml"],
        ["--select", "io-eror"],
        ["--ignore", "nonsense"],
        ["--fail-on", "never"],
        ["--jobs", "none"],
        ["--jobs", "0"],
        ["--per-file-ignores", "RNN1"],
        ["--config", "gone.toml"],
        ["--config", "selct = 1"],
        ["--config", "select = ["],
        ["--config", 'select = "RNN1"'],
        ["-", "clean.py"],
        ["@gone.txt"],
        ["-o", "gone/report.txt"],
        ["rule"],
        ["rule", "invalid-sintax"],
        ["config", "selct"],
        ["diagnose"],
        ["diagnose", "."],
    ],
    ids=" ".join,
)
def test_wrong_use(folder: Path, arguments: list[str], snapshot: SnapshotAssertion) -> None:
    run = rnnlint(folder, *arguments)
    assert run.code == 2
    assert run.out == ""
    if sys.version_info[:2] == (3, 11):  # argparse words its messages anew now and then
        assert run == snapshot


def test_no_files_is_a_warning(folder: Path) -> None:
    (folder / "empty").mkdir()
    run = rnnlint(folder, "empty")
    assert (run.code, run.err) == (0, "warning: no Python files or notebooks found under the given path(s)\n")


@pytest.mark.parametrize(
    ("text", "code"),
    [("[tool.rnnlint]\nselct = []\n", 2), ("[tool.rnnlint]\nselect = [\n", 2), ("[tool.x\n", 1)],
)
def test_project_files(folder: Path, text: str, code: int) -> None:
    (folder / "pyproject.toml").write_text(text, encoding="utf-8")
    run = rnnlint(folder)
    assert run.code == code
    assert (code == 2) == ("FOLDER/pyproject.toml: " in run.err)


def test_configuration_decides_format_and_exit_code(folder: Path) -> None:
    (folder / "rnnlint.toml").write_text('output-format = "json"\nfail-on = "error"\n', encoding="utf-8")
    run = rnnlint(folder, "idle.py")
    assert run.code == 0
    assert json.loads(run.out)[0]["code"] == "RNN001"
    assert rnnlint(folder, "idle.py", RNNLINT_OUTPUT_FORMAT="concise").out.startswith("idle.py:1:8: RNN001")
    assert rnnlint(folder, "idle.py", "--output-format", "full", RNNLINT_OUTPUT_FORMAT="json").out.startswith(
        "warning["
    )
    assert rnnlint(folder, "idle.py", RNNLINT_OUTPUT_FORMAT="yaml").code == 2
    assert rnnlint(folder, "idle.py", "--isolated").code == 1


def test_standard_input(folder: Path) -> None:
    assert rnnlint(folder, "-", text="x = = 1\n").out.startswith("-:1:5: RNN902 SyntaxError: invalid syntax\n")
    named = rnnlint(folder, "--stdin-filename", "a/b.py", "--output-format", "full", "-", text="x = = 1\n")
    assert "--> a/b.py:1:5\n" in named.out
    assert "1 | x = = 1\n" in named.out
    notebook = rnnlint(folder, "-", "--stdin-display-name", "n.ipynb", text=FILES["sub/notebook.ipynb"])
    assert notebook.out.startswith("n.ipynb:cell 2:2:5: RNN902 ")
    excluded = ("--stdin-filename", "old/b.py", "--extend-exclude", "old", "--force-exclude", "-")
    assert rnnlint(folder, *excluded, text="x = = 1\n").code == 0
    assert rnnlint(folder, "diagnose", "-", text="x = = 1\n").out.startswith("-:1:5: RNN902 ")


def test_arguments_from_a_file(folder: Path) -> None:
    (folder / "arguments.txt").write_text("broken.py\n\n--output-format\njson\n", encoding="utf-8")
    assert json.loads(rnnlint(folder, "@arguments.txt").out)[0]["location"] == {"row": 2, "column": 7}


def test_output_file_is_replaced(folder: Path) -> None:
    (folder / "report.txt").write_text("old", encoding="utf-8")
    run = rnnlint(folder, "broken.py", "-o", "report.txt")
    assert (run.code, run.out, run.err) == (1, "", "")
    assert (folder / "report.txt").read_text(encoding="utf-8").startswith("broken.py:2:7: RNN902 ")
    assert not list(folder.glob(".rnnlint-*"))


@pytest.mark.parametrize("output_format", ["sarif", "html"])
def test_formats_for_files(folder: Path, output_format: str, snapshot: SnapshotAssertion) -> None:
    run = rnnlint(folder, "sub", "idle.py", "--output-format", output_format, "-o", "report")
    assert (run.code, run.out, run.err) == (1, "", "")
    text = (folder / "report").read_text(encoding="ascii")
    text = re.sub(r'(rnnlint |"version": ")\d[\w.]*(["<])(?!,\s+"runs")', r"\1VERSION\2", text)
    assert re.sub(r'("text"|"markdown"): "[^"]*What it does[^\n]*', r"\1: HELP", text) == snapshot


def test_color_variables(folder: Path) -> None:
    assert "\033[" not in rnnlint(folder, "broken.py").out
    assert "\033[" in rnnlint(folder, "broken.py", FORCE_COLOR="1").out
    assert "\033[" not in rnnlint(folder, "broken.py", FORCE_COLOR="1", NO_COLOR="1").out
    assert "\033[" in rnnlint(folder, "broken.py", "--color=always", NO_COLOR="1").out
    assert "\033[" not in rnnlint(folder, "broken.py", "--color=never", FORCE_COLOR="1").out


def test_a_terminal_without_unicode(folder: Path) -> None:
    (folder / "größe.py").write_text("größe = = 1\n", encoding="utf-8")
    run = rnnlint(folder, "größe.py", "--output-format", "full", PYTHONIOENCODING="ascii")
    assert run.code == 1
    assert "gr\\xf6\\xdfe" in run.out


def test_a_path_that_is_not_unicode(folder: Path) -> None:
    try:
        Path(os.fsdecode(os.fsencode(folder) + b"/bad\xff.py")).write_text("x = = 1\n", encoding="utf-8")
    except OSError:
        pytest.skip("the file system refuses such names")
    assert rnnlint(folder, ".").code == 1
    assert rnnlint(folder, ".", "--output-format", "json").code == 1


def test_verbose_tells_on_standard_error(folder: Path) -> None:
    run = rnnlint(folder, "clean.py", "-v")
    assert run.out == "All checks passed!\n"
    assert run.err.startswith("checked 1 file in ")


def test_rule_all(folder: Path) -> None:
    codes = [entry["code"] for entry in json.loads(rnnlint(folder, "rule", "--all", "--output-format", "json").out)]
    assert codes == sorted(codes)
    assert {"RNN001", "RNN901", "RNN902"} <= set(codes)
    assert rnnlint(folder, "rule", "--all").out.count("## When it is silent") == len(codes)


def test_help_names_every_command(folder: Path) -> None:
    run = rnnlint(folder, "--help")
    assert run.code == 0
    for command in ("check", "rule", "diagnose", "config", "version"):
        assert f"\n  {command}" in run.out
        assert rnnlint(folder, command, "--help").code == 0


@pytest.mark.skipif(os.name == "nt", reason="POSIX pipes")
def test_a_reader_that_goes_away(folder: Path) -> None:
    for number in range(300):
        (folder / f"m{number}.py").write_text("x = = 1\n" * 2, encoding="utf-8")
    command = f"'{sys.executable}' -m rnnlint --output-format full . | head -n 1; exit ${{PIPESTATUS[0]}}"
    process = subprocess.run(
        ["bash", "-c", command], cwd=folder, env=environment(), capture_output=True, text=True, check=False
    )
    assert (process.returncode, process.stderr) == (1, "")


@pytest.mark.skipif(os.name == "nt", reason="POSIX signals")
def test_an_interrupt_is_quiet(folder: Path) -> None:
    with subprocess.Popen(
        [sys.executable, "-m", "rnnlint", "-"],
        cwd=folder,
        env=environment(),
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
    ) as process:
        time.sleep(1.5)
        process.send_signal(signal.SIGINT)
        out, err = process.communicate(timeout=30)
    assert (process.returncode, out, err) == (130, b"", b"")


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["chekc", "clean.py"], 'warning: there is no command "chekc"; did you mean "check"?'),
        (["--add-noqa", "legacy", "clean.py"], 'rnnlint: error: a reason is given as --add-noqa="legacy"'),
        (["--select", "RNN999", "."], 'rnnlint: error: unknown rule "RNN999"\n'),
        (["--select", "scaler-fit", "."], 'unknown rule "scaler-fit"; did you mean "scaler-fit-before-split"?'),
    ],
)
def test_hints(folder: Path, arguments: list[str], said: str) -> None:
    run = rnnlint(folder, *arguments)
    assert run.code == (1 if arguments[0] == "chekc" else 2)
    assert said in run.err


def test_a_mode_may_stand_behind_confirm(folder: Path) -> None:
    assert rnnlint(folder, "--confirm", "rebuild", "clean.py").code == 0
    assert rnnlint(folder, "--confirm", "clean.py").code == 0


MANY = "import torch\nfrom torch import nn\nmodel = nn.LSTM(8, 32)\n" + "out, _ = model(torch.zeros(2, 3, 8))\n" * 300


@pytest.mark.skipif(sys.platform != "linux", reason="reads /proc")
@pytest.mark.parametrize(("number", "code"), [(signal.SIGTERM, 143), (signal.SIGKILL, -signal.SIGKILL)])
def test_the_end_of_a_run_is_the_end_of_its_workers(tmp_path: Path, number: int, code: int) -> None:
    for name in range(40):
        (tmp_path / f"model_{name}.py").write_text(MANY)
    with subprocess.Popen(
        [sys.executable, "-m", "rnnlint", "--isolated", "--no-cache", "-j", "2", "."],
        cwd=tmp_path,
        env=environment(),
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    ) as process:
        workers = _children_of(process.pid, 2)
        process.send_signal(number)
        assert process.wait(timeout=20) == code
    _wait_for(lambda: not any(Path(f"/proc/{worker}").exists() for worker in workers))


def test_verbose_names_the_slowest_files(tmp_path: Path) -> None:
    for name in range(7):
        (tmp_path / f"model_{name}.py").write_text(MANY)
    run = rnnlint(tmp_path, "-v", "--isolated", "--no-cache", "-j", "2", ".")
    slow = re.findall(r"^(\d+\.\d\d) s for model_\d\.py$", run.err, re.MULTILINE)
    assert len(slow) == 5
    assert slow == sorted(slow, key=float, reverse=True)


@pytest.mark.skipif(os.name == "nt", reason="POSIX terminals")
@pytest.mark.parametrize(("options", "shown"), [([], True), (["-q"], False), (["-s"], False)])
def test_a_long_run_shows_on_a_terminal_how_far_it_is(tmp_path: Path, options: list[str], shown: bool) -> None:
    for name in range(24):
        (tmp_path / f"model_{name}.py").write_text(MANY)
    command = [sys.executable, "-m", "rnnlint", "--isolated", "--no-cache", "-j", "2", *options, "."]
    drawn = run_on_terminal(command, tmp_path, environment()).drawn
    assert (b"linting" in drawn and b"/24" in drawn) == shown


def _children_of(parent: int, count: int) -> list[str]:
    def children() -> list[str]:
        return Path(f"/proc/{parent}/task/{parent}/children").read_text().split()

    _wait_for(lambda: len(children()) >= count)
    return children()


def _wait_for(state: Callable[[], bool]) -> None:
    end = time.monotonic() + 10
    while not state():
        assert time.monotonic() < end
        time.sleep(0.02)


@pytest.mark.skipif(os.name == "nt", reason="POSIX pipes")
@pytest.mark.parametrize("arguments", [["pipe.py"], ["train.py"], ["."]])
def test_a_pipe_among_the_files_is_not_waited_for(tmp_path: Path, arguments: list[str]) -> None:
    os.mkfifo(tmp_path / "pipe.py")
    (tmp_path / "train.py").write_text(
        "import pandas as pd\nfrom keras.layers import LSTM\nx = pd.read_csv('loads.csv')\nLSTM(3)(x)\n"
    )
    process = subprocess.run(
        [sys.executable, "-m", "rnnlint", "-q", "--isolated", *arguments],
        cwd=tmp_path,
        env=environment(),
        capture_output=True,
        text=True,
        timeout=30,
        check=False,
    )
    said = "RNN901 not a regular file" in process.stdout
    assert (process.returncode == 1, said) == (("pipe.py" in arguments,) * 2)
