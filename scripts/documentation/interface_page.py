"""The public names of the package, with their signatures and docstrings."""

from __future__ import annotations

import dataclasses
import inspect
import re
from enum import Enum
from typing import Any

import rnnlint


def interface() -> str:
    """What the package says of itself, and a section for each public name but the version."""
    about = inspect.cleandoc(rnnlint.__doc__ or "").partition("\n\n")[2]
    return (
        about
        + "\n\n"
        + "\n".join(_section(name, getattr(rnnlint, name)) for name in rnnlint.__all__ if name != "__version__")
    )


def _section(name: str, value: Any) -> str:
    lines = [
        f"### {name} {{#{name.lower()}}}",
        "",
        "```python",
        _declaration(name, value),
        "```",
        "",
        inspect.getdoc(value) or "",
        "",
    ]
    members = [] if not inspect.isclass(value) or issubclass(value, Enum) else _members(value)
    return "\n".join([*lines, *members])


def _declaration(name: str, value: Any) -> str:
    if not inspect.isclass(value):
        return f"{name}{_plain(str(inspect.signature(value)))}"
    if issubclass(value, Enum):
        return "\n".join([f"class {name}(Enum):", *(f"    {item.name} = {item.value!r}" for item in value)])
    if not dataclasses.is_dataclass(value):
        return f"class {name}({value.__mro__[1].__name__})"
    fields = (f"    {field.name}: {field.type}" for field in dataclasses.fields(value))
    return "\n".join([f"class {name}:", *fields])


def _members(value: Any) -> list[str]:
    lines = []
    for name, member in vars(value).items():
        if name.startswith("_") or not inspect.getdoc(member):
            continue
        if isinstance(member, property):
            lines.append(f"- `{name}`: {_flat(member)}")
        elif inspect.isfunction(member):
            lines.append(f"- `{name}{_plain(str(inspect.signature(member)))}`: {_flat(member)}")
    return [*lines, ""]


def _flat(member: Any) -> str:
    return " ".join((inspect.getdoc(member) or "").split())


def _plain(signature: str) -> str:
    """A signature whose annotations are not shown as strings."""
    return re.sub(r"(: |-> )'([^']*)'", r"\1\2", signature)
