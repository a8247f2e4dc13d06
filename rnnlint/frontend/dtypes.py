"""Data types as far as they matter: whether numbers are whole."""

from __future__ import annotations

from rnnlint.frontend.values import External, Value, settled

_KINDS = {"float": "float", "double": "float", "half": "float", "int": "int", "long": "int", "bool": "int"}


def dtype_name(value: Value | None, otherwise: str = "") -> str:
    """A data type's kind, "float" or "int"."""
    name = value.path.rsplit(".", 1)[-1] if isinstance(value, External) else str(settled(value, ""))
    return next((kind for word, kind in _KINDS.items() if word in name.lower()), otherwise)
