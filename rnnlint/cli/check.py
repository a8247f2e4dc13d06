"""`rnnlint check`: lint paths or standard input and report."""

from __future__ import annotations

import argparse
import os
import sys
import time
from collections.abc import Callable, Iterable, Mapping
from dataclasses import replace
from functools import partial

from rnnlint.cache.folder import NotOursError, refuse_foreign
from rnnlint.cache.recall import ResultCache
from rnnlint.cli.arguments import COMMANDS, check_parser, configuration, wants_color, with_bare_flags
from rnnlint.cli.baselines import name_of, warn_of_stale, write_baselines, writes_baselines
from rnnlint.cli.clean import cache_folder
from rnnlint.cli.codes import FINDINGS, NOTHING_FAILS, TROUBLE
from rnnlint.cli.fixes import repair, wants_fixes
from rnnlint.cli.noqa import add_noqa, adds_noqa
from rnnlint.cli.output import DEBUG_VARIABLE, tell, write
from rnnlint.cli.pace import Pace
from rnnlint.cli.termination import end_when_told
from rnnlint.config.load import Configuration
from rnnlint.config.select import ConfigurationError, did_you_mean
from rnnlint.config.settings import Settings
from rnnlint.engine import lint_bytes, lint_paths, virtual_file
from rnnlint.outcome import Contents, Crash, Fixed, LintResult
from rnnlint.report.base import Report, counted, renderer
from rnnlint.rulebook import every_rule, unchecked_preview
from rnnlint.source.discover import discover
from rnnlint.source.excerpt import Excerpts
from rnnlint.source.statement_text import StatementTexts

STDIN = "-"


def check(arguments: list[str]) -> int:
    """Run the command; the exit code."""
    options = check_parser().parse_intermixed_args(with_bare_flags(arguments))
    if options.version:
        from rnnlint.cli.version import version

        return version([])
    paths = options.paths or ["."]
    if STDIN in paths and len(paths) > 1:
        raise ConfigurationError("standard input (-) cannot be checked together with other paths")
    end_when_told()
    if options.watch:
        return _watch(options, paths)
    return _check(options, paths)


def _check(options: argparse.Namespace, paths: list[str]) -> int:
    config = configuration(options)
    settings = config.settings_for(os.getcwd())
    if options.show_settings or options.show_files:
        return _show(options, config, settings, paths)
    return _lint(options, config, settings, paths)


def _watch(options: argparse.Namespace, paths: list[str]) -> int:
    from rnnlint.cli.watch import watch

    if paths == [STDIN] or options.show_settings or options.show_files:
        raise ConfigurationError("--watch needs files or folders to check")

    def files() -> list[str]:
        return [str(file.path) for file in discover(paths, configuration(options).settings_for).files]

    rewrites = wants_fixes(options, configuration(options).settings_for(os.getcwd()))

    def lint() -> None:
        _check(options, paths)
        if not options.silent:
            tell("watching for changes (Ctrl-C ends it)")

    watch(paths, lint, files, rewrites)
    return NOTHING_FAILS


def _show(options: argparse.Namespace, config: Configuration, settings: Settings, paths: list[str]) -> int:
    if options.show_settings:
        from rnnlint.cli.config import describe

        write(describe(settings))
    else:
        files = discover([] if paths == [STDIN] else paths, config.settings_for).files
        write(f"{file.display}\n" for file in files)
    return NOTHING_FAILS


def _lint(options: argparse.Namespace, config: Configuration, settings: Settings, paths: list[str]) -> int:
    started = time.perf_counter()
    given: dict[str, bytes] = {}
    if paths == [STDIN]:
        given = {virtual_file(options.stdin_filename or STDIN).display: read_stdin()}
    cache = _cache(options, settings)
    pace = Pace(shown=not (options.silent or options.quiet))
    lint = partial(_run, options, config, cache, pace, paths, frozenset(given))
    fixed = _linted(options, settings, lint, given)
    result = fixed.result
    _hint_at_commands(paths)
    for code in unchecked_preview(settings):
        tell(f"warning: {code} is in preview and is not checked without --preview")
    if not result.files and not result.findings and not options.silent:
        tell("warning: no Python files or notebooks found under the given path(s)")
    warn_of_stale(result)
    if not options.silent:
        _show_report(options, settings, fixed, {**given, **fixed.after})
    if options.verbose:
        _tell_details(config, result, cache, time.perf_counter() - started, pace)
    tell_crashes(result.crashes)
    return _exit_code(options, settings, fixed)


def _hint_at_commands(paths: list[str]) -> None:
    """A word that is no path may be meant for a command."""
    for path in paths:
        if path.isalpha() and not os.path.exists(path) and (hint := did_you_mean(path, COMMANDS)):
            tell(f'warning: there is no command "{path}"{hint}')


def _linted(
    options: argparse.Namespace, settings: Settings, lint: Callable[[Contents], LintResult], given: Contents
) -> Fixed:
    """Lint, and write what the options want to be written: repairs or comments, then baselines."""
    updates = writes_baselines(options)
    if adds_noqa(options):
        fixed = add_noqa(options, lint)
    else:
        fixed = repair(options, settings, lint, given) if wants_fixes(options, settings) else Fixed(lint(given))
    if updates:
        fixed.result = write_baselines(options, fixed.result)
    return fixed


