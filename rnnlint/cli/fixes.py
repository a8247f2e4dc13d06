"""`--fix`, `--diff` and their kin: what a run that repairs does beyond linting."""

from __future__ import annotations

import argparse
import sys
from collections import Counter
from collections.abc import Callable, Iterable, Iterator

from rnnlint.cli.output import tell, write
from rnnlint.config.settings import Settings
from rnnlint.finding import Finding
from rnnlint.outcome import Contents, Fixed, LintResult
from rnnlint.report.base import counted


def wants_fixes(options: argparse.Namespace, settings: Settings) -> bool:
    """Whether the run is to repair, or to show how it would."""
    return settings.fix or settings.fix_only or options.diff


def repair(
    options: argparse.Namespace, settings: Settings, lint: Callable[[Contents], LintResult], given: Contents
) -> Fixed:
    """Lint and repair. `given` is standard input, whose repaired text goes to standard output."""
    from rnnlint.fixing import fix, write_files

    fixed = fix(lint, settings.unsafe_fixes, given)
    if not fixed.settled:
        tell("warning: fixes keep changing the same code; stopped after as many rounds as are allowed")
    if options.diff:
        write(_differences(fixed))
    elif given:
        sys.stdout.flush()
        for content in fixed.after.values():
            sys.stdout.buffer.write(content)
        sys.stdout.buffer.flush()
    else:
        write_files(fixed, lint)
    if settings.show_fixes and not options.silent:
        tell("".join(_list(fixed.repaired)).rstrip())
    return fixed


def _differences(fixed: Fixed) -> Iterator[str]:
    from rnnlint.fix.diff import diff

    for display in fixed.changed:
        yield from diff(display, fixed.before[display], fixed.after[display])


def _list(repaired: Iterable[Finding]) -> Iterator[str]:
    by_file: dict[str, Counter[str]] = {}
    for finding in repaired:
        by_file.setdefault(finding.span.path, Counter())[f"{finding.code} ({finding.name})"] += 1
    total = sum(sum(rules.values()) for rules in by_file.values())
    yield f"Fixed {counted(total, 'finding')}{':' if total else '.'}\n"
    for path, rules in sorted(by_file.items()):
        yield f"- {path}:\n"
        yield from (f"    {count} \N{MULTIPLICATION SIGN} {rule}\n" for rule, count in sorted(rules.items()))
