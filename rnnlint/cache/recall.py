"""The cache of one run: results are recalled while nothing has changed that they rest on."""

from __future__ import annotations

import os
from dataclasses import dataclass, field
from pathlib import Path

from rnnlint._version import __version__
from rnnlint.config.settings import Settings
from rnnlint.source.discover import SourceFile
from rnnlint.source.reading import UnreadableError, read_bytes

TYPE_CHECKING = False
if TYPE_CHECKING:
    from rnnlint.cache.results import Results
    from rnnlint.outcome import FileOutcome
    from rnnlint.source.observe import Look


@dataclass(slots=True)
class ResultCache:
    """The cache in a folder. `problem` says why nothing is stored, if so; `recalled` counts results used again."""

    folder: str
    problem: str = ""
    recalled: int = 0
    _results: Results | None = None
    _answers: dict[Look, bytes] = field(default_factory=dict)

    def look_anew(self) -> None:
        """Files may be others than when they were last looked at."""
        self._answers.clear()

    def recall(self, file: SourceFile, settings: Settings) -> FileOutcome | None:
        """A file's result, when it and everything else that was looked at are as they were."""
        entry = self._opened().entry(file, settings)
        if entry is None or entry.content != _digest_of(file.path):
            return None
        if not all(self._answer(look) == answer for look, answer in entry.looks):
            return None
        self.recalled += 1
        return entry.outcome

    def for_writing(self) -> Results | None:
        """Where results are kept; None when the folder cannot be made."""
        from rnnlint.cache.folder import NotOursError, make

        try:
            make(self.folder, __version__)
        except (NotOursError, OSError) as error:
            self.problem = str(error) if isinstance(error, NotOursError) else (error.strerror or str(error)).lower()
            return None
        return self._opened()

    def _opened(self) -> Results:
        if self._results is None:
            from rnnlint.cache.entries import Shelf
            from rnnlint.cache.fingerprint import fingerprint
            from rnnlint.cache.results import Results

            self._results = Results(Shelf(os.path.join(self.folder, __version__)), fingerprint())
        return self._results

    def _answer(self, look: Look) -> bytes:
        from rnnlint.source.observe import asked_again

        if look not in self._answers:
            self._answers[look] = asked_again(look)
        return self._answers[look]


def _digest_of(path: Path) -> bytes | None:
    from rnnlint.source.observe import digest

    try:
        return digest(read_bytes(path))
    except UnreadableError:
        return None