def _run(
    options: argparse.Namespace,
    config: Configuration,
    cache: ResultCache | None,
    pace: Pace,
    paths: list[str],
    given: frozenset[str],
    contents: Contents,
) -> LintResult:
    """Lint once, with contents in place of those of the files; `given` are those that have no file."""
    confirm = options.confirm or ""
    if given:
        (name,) = given
        result = _lint_stdin(contents[name], options.stdin_filename or STDIN, config, confirm)
    else:
        missing = options.update_baseline
        with pace.round() as on_step:
            result = lint_paths(paths, config, options.jobs, confirm, contents, missing, cache, on_step)
    return _settled(result, options.silent or options.quiet) if confirm else result


def _exit_code(options: argparse.Namespace, settings: Settings, fixed: Fixed) -> int:
    if fixed.result.crashes:
        return TROUBLE
    if options.diff:
        return FINDINGS if fixed.changed else NOTHING_FAILS
    if options.exit_non_zero_on_fix and fixed.repaired:
        return FINDINGS
    if settings.fix_only:
        return FINDINGS if fixed.unwritten else NOTHING_FAILS
    return FINDINGS if fixed.result.fails(settings.fail_on) and not options.exit_zero else NOTHING_FAILS


def _show_report(options: argparse.Namespace, settings: Settings, fixed: Fixed, contents: Mapping[str, bytes]) -> None:
    """The report; on standard error where repaired text or a diff has standard output."""
    if settings.fix_only or options.diff:
        if not options.quiet:
            tell(_tally(options, settings, fixed))
        return
    text = _report(options, settings, fixed, contents)
    if wants_fixes(options, settings) and options.paths == [STDIN] and options.output_file is None:
        tell("".join(text).rstrip())
    else:
        write(text, options.output_file)


def _tally(options: argparse.Namespace, settings: Settings, fixed: Fixed) -> str:
    """What was repaired or would be, and what stays because its fix is unsafe."""
    left = fixed.result.findings
    unsafe = sum(finding.fixable(unsafe=True) and not finding.fixable(settings.unsafe_fixes) for finding in left)
    verb = "Would fix" if options.diff else "Fixed"
    more = f" ({unsafe} more with `--unsafe-fixes`)" if unsafe else ""
    return f"{verb} {counted(len(fixed.repaired), 'finding')}{more}."


def _settled(result: LintResult, quiet: bool) -> LintResult:
    from rnnlint.cli.progress import SettlingProgress
    from rnnlint.confirm.settle import settle

    planned = sum(bool(finding.probe) for finding in result.findings)
    with SettlingProgress(planned, shown=not quiet) as progress:
        return replace(result, findings=settle(result.findings, progress))


def _lint_stdin(data: bytes, name: str, config: Configuration, confirm: str) -> LintResult:
    if name != STDIN:
        path = os.path.abspath(name)
        settings = config.settings_for(os.path.dirname(path))
        if settings.force_exclude and settings.excludes_by_name(path):
            return LintResult((), ())
    return lint_bytes(data, name, config, confirm)


def read_stdin() -> bytes:
    """All of standard input; nothing when it is closed."""
    return sys.stdin.buffer.read() if sys.stdin is not None else b""


def _report(
    options: argparse.Namespace, settings: Settings, fixed: Fixed, contents: Mapping[str, bytes]
) -> Iterable[str]:
    color = wants_color(options.color) and (options.output_file is None or options.color == "always")
    result = fixed.result
    summary = not options.quiet and bool(result.findings or not result.crashes)
    excerpts = Excerpts(contents)
    report = Report(
        result.findings,
        excerpts.lines,
        color,
        summary,
        0 if settings.show_fixes else len(fixed.repaired),
        in_file=excerpts.in_file,
        edit_in_file=excerpts.edit_in_file,
        statement=StatementTexts(excerpts),
        rules=every_rule,
        crashes=result.crashes,
        known=len(result.known),
        unsafe_fixes=settings.unsafe_fixes,
    )
    if options.statistics:
        from rnnlint.report.statistics import render

        return render(report, as_json=settings.output_format == "json")
    return renderer(settings.output_format)(report)


def _cache(options: argparse.Namespace, settings: Settings) -> ResultCache | None:
    if options.no_cache:
        return None
    folder = cache_folder(options, settings)
    if options.cache_dir:
        try:
            refuse_foreign(folder)
        except NotOursError as error:
            raise ConfigurationError(f"--cache-dir: {error}") from error
    return ResultCache(folder)


def _tell_details(
    config: Configuration, result: LintResult, cache: ResultCache | None, seconds: float, pace: Pace
) -> None:
    for file in config.files_read():
        tell(f"configuration: {file}")
    for use in result.baselines:
        tell(f"baseline: {name_of(use)} hides {counted(use.known.total(), 'finding')}")
    tell(f"checked {counted(result.files_checked, 'file')} in {seconds:.2f} s")
    for line in pace.slowest():
        tell(line)
    if cache is not None:
        tell(f"cache: {counted(cache.recalled, 'result')} from {cache.folder}")
        if cache.problem:
            tell(f"cache: nothing can be stored: {cache.problem}")


def tell_crashes(crashes: Iterable[Crash]) -> None:
    """One line for each of rnnlint's own failures, or its traceback when that is asked for."""
    debug = bool(os.environ.get(DEBUG_VARIABLE))
    for crash in crashes:
        hint = "" if debug else f" ({DEBUG_VARIABLE}=1 shows the traceback)"
        tell(f"rnnlint: internal error: {crash.error} in {crash.where} on {crash.display}{hint}")
        if debug:
            tell(crash.traceback.rstrip())
