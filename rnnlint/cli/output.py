"""Where text goes: standard output, or a file that is replaced in one step."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterable

from rnnlint.config.select import ConfigurationError

DEBUG_VARIABLE = "RNNLINT_DEBUG"


def make_streams_safe() -> None:
    """Characters that the terminal's encoding lacks are escaped rather than fatal."""
    for stream in (sys.stdout, sys.stderr):
        reconfigure = getattr(stream, "reconfigure", None)
        if reconfigure is not None:
            reconfigure(errors="backslashreplace")


def write(pieces: Iterable[str], file: str | None = None) -> None:
    """Write to standard output, or to a file. A reader that has gone away is no failure."""
    if file is not None:
        _replace(file, "".join(pieces))
        return
    try:
        for piece in pieces:
            sys.stdout.write(piece)
        sys.stdout.flush()
    except BrokenPipeError:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
    except OSError as error:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        raise ConfigurationError(f"cannot write to standard output: {error.strerror}") from error


def tell(message: str) -> None:
    """Write a line to standard error."""
    sys.stderr.write(f"{message}\n")


def _replace(file: str, text: str) -> None:
    """A reader sees the old file or the new one, never half of it."""
    import tempfile

    target = os.path.realpath(file)
    try:
        if os.path.exists(target) and not os.path.isfile(target):
            with open(target, "w", encoding="utf-8", errors="backslashreplace") as stream:
                stream.write(text)
            return
        handle, temporary = tempfile.mkstemp(dir=os.path.dirname(target), prefix=".rnnlint-")
        try:
            with os.fdopen(handle, "w", encoding="utf-8", errors="backslashreplace") as stream:
                stream.write(text)
            os.chmod(temporary, 0o666 & ~_umask())
            os.replace(temporary, target)
        except BaseException:
            os.unlink(temporary)
            raise
    except (OSError, ValueError) as error:
        reason = getattr(error, "strerror", None) or str(error)
        raise ConfigurationError(f"cannot write {file}: {reason.lower()}") from error


def _umask() -> int:
    mask = os.umask(0)
    os.umask(mask)
    return mask
