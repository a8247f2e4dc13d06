"""The options a configuration file may hold, and the check of their types."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from rnnlint.config.select import ConfigurationError, did_you_mean
from rnnlint.config.settings import DEFAULT_EXCLUDES, OUTPUT_FORMATS, SCOPES
from rnnlint.finding import Confidence, Severity

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

EXTEND = "extend"
_SEVERITIES = tuple(severity.value for severity in Severity)
_CONFIDENCES = tuple(confidence.value for confidence in Confidence)
_LIST_OF_STRINGS = {"type": "array", "items": {"type": "string"}}


@dataclass(frozen=True, slots=True)
class Option:
    """A key of the configuration: what it must be, in words and as a test, what it does, its default.

    `schema` says the same as `accepts`, as a JSON schema.
    """

    expected: str
    accepts: Callable[[object], bool]
    help: str
    default: Any = None
    schema: Mapping[str, Any] = field(default_factory=lambda: {"type": "string"})


def _is_strings(value: object) -> bool:
    return isinstance(value, list) and all(isinstance(item, str) for item in value)


def _is_table_of_strings(value: object) -> bool:
    return isinstance(value, dict) and all(_is_strings(item) for item in value.values())


def _path(text: str, default: str | None = None) -> Option:
    return Option("a path", lambda value: isinstance(value, str), text, default)


def _strings(text: str, default: tuple[str, ...] = ()) -> Option:
    return Option("a list of strings", _is_strings, text, list(default), _LIST_OF_STRINGS)


def _table(text: str) -> Option:
    schema = {"type": "object", "additionalProperties": _LIST_OF_STRINGS}
    return Option("a table of lists of strings", _is_table_of_strings, text, {}, schema)


def _flag(text: str, default: bool = False) -> Option:
    return Option("true or false", lambda value: isinstance(value, bool), text, default, {"type": "boolean"})


def _choice(choices: tuple[str, ...], text: str, default: str) -> Option:
    words = " or ".join(f'"{choice}"' for choice in choices)
    schema = {"type": "string", "enum": list(choices)}
    return Option(words, lambda value: isinstance(value, str) and value in choices, text, default, schema)


OPTIONS: Mapping[str, Option] = {
    EXTEND: _path("another file whose options hold below these"),
    "select": _strings("rules to check: codes, prefixes, names or ALL", ("ALL",)),
    "ignore": _strings("rules not to check"),
    "extend-select": _strings("rules to check besides those selected"),
    "extend-ignore": _strings("rules not to check besides those ignored"),
    "per-file-ignores": _table("rules not to check in the files a pattern matches"),
    "extend-per-file-ignores": _table("the same, added to per-file-ignores"),
    "exclude": _strings("paths to skip (names or patterns), in place of the usual ones", DEFAULT_EXCLUDES),
    "extend-exclude": _strings("paths to skip besides those"),
    "force-exclude": _flag("skip excluded paths also when they are given by name"),
    "respect-gitignore": _flag("skip what git ignores", True),
    "fail-on": _choice(_SEVERITIES, "the mildest severity that makes the exit code 1", "warning"),
    "min-confidence": _choice(_CONFIDENCES, "the lowest confidence that is reported", "medium"),
    "scope": _choice(SCOPES, "recurrent: programs without a recurrent layer get no rule about any network", "all"),
    "preview": _flag("check rules that are still being tried out"),
    "fix": _flag("apply fixes"),
    "unsafe-fixes": _flag("apply also fixes after which the program behaves differently"),
    "fix-only": _flag("apply fixes and report nothing"),
    "show-fixes": _flag("list what was fixed"),
    "fixable": _strings("rules whose fixes may be applied", ("ALL",)),
    "unfixable": _strings("rules whose fixes may not be applied"),
    "baseline": _path("a file of known findings, which are hidden", ""),
    "output-format": _choice(OUTPUT_FORMATS, "the form of the report", "concise"),
}


def checked(values: object, origin: str) -> dict[str, Any]:
    """The options of one place, or ConfigurationError naming the place and the key."""
    if not isinstance(values, dict):
        raise ConfigurationError(f"{origin}: the options must be a table")
    for key, value in values.items():
        option = OPTIONS.get(key)
        if option is None:
            raise ConfigurationError(
                f'{origin}: unknown key "{key}"{did_you_mean(key, OPTIONS)}\nallowed keys: {", ".join(sorted(OPTIONS))}'
            )
        if not option.accepts(value):
            raise ConfigurationError(f'{origin}: "{key}" must be {option.expected}, not {_in_words(value)}')
    return values


def _in_words(value: object) -> str:
    if isinstance(value, str):
        return f'"{value}"'
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, list):
        return "such a list"
    return "such a table" if isinstance(value, dict) else str(value)
