"""Files of data that another script of the project writes after it has scaled them."""

from __future__ import annotations

import os
import re
from collections.abc import Iterator
from itertools import islice
from pathlib import Path, PurePosixPath

from rnnlint.source.memory import remembered
from rnnlint.source.observe import Question

MAX_FOLDERS = 60
MAX_SCRIPTS = 200
LARGEST = 500_000  # bytes of a script that is read
_SCALES = (b"fit_transform", b"sklearn.preprocessing", b"sklearn import preprocessing")
_WRITES = re.compile(rb"\.to_(?:csv|excel|pickle|parquet|feather)\(")
_FILE = rb"""\\?["']([^"'\\\n]+\.(?:csv|tsv|txt|xlsx?|pkl|pickle|parquet|feather))\\?["']"""
_NAMED = re.compile(_FILE)
_READ = re.compile(rb"\bread_\w+\(\s*[rf]{0,2}" + _FILE)


def prepared_near(script: Path | None) -> frozenset[str]:
    """The names of such files, without their folders, as scripts in neighbouring folders write them."""
    if script is None:
        return frozenset()
    return frozenset(name for other, name in _written(str(script.parent)) if other != str(script))


@Question
@remembered
def _written(folder: str) -> tuple[tuple[str, str], ...]:
    """Pairs of a script and the name of a file that it writes."""
    return tuple((str(script), name) for script in _scripts(Path(folder)) for name in _names_written(script))


def _scripts(folder: Path) -> Iterator[Path]:
    """The scripts of a folder and of those in it; those beside it too, within one repository."""
    bases = (folder,) if (folder / ".git").exists() else (folder, folder.parent)
    places = dict.fromkeys(place for base in bases for place in (base, *_folders_in(base)))
    found = (file for place in places for file in sorted(place.glob("*.*")) if file.suffix in {".py", ".ipynb"})
    return islice(found, MAX_SCRIPTS)


def _folders_in(folder: Path) -> list[Path]:
    try:
        inner = sorted(entry.path for entry in os.scandir(folder) if entry.is_dir() and entry.name[:1] != ".")
    except OSError:
        return []
    return [Path(path) for path in inner[:MAX_FOLDERS]]


@remembered
def _names_written(script: Path) -> tuple[str, ...]:
    try:
        text = script.read_bytes() if script.is_file() and script.stat().st_size <= LARGEST else b""
    except OSError:
        return ()
    if not _WRITES.search(text) or not any(sign in text for sign in _SCALES):
        return ()
    named = set(_NAMED.findall(text)) - set(_READ.findall(text))
    return tuple(sorted({PurePosixPath(name.decode("utf-8", "replace")).name for name in named}))
