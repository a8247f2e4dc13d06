"""A file of known findings: they are hidden until their code changes, so that only new ones fail."""

from __future__ import annotations

import json
import os
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from pathlib import Path

from rnnlint.config.select import ConfigurationError
from rnnlint.finding import Finding
from rnnlint.fingerprints import fingerprints
from rnnlint.outcome import BaselineUse, LintResult, StatementKey
from rnnlint.source.excerpt import Excerpts
from rnnlint.source.problems import IO_ERROR
from rnnlint.source.reading import UnreadableError, read_bytes
from rnnlint.source.statement_text import StatementTexts
from rnnlint.source.writing import UnwritableError, replace_content, write_whole

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

VERSION = 1


@dataclass(frozen=True, slots=True)
class Scope:
    """What a run looked at: the baseline of each checked file ("" for none), and the codes looked for in it.

    `ran` is empty for a file that could not be analysed as a whole: nothing can be said of what it does not show.
    """

    files: Mapping[str, str]
    ran: Callable[[str], frozenset[str]]


def without_known(result: LintResult, scope: Scope, may_be_missing: bool) -> LintResult:
    """The result with the findings that the baselines know set apart, and what each baseline has to do with it.

    ConfigurationError when a baseline is missing, unless it may be, and when it is none.
    """
    new: list[Finding] = [finding for finding in result.findings if not _baseline_of(finding, scope)]
    known: list[Finding] = []
    uses = []
    for file in dict.fromkeys(filter(None, scope.files.values())):
        left = read_baseline(file, may_be_missing)
        paths = frozenset(path for path, baseline in scope.files.items() if baseline == file)
        use = BaselineUse(file, paths, Counter(), Counter(), Counter(), Counter())
        for finding, key in _keyed(result.findings, scope, file):
            if left[key] > 0:
                left[key] -= 1
                use.known[key] += 1
                known.append(finding)
            else:
                use.new[key] += 1
                new.append(finding)
        _share_out(+left, use, scope.ran)
        uses.append(use)
    order = {id(finding): number for number, finding in enumerate(result.findings)}
    return replace(
        result,
        findings=tuple(sorted(new, key=lambda finding: order[id(finding)])),
        known=tuple(sorted(known, key=lambda finding: order[id(finding)])),
        baselines=tuple(uses),
    )


def read_baseline(file: str, may_be_missing: bool = False) -> Counter[StatementKey]:
    """How often each statement of a file may break each rule; ConfigurationError when it is no baseline."""
    if may_be_missing and not os.path.lexists(file):
        return Counter()
    try:
        return Counter(dict(_entries(json.loads(read_bytes(Path(file)).decode("utf-8")))))
    except UnreadableError as error:
        hint = "" if os.path.lexists(file) else " (--update-baseline creates it)"
        raise ConfigurationError(f"cannot read the baseline {file}: {error}{hint}") from error
    except (ValueError, RecursionError) as error:
        raise ConfigurationError(f"{file} is not a baseline: {error}") from error


def write_baseline(file: str, counts: Counter[StatementKey]) -> bool:
    """Write what is known, sorted, in one step; whether the file had to change. ConfigurationError when that fails."""
    tree: dict[str, dict[str, dict[str, int]]] = {}
    for (path, code, statement), count in sorted(counts.items()):
        tree.setdefault(path, {}).setdefault(code, {})[statement] = count
    content = (json.dumps({"version": VERSION, "findings": tree}, indent=2) + "\n").encode("ascii")
    target = Path(file)
    try:
        if not os.path.lexists(file):
            write_whole(target, content)
        elif (before := target.read_bytes()) != content:
            replace_content(target, before, content)
        else:
            return False
    except (OSError, UnwritableError) as error:
        reason = getattr(error, "strerror", None) or str(error)
        raise ConfigurationError(f"cannot write the baseline {file}: {reason.lower()}") from error
    return True


def can_be_known(finding: Finding) -> bool:
    """Whether a baseline may hold a finding. A file that cannot be read hides what else is in it: never."""
    return finding.code != IO_ERROR[0]


def _entries(document: Any) -> Iterator[tuple[StatementKey, int]]:
    if not isinstance(document, dict) or document.get("version") != VERSION:
        raise ValueError(f'"version" must be {VERSION}')
    for path, codes in _table(document.get("findings")):
        for code, statements in _table(codes):
            for statement, count in _table(statements):
                if type(count) is not int or count < 1:
                    raise ValueError(f"{path}, {code}: {json.dumps(count)} is not a number of findings")
                yield (path, code, statement), count


def _table(value: Any) -> Iterable[tuple[str, Any]]:
    if not isinstance(value, dict):
        raise ValueError(f"{json.dumps(value)[:40]} is not a table")
    return value.items()


def _baseline_of(finding: Finding, scope: Scope) -> str:
    return scope.files.get(finding.span.path, "") if can_be_known(finding) else ""


def _keyed(findings: Iterable[Finding], scope: Scope, file: str) -> Iterator[tuple[Finding, StatementKey]]:
    own = [finding for finding in findings if _baseline_of(finding, scope) == file]
    texts = StatementTexts(Excerpts())
    for finding, mark in zip(own, fingerprints(own, texts), strict=True):
        yield finding, (_relative(finding.span.path, file), mark.code, mark.statement)


def _relative(display: str, file: str) -> str:
    """The path of a checked file from the baseline's folder; the absolute one where there is no way."""
    absolute = Path(display).absolute()
    try:
        path = os.path.relpath(absolute, Path(file).parent)
    except ValueError:
        path = str(absolute)
    return path.replace(os.sep, "/")


def _share_out(left: Counter[StatementKey], use: BaselineUse, ran: Callable[[str], frozenset[str]]) -> None:
    """What a baseline knows beyond this run's findings: stale, or about files and rules that were not checked."""
    checked = {_relative(display, use.file): display for display in use.paths}
    for key, count in left.items():
        path, code, _ = key
        if path in checked:
            stale = code in ran(checked[path])
        else:
            stale = not Path(use.file).parent.joinpath(path).exists()
        (use.stale if stale else use.unchecked)[key] = count
