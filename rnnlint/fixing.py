"""From findings to repaired files: fixes are applied and the result is linted again, until nothing is left to apply."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import replace
from pathlib import Path

from rnnlint.finding import Edit, Finding
from rnnlint.fix.choose import Round, choose
from rnnlint.fix.patch import parses_as_before, patched
from rnnlint.outcome import Contents, Fixed, LintResult
from rnnlint.source.problems import io_error
from rnnlint.source.reading import UnreadableError, read_bytes
from rnnlint.source.writing import UnwritableError, replace_content

MOST_ROUNDS = 10
Lint = Callable[[Contents], LintResult]
_Key = tuple[str, str, str]


def fix(lint: Lint, unsafe: bool, given: Contents | None = None) -> Fixed:
    """Lint and repair in memory, round by round. No file is written.

    `lint` lints with the contents it is handed in place of those of the files. `given` holds those of files that have
    none, such as standard input. A fix that would leave text that does not parse is not applied.
    """
    given = dict(given or {})
    fixed = Fixed(lint(given), before=dict(given), after=dict(given))
    refused: set[_Key] = set()
    rounds = 0
    while (chosen := _round(fixed, unsafe, refused)).findings:
        if _pin(fixed, chosen.edits):  # findings and edits must be about the same content
            fixed.result = lint(fixed.after)
            continue
        if rounds == MOST_ROUNDS:
            fixed.settled = False
            break
        rounds += 1
        if breaking := _breaking(fixed, chosen):
            refused |= breaking
            continue
        fixed.after.update({path: _patch(fixed, path, edits) for path, edits in chosen.edits.items()})
        fixed.repaired.extend(chosen.findings)
        fixed.result = lint(fixed.after)
    return fixed


def write_files(fixed: Fixed, lint: Lint) -> None:
    """Write the changed files. One that cannot be written stays as it was, which is reported as a finding (RNN901)."""
    for display in fixed.changed:
        try:
            replace_content(Path(display), fixed.before[display], fixed.after[display])
        except UnwritableError as error:
            fixed.unwritten.append(io_error(display, f"cannot be fixed: {error}"))
            fixed.after[display] = fixed.before[display]
    if fixed.unwritten:
        failed = {problem.span.path for problem in fixed.unwritten}
        fixed.repaired = [finding for finding in fixed.repaired if not _paths(finding) & failed]
        left = lint({})
        fixed.result = replace(left, findings=(*fixed.unwritten, *left.findings))


def _round(fixed: Fixed, unsafe: bool, refused: set[_Key]) -> Round:
    return choose(f for f in fixed.result.findings if f.fixable(unsafe) and _key(f) not in refused)


def _pin(fixed: Fixed, paths: Iterable[str]) -> bool:
    """Keep the contents of files that are to be edited; whether some were not kept before."""
    new = [path for path in paths if path not in fixed.before]
    for path in new:
        try:
            fixed.before[path] = fixed.after[path] = read_bytes(Path(path))
        except UnreadableError:
            fixed.before[path] = fixed.after[path] = b""
    return bool(new)


def _breaking(fixed: Fixed, chosen: Round) -> set[_Key]:
    """The findings whose fixes would leave text that does not parse; those of a whole file where it is all together."""
    broken = {path for path, edits in chosen.edits.items() if not _sound(fixed, path, edits)}
    if not broken:
        return set()
    concerned = [finding for finding in chosen.findings if _paths(finding) & broken]
    alone = [f for f in concerned if not all(_sound(fixed, path, _edits(f, path)) for path in _paths(f))]
    return {_key(finding) for finding in alone or concerned}


def _sound(fixed: Fixed, path: str, edits: Iterable[Edit]) -> bool:
    return parses_as_before(fixed.after[path], _patch(fixed, path, edits), path)


def _patch(fixed: Fixed, path: str, edits: Iterable[Edit]) -> bytes:
    return patched(fixed.after[path], path, edits)


def _edits(finding: Finding, path: str) -> list[Edit]:
    return [edit for edit in finding.fix.edits if edit.span.path == path] if finding.fix else []


def _paths(finding: Finding) -> set[str]:
    return {edit.span.path for edit in finding.fix.edits} if finding.fix else set()


def _key(finding: Finding) -> _Key:
    return finding.code, finding.span.path, finding.message
