"""The versions that a project asks for, read from the files beside and above a script. Nothing is executed."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from rnnlint.source.memory import remembered
from rnnlint.source.observe import Question, kind

Version = tuple[int, int]

NAMED = ("pyproject.toml", "setup.cfg", "setup.py", "Pipfile")
LISTED = ("*requirements*.txt", "requirements/*.txt", "env*.y*ml", "conda*.y*ml")
MAX_LEVELS = 5
_LARGEST = 1_000_000
_PACKAGES = {
    "tensorflow": "tensorflow",
    "tensorflow-gpu": "tensorflow",
    "tensorflow-cpu": "tensorflow",
    "tensorflow-macos": "tensorflow",
    "keras": "keras",
    "torch": "torch",
    "pytorch": "torch",
    "torchtext": "torchtext",
}
_NAME = "|".join(sorted((re.escape(name) for name in _PACKAGES), key=len, reverse=True))
_BOUND = r"(?:===?|[<>~!]=|[<>^~=])\s*v?\d[\w.*+]*"
_REQUIREMENT = re.compile(
    rf"""(?<![\w./@-])(?P<name>{_NAME})(?:\[[^\]\n]*\])?\s*
    (?:=\s*(?:\{{[^}}\n]*?version\s*=\s*)?["'](?P<bare>\d[\w.*]*)["'] | (?:=\s*(?:\{{[^}}\n]*?version\s*=\s*)?["'])?
    [(]?(?P<bounds>{_BOUND}(?:\s*,\s*{_BOUND})*))""",
    re.VERBOSE | re.IGNORECASE,
)
_ONE_BOUND = re.compile(r"(===?|[<>~!]=|[<>^~=])\s*v?(\d+)(?:\.(\d+))?")
_INSTALL = re.compile(r"\b(?:pip3?|conda|mamba)\s+install\b[^\n\\]*")
_NIGHTLY = re.compile(r"\btf-nightly(?:-gpu)?-(\d)\.(\d+)-preview\b")
_CHOICE = re.compile(r"%tensorflow_version\s+(\d)\.x")
_COMMENT = re.compile(r"(?m)(?:^|\s)#.*$")


@dataclass(frozen=True, slots=True)
class Asked:
    """One requirement on a library: its text, the file that states it, and its bounds."""

    library: str
    text: str
    file: str
    lowest: Version | None = None
    highest: Version | None = None
    below: bool = False


def requirements_near(path: Path | None) -> dict[str, tuple[Asked, ...]]:
    """What the project around a script asks for of each framework; the nearest file that speaks of one decides."""
    if path is None:
        return {}
    found: dict[str, tuple[Asked, ...]] = {}
    for asked in _levels(path):
        for library in {one.library for one in asked} - found.keys():
            found[library] = tuple(one for one in asked if one.library == library)
    return found


def brings(path: Path | None, package: str) -> bool:
    """Whether the project around a script has a package of this name of its own."""
    for folder in path.parents[:MAX_LEVELS] if path is not None else ():
        if kind(str(folder / package / "__init__.py")) == "file":
            return True
        if kind(str(folder / ".git")):
            return False
    return False


def _levels(path: Path) -> Iterator[tuple[Asked, ...]]:
    if path.suffix == ".ipynb":
        yield _in_commands(path)
    for folder in path.parents[:MAX_LEVELS]:
        yield _in_folder(str(folder))
        if kind(str(folder / ".git")):
            return


def _in_commands(notebook: Path) -> tuple[Asked, ...]:
    """What a notebook itself installs."""
    text = _text(notebook).replace('\\"', '"')
    commands = " ".join(_INSTALL.findall(text))
    return (*parse(commands, notebook.name), *_chosen(text, notebook.name))


def _chosen(text: str, file: str) -> Iterator[Asked]:
    """The TensorFlow that a hosted notebook is set to, or the preview that it installs."""
    for match in _NIGHTLY.finditer(text):
        version = int(match[1]), int(match[2])
        yield Asked("tensorflow", match[0], file, version, version)
    for match in _CHOICE.finditer(text):
        major = int(match[1])
        yield Asked("tensorflow", match[0], file, (major, 0), (major + 1, 0), True)


@Question
@remembered
def _in_folder(folder: str) -> tuple[Asked, ...]:
    listed = [file for pattern in LISTED for file in sorted(Path(folder).glob(pattern))]
    files = [*listed, *(Path(folder, name) for name in NAMED)]
    return tuple(asked for file in files for asked in parse(_COMMENT.sub("", _text(file)), file.name))


def _text(file: Path) -> str:
    try:
        if not file.is_file() or file.stat().st_size > _LARGEST:
            return ""
        return file.read_bytes().decode("utf-16" if file.read_bytes()[:2] == b"\xff\xfe" else "utf-8", "replace")
    except OSError:
        return ""


def parse(text: str, file: str) -> Iterator[Asked]:
    """Every requirement on a framework in the text of a requirements file, a TOML, INI or YAML file, or a command."""
    for match in _REQUIREMENT.finditer(text):
        bounds = match["bounds"] or f"=={match['bare']}"
        lowest, highest, below = _range(bounds)
        yield Asked(_PACKAGES[match["name"].lower()], f"{match['name']}{bounds}", file, lowest, highest, below)


def _range(bounds: str) -> tuple[Version | None, Version | None, bool]:
    """The lowest and the highest version that every bound allows, and whether the highest is excluded."""
    lowest: Version | None = None
    highest: Version | None = None
    below = False
    for operator, major, minor in _ONE_BOUND.findall(bounds):
        version = (int(major), int(minor or 0))
        if operator in {"==", "===", "=", "^", "~=", "~", ">=", ">"}:
            lowest = version
        if operator in {"==", "===", "=", "<=", "<"}:
            highest, below = version, operator == "<"
        elif operator in {"^", "~=", "~"}:
            highest, below = _next(version, operator, minor), True
    return lowest, highest, below


def _next(version: Version, operator: str, minor: str) -> Version:
    """The first version that `^2.8`, `~=2.8` or `~2.8` excludes."""
    if operator == "~" and minor:
        return (version[0], version[1] + 1)
    return (version[0] + 1, 0)
