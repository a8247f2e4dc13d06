"""The plugin in a real flake8 process."""

from __future__ import annotations

import os
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
FIXTURES = (
    "RNN101_unbounded-cell-activation",
    "RNN210_target-broadcast",
    "RNN401_scaler-fit-before-split",
    "RNN505_implausible-clip",
)
LAYER = 'net.add(LSTM(32, activation="relu", input_shape=(90, 1)))'
SCRIPT = f"""import keras
from keras.layers import LSTM, Dense

net = keras.Sequential()
{LAYER}
net.add(Dense(1))
net.compile(loss="mse", optimizer="adam")
"""
RULE = "RNN101"


@pytest.fixture(scope="session")
def site(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder that declares the entry point as an installation of rnnlint does."""
    folder = tmp_path_factory.mktemp("site")
    metadata = folder / "rnnlint-0.dist-info"
    metadata.mkdir()
    (metadata / "METADATA").write_text("Metadata-Version: 2.1\nName: rnnlint\nVersion: 0\n", encoding="utf-8")
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    points = project["entry-points"]["flake8.extension"]
    lines = ["[flake8.extension]", *(f"{name} = {target}" for name, target in points.items())]
    (metadata / "entry_points.txt").write_text("\n".join(lines) + "\n", encoding="utf-8")
    return folder


def run(site: Path, folder: Path, *command: str, text: str | None = None) -> subprocess.CompletedProcess[str]:
    process = subprocess.run(
        [sys.executable, "-m", *command],
        cwd=folder,
        input=text,
        capture_output=True,
        text=True,
        encoding="utf-8",
        env={**os.environ, "PYTHONPATH": os.pathsep.join([str(site), str(ROOT)]), "PYTHONUTF8": "1"},
        check=False,
    )
    assert "Traceback" not in process.stderr
    return process


def flake8(site: Path, folder: Path, *arguments: str, text: str | None = None) -> list[str]:
    """The lines that flake8 prints of rnnlint's findings."""
    process = run(site, folder, "flake8", "--isolated", *arguments, text=text)
    assert process.stderr == ""
    assert process.returncode == int(bool(process.stdout))
    return [line for line in process.stdout.splitlines() if ": RNN" in line]


def codes(lines: list[str]) -> list[str]:
    return [line.split(" ")[1] for line in lines]


def rnnlint(site: Path, folder: Path, file: str) -> list[str]:
    """The lines that rnnlint prints, without its sign for a finding that it can fix."""
    process = run(site, folder, "rnnlint", "check", "-q", "-n", "--isolated", file)
    assert process.stderr == ""
    return [line.replace(" [*] ", " ", 1) for line in process.stdout.splitlines()]


@pytest.fixture
def script(tmp_path: Path) -> Path:
    path = tmp_path / "train.py"
    path.write_text(SCRIPT, encoding="utf-8")
    return path


@pytest.mark.parametrize("name", FIXTURES)
def test_same_findings_as_rnnlint(site: Path, name: str) -> None:
    folder = ROOT / "fixtures" / name
    files = sorted(path.name for path in folder.glob("*.py"))
    said = flake8(site, folder, "-j", "2", *files)
    assert sorted(said) == sorted(line for file in files for line in rnnlint(site, folder, file))
    assert said


def test_place_and_text(site: Path, script: Path) -> None:
    (line,) = flake8(site, script.parent, script.name)
    assert line.startswith(f"train.py:5:{LAYER.index('LSTM(') + 1}: {RULE} ")
    assert [line] == rnnlint(site, script.parent, script.name)


def test_columns_are_code_points_in_any_encoding(site: Path, script: Path) -> None:
    before = '"größe"; '
    text = SCRIPT.replace(LAYER, before + LAYER)
    script.write_text("# -*- coding: latin-1 -*-\n" + text, encoding="latin-1")
    (line,) = flake8(site, script.parent, "--extend-ignore", "RNN9", script.name)
    assert line.startswith(f"train.py:6:{len(before) + LAYER.index('LSTM(') + 1}: {RULE} ")


def test_standard_input(site: Path, script: Path) -> None:
    (script.parent / "rnnlint.toml").write_text(f'ignore = ["{RULE}"]\n', encoding="utf-8")
    inner = script.parent / "inner"
    inner.mkdir()
    (inner / "rnnlint.toml").write_text("", encoding="utf-8")
    assert flake8(site, script.parent, "-", text=SCRIPT) == []
    (line,) = flake8(site, script.parent, "--stdin-display-name", "inner/new.py", "-", text=SCRIPT)
    assert line.startswith("inner/new.py:5:")


@pytest.mark.parametrize("choice", [["--ignore", "RNN"], ["--select", "RNN2"], ["--extend-ignore", RULE]])
def test_flake8_selects(site: Path, script: Path, choice: list[str]) -> None:
    assert codes(flake8(site, script.parent, "--extend-select", RULE, script.name)) == [RULE]
    assert flake8(site, script.parent, *choice, script.name) == []


@pytest.mark.parametrize(
    "options",
    ['ignore = ["unbounded-cell-activation"]', 'exclude = ["train.py"]', '[per-file-ignores]\n"*" = ["RNN1"]'],
)
def test_configuration_of_rnnlint_holds(site: Path, script: Path, options: str) -> None:
    (script.parent / "rnnlint.toml").write_text(options, encoding="utf-8")
    assert flake8(site, script.parent, script.name) == []


def test_wrong_configuration_is_said(site: Path, script: Path) -> None:
    (script.parent / "rnnlint.toml").write_text("ingore = []", encoding="utf-8")
    (script.parent / "other.py").write_text(SCRIPT, encoding="utf-8")
    process = run(site, script.parent, "flake8", "--isolated", "-j", "2", script.name, "other.py")
    assert process.returncode == 1
    assert 'rnnlint.toml: unknown key "ingore"' in process.stdout


def test_noqa_is_flake8s(site: Path, script: Path) -> None:
    script.write_text(SCRIPT.replace(LAYER, f"{LAYER}  # noqa: {RULE}"), encoding="utf-8")
    assert flake8(site, script.parent, script.name) == []
    assert codes(flake8(site, script.parent, "--disable-noqa", script.name)) == [RULE]


def test_idle_noqa_is_not_judged(site: Path, script: Path) -> None:
    script.write_text(SCRIPT.replace("import keras\n", "import keras  # noqa: RNN104\n", 1), encoding="utf-8")
    assert codes(flake8(site, script.parent, script.name)) == [RULE]


def test_comments_of_rnnlint_hold(site: Path, script: Path) -> None:
    script.write_text(SCRIPT.replace(LAYER, f"{LAYER}  # rnnlint: ignore[{RULE}]"), encoding="utf-8")
    assert flake8(site, script.parent, "--disable-noqa", script.name) == []
    script.write_text(
        SCRIPT.replace("import keras\n", "import keras  # rnnlint: ignore[RNN104]\n", 1), encoding="utf-8"
    )
    assert codes(flake8(site, script.parent, script.name)) == ["RNN001", RULE]


def test_wrong_syntax_is_flake8s(site: Path, script: Path) -> None:
    script.write_text(SCRIPT + "def f(:\n", encoding="utf-8")
    process = run(site, script.parent, "flake8", "--isolated", "--select", "E9,RNN", script.name)
    assert [line.split(" ")[1] for line in process.stdout.splitlines() if "E902" not in line] == ["E999"]


def test_a_fault_in_another_file_stands_where_it_is_reached(site: Path, script: Path) -> None:
    model = SCRIPT.replace("net = ", "def build():\n    net = ").replace("\nnet.", "\n    net.") + "    return net\n"
    (script.parent / "model.py").write_text(model, encoding="utf-8")
    script.write_text("from model import build\n\nbuild().fit(x, y)\n", encoding="utf-8")
    assert flake8(site, script.parent, script.name) == rnnlint(site, script.parent, script.name)


def test_light_without_a_marker(site: Path, tmp_path: Path) -> None:
    (tmp_path / "plain.py").write_text("import os\nprint(os.getcwd())\n", encoding="utf-8")
    program = (
        "import sys; from flake8.main.cli import main; main(['--isolated', '-j', '1', 'plain.py']); print(*sys.modules)"
    )
    process = subprocess.run(
        [sys.executable, "-c", program],
        cwd=tmp_path,
        capture_output=True,
        text=True,
        env={**os.environ, "PYTHONPATH": os.pathsep.join([str(site), str(ROOT)])},
        check=True,
    )
    modules = process.stdout.split()
    assert "rnnlint.plugins.flake8" in modules
    assert not {"libcst", "astroid", "msgspec", "rnnlint.engine", "rnnlint.finding"} & set(modules)
