"""Path patterns as configuration files write them: names and globs, relative to the file that has them."""

from __future__ import annotations

import fnmatch
import os
import re
from collections.abc import Iterable
from functools import cached_property


class PathPatterns:
    """Matches absolute paths: by base name, or by path relative to the folder a pattern was written in.

    `*` crosses folders, `**/` may stand for none.
    """

    def __init__(self, patterns: Iterable[tuple[str, str]]) -> None:
        """`patterns` are pairs of the folder and the pattern."""
        self.patterns = tuple((root, pattern.rstrip("/")) for root, pattern in patterns)

    @cached_property
    def _names(self) -> frozenset[str]:
        return frozenset(pattern for _, pattern in self.patterns if not _is_glob(pattern))

    @cached_property
    def _name_globs(self) -> re.Pattern[str] | None:
        return _any_of(pattern for _, pattern in self.patterns if _is_glob(pattern) and "/" not in pattern)

    @cached_property
    def _paths(self) -> re.Pattern[str] | None:
        return _any_of(
            os.path.join(_escape(root), variant)
            for root, pattern in self.patterns
            if "/" in pattern or os.path.isabs(pattern)
            for variant in {pattern, pattern.replace("**/", "")}
        )

    def match(self, path: str) -> bool:
        """Whether any pattern matches the absolute path."""
        name = os.path.basename(path)
        if name in self._names or (self._name_globs is not None and self._name_globs.match(name)):
            return True
        return self._paths is not None and self._paths.match(path) is not None


def _is_glob(pattern: str) -> bool:
    return any(character in pattern for character in "*?[")


def _escape(root: str) -> str:
    return "".join(f"[{character}]" if character in "*?[" else character for character in root)


def _any_of(globs: Iterable[str]) -> re.Pattern[str] | None:
    expressions = [fnmatch.translate(glob) for glob in globs]
    return re.compile("|".join(expressions)) if expressions else None
