"""`rnnlint config`: the settings that hold here and where they come from."""

from __future__ import annotations

import json
import os
from collections.abc import Iterator
from typing import Any

from rnnlint.cli.arguments import config_parser, configuration
from rnnlint.cli.codes import NOTHING_FAILS
from rnnlint.cli.output import write
from rnnlint.config.options import EXTEND, OPTIONS
from rnnlint.config.settings import Settings

DEFAULT = "default"


def config(arguments: list[str]) -> int:
    """Run the command; the exit code."""
    options = config_parser().parse_args(arguments)
    settings = configuration(options).settings_for(os.getcwd())
    keys = [options.key] if options.key else [key for key in OPTIONS if key != EXTEND]
    if options.output_format == "json":
        rows = {key: _as_objects(settings, key) for key in keys}
        write([json.dumps(rows, indent=2) + "\n"])
    elif options.key:
        write([f"{options.key}: {OPTIONS[options.key].help}\nmust be {OPTIONS[options.key].expected}\n\n"])
        write(_lines(settings, options.key))
    else:
        write(describe(settings))
    return NOTHING_FAILS


def describe(settings: Settings) -> Iterator[str]:
    """Every option as a line of TOML, with the place that says it."""
    for key in OPTIONS:
        if key != EXTEND:
            yield from _lines(settings, key)


def _lines(settings: Settings, key: str) -> Iterator[str]:
    for value, origin in _said(settings, key):
        yield f"{key} = {_as_toml(value)}  # {origin}\n"


def _as_objects(settings: Settings, key: str) -> list[dict[str, Any]]:
    return [{"value": value, "origin": origin} for value, origin in _said(settings, key)]


def _said(settings: Settings, key: str) -> list[tuple[Any, str]]:
    """The values of an option that count, each with its origin: the last one, or all where they add up."""
    said = [(value, origin) for name, value, origin in settings.said if name == key]
    if not said:
        return [(OPTIONS[key].default, DEFAULT)]
    return said if key.startswith(f"{EXTEND}-") else said[-1:]


def _as_toml(value: Any) -> str:
    if isinstance(value, dict):
        return "{" + ", ".join(f"{json.dumps(key)} = {_as_toml(item)}" for key, item in value.items()) + "}"
    return json.dumps(value)
