"""`rnnlint version`."""

from __future__ import annotations

from rnnlint._version import __version__
from rnnlint.cli.arguments import version_parser
from rnnlint.cli.codes import NOTHING_FAILS
from rnnlint.cli.output import write


def version(arguments: list[str]) -> int:
    """Run the command; the exit code."""
    options = version_parser().parse_args(arguments)
    if options.output_format == "json":
        write([f'{{"version": "{__version__}"}}\n'])
    else:
        write([f"rnnlint {__version__}\n"])
    return NOTHING_FAILS
