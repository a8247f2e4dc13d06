"""The JSON schema of the configuration: it is current, and it accepts what the program accepts."""

from __future__ import annotations

from typing import Any

import pytest
from jsonschema import Draft7Validator

from rnnlint.config.options import OPTIONS, checked
from rnnlint.config.select import ConfigurationError
from scripts.generate_schema import SCHEMA_FILE, configuration_schema, schema_text

SAMPLES: tuple[Any, ...] = (
    "text",
    "",
    "error",
    "low",
    "recurrent",
    "json",
    True,
    0,
    1.5,
    [],
    ["RNN1"],
    ["RNN1", 2],
    [["RNN1"]],
    {},
    {"*.py": ["RNN1"]},
    {"*.py": "RNN1"},
    {"*.py": [1]},
)


def accepted(table: dict[str, Any]) -> bool:
    """Whether the program takes these options from a file."""
    try:
        checked(table, "a file")
    except ConfigurationError:
        return False
    return True


def test_the_file_is_current() -> None:
    assert SCHEMA_FILE.read_text("utf-8") == schema_text(), "run python -m scripts.generate_schema"


def test_it_is_a_schema() -> None:
    Draft7Validator.check_schema(configuration_schema())


@pytest.mark.parametrize("key", OPTIONS)
def test_it_accepts_what_the_program_accepts(key: str) -> None:
    validator = Draft7Validator(configuration_schema())
    answers = {accepted({key: value}) for value in SAMPLES}
    assert answers == {True, False}
    for value in SAMPLES:
        assert validator.is_valid({key: value}) == accepted({key: value}), value


@pytest.mark.parametrize("key", OPTIONS)
def test_defaults_and_choices_are_valid(key: str) -> None:
    option = OPTIONS[key]
    choices = [*option.schema.get("enum", ()), *([] if option.default is None else [option.default])]
    assert all(accepted({key: value}) for value in choices)


def test_unknown_keys_are_refused() -> None:
    assert not Draft7Validator(configuration_schema()).is_valid({"slect": ["RNN1"]})
    assert not accepted({"slect": ["RNN1"]})
