"""`rnnlint diagnose`: every verdict of every rule on one file."""

from __future__ import annotations

import os

from rnnlint.cli.arguments import configuration, diagnose_parser
from rnnlint.cli.check import STDIN, read_stdin, tell_crashes
from rnnlint.cli.codes import FINDINGS, NOTHING_FAILS, TROUBLE
from rnnlint.cli.output import write
from rnnlint.config.select import ConfigurationError
from rnnlint.engine import diagnose as examine
from rnnlint.report.diagnosis import as_json, as_text


def diagnose(arguments: list[str]) -> int:
    """Run the command; the exit code."""
    options = diagnose_parser().parse_args(arguments)
    data = None
    name = options.path
    if name == STDIN:
        name, data = options.stdin_filename or STDIN, read_stdin()
    elif os.path.isdir(name):
        raise ConfigurationError(f"{name} is a folder; diagnose looks at one file")
    diagnosis = examine(name, configuration(options), data)
    write(as_json(diagnosis) if options.output_format == "json" else as_text(diagnosis))
    tell_crashes(diagnosis.crashes)
    if diagnosis.crashes:
        return TROUBLE
    return FINDINGS if diagnosis.problems else NOTHING_FAILS
