"""`--add-noqa`: comments for what is found now."""

from __future__ import annotations

import argparse
from collections.abc import Callable

from rnnlint.cli.output import tell
from rnnlint.config.select import ConfigurationError
from rnnlint.outcome import Contents, Fixed, LintResult
from rnnlint.report.base import counted

FLAG = "--add-noqa"


def adds_noqa(options: argparse.Namespace) -> bool:
    """Whether comments are to be written. ConfigurationError together with what would make them wrong."""
    if options.add_noqa is None:
        return False
    others = {"--fix": options.fix, "--fix-only": options.fix_only, "--diff": options.diff}
    for flag, given in {**others, "--ignore-noqa": options.ignore_noqa}.items():
        if given:
            raise ConfigurationError(f"{FLAG} and {flag} exclude each other")
    if options.paths == ["-"]:
        raise ConfigurationError(f"{FLAG} cannot be used with standard input")
    if not options.add_noqa.isprintable():
        raise ConfigurationError(f"the reason of {FLAG} must be one line of text")
    return True


def add_noqa(options: argparse.Namespace, lint: Callable[[Contents], LintResult]) -> Fixed:
    """Write the comments; what is left to report."""
    from rnnlint.suppressing import suppress

    fixed, added = suppress(lint, options.add_noqa.strip())
    if not (options.quiet or options.silent):
        tell(f"Added {counted(sum(added.values()), 'suppression')} in {counted(len(added), 'file')}.")
    return fixed
