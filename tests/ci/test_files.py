"""The files that CI systems read: valid by their schemas, and their shell steps do what they say."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
import yaml

ROOT = Path(__file__).parents[2]
ACTION = ROOT / ".github" / "actions" / "rnnlint" / "action.yml"
PAGE = ROOT / "docs" / "pages" / "ci.md"
SCHEMAS = {
    ".github/workflows/rnnlint.yml": "vendor.github-workflows",
    ".gitlab-ci.yml": "vendor.gitlab-ci",
    ".pre-commit-config.yaml": "",
}
SCRIPT = """import keras
net = keras.Sequential([keras.layers.LSTM(32, activation="relu", input_shape=(90, 1))])
net.compile(loss="mse")
"""


def snippets() -> list[tuple[str, str]]:
    found = re.findall(r'```yaml title="([^"]+)"\n(.*?)```', PAGE.read_text(encoding="utf-8"), re.DOTALL)
    assert {name for name, _ in found} == set(SCHEMAS)
    return found


def validate(schema: str, file: Path) -> None:
    command = [sys.executable, "-m", "check_jsonschema", "--builtin-schema", schema, str(file)]
    process = subprocess.run(command, capture_output=True, text=True, check=False)
    assert process.returncode == 0, process.stdout


def test_the_action_is_valid() -> None:
    validate("vendor.github-actions", ACTION)


@pytest.mark.parametrize(("name", "text"), snippets())
def test_snippets_are_valid(tmp_path: Path, name: str, text: str) -> None:
    file = tmp_path / Path(name).name
    file.write_text(text, encoding="utf-8")
    if SCHEMAS[name]:
        validate(SCHEMAS[name], file)
    else:
        subprocess.run([sys.executable, "-m", "pre_commit", "validate-config", file], check=True)


def test_the_hooks_are_valid() -> None:
    manifest = ROOT / ".pre-commit-hooks.yaml"
    subprocess.run([sys.executable, "-m", "pre_commit", "validate-manifest", manifest], check=True)
    hooks = yaml.safe_load(manifest.read_text(encoding="utf-8"))
    assert {hook["id"]: hook["entry"] for hook in hooks} == {
        "rnnlint": "rnnlint check --force-exclude",
        "rnnlint-fix": "rnnlint check --force-exclude --fix",
    }
    same = [
        {key: value for key, value in hook.items() if key not in {"id", "name", "entry", "description"}}
        for hook in hooks
    ]
    assert same[0] == same[1]


def test_inputs_of_the_action_are_documented() -> None:
    inputs = yaml.safe_load(ACTION.read_text(encoding="utf-8"))["inputs"]
    rows = re.findall(r"^\| `([\w-]+)` \|", PAGE.read_text(encoding="utf-8"), re.MULTILINE)
    assert rows == list(inputs)


@dataclass(frozen=True)
class Step:
    """What a step of the action did."""

    code: int
    out: str
    outputs: dict[str, str]


def step(name: str, folder: Path, **variables: str) -> Step:
    """Run a shell step of the action as a runner does."""
    steps: list[dict[str, Any]] = yaml.safe_load(ACTION.read_text(encoding="utf-8"))["runs"]["steps"]
    (script,) = [entry["run"] for entry in steps if entry.get("id") == name]
    outputs = folder / "outputs"
    outputs.write_text("", encoding="utf-8")
    process = subprocess.run(
        ["bash", "--noprofile", "--norc", "-e", "-o", "pipefail", "-c", script],
        cwd=folder,
        env={**os.environ, "RUNNER_TEMP": str(folder / "temp"), "GITHUB_OUTPUT": str(outputs), **variables},
        capture_output=True,
        text=True,
        check=False,
    )
    said = dict(line.split("=", 1) for line in outputs.read_text(encoding="utf-8").splitlines())
    return Step(process.returncode, process.stdout + process.stderr, said)


@pytest.fixture
def python(tmp_path: Path) -> str:
    """An interpreter that has this rnnlint although it is told to look nowhere else."""
    (tmp_path / "temp").mkdir()
    (tmp_path / "src dir").mkdir()
    (tmp_path / "train.py").write_text(SCRIPT, encoding="utf-8")
    wrapper = tmp_path / "temp" / "python"
    wrapper.write_text(f'#!/bin/sh\nshift\nPYTHONPATH="{ROOT}" exec "{sys.executable}" "$@"\n', encoding="utf-8")
    wrapper.chmod(0o755)
    return str(wrapper)


@pytest.mark.skipif(shutil.which("bash") is None, reason="bash is not installed")
@pytest.mark.parametrize(
    ("src", "args", "code"),
    [
        (".", "", 1),
        ("train.py\n", "--ignore RNN101,RNN501", 0),
        ("train.py outputs2.py", "", 1),
        (".", "--fail-on error\n--statistics", 0),
        (".", "--no-such-option", 2),
    ],
)
def test_the_check_step(tmp_path: Path, python: str, src: str, args: str, code: int) -> None:
    done = step("check", tmp_path, PYTHON=python, SRC=src, ARGS=args, FORMAT="concise", SARIF="false")
    assert (done.code, done.outputs) == (code, {"exit-code": str(code)}), done.out
    assert ("RNN101" in done.out) == (code == 1 or "--statistics" in args)
    assert not (tmp_path / ".rnnlint_cache").exists()


def test_the_sarif_is_written_before_findings_fail_the_step(tmp_path: Path) -> None:
    program = tmp_path / "python"
    program.write_text(
        '#!/bin/sh\necho "$*"\ncase "$*" in *--exit-zero*) exit 0;; *) exit 1;; esac\n', encoding="utf-8"
    )
    program.chmod(0o755)
    done = step("check", tmp_path, PYTHON=str(program), SRC="a b", ARGS="-q", FORMAT="github", SARIF="true")
    temp = tmp_path / "temp"
    call = f"-I -m rnnlint check --cache-dir {temp}/rnnlint-cache -q"
    assert done.out.splitlines() == [
        f"{call} --output-format github a b",
        f"{call} --exit-zero --output-format sarif --output-file {temp}/rnnlint.sarif a b",
    ]
    assert (done.code, done.outputs) == (1, {"sarif": f"{temp}/rnnlint.sarif", "exit-code": "1"})


@pytest.mark.parametrize(("version", "what"), [("", "/action/../../.."), ("0.1.0", "rnnlint==0.1.0")])
def test_the_install_step(tmp_path: Path, version: str, what: str) -> None:
    program = tmp_path / "python"
    program.write_text(
        '#!/bin/sh\nif [ "$2" = venv ]; then mkdir -p "$3/bin" && cp "$0" "$3/bin/python"; else echo "$*"; fi\n',
        encoding="utf-8",
    )
    program.chmod(0o755)
    done = step("install", tmp_path, PYTHON=str(program), VERSION=version, ACTION="/action", RUNNER_OS="Linux")
    assert (done.code, done.outputs) == (0, {"python": f"{tmp_path}/temp/rnnlint/bin/python"})
    assert done.out == f"-m pip install --quiet --disable-pip-version-check {what}\n"
