"""`rnnlint generate-shell-completion`: the script that completes commands, options, rules and paths in a shell."""

from __future__ import annotations

import argparse

from rnnlint.cli import arguments as parsers
from rnnlint.cli.arguments import COMMANDS, add_check_options, generate_shell_completion_parser
from rnnlint.cli.codes import NOTHING_FAILS
from rnnlint.cli.output import write
from rnnlint.rulebook import every_label

_PATHS_WHERE_COMMANDS_STAND = {"bash": "complete -o default -o bashdefault -F _shtab_rnnlint rnnlint\n"}
_FILES = frozenset({"PATH", "FILE", 'FILE|"KEY = VALUE"'})
_FOLDERS = frozenset({"DIR"})
_RULES = frozenset({"RULE", "CODE|NAME"})


def generate_shell_completion(arguments: list[str]) -> int:
    """Run the command; the exit code."""
    import shtab

    options = generate_shell_completion_parser().parse_args(arguments)
    script = shtab.complete(_whole_command_line(), options.shell).rstrip()
    write([f"{script}\n", _PATHS_WHERE_COMMANDS_STAND.get(options.shell, "")])
    return NOTHING_FAILS


def _whole_command_line() -> argparse.ArgumentParser:
    """One parser with all commands, for a library that reads it; `rnnlint` alone has the options of `check`."""
    root = argparse.ArgumentParser("rnnlint")
    add_check_options(root)
    commands = root.add_subparsers(dest="command")
    for name, text in COMMANDS.items():
        original = getattr(parsers, f"{name.replace('-', '_')}_parser")()
        command = commands.add_parser(name, parents=[original], add_help=False, help=text, description=text)
        _say_what_values_are(command)
    _say_what_values_are(root)
    return root


def _say_what_values_are(parser: argparse.ArgumentParser) -> None:
    import shtab

    rules = [spelling for label in every_label() for spelling in (label.code, label.name)]
    for action in parser._actions:
        if action.metavar in _RULES:
            action.choices = rules
        elif action.metavar in _FILES:
            action.complete = shtab.FILE  # type: ignore[attr-defined]
        elif action.metavar in _FOLDERS:
            action.complete = shtab.DIRECTORY  # type: ignore[attr-defined]
