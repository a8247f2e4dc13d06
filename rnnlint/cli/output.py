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
    from pathlib import Path

    from rnnlint.source.writing import write_whole

    try:
        write_whole(Path(os.path.realpath(file)), text.encode("utf-8", "backslashreplace"))
    except (OSError, ValueError) as error:
        reason = getattr(error, "strerror", None) or str(error)
        raise ConfigurationError(f"cannot write {file}: {reason.lower()}") from error
