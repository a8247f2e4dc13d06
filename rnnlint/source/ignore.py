"""Which paths git ignores: `.gitignore` of every folder on the way down, and `.git/info/exclude`."""

from __future__ import annotations

import os
from dataclasses import dataclass

TYPE_CHECKING = False
if TYPE_CHECKING:
    from pathspec import GitIgnoreSpec

_GITIGNORE = ".gitignore"


@dataclass(frozen=True, slots=True)
class _Level:
    """The patterns of one file, and the folder (with a trailing separator) they are relative to."""

    prefix: str
    patterns: GitIgnoreSpec

    def verdict(self, path: str) -> bool | None:
        return self.patterns.check_file(path.removeprefix(self.prefix)).include


@dataclass(frozen=True, slots=True)
class IgnoreRules:
    """The levels that hold in a folder, outermost first: the innermost that has an opinion decides."""

    levels: tuple[_Level, ...] = ()

    @classmethod
    def above(cls, folder: str) -> IgnoreRules:
        """The rules of the repository that holds `folder`, down to its parent; none outside a repository."""
        ancestors = [folder]
        while not os.path.exists(os.path.join(ancestors[-1], ".git")):
            parent = os.path.dirname(ancestors[-1])
            if parent == ancestors[-1]:
                return cls()
            ancestors.append(parent)
        root = ancestors[-1]
        rules = cls()._with(os.path.join(root, ".git", "info", "exclude"), root)
        for ancestor in reversed(ancestors[1:]):
            rules = rules._with(os.path.join(ancestor, _GITIGNORE), ancestor)
        return rules

    def entering(self, folder: str, names: set[str]) -> IgnoreRules:
        """The rules inside a folder that holds `names`."""
        return self._with(os.path.join(folder, _GITIGNORE), folder) if _GITIGNORE in names else self

    def ignores(self, path: str, is_folder: bool) -> bool:
        """Whether git ignores this path, given that it ignores no folder above it."""
        subject = path + "/" if is_folder else path
        for level in reversed(self.levels):
            verdict = level.verdict(subject)
            if verdict is not None:
                return verdict
        return False

    def _with(self, file: str, folder: str) -> IgnoreRules:
        try:
            with open(file, encoding="utf-8", errors="replace") as stream:
                lines = [line for line in stream.read().split("\n") if line.strip() and line[0] != "#"]
        except OSError:
            return self
        if not lines:
            return self
        from pathspec import GitIgnoreSpec

        prefix = folder if folder.endswith(os.sep) else folder + os.sep
        return IgnoreRules((*self.levels, _Level(prefix, GitIgnoreSpec.from_lines(lines))))
