"""What a star import of a library brings: every name that a dialect knows."""

from __future__ import annotations

from rnnlint.frontend.dispatch import FUNCTIONS, INSTANCE_KINDS
from rnnlint.frontend.names import canonical


def exports(module: str, name: str) -> bool:
    """Whether `from module import *` binds `name`."""
    path = canonical(f"{module}.{name}")
    if path in FUNCTIONS or path in INSTANCE_KINDS:
        return True
    prefix = f"{path}."
    return any(known.startswith(prefix) for known in FUNCTIONS)
