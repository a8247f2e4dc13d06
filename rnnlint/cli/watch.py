"""`rnnlint check --watch`: lint again whenever something has changed that the report may depend on."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable, Iterable, Iterator, Sequence
from collections.abc import Set as AbstractSet

from rnnlint.cli.output import tell
from rnnlint.config.load import OWN_FILES, PROJECT_FILE
from rnnlint.config.select import ConfigurationError
from rnnlint.source.discover import SUFFIXES
from rnnlint.source.requirements import NAMED

CLEAR = "\x1b[2J\x1b[3J\x1b[H"
_QUIET = 200  # milliseconds without another change that end a batch of changes
_NAP = 1000  # milliseconds after which a first look is taken at what changed before the watch stood
_SETTINGS = frozenset({*OWN_FILES, PROJECT_FILE, *NAMED, ".gitignore"})
_REQUIREMENTS = (".txt", ".yml", ".yaml")

State = dict[str, tuple[int, int]]


def watch(paths: Sequence[str], lint: Callable[[], object], files: Callable[[], Iterable[str]], rewrites: bool) -> None:
    """Call `lint` now and after each change to one of `files` or to settings, until the user interrupts it.

    With `rewrites`, what `lint` itself has written is no change.

    Raises:
        ConfigurationError: watchfiles is not installed, a path cannot be watched, or the first run is wrong.
    """
    batches = _batches(paths)
    state = _run(lint, files, rewrites)
    for batch in batches:
        try:
            if any(not path.endswith(SUFFIXES) for path in batch) or _state(files()) != state:
                state = _run(lint, files, rewrites)
        except ConfigurationError as error:
            state = {}
            tell(f"rnnlint: error: {error}")


def _run(lint: Callable[[], object], files: Callable[[], Iterable[str]], rewrites: bool) -> State:
    """Lint once; the state of the files that the report speaks of."""
    if sys.stdout.isatty():
        sys.stdout.write(CLEAR)
    state = _state(files())
    lint()
    return _state(files()) if rewrites else state


def _state(files: Iterable[str]) -> State:
    state = {}
    for file in files:
        try:
            found = os.stat(file)
        except OSError:
            continue
        state[file] = found.st_mtime_ns, found.st_size
    return state


def _batches(paths: Sequence[str]) -> Iterator[set[str]]:
    """Batches of changed paths; one that is empty soon after the start, for what changed before the watch stood."""
    try:
        import watchfiles
    except ImportError as error:
        raise ConfigurationError('--watch needs watchfiles: pip install "rnnlint[watch]"') from error
    for path in paths:
        if not os.path.exists(path):
            raise ConfigurationError(f"cannot watch {path}: no such file or folder")
    folders = {path if os.path.isdir(path) else os.path.dirname(os.path.abspath(path)) for path in paths}
    return _watched(
        watchfiles.watch(
            *sorted(folders),
            watch_filter=lambda _, path: _matters(path),
            step=_QUIET,
            rust_timeout=_NAP,
            yield_on_timeout=True,
            recursive=any(map(os.path.isdir, paths)),
            ignore_permission_denied=True,
        )
    )


def _watched(changes: Iterable[AbstractSet[tuple[object, str]]]) -> Iterator[set[str]]:
    first = True
    try:
        for batch in changes:
            if batch or first:
                yield {path for _, path in batch}
            first = False
    except OSError as error:
        raise ConfigurationError(f"cannot watch: {error}") from error


def _matters(path: str) -> bool:
    """Whether a change may change a report: sources, settings, and files that state versions."""
    name = os.path.basename(path)
    return name.endswith(SUFFIXES) or name in _SETTINGS or name.endswith(_REQUIREMENTS)
