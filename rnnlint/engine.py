"""From paths to findings: the corridor between the rooms."""

from __future__ import annotations

import gc
import os
import time
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from rnnlint.conclusion import conclude
from rnnlint.config.load import Configuration
from rnnlint.config.settings import Settings
from rnnlint.examination import Examination, analyse, crash_of, glance, outcome_without_framework
from rnnlint.finding import Finding
from rnnlint.outcome import Diagnosis, FileOutcome, LintResult, OnStep, Step
from rnnlint.rulebook import Rulebook
from rnnlint.source.discover import SourceFile, discover, display_path
from rnnlint.source.memory import forget
from rnnlint.source.problems import io_error
from rnnlint.source.reading import Reading, UnreadableError, encode, holding, read_bytes, read_document

TYPE_CHECKING = False
if TYPE_CHECKING:
    from rnnlint.cache.recall import ResultCache
    from rnnlint.cache.results import Results

STDIN = "<stdin>"
ENOUGH_FOR_PROCESSES = 16


def lint_paths(
    paths: Iterable[str | Path],
    settings: Settings | Configuration | None = None,
    jobs: int | None = None,
    confirm: str = "",
    contents: Mapping[str, bytes] | None = None,
    baseline_may_be_missing: bool = False,
    cache: ResultCache | None = None,
    on_step: OnStep | None = None,
) -> LintResult:
    """Lint files and folders. Settings hold everywhere; without any, each file's configuration is found.

    `jobs` is the number of processes; by default, one for each core when there is much to do. With `confirm`
    findings that a probe can settle carry its plan (see `settle`): "rebuild" runs nothing of the program, "execute"
    also the classes of networks that cannot be rebuilt. `contents` are those that files are linted with in place of
    their own, by the paths that findings print. `cache` holds the results of other runs, which these contents may use
    and never add to; a run with `confirm` leaves it alone. A baseline that the settings name must be there, unless
    `baseline_may_be_missing`. `on_step` hears of each file that needed the whole analysis.
    """
    forget()
    held = {os.path.realpath(display): content for display, content in (contents or {}).items()}
    if confirm:
        cache = None
    book = Rulebook(settings)
    discovery = discover(paths, book.settings_for)
    outcomes: dict[str, FileOutcome] = {}
    marked: list[SourceFile] = []
    with _no_garbage_collection(), holding(held):
        for file in discovery.files:
            outcome = glance(file)
            if outcome is None:
                marked.append(file)
            else:
                outcomes[file.display] = outcome
    if cache is not None:
        with holding(held):
            outcomes.update(_recalled(marked, book, cache))
        marked = [file for file in marked if file.display not in outcomes]
    results = cache.for_writing() if cache is not None and marked and not held else None
    for display, outcome, seconds in _analyse_all(marked, book, jobs, confirm, held, results):
        outcomes[display] = outcome
        if on_step is not None:
            on_step(Step(display, seconds, len(outcomes), len(discovery.files)))
    with holding(held):
        return conclude(discovery.files, outcomes, discovery.problems, book, baseline_may_be_missing)


def lint_source(text: str, filename: str = STDIN, settings: Settings | None = None) -> list[Finding]:
    """Lint Python text, or a notebook's JSON when `filename` ends in .ipynb."""
    return list(lint_text(text, filename, settings).findings)


def lint_text(text: str, filename: str = STDIN, settings: Settings | Configuration | None = None) -> LintResult:
    """`lint_source` with rnnlint's own failures: a door must tell them."""
    return lint_bytes(encode(text), filename, settings)


def lint_bytes(
    data: bytes, filename: str = STDIN, settings: Settings | Configuration | None = None, confirm: str = ""
) -> LintResult:
    """Lint the content of a file that need not exist."""
    book = Rulebook(settings)
    file = virtual_file(filename)
    held = {os.path.realpath(file.path): data}
    outcome = outcome_without_framework(data, file) or analyse(file, book.settings_of(file), confirm, held)
    with holding(held):
        return conclude([file], {file.display: outcome}, (), book)


def virtual_file(filename: str | Path) -> SourceFile:
    """The file that text is treated as."""
    return SourceFile(Path(filename).absolute(), STDIN if filename == STDIN else display_path(filename))


def diagnose(
    path: str | Path, settings: Settings | Configuration | None = None, source: str | bytes | None = None
) -> Diagnosis:
    """Every verdict of every selected rule on one file: found, ruled out and undecided.

    With `source` the file need not exist: the text, or a notebook's JSON when `path` ends in .ipynb, stands for it.
    """
    book = Rulebook(settings)
    file = virtual_file(path)
    data = encode(source) if isinstance(source, str) else source
    try:
        reading = read_document(read_bytes(file.path) if data is None else data, file.display, file.path)
    except UnreadableError as error:
        reading = Reading(None, (io_error(file.display, str(error)),))
    if reading.document is None:
        return Diagnosis(file.display, reading.problems)
    examination = Examination(reading.document, file, book.settings_of(file))
    verdicts = tuple(examination.verdicts())
    problems = (*reading.problems, *examination.problems)
    return Diagnosis(file.display, problems, verdicts, tuple(examination.crashes))


def _recalled(files: Iterable[SourceFile], book: Rulebook, cache: ResultCache) -> Iterator[tuple[str, FileOutcome]]:
    """The outcomes that an earlier run has left and that still hold."""
    cache.look_anew()
    for file in files:
        outcome = cache.recall(file, book.settings_of(file))
        if outcome is not None:
            yield file.display, outcome


def _analyse_and_keep(
    file: SourceFile, settings: Settings, confirm: str, held: Mapping[str, bytes], results: Results | None
) -> FileOutcome:
    """The whole analysis of one file, kept for the next run."""
    if results is None:
        return analyse(file, settings, confirm, held)
    from rnnlint.source.observe import recording

    try:
        data = read_bytes(file.path)
    except UnreadableError:
        return analyse(file, settings)
    with recording() as looks:
        outcome = analyse(file, settings, held={os.path.realpath(file.path): data})
    results.keep(file, settings, data, outcome, looks)
    return outcome


def _timed(*task: Any) -> tuple[FileOutcome, float]:
    """The whole analysis of one file with the seconds it took: what a worker process runs."""
    started = time.perf_counter()
    return _analyse_and_keep(*task), time.perf_counter() - started


def _analyse_all(
    files: Sequence[SourceFile],
    book: Rulebook,
    jobs: int | None,
    confirm: str,
    held: Mapping[str, bytes],
    results: Results | None,
) -> Iterator[tuple[str, FileOutcome, float]]:
    """The outcome of every file that names a framework, with its seconds, in as many processes as are worth it."""
    if jobs is None:
        jobs = (os.cpu_count() or 1) if len(files) > ENOUGH_FOR_PROCESSES else 1
    tasks = [(file, book.settings_of(file), confirm, held, results) for file in files]
    if min(jobs, len(files)) < 2:
        yield from ((task[0].display, *_timed(*task)) for task in tasks)
        return
    from rnnlint.processes import run_all

    for (file, *_), result in zip(tasks, run_all(_timed, tasks, jobs), strict=True):
        if isinstance(result, BaseException):
            crash = crash_of(file.display, "a worker process", result)
            yield file.display, FileOutcome(crashes=(crash,), complete=False), 0.0
        else:
            yield file.display, *result


@contextmanager
def _no_garbage_collection() -> Iterator[None]:
    """Parsing makes many objects and no cycles: collecting in between only costs time."""
    enabled = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if enabled:
            gc.enable()
