"""SIGTERM ends a run as an interrupt does: in order, with everything that it has started."""

from __future__ import annotations

import os
import signal
import sys
import threading
from types import FrameType
from typing import NoReturn

from rnnlint.cli.codes import TERMINATED

PATIENCE = 2.0  # seconds until the order is given up

_told = threading.Event()
_processes: list[int] = []


def end_when_told() -> None:
    """From here on SIGTERM raises SystemExit, unless whoever started the process wants it to be ignored."""
    if threading.current_thread() is threading.main_thread() and signal.getsignal(signal.SIGTERM) == signal.SIG_DFL:
        _processes.append(os.getpid())
        signal.signal(signal.SIGTERM, _end)


def was_told() -> bool:
    """Whether the signal has come: what fails from then on fails because of it."""
    return _told.is_set()


def _end(number: int, frame: FrameType | None) -> NoReturn:
    """The processes go first: a pool that is being left waits for what its own are at."""
    if os.getpid() not in _processes:  # in one that has only just been forked
        os._exit(TERMINATED)
    _told.set()
    _end_children()
    insist = threading.Timer(PATIENCE, _insist)
    insist.daemon = True
    insist.start()
    raise SystemExit(TERMINATED)


def _end_children() -> None:
    multiprocessing = sys.modules.get("multiprocessing")
    if multiprocessing is not None:
        for child in multiprocessing.active_children():
            child.kill()


def _insist() -> None:
    """A process that was forked while the signal came may have missed it, and somebody waits for it."""
    _end_children()
    os._exit(TERMINATED)
