"""Programs run with a terminal as their standard error."""

from __future__ import annotations

import contextlib
import os
import subprocess
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True)
class Shown:
    """What a program drew on the terminal, what it wrote to standard output, and its exit code."""

    code: int
    drawn: bytes
    out: bytes


def run_on_terminal(command: Sequence[str], folder: Path, environment: Mapping[str, str]) -> Shown:
    """Run a program to its end."""
    import pty

    screen, terminal = pty.openpty()
    process = subprocess.Popen(
        command,
        cwd=folder,
        env={**environment, "TERM": "xterm", "COLUMNS": "100"},
        stdout=subprocess.PIPE,
        stderr=terminal,
    )
    os.close(terminal)
    drawn = b""
    with contextlib.suppress(OSError):  # the terminal is gone once the process has ended
        while piece := os.read(screen, 4096):
            drawn += piece
    os.close(screen)
    out, _ = process.communicate(timeout=60)
    return Shown(process.returncode, drawn, out)
