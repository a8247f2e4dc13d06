"""From paths to findings: the corridor between the rooms, and the only module that knows them all."""

from __future__ import annotations

import gc
import os
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import replace
from functools import partial
from pathlib import Path

from rnnlint.config.load import Configuration
from rnnlint.config.settings import Settings
from rnnlint.finding import Confirmation, Finding, Fix, Note, Outcome, Span
from rnnlint.outcome import Claim, Crash, Diagnosis, FileOutcome, LintResult
from rnnlint.rulebook import Rulebook, codes_checked, codes_fixable, every_label, is_reported, rules_for
from rnnlint.silencing import Silencer
from rnnlint.source.discover import SourceFile, discover, display_path
from rnnlint.source.document import Document
from rnnlint.source.markers import has_marker, reaches_marker
from rnnlint.source.memory import forget
from rnnlint.source.problems import io_error
from rnnlint.source.reading import Reading, UnreadableError, encode, holding, read_bytes, read_document
from rnnlint.source.suppression import Suppression, suppressions

TYPE_CHECKING = False
if TYPE_CHECKING:
    from rnnlint.cache.recall import ResultCache
    from rnnlint.cache.results import Results
    from rnnlint.program.program import Program
    from rnnlint.repair import Repair
    from rnnlint.rules.base import Found, Rule, Verdict

STDIN = "<stdin>"
ENOUGH_FOR_PROCESSES = 16
EVERY_PROGRAM = "all"
EXECUTE = "execute"


def lint_paths(
    paths: Iterable[str | Path],
    settings: Settings | Configuration | None = None,
    jobs: int | None = None,
    confirm: str = "",
    contents: Mapping[str, bytes] | None = None,
    baseline_may_be_missing: bool = False,
    cache: ResultCache | None = None,
) -> LintResult:
    """Lint files and folders. Settings hold everywhere; without any, each file's configuration is found.

    `jobs` is the number of processes; by default, one for each core when there is much to do. With `confirm`
    findings that a probe can settle carry its plan (see `settle`): "rebuild" runs nothing of the program, "execute"
    also the classes of networks that cannot be rebuilt. `contents` are those that files are linted with in place of
    their own, by the paths that findings print. Runs with either leave `cache`, the results of other runs, alone. A
    baseline that the settings name must be there, unless `baseline_may_be_missing`.
    """
    forget()
    held = {os.path.realpath(display): content for display, content in (contents or {}).items()}
    if confirm or held:
        cache = None
    book = Rulebook(settings)
    discovery = discover(paths, book.settings_for)
    outcomes: dict[str, FileOutcome] = {}
    marked: list[SourceFile] = []
    with _no_garbage_collection(), holding(held):
        for file in discovery.files:
            outcome = _glance(file)
            if outcome is None:
                marked.append(file)
            else:
                outcomes[file.display] = outcome
    if cache is not None:
        outcomes.update(_recalled(marked, book, cache))
        marked = [file for file in marked if file.display not in outcomes]
    results = cache.for_writing() if cache is not None and marked else None
    outcomes.update(_analyse_all(marked, book, jobs, confirm, held, results))
    with holding(held):
        return _conclude(discovery.files, outcomes, discovery.problems, book, baseline_may_be_missing)


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
    outcome = _outcome_without_framework(data, file) or analyse(file, book.settings_of(file), confirm, held)
    with holding(held):
        return _conclude([file], {file.display: outcome}, (), book)


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
    examination = _Examination(reading.document, file, book.settings_of(file))
    verdicts = tuple(examination.verdicts())
    problems = (*reading.problems, *examination.problems)
    return Diagnosis(file.display, problems, verdicts, tuple(examination.crashes))


def analyse(
    file: SourceFile, settings: Settings, confirm: str = "", held: Mapping[str, bytes] | None = None
) -> FileOutcome:
    """The whole analysis of one file, on its own. `held` are contents by real path."""
    with holding(held or {}):
        return _analyse(file, settings, confirm)


def _analyse(file: SourceFile, settings: Settings, confirm: str) -> FileOutcome:
    try:
        reading = read_document(read_bytes(file.path), file.display, file.path)
    except UnreadableError as error:
        return FileOutcome((Claim(io_error(file.display, str(error))),), complete=False)
    if reading.document is None:
        return _outcome_of(reading)
    from rnnlint.rules.base import Found

    examination = _Examination(reading.document, file, settings)
    claims = [
        examination.planned(examination.claim(rule, verdict), verdict.subject, confirm)
        for rule, verdicts in examination.verdicts()
        for verdict in verdicts
        if isinstance(verdict, Found)
    ]
    base = _outcome_of(reading)
    return replace(
        base,
        claims=(*base.claims, *map(Claim, examination.problems), *claims),
        crashes=tuple(examination.crashes),
        unchecked=frozenset(examination.unchecked),
        complete=base.complete and not examination.crashes and not examination.problems,
    )


