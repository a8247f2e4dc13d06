"""Fixtures as data: where they are, what their markers expect, and what rnnlint says of them."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

from rnnlint.config.settings import Selection, Settings
from rnnlint.engine import lint_paths
from rnnlint.finding import Finding
from rnnlint.rulebook import every_rule, preview_codes

FIXTURES = Path(__file__).parents[2] / "fixtures"
SUFFIXES = (".py", ".ipynb")
FRAMEWORKS = {
    "keras": ("keras", "tensorflow"),
    "torch": ("torch", "lightning", "pytorch_lightning"),
    "data": ("numpy", "pandas", "sklearn", "yfinance"),
}

_MARKER = re.compile(r"#((?:\s*RNN\d{3}(?::[a-z]+)?)+)\s*$")
_FIXED = re.compile(r"\.fixed(\.(py|ipynb))?$")


@dataclass(frozen=True, slots=True, order=True)
class Place:
    """A line of a fixture's file; `cell` is 0 in a script."""

    file: Path
    cell: int
    line: int

    def __str__(self) -> str:
        cell = f"cell {self.cell}:" if self.cell else ""
        return f"{self.file.name}:{cell}{self.line}"


@dataclass(frozen=True, slots=True, order=True)
class Marker:
    """One code that a comment expects on its line, with the severity if the comment says it."""

    place: Place
    code: str
    severity: str = ""

    @property
    def wanted_severity(self) -> str:
        """The severity that the comment says, or else the rule's own."""
        own = (rule.severity.value for rule in every_rule() if rule.code == self.code)
        return self.severity or next(own, "")


@dataclass(frozen=True)
class Fixture:
    """A script, a notebook or a folder of scripts that are linted together."""

    path: Path

    @property
    def code(self) -> str:
        """The rule that the fixture belongs to."""
        return self.path.parent.name.split("_")[0]

    @property
    def is_bad(self) -> bool:
        """Whether it must yield findings."""
        return self.path.name.startswith("bad_")

    @property
    def name(self) -> str:
        """How tests call it."""
        return f"{self.path.parent.name}/{self.path.name}"

    @property
    def repaired(self) -> Path:
        """What it must become by fixes, if that is laid down: `bad_a.fixed.py`, or the folder `bad_a.fixed`."""
        return self.path.with_name(f"{self.path.stem}.fixed{self.path.suffix}")

    @cached_property
    def files(self) -> tuple[Path, ...]:
        """The files it consists of."""
        if self.path.is_file():
            return (self.path,)
        return tuple(sorted(file for file in self.path.rglob("*") if file.suffix in SUFFIXES))

    @cached_property
    def markers(self) -> frozenset[Marker]:
        """What its comments expect."""
        return frozenset(marker for file in self.files for marker in _markers(file))

    @property
    def frameworks(self) -> frozenset[str]:
        """The frameworks that its files import."""
        text = "\n".join(line for file in self.files for _, _, line in _numbered_lines(file))
        return frozenset(
            framework
            for framework, modules in FRAMEWORKS.items()
            if re.search(rf"^\s*(?:import|from) (?:{'|'.join(modules)})\b", text, re.MULTILINE)
        )


def discover() -> list[Fixture]:
    """Every fixture of every rule."""
    return [
        Fixture(path)
        for folder in sorted(FIXTURES.glob("RNN*_*"))
        for path in sorted(folder.iterdir())
        if path.name.startswith(("bad_", "good_")) and not _FIXED.search(path.name)
    ]


def settings_for(code: str) -> Settings:
    """The settings for a rule's fixtures: the default ones, and of the rules in preview only this one."""
    others = tuple(sorted(preview_codes() - {code}))
    return Settings(preview=True, selections=(Selection(ignore=others),)) if code in preview_codes() else Settings()


def findings_in(paths: Iterable[Path], code: str = "") -> tuple[Finding, ...]:
    """What rnnlint reports in fixtures of the rule `code`; a failure of rnnlint itself fails the test."""
    result = lint_paths(list(paths), settings_for(code), jobs=1)
    assert not result.crashes, "\n".join(crash.traceback for crash in result.crashes)
    return result.findings


def place_of(finding: Finding) -> Place:
    """The line a finding is reported on."""
    return Place(Path(finding.span.path).resolve(), finding.span.cell, finding.span.line)


def _markers(file: Path) -> Iterator[Marker]:
    for cell, line, text in _numbered_lines(file):
        match = _MARKER.search(text)
        for word in match[1].split() if match else ():
            code, _, severity = word.partition(":")
            yield Marker(Place(file, cell, line), code, severity)


def _numbered_lines(file: Path) -> Iterator[tuple[int, int, str]]:
    """Each line of code with its cell (counted over all cells, 0 in a script) and its number there."""
    text = file.read_text("utf-8")
    if file.suffix == ".py":
        for line, content in enumerate(text.splitlines(), start=1):
            yield 0, line, content
        return
    for number, cell in enumerate(json.loads(text)["cells"], start=1):
        if cell["cell_type"] == "code":
            for line, content in enumerate("".join(cell["source"]).splitlines(), start=1):
                yield number, line, content
