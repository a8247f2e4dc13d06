"""Writes docs/rnnlint.schema.json, the JSON schema of rnnlint.toml and of [tool.rnnlint] in pyproject.toml."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from rnnlint.config.options import EXTEND, OPTIONS, Option

SCHEMA_FILE = Path(__file__).parents[1] / "docs" / "rnnlint.schema.json"
SCHEMA_URL = "https://rnnlint.readthedocs.io/rnnlint.schema.json"


def configuration_schema() -> dict[str, Any]:
    """The schema (draft 7, which editors and SchemaStore read) of the options, keys in the order of OPTIONS."""
    return {
        "$schema": "http://json-schema.org/draft-07/schema#",
        "$id": SCHEMA_URL,
        "title": "rnnlint",
        "description": "Options of rnnlint.toml, .rnnlint.toml and [tool.rnnlint] in pyproject.toml",
        "type": "object",
        "additionalProperties": False,
        "properties": {key: _property(key, option) for key, option in OPTIONS.items()},
    }


def _property(key: str, option: Option) -> dict[str, Any]:
    default = {} if key == EXTEND or option.default is None else {"default": option.default}
    return {"description": option.help, **option.schema, **default}


def schema_text() -> str:
    """The schema as the file holds it."""
    return json.dumps(configuration_schema(), indent=2) + "\n"


if __name__ == "__main__":
    SCHEMA_FILE.write_text(schema_text(), encoding="utf-8")
