"""The commands and their options, from the parsers that read the command line."""

from __future__ import annotations

import argparse

from rnnlint.cli import arguments
from rnnlint.cli.arguments import COMMANDS, Parser


def commands() -> str:
    """A section for each command."""
    return "\n".join(_section(name, text) for name, text in COMMANDS.items())


def parsers() -> dict[str, Parser]:
    """The parser of each command that takes arguments."""
    found = {name: getattr(arguments, f"{name.replace('-', '_')}_parser", None) for name in COMMANDS}
    return {name: make() for name, make in found.items() if make is not None}


def _section(name: str, text: str) -> str:
    parser = parsers().get(name)
    lines = [f"## rnnlint {name}", "", f"{text[0].upper()}{text[1:]}.", ""]
    if parser is not None:
        usage = parser.format_usage().removeprefix("usage: ")
        lines += ["```text", usage.rstrip(), "```", ""]
        for group in parser._action_groups:
            lines += _group(name, group)
    return "\n".join(lines)


def _group(command: str, group: argparse._ArgumentGroup) -> list[str]:
    actions = [action for action in group._group_actions if action.help is not argparse.SUPPRESS]
    if not actions:
        return []
    title = "arguments" if group.title == "positional arguments" else group.title or "options"
    rows = [f"| {_names(action)} | {_help(action)} |" for action in actions]
    return [f"### {title[0].upper()}{title[1:]} {{#{command}-{title.split()[0]}}}", "", "| | |", "|---|---|", *rows, ""]


def _names(action: argparse.Action) -> str:
    value = "" if action.nargs == 0 else _value(action)
    if not action.option_strings:
        return f"`{value}`"
    return ", ".join(f"`{name}{' ' + value if value else ''}`".replace("|", "\\|") for name in action.option_strings)


def _value(action: argparse.Action) -> str:
    if action.metavar:
        return str(action.metavar)
    if action.choices is not None:
        return "{" + ",".join(map(str, action.choices)) + "}"
    return action.dest.upper()


def _help(action: argparse.Action) -> str:
    text = (
        (action.help or "") % {"default": action.default, "prog": "rnnlint"}
        if "%(" in (action.help or "")
        else action.help or ""
    )
    return text.replace("|", "\\|").replace("*", "\\*").replace("[", "\\[").replace("]", "\\]")
