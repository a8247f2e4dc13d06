"""The cache's folder is told from other folders, swept and removed."""

from __future__ import annotations

import os
import subprocess
import time
from pathlib import Path

import pytest

from rnnlint.cache.folder import UNUSED_DAYS, NotOursError, make, remove, touch

DAY = 24 * 60 * 60


def aged(path: Path, days: float) -> None:
    moment = time.time() - days * DAY
    os.utime(path, (moment, moment))


def test_a_new_folder_is_ignored_by_git_and_backups(tmp_path: Path) -> None:
    subprocess.run(["git", "init", "-q", tmp_path], check=True)
    entries = Path(make(str(tmp_path / "cache"), "1.0"))
    (entries / "a.msgpack").write_bytes(b"")
    status = subprocess.run(
        ["git", "-C", tmp_path, "status", "--porcelain", "-uall"], check=True, capture_output=True, text=True
    )
    assert status.stdout == ""
    tag = (tmp_path / "cache" / "CACHEDIR.TAG").read_text(encoding="utf-8")
    assert tag.startswith("Signature: 8a477f597d28d172789f06886806bc55\n")


def test_unused_entries_are_swept_once_a_day(tmp_path: Path) -> None:
    folder = tmp_path / "cache"
    new, old = Path(make(str(folder), "2.0")), Path(make(str(folder), "1.0"))
    for entry in (new / "a", new / "b", old / "c"):
        entry.write_bytes(b"")
    aged(new / "b", UNUSED_DAYS + 1)
    aged(old / "c", UNUSED_DAYS + 1)
    make(str(folder), "2.0")
    assert (new / "b").exists()
    aged(folder / "CACHEDIR.TAG", 2)
    make(str(folder), "2.0")
    assert (new / "a").exists()
    assert not (new / "b").exists()
    assert not old.exists()


def test_use_keeps_an_entry(tmp_path: Path) -> None:
    entry = tmp_path / "a"
    entry.write_bytes(b"")
    aged(entry, 20)
    touch(str(entry))
    assert time.time() - entry.stat().st_mtime < DAY
    touch(str(tmp_path / "missing"))


@pytest.mark.parametrize("tag", [None, "", "Signature: 8a477f597d28d172789f06886806bc55\n# mypy\n"])
def test_other_peoples_folders_are_left_alone(tmp_path: Path, tag: str | None) -> None:
    (tmp_path / "thesis.tex").write_text("x", encoding="utf-8")
    if tag is not None:
        (tmp_path / "CACHEDIR.TAG").write_text(tag, encoding="utf-8")
    before = sorted(tmp_path.iterdir())
    with pytest.raises(NotOursError):
        make(str(tmp_path), "1.0")
    with pytest.raises(NotOursError):
        remove(str(tmp_path))
    assert sorted(tmp_path.iterdir()) == before


def test_remove(tmp_path: Path) -> None:
    folder = tmp_path / "cache"
    assert not remove(str(folder))
    make(str(folder), "1.0")
    link = tmp_path / "link"
    link.symlink_to(folder)
    with pytest.raises(NotOursError):
        remove(str(link))
    assert remove(str(folder))
    assert not folder.exists()
