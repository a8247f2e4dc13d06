"""The options of the configuration, from the table that the program itself reads."""

from __future__ import annotations

import json
from typing import Any

from rnnlint.config.options import EXTEND, OPTIONS, Option

EXAMPLES: dict[str, Any] = {
    EXTEND: "../rnnlint.toml",
    "select": ["RNN1", "RNN4", "target-broadcast"],
    "ignore": ["RNN615"],
    "extend-select": ["RNN616"],
    "extend-ignore": ["RNN501"],
    "per-file-ignores": {"experiments/*": ["RNN4"]},
    "extend-per-file-ignores": {"tests/*": ["ALL"]},
    "exclude": ["build", "vendored"],
    "extend-exclude": ["old/*.ipynb"],
    "fixable": ["RNN7"],
    "unfixable": ["RNN107"],
    "baseline": "rnnlint-baseline.json",
}


def options() -> str:
    """A section for each option."""
    return "\n".join(_section(key, option) for key, option in OPTIONS.items())


def _section(key: str, option: Option) -> str:
    default = f"`{_toml(option.default)}`" if option.default not in (None, "") else "none"
    shown = EXAMPLES.get(key, _other(option))
    table, line = (f".{key}", _pairs(shown)) if isinstance(shown, dict) else ("", f"{key} = {_toml(shown)}")
    return (
        f"### {key}\n\n{option.help[0].upper()}{option.help[1:]}.\n\n"
        f"Must be {option.expected}. Default: {default}.\n\n"
        f"```toml\n[tool.rnnlint{table}]\n{line}\n```\n"
    )


def _other(option: Option) -> Any:
    """A value that is not the default."""
    if isinstance(option.default, bool):
        return not option.default
    choices = option.schema.get("enum")
    return next(choice for choice in choices if choice != option.default) if choices else option.default


def _pairs(table: dict[str, Any]) -> str:
    return "\n".join(f"{json.dumps(key)} = {_toml(value)}" for key, value in table.items())


def _toml(value: Any) -> str:
    if isinstance(value, dict):
        return "{" + ", ".join(f"{json.dumps(key)} = {_toml(item)}" for key, item in value.items()) + "}"
    return json.dumps(value)
