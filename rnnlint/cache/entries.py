"""One result on disk: what it rests on and what came of it, as data that cannot do anything when it is read."""

from __future__ import annotations

import os
import tempfile
from dataclasses import dataclass

import msgspec

from rnnlint.cache.folder import SUFFIX, touch
from rnnlint.outcome import FileOutcome
from rnnlint.source.observe import Look


@dataclass(frozen=True, slots=True)
class Entry:
    """A file's outcome, the digest of its content, and all that its analysis asked the disk, with the answers."""

    content: bytes
    looks: tuple[tuple[Look, bytes], ...]
    outcome: FileOutcome


_DECODER = msgspec.msgpack.Decoder(Entry)


@dataclass(frozen=True, slots=True)
class Shelf:
    """The folder of one version's entries."""

    folder: str

    def read(self, key: str) -> Entry | None:
        """An entry; None when there is none, or something else in its place."""
        path = self._path(key)
        try:
            with open(path, "rb") as stream:
                entry = _DECODER.decode(stream.read())
        except (OSError, msgspec.MsgspecError, UnicodeError, RecursionError):
            return None
        touch(path)
        return entry

    def write(self, key: str, entry: Entry) -> None:
        """Put an entry in its place in one step. A cache that cannot be written is no failure."""
        try:
            data = msgspec.msgpack.encode(entry)
            handle, temporary = tempfile.mkstemp(dir=self.folder, suffix=".tmp")
        except (OSError, UnicodeError, OverflowError, msgspec.MsgspecError):
            return
        try:
            with os.fdopen(handle, "wb") as stream:
                stream.write(data)
            os.replace(temporary, self._path(key))
        except OSError:
            os.unlink(temporary)

    def _path(self, key: str) -> str:
        return os.path.join(self.folder, key + SUFFIX)