def _glance(file: SourceFile) -> FileOutcome | None:
    """The outcome for a file that names no framework, or None when it needs the whole analysis."""
    try:
        return _outcome_without_framework(read_bytes(file.path), file)
    except UnreadableError as error:
        return FileOutcome((Claim(io_error(file.display, str(error))),), complete=False)


def _outcome_without_framework(data: bytes, file: SourceFile) -> FileOutcome | None:
    if has_marker(data) or reaches_marker(data, file.path.parent):
        return None
    return _outcome_of(read_document(data, file.display, file.path))


def _outcome_of(reading: Reading) -> FileOutcome:
    """What reading alone says of a file."""
    return FileOutcome(
        claims=tuple(map(Claim, reading.problems)),
        suppressions=suppressions(reading.document) if reading.document else (),
        complete=not reading.problems,
    )


class _Examination:
    """One document under the rules that its settings select."""

    def __init__(self, document: Document, file: SourceFile, settings: Settings) -> None:
        self._document = document
        self._file = file
        self._settings = settings
        self.crashes: list[Crash] = []
        self.problems: list[Finding] = []
        self.unchecked: set[str] = set()
        self._program: Program | None = None

    def verdicts(self) -> Iterator[tuple[Rule, tuple[Verdict, ...]]]:
        """Each rule with its verdicts; a rule that fails is recorded and has none."""
        from rnnlint.frontend import UnparsableError, build_program

        try:
            program = build_program(self._document, _roots(self._settings))
        except UnparsableError as error:
            self.problems.append(io_error(self._file.display, str(error)))
            return
        except Exception as error:
            self._record("the frontend", error)
            return
        self._program = program
        for rule in rules_for(self._file, self._settings):
            if self._out_of_scope(rule, program):
                self.unchecked.add(rule.code)
                continue
            try:
                yield rule, tuple(rule.check(program))
            except Exception as error:
                self._record(rule.code, error)

    def claim(self, rule: Rule, found: Found) -> Claim:
        """The finding as the rule made it, with its repair as edits."""
        finding = Finding(
            code=rule.code,
            name=rule.name,
            severity=found.severity or rule.severity,
            message=found.message,
            span=found.site.span,
            confidence=found.confidence,
            help=found.help,
            notes=tuple(Note(remark.message, remark.site.span) for remark in found.remarks),
            symptoms=rule.symptoms,
            fix=self._fix(rule, found.repair) if found.repair is not None else None,
        )
        return Claim(finding, found.site.via)

    def _fix(self, rule: Rule, repair: Repair) -> Fix | None:
        from rnnlint.fix.resolve import resolve

        try:
            return resolve(repair, self._document_of)
        except Exception as error:
            self._record(f"the fix of {rule.code}", error)
            return None

    def _document_of(self, display: str) -> Document | None:
        if display == self._document.display:
            return self._document
        try:
            path = Path(display)
            return read_document(read_bytes(path), display, path.absolute()).document
        except UnreadableError:
            return None

    def planned(self, claim: Claim, subject: object, mode: str) -> Claim:
        """The claim with the probe that can settle it, or with the reason why none can; as it is without a mode."""
        if not mode:
            return claim
        from rnnlint.confirm.plan import Unplanned, plan
        from rnnlint.confirm.plan.own import plan_own
        from rnnlint.confirm.probes import Probe
        from rnnlint.confirm.protocol import encode_probe

        assert self._program is not None
        try:
            probe: Probe | Unplanned | None = plan(claim.finding.code, subject, self._program)
            if mode == EXECUTE and not isinstance(probe, Probe):
                roots = _roots(self._settings)
                probe = plan_own(claim.finding.code, subject, self._program, self._document, roots) or probe
        except Exception as error:
            self._record(f"the plan for {claim.finding.code}", error)
            return claim
        if probe is None:
            return claim
        if isinstance(probe, Unplanned):
            unsettled = Confirmation(Outcome.INCONCLUSIVE, reason=probe.reason)
            return replace(claim, finding=replace(claim.finding, confirmation=unsettled))
        return replace(claim, finding=replace(claim.finding, probe=encode_probe(probe)))

    def _out_of_scope(self, rule: Rule, program: Program) -> bool:
        if self._settings.scope == EVERY_PROGRAM or rule.about_recurrence:
            return False
        return not program.has_recurrent_layer

    def _record(self, where: str, error: Exception) -> None:
        self.crashes.append(_crash(self._file.display, where, error))


def _crash(display: str, where: str, error: BaseException) -> Crash:
    import traceback

    return Crash(display, where, type(error).__name__, "".join(traceback.format_exception(error)))


def _roots(settings: Settings) -> tuple[Path, ...]:
    """Where the project's modules are looked for, besides the file's own folder."""
    return tuple(dict.fromkeys((Path(settings.root), Path(settings.root, "src"), Path.cwd())))


def _recalled(files: Iterable[SourceFile], book: Rulebook, cache: ResultCache) -> Iterator[tuple[str, FileOutcome]]:
    """The outcomes that an earlier run has left and that still hold."""
    for file in files:
        outcome = cache.recall(file, book.settings_of(file))
        if outcome is not None:
            yield file.display, outcome


