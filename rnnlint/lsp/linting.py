"""Lints open documents off the event loop, one at a time, and keeps the last result of each."""

from __future__ import annotations

import asyncio
import gc
import os
import sys
import threading
import time
import traceback
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass

from rnnlint.config.load import Configuration, find_file
from rnnlint.config.select import ConfigurationError
from rnnlint.engine import lint_bytes
from rnnlint.finding import Finding
from rnnlint.lsp.documents import Snapshot
from rnnlint.lsp.options import ON_SAVE, Options
from rnnlint.source.memory import forget

QUIET = 0.05  # seconds without an edit after which a text is linted
STACK = 64 << 20  # bytes: deeply nested programs, in threads whose stack may be small by default
LINTS_BETWEEN_COLLECTIONS = 50
_WARMING = b"import torch\nlayer = torch.nn.LSTM(1, 1)\n"


@dataclass(frozen=True, slots=True)
class Lint:
    """What is known of a snapshot. `trouble` is a wrong configuration, `crash` a failure of rnnlint itself.

    `generation` counts the changes around the documents that came before it.
    """

    snapshot: Snapshot
    generation: int
    findings: tuple[Finding, ...] = ()
    trouble: str = ""
    crash: str = ""

    def path_of(self, display: str) -> str:
        """A finding's or note's path as an absolute one."""
        return os.path.join(self.snapshot.folder, display)


class Linter:
    """The one place where linting is started; everything but the lint itself happens on the event loop."""

    def __init__(self, snapshot_of: Callable[[str], Snapshot | None]) -> None:
        """`snapshot_of` gives an open document, by its key, as it is now."""
        self.options = Options()
        self._snapshot_of = snapshot_of
        self._generation = 0
        self._lints: dict[str, Lint] = {}
        self._running: dict[str, asyncio.Task[None]] = {}
        self._edited: dict[str, float] = {}
        self._due: set[str] = set()
        self._thread = ThreadPoolExecutor(1, "rnnlint")
        self._configurations: dict[str, Configuration] = {}
        self._configured: dict[str, tuple[str | None, int]] = {}
        self._seen = 0
        self._count = 0

    def warm_up(self) -> None:
        """Import what linting needs before the first document asks for it."""
        before = threading.stack_size(STACK)
        try:
            self._thread.submit(_warm_up)
        finally:
            threading.stack_size(before)

    def edited(self, key: str) -> None:
        """A document has changed: wait until its editing pauses."""
        self._edited[key] = time.monotonic()

    def saved(self, key: str) -> None:
        """A document is new or was saved: it is linted again even where edits alone do not ask for that."""
        self._due.add(key)

    def invalidate(self) -> None:
        """Something around the documents has changed: other files, the configuration, the options."""
        self._generation += 1
        self._due.update(self._lints)

    def forget(self, key: str) -> None:
        """A document was closed."""
        self._lints.pop(key, None)
        self._edited.pop(key, None)
        self._due.discard(key)

    async def latest(self, key: str) -> Lint | None:
        """The result for the document as it is when this returns; None when it is not open, or not Python."""
        while True:
            snapshot = self._snapshot_of(key)
            if snapshot is None:
                return None
            known = self._lints.get(key)
            if known is not None and self._holds(known, snapshot):
                return known
            if key not in self._running:
                self._running[key] = asyncio.create_task(self._run(key))
            await asyncio.shield(self._running[key])

    def _holds(self, known: Lint, snapshot: Snapshot) -> bool:
        if self.options.run == ON_SAVE and snapshot.key not in self._due:
            return True
        same = known.snapshot.versions == snapshot.versions and known.snapshot.data == snapshot.data
        return same and known.generation == self._generation

    async def _run(self, key: str) -> None:
        try:
            while (wait := self._edited.get(key, 0) + QUIET - time.monotonic()) > 0:
                await asyncio.sleep(wait)
            snapshot = self._snapshot_of(key)
            if snapshot is None:
                return
            self._due.discard(key)
            loop = asyncio.get_running_loop()
            self._lints[key] = await loop.run_in_executor(self._thread, self._lint, snapshot, self._generation)
            self._thread.submit(self._collect)
        finally:
            self._running.pop(key, None)

    def _lint(self, snapshot: Snapshot, generation: int) -> Lint:
        """In the thread: nothing of the server is touched, and nothing escapes."""
        try:
            if self._seen != generation:
                self._seen = generation
                self._configurations.clear()
                forget()
            return self._result(snapshot, generation)
        except ConfigurationError as error:
            return Lint(snapshot, generation, trouble=str(error))
        except Exception:
            return Lint(snapshot, generation, crash=traceback.format_exc())

    def _result(self, snapshot: Snapshot, generation: int) -> Lint:
        folder = snapshot.folder
        if os.path.isdir(folder):
            os.chdir(folder)  # as if `rnnlint` were run there: paths and modules are looked up from it
        configuration = self._configuration(folder, os.path.dirname(snapshot.path or os.path.join(folder, "untitled")))
        if snapshot.path is not None:
            settings = configuration.settings_for(os.path.dirname(snapshot.path))
            if settings.excludes_by_name(snapshot.path):
                return Lint(snapshot, generation)
        result = lint_bytes(snapshot.data, snapshot.filename, configuration)
        crash = "\n".join(crash.traceback for crash in result.crashes)
        return Lint(snapshot, generation, result.findings, crash=crash)

    def _configuration(self, workspace: str, folder: str) -> Configuration:
        """The configuration of a workspace folder; read again when its file has changed, which not all editors tell."""
        file = find_file(folder)
        state = file, os.stat(file).st_mtime_ns if file else 0
        if self._configured.get(folder, state) != state:
            self._configurations.clear()
        self._configured[folder] = state
        configuration = self._configurations.get(workspace)
        if configuration is None:
            configuration = self._configurations[workspace] = self.options.configuration(workspace)
        return configuration

    def _collect(self) -> None:
        """Between lints: the cycles of the last one, which are young, and everything once in a while."""
        self._count += 1
        gc.collect(2 if self._count % LINTS_BETWEEN_COLLECTIONS == 0 else 0)


def _warm_up() -> None:
    """What is imported here stays, so that collecting garbage need not look at it."""
    try:
        lint_bytes(_WARMING)
    except Exception:
        sys.stderr.write(traceback.format_exc())
    gc.collect()
    gc.freeze()
    gc.disable()
