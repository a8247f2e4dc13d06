"""SIGTERM ends a run as an interrupt does: in order, with everything that it has started."""

from __future__ import annotations

import signal
import threading
from types import FrameType
from typing import NoReturn

from rnnlint.cli.codes import TERMINATED


def end_when_told() -> None:
    """From here on SIGTERM raises SystemExit, unless whoever started the process wants it to be ignored."""
    if threading.current_thread() is threading.main_thread() and signal.getsignal(signal.SIGTERM) == signal.SIG_DFL:
        signal.signal(signal.SIGTERM, _end)


def _end(number: int, frame: FrameType | None) -> NoReturn:
    raise SystemExit(TERMINATED)
