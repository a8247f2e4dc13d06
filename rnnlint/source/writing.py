"""Files replaced in one step: a reader sees the old content or the new one, never half of it."""

from __future__ import annotations

import os
import stat
from pathlib import Path

from rnnlint.source.reading import system_reason

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import BinaryIO


class UnwritableError(Exception):
    """The file cannot be replaced; the argument is the reason as the reader should see it."""


def replace_content(path: Path, before: bytes, after: bytes) -> None:
    """Replace a file's content, which must still be `before`. Its permissions stay, and a link stays a link.

    Raises:
        UnwritableError: it is read-only, has changed meanwhile, or the system refuses.
    """
    try:
        target = path.resolve(strict=True)
        mode = target.stat().st_mode
        if not mode & (stat.S_IWUSR | stat.S_IWGRP | stat.S_IWOTH) or not os.access(target, os.W_OK):
            raise UnwritableError("it is read-only")
        if target.read_bytes() != before:
            raise UnwritableError("it has changed since it was read")
        write_whole(target, after, stat.S_IMODE(mode))
    except (OSError, ValueError) as error:
        raise UnwritableError(system_reason(error)) from error


def write_whole(target: Path, content: bytes, mode: int | None = None) -> None:
    """Write a file of which nobody sees a part. What is no regular file, such as a pipe, is written as it stands."""
    import tempfile

    if target.exists() and not target.is_file():
        with target.open("wb") as stream:
            stream.write(content)
        return
    handle, temporary = tempfile.mkstemp(dir=target.parent, prefix=".rnnlint-")
    try:
        with os.fdopen(handle, "wb") as stream:
            _fill(stream, content)
        Path(temporary).chmod(0o666 & ~_umask() if mode is None else mode)
        Path(temporary).replace(target)
    except BaseException:
        Path(temporary).unlink()
        raise


def _fill(stream: BinaryIO, content: bytes) -> None:
    stream.write(content)
    stream.flush()
    os.fsync(stream.fileno())


def _umask() -> int:
    mask = os.umask(0)
    os.umask(mask)
    return mask
