"""Paths become files as git and the settings have it."""

from __future__ import annotations

import shutil
import subprocess
from pathlib import Path

import pytest

from rnnlint.config.load import Configuration
from rnnlint.config.settings import Layer
from rnnlint.source.discover import Discovery, discover


@pytest.fixture
def tree(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    return tmp_path


def make(root: Path, *names: str) -> None:
    for name in names:
        path = root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text("x = 1\n", encoding="utf-8")


def found(*paths: str, **values: object) -> list[str]:
    return [file.display for file in discovery(*paths, **values).files]


def discovery(*paths: str, **values: object) -> Discovery:
    layer = Layer("test", str(Path.cwd()), {key.replace("_", "-"): value for key, value in values.items()})
    return discover(paths or (".",), Configuration([layer], isolated=True).settings_for)


def test_folders_are_walked_and_sorted(tree: Path) -> None:
    make(tree, "b.py", "a/c.py", "a/n.ipynb", "a/x.pyi", "a/data.csv", "venv/v.py", "a/__pycache__/p.py")
    assert found() == ["a/c.py", "a/n.ipynb", "b.py"]


def test_a_file_given_by_name_needs_no_suffix_and_is_listed_once(tree: Path) -> None:
    make(tree, "train", "a.py")
    assert found("train", "a.py", ".", "./a.py") == ["a.py", "train"]


def test_missing_and_unreadable_paths_are_findings(tree: Path) -> None:
    make(tree, "a.py")
    result = discovery("gone.py", "a.py", "nul\0l.py")
    assert [(problem.code, problem.span.path) for problem in result.problems] == [
        ("RNN901", "gone.py"),
        ("RNN901", "nul\0l.py"),
    ]
    assert result.problems[0].message == "no such file or directory"
    assert [file.display for file in result.files] == ["a.py"]


def test_paths_outside_the_working_directory_are_absolute(tree: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    make(tree, "a.py", "sub/b.py")
    monkeypatch.chdir(tree / "sub")
    assert found("..") == sorted([str(tree / "a.py"), "b.py"], key=lambda name: str(tree / "sub" / name))


def test_exclusions(tree: Path) -> None:
    make(tree, "a.py", "old/b.py", "sub/gen_x.py", "sub/c.py", "venv/v.py", "sub/deep/d.py")
    assert found(extend_exclude=["old", "gen_*.py", "sub/deep"]) == ["a.py", "sub/c.py"]
    assert found(exclude=["sub"]) == ["a.py", "old/b.py", "venv/v.py"]
    assert found("old/b.py", extend_exclude=["old"]) == ["old/b.py"]
    assert found("old/b.py", "a.py", extend_exclude=["old"], force_exclude=True) == ["a.py"]
    assert found("old", extend_exclude=["old"], force_exclude=True) == []


def test_folder_links_are_not_followed(tree: Path) -> None:
    make(tree, "real/a.py")
    (tree / "loop").symlink_to(tree)
    assert found() == ["real/a.py"]


GITIGNORES = {
    ".gitignore": "build_*/\n*.gen.py\n!keep.gen.py\n/top.py\ndocs/*.py\n# comment\n\nkept/*\n!kept/me.py\n",
    "sub/.gitignore": "local.py\n!sub.gen.py\n",
    "sub/deep/.gitignore": "*\n!.gitignore\n!d.py\n",
}
FILES = [
    "top.py",
    "sub/top.py",
    "x.gen.py",
    "keep.gen.py",
    "sub/sub.gen.py",
    "sub/local.py",
    "local.py",
    "build_1/b.py",
    "docs/d.py",
    "docs/in/e.py",
    "kept/me.py",
    "kept/you.py",
    "sub/deep/d.py",
    "sub/deep/e.py",
    "excluded.py",
]


@pytest.mark.skipif(shutil.which("git") is None, reason="git is the oracle")
@pytest.mark.parametrize("start", [".", "sub", "sub/deep", "kept"])
def test_gitignore_means_what_git_says(tree: Path, start: str) -> None:
    make(tree, *FILES)
    subprocess.run(["git", "init", "-q", "."], check=True)
    for name, content in GITIGNORES.items():
        (tree / name).write_text(content, encoding="utf-8")
    (tree / ".git/info/exclude").write_text("excluded.py\n", encoding="utf-8")
    listed = subprocess.run(
        ["git", "ls-files", "--others", "--exclude-standard", start],
        check=True,
        capture_output=True,
        text=True,
    )
    expected = sorted(line for line in listed.stdout.splitlines() if line.endswith(".py"))
    assert found(start) == expected
    assert len(found(start, respect_gitignore=False)) >= len(expected)
