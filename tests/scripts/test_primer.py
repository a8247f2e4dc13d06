"""`scripts/primer.py` shows how the findings of two versions differ, and which of them fails."""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest

from tests.scripts.support import copied

pytestmark = pytest.mark.skipif(shutil.which("git") is None, reason="git is not installed")
SCRIPT = "scripts/primer.py"
FAKE = """
import json, pathlib, sys, time
FOUND = {found!r}  # by a word: code, column, severity and message
assert sys.argv[1:] == "--output-format json --isolated --preview --min-confidence low --jobs 1 .".split()
findings = []
def look(path, cell, lines):
    for row, line in enumerate(lines, start=1):
        if "wait" in line: time.sleep(60)
        if "refuse" in line: sys.exit("no")
        if "half" in line: sys.stderr.write("a rule failed\\n")
        for word, (code, column, severity, message) in FOUND.items():
            if word in line:
                findings.append(dict(
                    code=code, name="of-" + word, filename=str(path.resolve()), cell=cell, severity=severity,
                    location=dict(row=row, column=column), confidence="high", message=message,
                ))
for path in pathlib.Path(".").rglob("*.py"):
    look(path, None, path.read_text().split("\\n"))
for path in pathlib.Path(".").rglob("*.ipynb"):
    for number, cell in enumerate(json.loads(path.read_text())["cells"], start=1):
        look(path, number, "".join(cell["source"]).split("\\n"))
print(json.dumps(findings))
sys.exit(2 if "half" in pathlib.Path("a.py").read_text() else 1)
"""
OLD = {
    "same": ("RNN101", 1, "warning", "it stays"),
    "gone": ("RNN201", 1, "warning", "it went"),
    "worse": ("RNN301", 1, "advice", "it is graded"),
    "said": ("RNN301", 1, "advice", "in old words"),
    "moved": ("RNN401", 1, "advice", "it moves"),
}
NEW = {
    "same": ("RNN101", 1, "warning", "it stays"),
    "fresh": ("RNN201", 1, "error", "it came"),
    "worse": ("RNN301", 1, "error", "it is graded"),
    "said": ("RNN301", 1, "advice", "in new words"),
    "moved": ("RNN401", 5, "advice", "it moves"),
}


def git(folder: Path, *arguments: str) -> str:
    names = ("-c", "user.name=tester", "-c", "user.email=tester@example.org", "-c", "commit.gpgsign=false")
    process = subprocess.run(["git", *names, *arguments], cwd=folder, capture_output=True, text=True, check=True)
    return process.stdout.strip()


def committed(folder: Path) -> str:
    """The folder as a commit of its own git repository, and its name."""
    git(folder, "init", "--quiet")
    git(folder, "add", ".")
    git(folder, "commit", "--quiet", "-m", "all")
    return git(folder, "rev-parse", "HEAD")


def fake(project: Path, found: dict[str, tuple[str, int, str, str]]) -> None:
    """A rnnlint that finds words."""
    (project / "rnnlint").mkdir(exist_ok=True)
    (project / "rnnlint" / "__init__.py").touch()  # or an installed rnnlint would come first
    (project / "rnnlint" / "__main__.py").write_text(FAKE.format(found=found), "utf-8")


@pytest.fixture
def project(tmp_path: Path) -> Path:
    """A repository with two fake versions: the last commit, and the work tree."""
    project = copied(tmp_path / "project", SCRIPT)
    fake(project, OLD)
    committed(project)
    fake(project, NEW)
    return project


@pytest.fixture
def linted(tmp_path: Path) -> Path:
    """A repository to lint; its module json.py must not stand in the way of the real one."""
    folder = tmp_path / "forecast"
    (folder / "sub").mkdir(parents=True)
    (folder / "a.py").write_text("same\ngone = 1\n  worse = 2\nsaid\nmoved\n", "utf-8")
    (folder / "sub" / "json.py").write_text("raise ImportError\n", "utf-8")
    shutil.copy(folder / "sub" / "json.py", folder)
    cells = [{"cell_type": "markdown", "source": "# title"}, {"cell_type": "code", "source": ["x\n", "```fresh```"]}]
    (folder / "nb.ipynb").write_text(json.dumps({"cells": cells}), "utf-8")
    return folder


def primer(project: Path, *arguments: str | Path, **variables: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, str(project / SCRIPT), *map(str, arguments)]
    environment = {**os.environ, "PYTHONIOENCODING": "ascii", **variables}
    return subprocess.run(command, env=environment, capture_output=True, text=True, encoding="utf-8", check=False)


def test_every_difference_is_shown_by_rule(project: Path, linted: Path) -> None:
    process = primer(project, linted)
    assert (process.returncode, process.stderr) == (0, "")
    commit = git(project, "rev-parse", "--short", "HEAD")
    text = re.sub(r"\d+\.\d → \d+\.\d", "SECONDS", process.stdout)
    assert (
        text
        == f"""\
# HEAD ({commit}) → the work tree

1 added, 1 gone, 3 changed in 1 repositories.

| repository | findings | seconds | difference |
|---|---|---|---|
| forecast | 5 → 5 | SECONDS | 1 added, 1 gone, 3 changed |

## RNN201 of-fresh: 1 added

- **added** forecast/nb.ipynb:cell 2:2: it came (error, high confidence)

  ~~~python
  ```fresh```
  ~~~

## RNN201 of-gone: 1 gone

- **gone** forecast/a.py:2: it went (warning, high confidence)

  ```python
  gone = 1
  ```

## RNN301 of-said: 1 changed

- **changed** forecast/a.py:4: in new words (advice, high confidence)
  - message was: in old words

  ```python
  said
  ```

## RNN301 of-worse: 1 changed

- **changed** forecast/a.py:3: it is graded (error, high confidence)
  - severity was: advice

  ```python
  worse = 2
  ```

## RNN401 of-moved: 1 changed

- **changed** forecast/a.py:5: it moves (advice, high confidence)
  - column was: 1

  ```python
  moved
  ```
"""
    )


