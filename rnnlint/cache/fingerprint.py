"""What a result rests on besides files of the project: rnnlint's own code, its parsers and Python."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator
from importlib.util import find_spec

from rnnlint._version import __version__
from rnnlint.source.observe import digest

_PARSERS = ("libcst", "astroid")


def fingerprint() -> bytes:
    """Changes whenever the same file could get another result. Nothing is imported or read for it."""
    package = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
    return digest((__version__, sys.version, *map(_installation, _PARSERS), *_sources(package, "")))


def _installation(package: str) -> tuple[str, ...]:
    """The names of a package's metadata folders, which hold its version."""
    spec = find_spec(package)
    if spec is None or spec.origin is None:
        return ()
    site = os.path.dirname(os.path.dirname(spec.origin))
    return tuple(sorted(name for name in os.listdir(site) if name.lower().startswith(f"{package}-")))


def _sources(folder: str, prefix: str) -> Iterator[tuple[str, int, int]]:
    """Each source file below a folder with its size and time of change."""
    with os.scandir(folder) as listing:
        entries = sorted(listing, key=lambda entry: entry.name)
    for entry in entries:
        if entry.name.endswith(".py"):
            state = entry.stat()
            yield prefix + entry.name, state.st_size, state.st_mtime_ns
        elif entry.is_dir() and entry.name != "__pycache__":
            yield from _sources(entry.path, f"{prefix}{entry.name}/")
