"""What the editor may say: initialization options, checked and with a message for each that is wrong."""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from rnnlint.config.load import Configuration
from rnnlint.config.options import EXTEND, checked
from rnnlint.config.select import ConfigurationError, did_you_mean
from rnnlint.config.settings import Layer
from rnnlint.finding import Severity

ORIGIN = "the editor's settings"
ON_TYPE, ON_SAVE = "onType", "onSave"
LEVELS = ("error", "warning", "information", "hint")
ALLOWED = ("configuration", "run", "severity")


@dataclass(frozen=True, slots=True)
class Options:
    """`configuration` is a file that holds everywhere, or options laid over the configuration files.

    `run` says when a text is linted; `severity` how loud each severity is in the editor.
    """

    file: str | None = None
    values: Mapping[str, Any] = field(default_factory=dict)
    run: str = ON_TYPE
    severity: Mapping[Severity, str] = field(
        default_factory=lambda: {
            Severity.ERROR: "error",
            Severity.WARNING: "warning",
            Severity.ADVICE: "information",
        }
    )

    def configuration(self, folder: str) -> Configuration:
        """The configuration of a workspace folder."""
        file = os.path.join(folder, os.path.expanduser(self.file)) if self.file else None
        return Configuration([Layer(ORIGIN, folder, self.values)] if self.values else (), file)


def read_options(given: object) -> Options:
    """The options in what the client sent, possibly below `settings` or `rnnlint`.

    Raises:
        ConfigurationError: an option is unknown or not what it must be.
    """
    table = _table(given if given is not None else {})
    for name in ("settings", "rnnlint"):
        if isinstance(table.get(name), Mapping):
            table = table[name]
    for key in table:
        if key not in ALLOWED:
            hint = did_you_mean(key, ALLOWED)
            raise ConfigurationError(f'{ORIGIN}: unknown key "{key}"{hint}; allowed: {", ".join(ALLOWED)}')
    file, values = _configuration(table.get("configuration"))
    run = table.get("run") or ON_TYPE
    if run not in (ON_TYPE, ON_SAVE):
        raise ConfigurationError(f'{ORIGIN}: "run" must be "{ON_TYPE}" or "{ON_SAVE}"')
    return Options(file, values, run, {**Options().severity, **_severity(table.get("severity") or {})})


def _table(given: object) -> Mapping[str, Any]:
    if not isinstance(given, Mapping):
        raise ConfigurationError(f"{ORIGIN} must be a table")
    return given


def _configuration(given: object) -> tuple[str | None, Mapping[str, Any]]:
    if not given:
        return None, {}
    if isinstance(given, str):
        return given, {}
    if not isinstance(given, Mapping):
        raise ConfigurationError(f'{ORIGIN}: "configuration" must be a path or a table of options')
    values = checked(dict(given), ORIGIN)
    if EXTEND in values:
        raise ConfigurationError(f'{ORIGIN}: "{EXTEND}" has no meaning here; give the path of a file instead')
    return None, values


def _severity(given: object) -> dict[Severity, str]:
    known = {severity.value: severity for severity in Severity}
    table = _table(given)
    for name, level in table.items():
        if name not in known or level not in LEVELS:
            raise ConfigurationError(
                f'{ORIGIN}: "severity" maps {", ".join(known)} to {", ".join(LEVELS)}, not {name} to {level}'
            )
    return {known[name]: level for name, level in table.items()}
