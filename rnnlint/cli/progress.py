"""How far a run is, on a terminal's standard error, once it takes longer than a second."""

from __future__ import annotations

import sys
import threading
import time
from types import TracebackType
from typing import Any

from rnnlint.finding import Finding

PATIENCE = 1.0  # seconds


class Progress:
    """A context that is told how much is done. It starts no thread, so that processes may be forked inside."""

    def __init__(self, doing: str, shown: bool, total: int | None = None) -> None:
        self._doing = doing
        self._shown = shown and sys.stderr is not None and sys.stderr.isatty()
        self._total = total
        self._done = 0
        self._bar: Any = None
        self._task: Any = None
        self._lock = threading.Lock()
        self._started = time.monotonic()

    def __enter__(self) -> Progress:
        return self

    def reach(self, done: int, total: int) -> None:
        """So many are done."""
        with self._lock:
            self._done, self._total = done, total
            if self._shown and time.monotonic() - self._started > PATIENCE:
                self._draw()

    def _draw(self) -> None:
        if self._bar is None:
            from rich.console import Console
            from rich.progress import MofNCompleteColumn
            from rich.progress import Progress as Bar

            columns = (*Bar.get_default_columns(), MofNCompleteColumn())
            self._bar = Bar(*columns, console=Console(stderr=True), transient=True, auto_refresh=False)
            self._task = self._bar.add_task(self._doing)
            self._bar.start()
        self._bar.update(self._task, completed=self._done, total=self._total, refresh=True)

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        with self._lock:
            self._shown = False
            if self._bar is not None:
                self._bar.stop()


class SettlingProgress(Progress):
    """Counts settled findings, called with each; drawn after a second even if none is settled by then."""

    def __init__(self, total: int, shown: bool) -> None:
        super().__init__("confirming", shown, total)
        self._timer = threading.Timer(PATIENCE, self._out_of_patience)
        self._timer.daemon = True

    def __enter__(self) -> SettlingProgress:
        if self._shown:
            self._timer.start()
        return self

    def __call__(self, finding: Finding) -> None:
        """One more is settled."""
        with self._lock:
            self._done += 1
            if self._bar is not None:
                self._draw()

    def _out_of_patience(self) -> None:
        with self._lock:
            if self._shown:
                self._draw()

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._timer.cancel()
        super().__exit__(kind, error, trace)
