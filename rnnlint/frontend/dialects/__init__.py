"""One module per library: its functions and methods in terms of the Program."""

from __future__ import annotations

from functools import cache
from importlib import import_module

NAMES = ("keras", "torch", "lightning", "metrics", "sklearn", "numpy", "pandas", "tfdata", "python", "seeds")


@cache
def load() -> None:
    """Let every dialect register what it knows."""
    for name in NAMES:
        import_module(f"{__name__}.{name}")
