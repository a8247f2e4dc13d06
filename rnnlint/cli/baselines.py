"""`--update-baseline` and `--prune-baseline`, and what a run says of the baselines it used."""

from __future__ import annotations

import argparse
from collections import Counter
from dataclasses import replace

from rnnlint.cli.output import tell
from rnnlint.config.select import ConfigurationError
from rnnlint.outcome import BaselineUse, LintResult
from rnnlint.report.base import counted
from rnnlint.source.discover import display_path


def writes_baselines(options: argparse.Namespace) -> bool:
    """Whether the run is to write baselines. ConfigurationError where its findings are not those of the files."""
    flag = _flag(options)
    if flag and options.diff:
        raise ConfigurationError(f"{flag} and --diff exclude each other")
    if flag and options.paths == ["-"]:
        raise ConfigurationError(f"{flag} cannot be used with standard input")
    return bool(flag)


def write_baselines(options: argparse.Namespace, result: LintResult) -> LintResult:
    """The result when the baselines are up to date. Nothing is written after a failure of rnnlint itself."""
    from rnnlint.baseline import can_be_known, write_baseline

    if result.crashes:
        return result
    if not result.baselines:
        raise ConfigurationError(f"{_flag(options)} needs a file: --baseline FILE, or the key baseline of the settings")
    for use in result.baselines:
        counts = use.known + use.unchecked
        if options.update_baseline:
            counts += use.new
        if write_baseline(use.file, counts) and not (options.quiet or options.silent):
            tell(f"wrote {name_of(use)}: {counted(counts.total(), 'known finding')}{_changes(options, use)}")
    told = {path for use in result.baselines for path in use.paths} if options.update_baseline else set()
    recorded = [finding for finding in result.findings if finding.span.path in told and can_be_known(finding)]
    return replace(
        result,
        findings=tuple(finding for finding in result.findings if finding not in recorded),
        known=(*result.known, *recorded),
        baselines=tuple(replace(use, stale=Counter()) for use in result.baselines),
    )


def warn_of_stale(result: LintResult) -> None:
    """Say which baselines hold more than there is."""
    for use in result.baselines:
        if use.stale:
            gone = use.stale.total()
            verb = "is" if gone == 1 else "are"
            tell(f"warning: {name_of(use)} knows {counted(gone, 'finding')} that {verb} gone (see --prune-baseline)")


def name_of(use: BaselineUse) -> str:
    """A baseline's path as findings print theirs."""
    return display_path(use.file)


def _flag(options: argparse.Namespace) -> str:
    flags = {"--update-baseline": options.update_baseline, "--prune-baseline": options.prune_baseline}
    return next((flag for flag, given in flags.items() if given), "")


def _changes(options: argparse.Namespace, use: BaselineUse) -> str:
    added = use.new.total() if options.update_baseline else 0
    return f" ({added} added, {use.stale.total()} removed)"
