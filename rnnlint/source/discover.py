"""From paths on the command line to the files to read, in order."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from pathlib import Path

from rnnlint.finding import Finding
from rnnlint.source.ignore import IgnoreRules
from rnnlint.source.problems import io_error
from rnnlint.source.reading import NOTEBOOK_SUFFIX, system_reason

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Protocol

    class WalkPolicy(Protocol):
        """What discovery asks of the settings that hold in a folder."""

        @property
        def respect_gitignore(self) -> bool:
            """Whether files that git ignores are skipped."""

        @property
        def force_exclude(self) -> bool:
            """Whether the exclusions also hold for paths that are asked for by name."""

        def excludes(self, path: str) -> bool:
            """Whether an absolute path is excluded."""

        def excludes_by_name(self, path: str) -> bool:
            """Whether an absolute path or a folder that holds it is excluded."""


SUFFIXES = (".py", NOTEBOOK_SUFFIX)


@dataclass(frozen=True, slots=True)
class SourceFile:
    """A file to lint: its absolute path, and the path as findings print it."""

    path: Path
    display: str


@dataclass(slots=True)
class Discovery:
    """The files to lint, and the paths that cannot be linted."""

    files: list[SourceFile] = field(default_factory=list)
    problems: list[Finding] = field(default_factory=list)


def display_path(path: str | Path) -> str:
    """A path as findings print it: relative to the working directory when it lies below it."""
    absolute = os.path.abspath(path)
    working = os.getcwd()
    prefix = working if working.endswith(os.sep) else working + os.sep
    return absolute.removeprefix(prefix) if absolute.startswith(prefix) else absolute


def discover(paths: Iterable[str | Path], policy_for: Callable[[str], WalkPolicy]) -> Discovery:
    """Every file that `paths` name: files as they are, folders walked. Each file once, sorted."""
    found: set[str] = set()
    discovery = Discovery()
    for path in paths:
        absolute = os.path.abspath(path)
        try:
            if os.path.isdir(absolute):
                found.update(_walk_from(absolute, policy_for, discovery))
                continue
            os.stat(absolute)
        except (OSError, ValueError) as error:
            discovery.problems.append(io_error(display_path(absolute), system_reason(error)))
            continue
        policy = policy_for(os.path.dirname(absolute))
        if not (policy.force_exclude and policy.excludes_by_name(absolute)):
            found.add(absolute)
    discovery.files.extend(SourceFile(Path(path), display_path(path)) for path in sorted(found))
    return discovery


def _walk_from(folder: str, policy_for: Callable[[str], WalkPolicy], discovery: Discovery) -> Iterator[str]:
    policy = policy_for(folder)
    if policy.force_exclude and policy.excludes_by_name(folder):
        return iter(())
    ignored = IgnoreRules.above(folder) if policy.respect_gitignore else None
    return _walk(folder, policy_for, ignored, discovery)


def _walk(
    folder: str,
    policy_for: Callable[[str], WalkPolicy],
    ignored: IgnoreRules | None,
    discovery: Discovery,
) -> Iterator[str]:
    """Files below a folder; excluded and ignored folders are not entered, links to folders not followed."""
    policy = policy_for(folder)
    try:
        with os.scandir(folder) as listing:
            entries = sorted(listing, key=lambda entry: entry.name)
    except OSError as error:
        discovery.problems.append(io_error(display_path(folder), system_reason(error)))
        return
    if ignored is not None:
        ignored = ignored.entering(folder, {entry.name for entry in entries})
    for entry in entries:
        is_folder = entry.is_dir(follow_symlinks=False)
        if not is_folder and not (entry.name.endswith(SUFFIXES) and entry.is_file()):
            continue
        if policy.excludes(entry.path) or (ignored is not None and ignored.ignores(entry.path, is_folder)):
            continue
        if is_folder:
            yield from _walk(entry.path, policy_for, ignored, discovery)
        else:
            yield entry.path
