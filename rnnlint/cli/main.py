"""The entry point: finds the command, and turns every failure into a message and an exit code."""

from __future__ import annotations

import os
import sys
from importlib import import_module

from rnnlint.cli.arguments import COMMANDS, expand_files
from rnnlint.cli.codes import INTERRUPTED, TERMINATED, TROUBLE
from rnnlint.cli.output import DEBUG_VARIABLE, make_streams_safe, tell
from rnnlint.cli.termination import was_told
from rnnlint.config.select import ConfigurationError

DEFAULT_COMMAND = "check"
_FLAGS_BEFORE_COMMAND = frozenset(
    {"-q", "--quiet", "-s", "--silent", "-v", "--verbose", "--isolated", "--color", "--config"}
)
_FLAGS_WITH_VALUE = frozenset({"--color", "--config"})


def run() -> int:
    """Run the command line of this process; the exit code."""
    make_streams_safe()
    try:
        return _dispatch(expand_files(sys.argv[1:]))
    except ConfigurationError as error:
        tell(f"rnnlint: error: {error}")
        return TROUBLE
    except KeyboardInterrupt:
        return INTERRUPTED
    except Exception as error:
        if was_told():
            return TERMINATED
        if os.environ.get(DEBUG_VARIABLE):
            raise
        reason = f"{type(error).__name__}: {error}"
        tell(f"rnnlint: internal error: {reason} ({DEBUG_VARIABLE}=1 shows the traceback)")
        return TROUBLE


def _dispatch(arguments: list[str]) -> int:
    command, rest = split_command(arguments)
    name = command.replace("-", "_")
    handler = getattr(import_module(f"rnnlint.cli.{name}"), name)
    return int(handler(rest))


def split_command(arguments: list[str]) -> tuple[str, list[str]]:
    """The command and its arguments; options that every command has may stand before its name."""
    position = 0
    while position < len(arguments) and arguments[position].split("=")[0] in _FLAGS_BEFORE_COMMAND:
        position += 2 if arguments[position] in _FLAGS_WITH_VALUE else 1
    if position < len(arguments) and arguments[position] in COMMANDS:
        return arguments[position], arguments[:position] + arguments[position + 1 :]
    return DEFAULT_COMMAND, arguments
