"""One file under the rules: from its content to what they find, with fixes as edits and the plans of probes."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace
from pathlib import Path

from rnnlint.config.settings import Settings
from rnnlint.finding import Confirmation, Finding, Fix, Note, Outcome
from rnnlint.outcome import Claim, Crash, FileOutcome
from rnnlint.rulebook import rules_for
from rnnlint.source.discover import SourceFile
from rnnlint.source.document import Document
from rnnlint.source.markers import has_marker, reaches_marker
from rnnlint.source.problems import io_error
from rnnlint.source.reading import Reading, UnreadableError, holding, read_bytes, read_document
from rnnlint.source.suppression import suppressions

TYPE_CHECKING = False
if TYPE_CHECKING:
    from rnnlint.program.program import Program
    from rnnlint.repair import Repair
    from rnnlint.rules.base import Found, Rule, Verdict

EVERY_PROGRAM = "all"
EXECUTE = "execute"


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

    examination = Examination(reading.document, file, settings)
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


def glance(file: SourceFile) -> FileOutcome | None:
    """The outcome for a file that names no framework, or None when it needs the whole analysis."""
    try:
        return outcome_without_framework(read_bytes(file.path), file)
    except UnreadableError as error:
        return FileOutcome((Claim(io_error(file.display, str(error))),), complete=False)


def outcome_without_framework(data: bytes, file: SourceFile) -> FileOutcome | None:
    """What reading says of content that names no framework, or None for other content."""
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


class Examination:
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
        self.crashes.append(crash_of(self._file.display, where, error))


def crash_of(display: str, where: str, error: BaseException) -> Crash:
    """The record of an exception that a part of rnnlint raised."""
    import traceback

    return Crash(display, where, type(error).__name__, "".join(traceback.format_exception(error)))


def _roots(settings: Settings) -> tuple[Path, ...]:
    """Where the project's modules are looked for, besides the file's own folder."""
    return tuple(dict.fromkeys((Path(settings.root), Path(settings.root, "src"), Path.cwd())))
