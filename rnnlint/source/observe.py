"""Questions to the disk beyond the file under analysis, noted so that a stored result knows what it rests on."""

from __future__ import annotations

import os
import stat
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from hashlib import blake2b
from pathlib import Path
from typing import Generic, TypeVar

from rnnlint.source.reading import UnreadableError, read_bytes

Answer_co = TypeVar("Answer_co", covariant=True)
Look = tuple[str, tuple[str, ...]]  # a question's name, and the paths or names it is about

_questions: dict[str, Question[object]] = {}
_records: list[dict[Look, bytes]] = []


class Question(Generic[Answer_co]):
    """A function of strings whose answer is what the disk says. Its `repr` must be the same in every process."""

    def __init__(self, function: Callable[..., Answer_co]) -> None:
        self._function = function
        self._name = f"{function.__module__}.{function.__name__}"
        _questions[self._name] = self

    def __call__(self, *subject: str) -> Answer_co:
        """The answer, noted in every record that is open."""
        answer = self._function(*subject)
        for record in _records:
            record[self._name, subject] = digest(answer)
        return answer


@contextmanager
def recording() -> Iterator[dict[Look, bytes]]:
    """Every question asked inside, with the digest of its answer."""
    record: dict[Look, bytes] = {}
    _records.append(record)
    try:
        yield record
    finally:
        _records.pop()


def asked_again(look: Look) -> bytes:
    """The digest of today's answer to a question; empty when there is no such question."""
    import rnnlint.source.prepared
    import rnnlint.source.requirements  # noqa: F401  (the modules whose questions a record can hold)

    name, subject = look
    question = _questions.get(name)
    return b"" if question is None else digest(question(*subject))


def digest(answer: object) -> bytes:
    """A short name for an answer."""
    data = answer if isinstance(answer, bytes) else repr(answer).encode("utf-8", "backslashreplace")
    return blake2b(data, digest_size=16).digest()


@Question
def kind(path: str) -> str:
    """What a path leads to: "file", "folder", "other" or nothing."""
    return _kind(path)


def _kind(path: str) -> str:
    try:
        mode = os.stat(path).st_mode
    except (OSError, ValueError):
        return ""
    if stat.S_ISREG(mode):
        return "file"
    return "folder" if stat.S_ISDIR(mode) else "other"


@Question
def places_of_module(folder: str, name: str) -> tuple[tuple[str, str, str], ...]:
    """Everything in a folder that Python could import as `name`: each path's end, its kind and a link's target."""
    from importlib.machinery import all_suffixes

    ends = ("", f"{os.sep}__init__.py", *all_suffixes())
    base = os.path.join(folder, name)
    return tuple(
        (end, _kind(base + end), os.path.realpath(base + end) if os.path.islink(base + end) else "")
        for end in ends
        if os.path.lexists(base + end)
    )


@Question
def content(path: str, limit: str) -> bytes | None:
    """A file's bytes, or None when it cannot be read or is larger than `limit` bytes."""
    try:
        return None if os.stat(path).st_size > int(limit) else read_bytes(Path(path))
    except (OSError, ValueError, UnreadableError):
        return None
