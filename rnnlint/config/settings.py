"""The settings that hold for a file, and how layers of options (files, then the command line) make them."""

from __future__ import annotations

import os
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field

from rnnlint.config.patterns import PathPatterns
from rnnlint.finding import Confidence, Severity

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

DEFAULT_EXCLUDES = (
    ".bzr",
    ".direnv",
    ".eggs",
    ".git",
    ".git-rewrite",
    ".hg",
    ".ipynb_checkpoints",
    ".mypy_cache",
    ".nox",
    ".pants.d",
    ".pyenv",
    ".pytest_cache",
    ".pytype",
    ".rnnlint_cache",
    ".ruff_cache",
    ".svn",
    ".tox",
    ".venv",
    ".vscode",
    "__pycache__",
    "__pypackages__",
    "_build",
    "buck-out",
    "build",
    "dist",
    "node_modules",
    "site-packages",
    "venv",
)
OUTPUT_FORMATS = (
    "concise",
    "full",
    "grouped",
    "json",
    "json-lines",
    "sarif",
    "github",
    "gitlab",
    "junit",
    "pylint",
    "rdjson",
    "azure",
    "html",
)
SCOPES = ("all", "recurrent")


@dataclass(frozen=True, slots=True)
class Layer:
    """Validated options of one place: a configuration file, or the command line."""

    origin: str
    root: str
    values: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Selection:
    """The rule selectors of one layer. Without `select` it changes the selection as it was before."""

    select: tuple[str, ...] | None = None
    extend_select: tuple[str, ...] = ()
    ignore: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class PerFileIgnore:
    """Rules that are ignored in the files a pattern matches; `!pattern` stands for all other files."""

    root: str
    pattern: str
    rules: tuple[str, ...]

    def applies_to(self, path: str) -> bool:
        """Whether the absolute path is meant."""
        negated = self.pattern.startswith("!")
        return PathPatterns([(self.root, self.pattern.removeprefix("!"))]).match(path) != negated


@dataclass(frozen=True, slots=True)
class Settings:
    """Everything a run can be told. `said` holds each option that was stated, with its value and origin.

    `noqa` says whether comments silence findings, `foreign_noqa` whether those of other tools (`# noqa`) do as well.
    """

    root: str = field(default_factory=os.getcwd)
    selections: tuple[Selection, ...] = ()
    per_file_ignores: tuple[PerFileIgnore, ...] = ()
    excluded: PathPatterns = field(default_factory=lambda: _patterns(os.getcwd(), DEFAULT_EXCLUDES))
    force_exclude: bool = False
    respect_gitignore: bool = True
    fail_on: Severity = Severity.WARNING
    min_confidence: Confidence = Confidence.MEDIUM
    scope: str = "all"
    preview: bool = False
    output_format: str = "concise"
    noqa: bool = True
    baseline: str = ""
    foreign_noqa: bool = True
    fix: bool = False
    fix_only: bool = False
    show_fixes: bool = False
    unsafe_fixes: bool = False
    fixable: tuple[str, ...] = ("ALL",)
    unfixable: tuple[str, ...] = ()
    said: tuple[tuple[str, Any, str], ...] = field(default=(), compare=False)

    def excludes(self, path: str) -> bool:
        """Whether an absolute path is excluded."""
        return self.excluded.match(path)

    def excludes_by_name(self, path: str) -> bool:
        """Whether an absolute path or a folder that holds it is excluded, as no walk has made sure."""
        while not self.excludes(path):
            parent = os.path.dirname(path)
            if parent in (path, self.root):
                return False
            path = parent
        return True


def make_settings(layers: Sequence[Layer], root: str) -> Settings:
    """The settings that the layers make together; later layers win, `extend-` options add up."""
    given: dict[str, Any] = {}
    for layer in layers:
        given.update(layer.values)

    def option(key: str, convert: Callable[[Any], Any] = lambda value: value) -> dict[str, Any]:
        return {key.replace("-", "_"): convert(given[key])} if key in given else {}

    return Settings(
        root=root,
        selections=tuple(_selection(layer.values) for layer in layers),
        per_file_ignores=_per_file_ignores(layers),
        excluded=_exclusions(layers, root),
        said=tuple((key, value, layer.origin) for layer in layers for key, value in layer.values.items()),
        **option("force-exclude"),
        **option("respect-gitignore"),
        **option("fail-on", Severity),
        **option("min-confidence", Confidence),
        **option("scope"),
        **option("preview"),
        **option("output-format"),
        **option("noqa"),
        baseline=_path(layers, "baseline"),
        **option("fix"),
        **option("fix-only"),
        **option("show-fixes"),
        **option("unsafe-fixes"),
        **option("fixable", tuple),
        **option("unfixable", tuple),
    )


def _selection(values: Mapping[str, Any]) -> Selection:
    return Selection(
        select=_strings(values, "select") if "select" in values else None,
        extend_select=_strings(values, "extend-select"),
        ignore=(*_strings(values, "ignore"), *_strings(values, "extend-ignore")),
    )


def _path(layers: Sequence[Layer], key: str) -> str:
    """The absolute path that the last layer to name one means, from its own folder; "" for none."""
    named = [(layer.root, layer.values[key]) for layer in layers if key in layer.values]
    root, path = named[-1] if named else ("", "")
    return os.path.abspath(os.path.join(root, os.path.expanduser(path))) if path else ""


def _strings(values: Mapping[str, Any], key: str) -> tuple[str, ...]:
    return tuple(values.get(key, ()))


def _per_file_ignores(layers: Sequence[Layer]) -> tuple[PerFileIgnore, ...]:
    result: list[PerFileIgnore] = []
    for layer in layers:
        if "per-file-ignores" in layer.values:
            result = []
        for key in ("per-file-ignores", "extend-per-file-ignores"):
            table = layer.values.get(key, {})
            result.extend(PerFileIgnore(layer.root, pattern, tuple(rules)) for pattern, rules in table.items())
    return tuple(result)


def _exclusions(layers: Sequence[Layer], root: str) -> PathPatterns:
    patterns = [(root, pattern) for pattern in DEFAULT_EXCLUDES]
    for layer in layers:
        if "exclude" in layer.values:
            patterns = [(layer.root, pattern) for pattern in layer.values["exclude"]]
    for layer in layers:
        patterns.extend((layer.root, pattern) for pattern in _strings(layer.values, "extend-exclude"))
    return PathPatterns(patterns)


def _patterns(root: str, patterns: Sequence[str]) -> PathPatterns:
    return PathPatterns((root, pattern) for pattern in patterns)
