"""The analysis asks the disk through questions only: what the cache does not see asked, it cannot see change."""

from __future__ import annotations

import ast
from pathlib import Path

import pytest

from rnnlint.source import observe, prepared, requirements

PACKAGE = Path(observe.__file__).parents[1]
READS = {
    *("open", "read_text", "read_bytes", "exists", "is_file", "is_dir", "is_symlink", "stat", "lstat"),
    *("glob", "rglob", "iterdir", "listdir", "scandir", "walk"),
}
MODULES = sorted(path for room in ("frontend", "program", "rules") for path in (PACKAGE / room).rglob("*.py"))


def reads(path: Path) -> set[str]:
    """The functions and methods a module calls that could read the disk."""
    names = set()
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Call):
            names.add(node.func.attr if isinstance(node.func, ast.Attribute) else getattr(node.func, "id", ""))
    return names & READS


@pytest.mark.parametrize("path", MODULES, ids=lambda path: str(path.relative_to(PACKAGE)))
def test_no_module_of_the_analysis_reads_the_disk(path: Path) -> None:
    assert reads(path) == set()


def test_what_reads_for_it_is_a_question() -> None:
    assert reads(Path(prepared.__file__))
    assert isinstance(prepared._written, observe.Question)
    assert isinstance(requirements._in_folder, observe.Question)


def test_a_record_holds_what_was_asked_inside(tmp_path: Path) -> None:
    with observe.recording() as outer:
        assert observe.kind(str(tmp_path)) == "folder"
        with observe.recording() as inner:
            assert observe.kind(str(tmp_path / "a")) == ""
    assert observe.kind(str(tmp_path)) == "folder"
    assert (len(outer), len(inner)) == (2, 1)
    assert all(observe.asked_again(look) == answer for look, answer in outer.items())
    (tmp_path / "a").write_text("", encoding="utf-8")
    assert [observe.asked_again(look) == answer for look, answer in outer.items()] == [True, False]
    assert observe.asked_again(("os.system", ("true",))) == b""
