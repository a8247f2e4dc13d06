"""Finds and reads configuration: the closest file above a folder, `extend`, and the command line on top."""

from __future__ import annotations

import os
from collections.abc import Sequence

from rnnlint.config.options import EXTEND, checked
from rnnlint.config.select import ConfigurationError
from rnnlint.config.settings import Layer, Settings, make_settings

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

OWN_FILES = ("rnnlint.toml", ".rnnlint.toml")
PROJECT_FILE = "pyproject.toml"


class Configuration:
    """The settings that hold in each folder: those of the closest file, with `overrides` on top.

    With `file`, that file holds everywhere; with `isolated`, no file is read.
    """

    def __init__(self, overrides: Sequence[Layer] = (), file: str | None = None, isolated: bool = False) -> None:
        self._overrides = tuple(overrides)
        self._isolated = isolated
        self._by_folder: dict[str, Settings] = {}
        self._by_file: dict[str | None, Settings] = {}
        self._file = file

    def settings_for(self, folder: str) -> Settings:
        """The settings that hold for files in an absolute folder."""
        if folder not in self._by_folder:
            file = self._file if self._file or self._isolated else find_file(folder)
            if file not in self._by_file:
                self._by_file[file] = self._load(file)
            self._by_folder[folder] = self._by_file[file]
        return self._by_folder[folder]

    def files_read(self) -> tuple[str, ...]:
        """The configuration files that were used so far."""
        return tuple(file for file in self._by_file if file is not None)

    def _load(self, file: str | None) -> Settings:
        layers = read_layers(file) if file else ()
        root = os.path.dirname(file) if file else os.getcwd()
        return make_settings((*layers, *self._overrides), root)


def find_file(folder: str) -> str | None:
    """The configuration file that is closest above or in a folder."""
    while True:
        for name in OWN_FILES:
            path = os.path.join(folder, name)
            if os.path.isfile(path):
                return path
        project = os.path.join(folder, PROJECT_FILE)
        if os.path.isfile(project) and _has_own_table(project):
            return project
        parent = os.path.dirname(folder)
        if parent == folder:
            return None
        folder = parent


def read_layers(file: str, seen: tuple[str, ...] = ()) -> tuple[Layer, ...]:
    """The options of a file, after those of the files it extends."""
    file = os.path.abspath(file)
    if file in seen:
        raise ConfigurationError(f"{file}: extends itself, by way of {' and '.join(seen[1:]) or 'itself'}")
    table = _parse(_read(file), file)
    if os.path.basename(file) == PROJECT_FILE:
        table = _own_table(table)
    values = checked(table, file)
    root = os.path.dirname(file)
    extended = values.get(EXTEND)
    inherited = read_layers(os.path.join(root, os.path.expanduser(extended)), (*seen, file)) if extended else ()
    return (*inherited, Layer(file, root, {key: value for key, value in values.items() if key != EXTEND}))


def inline_layer(text: str) -> Layer:
    """The options of `--config "key = value"`."""
    origin = f"--config '{text}'"
    values = checked(_parse(text, origin), origin)
    if EXTEND in values:
        raise ConfigurationError(f'{origin}: "{EXTEND}" has no meaning on the command line')
    return Layer(origin, os.getcwd(), values)


def _read(file: str) -> str:
    try:
        with open(file, encoding="utf-8-sig") as stream:
            return stream.read()
    except OSError as error:
        raise ConfigurationError(f"{file}: {(error.strerror or str(error)).lower()}") from error
    except UnicodeDecodeError as error:
        raise ConfigurationError(f"{file}: not valid utf-8 ({error.reason})") from error


def _parse(text: str, origin: str) -> dict[str, Any]:
    import tomllib

    try:
        return tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise ConfigurationError(f"{origin}: not valid TOML: {error}") from error
    except RecursionError as error:
        raise ConfigurationError(f"{origin}: not valid TOML: too deeply nested") from error


def _has_own_table(project: str) -> bool:
    """Most projects do not name rnnlint at all: their file need not be parsed, nor be valid."""
    try:
        with open(project, "rb") as stream:
            if b"rnnlint" not in stream.read():
                return False
    except OSError:
        return False
    tool = _parse(_read(project), project).get("tool")
    return isinstance(tool, dict) and "rnnlint" in tool


def _own_table(project: dict[str, Any]) -> Any:
    tool = project.get("tool")
    return tool.get("rnnlint", {}) if isinstance(tool, dict) else {}