def _analyse_and_keep(
    file: SourceFile, settings: Settings, confirm: str, held: Mapping[str, bytes], results: Results | None
) -> FileOutcome:
    """The whole analysis of one file, kept for the next run: what a worker process runs."""
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


def _analyse_all(
    files: Sequence[SourceFile],
    book: Rulebook,
    jobs: int | None,
    confirm: str,
    held: Mapping[str, bytes],
    results: Results | None,
) -> Iterator[tuple[str, FileOutcome]]:
    """The outcome of every file that names a framework, in as many processes as are worth it."""
    if jobs is None:
        jobs = (os.cpu_count() or 1) if len(files) > ENOUGH_FOR_PROCESSES else 1
    tasks = [(file, book.settings_of(file), confirm, held, results) for file in files]
    if min(jobs, len(files)) < 2:
        yield from ((task[0].display, _analyse_and_keep(*task)) for task in tasks)
        return
    from rnnlint.processes import run_all

    for (file, *_), result in zip(tasks, run_all(_analyse_and_keep, tasks, jobs), strict=True):
        if isinstance(result, BaseException):
            crash = _crash(file.display, "a worker process", result)
            yield file.display, FileOutcome(crashes=(crash,), complete=False)
        else:
            yield file.display, result


def _conclude(
    files: Sequence[SourceFile],
    outcomes: Mapping[str, FileOutcome],
    problems: Iterable[Finding],
    book: Rulebook,
    baseline_may_be_missing: bool = False,
) -> LintResult:
    """Place, merge, silence, filter and sort what the files yielded, and set apart what is known."""
    by_display = {file.display: file for file in files}
    claims = [claim for file in files for claim in outcomes[file.display].claims]
    merged = _merged(_placed(claims, frozenset(by_display)))
    settings = {file.display: book.settings_of(file) for file in files}
    silencer = Silencer({file.display: _heeded(outcomes[file.display], settings[file.display]) for file in files})
    audible = list(silencer.audible(merged))
    idle = [
        finding
        for file in files
        if outcomes[file.display].complete
        for finding in silencer.idle(
            file.display,
            every_label,
            partial(_codes_that_ran, file, settings[file.display], outcomes[file.display]),
        )
    ]
    reported = [
        _with_allowed_fix(finding, by_display, settings[finding.span.path])
        for finding in (*audible, *silencer.audible(idle))
        if is_reported(finding, by_display[finding.span.path], settings[finding.span.path])
    ]
    result = LintResult(
        findings=tuple(sorted((*problems, *reported), key=_order)),
        files=tuple(by_display),
        crashes=tuple(crash for file in files for crash in outcomes[file.display].crashes),
    )
    baselines = {display: each.baseline for display, each in settings.items()}
    if not any(baselines.values()):
        return result
    from rnnlint.baseline import Scope, without_known

    def ran(display: str) -> frozenset[str]:
        outcome = outcomes[display]
        return _codes_that_ran(by_display[display], settings[display], outcome) if outcome.complete else frozenset()

    return without_known(result, Scope(baselines, ran), baseline_may_be_missing)


def _heeded(outcome: FileOutcome, settings: Settings) -> Sequence[Suppression]:
    """The comments that silence findings under the settings."""
    if not settings.noqa:
        return ()
    return [comment for comment in outcome.suppressions if comment.native or settings.foreign_noqa]


def _with_allowed_fix(finding: Finding, asked_for: Mapping[str, SourceFile], settings: Settings) -> Finding:
    """The finding without its fix where the settings forbid it, or where it would edit a file that nobody asked for."""
    if finding.fix is None:
        return finding
    allowed = finding.code in codes_fixable(settings)
    allowed = allowed and all(edit.span.path in asked_for for edit in finding.fix.edits)
    return finding if allowed else replace(finding, fix=None)


def _codes_that_ran(file: SourceFile, settings: Settings, outcome: FileOutcome) -> frozenset[str]:
    return codes_checked(file, settings) - outcome.unchecked


def _placed(claims: Iterable[Claim], asked_for: frozenset[str]) -> Iterator[Finding]:
    """Findings in files that were asked for; one that lies elsewhere moves to where that code was reached."""
    for claim in claims:
        finding, via = claim.finding, claim.via
        if finding.span.path in asked_for:
            yield finding
        elif via is not None and via.path in asked_for:
            yield replace(finding, span=via, notes=(Note("stated here", finding.span), *finding.notes))


def _merged(findings: Iterable[Finding]) -> Iterable[Finding]:
    """One finding for each code and place: the worst, then the surest."""
    best: dict[tuple[str, Span], Finding] = {}
    for finding in findings:
        key = finding.code, finding.span
        rival = best.get(key)
        if rival is None or _gravity(finding) < _gravity(rival):
            best[key] = finding
    return best.values()


def _gravity(finding: Finding) -> tuple[int, int]:
    return finding.severity.rank, -finding.confidence.rank


def _order(finding: Finding) -> tuple[str, int, int, int, str, str]:
    span = finding.span
    return span.path, span.cell, span.line, span.column, finding.code, finding.message


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
