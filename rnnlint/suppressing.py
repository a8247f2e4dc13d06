"""From findings to comments that suppress them: `# noqa` where it is read, with the codes of each line."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from pathlib import Path

from rnnlint.finding import Edit, Finding
from rnnlint.fix.patch import parses_as_before, patched
from rnnlint.fixing import write_files
from rnnlint.outcome import Contents, Fixed, LintResult
from rnnlint.silencing import UNUSED_SUPPRESSION
from rnnlint.source.excerpt import Excerpts
from rnnlint.source.noqa import noqa_edits
from rnnlint.source.problems import INVALID_SYNTAX, IO_ERROR
from rnnlint.source.reading import UnreadableError, read_bytes, read_document

_NEVER = frozenset({UNUSED_SUPPRESSION[0], INVALID_SYNTAX[0], IO_ERROR[0]})


def suppress(lint: Callable[[Contents], LintResult], reason: str = "") -> tuple[Fixed, dict[str, int]]:
    """Lint, and write a comment on each line with a finding; how many comments each file got.

    `reason` stands behind the codes of new comments. What no comment can silence is left: files that cannot be read,
    text that does not parse, and comments that suppress nothing.
    """
    fixed = Fixed(lint({}))
    added: dict[str, int] = {}
    for path in dict.fromkeys(finding.span.path for finding in fixed.result.findings):
        findings = [f for f in fixed.result.findings if f.span.path == path and f.code not in _NEVER]
        edits = _additions(path, findings, reason)
        if edits and _patch(fixed, path, edits):
            added[path] = len(edits)
    if added:
        fixed.result = lint(fixed.after)
        write_files(fixed, lint)
    return fixed, {path: added[path] for path in fixed.changed}


def _patch(fixed: Fixed, path: str, edits: list[Edit]) -> bool:
    """Change a file in memory, if that leaves text that parses as before."""
    before = read_bytes(Path(path))
    try:
        after = patched(before, path, edits)
    except UnicodeEncodeError:
        return False
    if not parses_as_before(before, after, path):
        return False
    fixed.before[path], fixed.after[path] = before, after
    return True


def _additions(path: str, findings: Iterable[Finding], reason: str) -> list[Edit]:
    excerpts = Excerpts()
    try:
        document = read_document(excerpts.content(path), path).document
    except UnreadableError:
        return []
    return list(noqa_edits(document, findings, excerpts.lines, reason)) if document is not None else []
