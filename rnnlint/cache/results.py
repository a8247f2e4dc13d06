"""Stored results by file and settings."""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import dataclass

from rnnlint.cache.entries import Entry, Shelf
from rnnlint.config.settings import Settings
from rnnlint.outcome import FileOutcome
from rnnlint.source.discover import SourceFile
from rnnlint.source.observe import Look, digest


@dataclass(frozen=True, slots=True)
class Results:
    """What worker processes need to keep their results."""

    shelf: Shelf
    fingerprint: bytes

    def keep(
        self, file: SourceFile, settings: Settings, data: bytes, outcome: FileOutcome, looks: Mapping[Look, bytes]
    ) -> None:
        """Store a file's result; not when rnnlint itself failed, which the next run shall show again."""
        if not outcome.crashes:
            self.shelf.write(self._key(file, settings), Entry(digest(data), tuple(looks.items()), outcome))

    def entry(self, file: SourceFile, settings: Settings) -> Entry | None:
        """What is stored of a file, be it still true or not."""
        return self.shelf.read(self._key(file, settings))

    def _key(self, file: SourceFile, settings: Settings) -> str:
        """Only what the analysis depends on: confidence, comments and severity are weighed afterwards."""
        rules = settings.selections, settings.per_file_ignores, settings.preview, settings.scope
        place = str(file.path), file.display, os.getcwd(), settings.root
        return digest((self.fingerprint, place, rules)).hex()
