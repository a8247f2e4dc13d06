"""Notes on changes: their kinds, and how towncrier gathers them above the releases before."""

from __future__ import annotations

import re
import tomllib
from pathlib import Path

import pytest

from tests.scripts.support import ROOT, copied, python

NOTES = ROOT / "docs" / "changelog.d"
KINDS = {
    kind["directory"]: kind["name"]
    for kind in tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["tool"]["towncrier"]["type"]
}


@pytest.fixture
def project(tmp_path: Path) -> Path:
    """A copy with one note of each kind, and one by the number of an issue."""
    folder = copied(tmp_path, "rnnlint/__init__.py", "rnnlint/_version.py", "pyproject.toml", "CHANGELOG.md")
    notes = folder / "docs" / "changelog.d"
    notes.mkdir(parents=True)
    for kind in KINDS:
        (notes / f"RNN199.{kind}.md").write_text(f"What is said of {kind}.\n", "utf-8")
    (notes / "17.bugfix.md").write_text("An issue that\nis closed.\n", "utf-8")
    (notes / "+no-rule.bugfix.md").write_text("No rule has to do with it.\n", "utf-8")
    return folder


def test_a_draft_has_every_kind_under_its_title(project: Path) -> None:
    before = (project / "CHANGELOG.md").read_text("utf-8")
    process = python(project, "-m", "towncrier", "build", "--draft", "--version", "9.9.9")
    assert process.returncode == 0, process.stderr
    assert re.findall(r"^## (\S+)", process.stdout, re.MULTILINE) == ["9.9.9"]
    assert re.findall(r"^### (.*)$", process.stdout, re.MULTILINE) == list(KINDS.values())
    said = re.findall(r"^- What is said of (\w+)\. \(RNN199\)$", process.stdout, re.MULTILINE)
    assert said == list(KINDS)
    assert "- An issue that\n  is closed. (#17)\n- No rule has to do with it.\n" in process.stdout
    assert (project / "CHANGELOG.md").read_text("utf-8") == before


def test_a_release_stands_above_the_releases_before(project: Path) -> None:
    before = (project / "CHANGELOG.md").read_text("utf-8")
    process = python(project, "-m", "towncrier", "build", "--yes", "--version", "9.9.9")
    after = (project / "CHANGELOG.md").read_text("utf-8")
    assert process.returncode == 0, process.stderr
    assert list((project / "docs" / "changelog.d").glob("*.md")) == []
    assert re.findall(r"^## (\S+)", after, re.MULTILINE) == ["9.9.9", *re.findall(r"^## (\S+)", before, re.MULTILINE)]
    first = before.index("## ")
    assert after.startswith(before[:first].rstrip())
    assert after.endswith(before[first:])


def test_the_kinds_are_explained_and_used() -> None:
    explained = re.findall(r"^\| `(\w+)` \|", (NOTES / "README.md").read_text("utf-8"), re.MULTILINE)
    assert explained == list(KINDS)
    notes = [path.name for path in NOTES.iterdir() if path.name != "README.md"]
    assert [name for name in notes if not re.fullmatch(rf"[^.]+\.({'|'.join(KINDS)})(\.\d+)?\.md", name)] == []