def test_a_version_does_not_differ_from_itself(project: Path, linted: Path, tmp_path: Path) -> None:
    process = primer(project, linted, "--new", "HEAD", "-o", tmp_path / "report.md")
    assert (process.returncode, process.stdout, process.stderr) == (0, "", "")
    assert "\nNo finding differs in 1 repositories.\n" in (tmp_path / "report.md").read_text("utf-8")


@pytest.mark.parametrize(
    ("word", "said", "compared"),
    [
        ("refuse", "its answer cannot be read", False),
        ("wait", "no answer within 2 s", False),
        ("half", "exit code 2\na rule failed", True),
    ],
)
def test_a_version_that_fails_is_named(project: Path, linted: Path, word: str, said: str, compared: bool) -> None:
    broken = linted.with_name("broken")
    broken.mkdir()
    (broken / "a.py").write_text(f"gone\n{word}\n", "utf-8")
    process = primer(project, linted, broken, "--timeout", "2", "-j", "4")
    assert process.returncode == 1
    assert re.findall(r"^## Failed: (.*)$", process.stdout, re.MULTILINE) == [
        f"HEAD ({git(project, 'rev-parse', '--short', 'HEAD')}) on broken",
        "the work tree on broken",
    ]
    assert process.stdout.count(f"```text\n{said}") == 2
    assert ("broken/a.py:1: it went" in process.stdout) is compared
    assert "forecast/a.py:2: it went" in process.stdout


def test_listed_repositories_are_fetched_once_at_their_commits(project: Path, linted: Path, tmp_path: Path) -> None:
    home = tmp_path / "origin" / "somebody"
    home.mkdir(parents=True)
    shutil.move(linted, home / "forecast")
    commit = committed(home / "forecast")
    entries = [("somebody/forecast", commit), ("somebody/vanished", commit)]
    listed = "".join(f'[[repository]]\nname = "{name}"\ncommit = "{commit}"\n' for name, commit in entries)
    (project / "scripts" / "primer.toml").write_text(listed, "utf-8")
    mirror = {
        "GIT_CONFIG_COUNT": "1",
        "GIT_CONFIG_KEY_0": f"url.{(tmp_path / 'origin').as_uri()}/.insteadOf",
        "GIT_CONFIG_VALUE_0": "https://github.com/",
    }
    cache = tmp_path / "cache"
    for _ in range(2):
        process = primer(project, "--cache", cache, **mirror)
        assert process.returncode == 1
        assert (
            f"- **gone** [somebody/forecast/a.py:2](https://github.com/somebody/forecast/blob/{commit}/a.py#L2): it "
            in process.stdout
        )
        assert re.findall(r"^## Failed: (.*)$", process.stdout, re.MULTILINE) == ["fetching somebody/vanished"]
        assert [path.name for path in cache.iterdir()] == [f"somebody+forecast@{commit[:12]}"]
        shutil.rmtree(home / "forecast", ignore_errors=True)


@pytest.mark.parametrize(
    ("arguments", "reason"),
    [
        (["--old", "nothing", "."], "git rev-parse: "),
        (["gone"], "gone is not a folder"),
        (["--list", "gone.toml"], "gone.toml is no list of repositories with name and commit: "),
    ],
)
def test_wrong_use_is_told(project: Path, arguments: list[str], reason: str) -> None:
    process = primer(project, *arguments)
    assert (process.returncode, process.stdout) == (2, "")
    assert process.stderr.startswith(f"primer: error: {reason}")


def test_the_list_has_whole_names_and_commits() -> None:
    text = (Path(__file__).parents[2] / "scripts" / "primer.toml").read_text("utf-8")
    entries = tomllib.loads(text)["repository"]
    assert len({entry["name"] for entry in entries}) == len(entries) >= 10
    assert all(re.fullmatch(r"[\w.-]+/[\w.-]+", entry["name"]) for entry in entries)
    assert all(re.fullmatch(r"[0-9a-f]{40}", entry["commit"]) for entry in entries)


def test_two_real_versions(tmp_path: Path) -> None:
    project = copied(tmp_path / "project", SCRIPT, "rnnlint")
    committed(project)
    rule = project / "rnnlint" / "rules" / "cell" / "unbounded_cell_activation.py"
    rule.write_text(rule.read_text("utf-8").replace("as its cell activation", "for its cell"), "utf-8")
    (tmp_path / "forecast").mkdir()
    (tmp_path / "forecast" / "model.py").write_text(
        'from keras.layers import LSTM\n\nlayer = LSTM(16, activation="relu")\n', "utf-8"
    )
    process = primer(project, tmp_path / "forecast")
    assert (process.returncode, process.stderr) == (0, "")
    assert "\n## RNN101 unbounded-cell-activation: 1 changed\n" in process.stdout
    assert "  - message was: `LSTM` uses relu as its cell activation" in process.stdout
