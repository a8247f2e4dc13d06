"""How far the probes are, on a terminal's standard error, once they take longer than a second."""

from __future__ import annotations

import sys
import threading
from types import TracebackType
from typing import Any

from rnnlint.finding import Finding

PATIENCE = 1.0  # seconds


class Progress:
    """A context that counts settled findings; called with each of them."""

    def __init__(self, total: int, shown: bool) -> None:
        self._total = total
        self._shown = shown and sys.stderr.isatty()
        self._done = 0
        self._bar: Any = None
        self._task: Any = None
        self._over = False
        self._lock = threading.Lock()
        self._timer = threading.Timer(PATIENCE, self._start)
        self._timer.daemon = True

    def __enter__(self) -> Progress:
        if self._shown:
            self._timer.start()
        return self

    def __call__(self, finding: Finding) -> None:
        """One more is settled."""
        with self._lock:
            self._done += 1
            if self._bar is not None:
                self._bar.update(self._task, completed=self._done)

    def _start(self) -> None:
        from rich.console import Console
        from rich.progress import Progress as Bar

        with self._lock:
            if self._over:
                return
            self._bar = Bar(console=Console(stderr=True), transient=True)
            self._task = self._bar.add_task("confirming", total=self._total, completed=self._done)
            self._bar.start()

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._timer.cancel()
        with self._lock:
            self._over = True
            if self._bar is not None:
                self._bar.stop()
