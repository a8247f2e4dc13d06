"""The options of every command, and what they say as a layer of settings."""

from __future__ import annotations

import argparse
import os
import re
import sys
from collections.abc import Sequence
from functools import partial

from rnnlint.config.load import Configuration, inline_layer
from rnnlint.config.options import OPTIONS, checked
from rnnlint.config.select import ConfigurationError, did_you_mean
from rnnlint.config.settings import OUTPUT_FORMATS, SCOPES, Layer
from rnnlint.finding import Confidence, Severity

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any, NoReturn

FORMAT_VARIABLE = "RNNLINT_OUTPUT_FORMAT"
COMMANDS = {
    "check": "report what keeps a recurrent network from learning (the default command)",
    "rule": "explain a rule",
    "diagnose": "show for one file what was found, ruled out and left undecided",
    "config": "show the settings and where they come from",
    "server": "run the language server for editors",
    "clean": "remove the cache",
    "version": "show the version",
    "generate-shell-completion": "print what makes a shell complete rnnlint's arguments",
}
SHELLS = ("bash", "zsh", "fish", "powershell")
HELP_WIDTH = 100
CONFIRM_MODES = ("rebuild", "execute")
TEXT_OR_JSON = ("text", "json")


class Formatter(argparse.RawDescriptionHelpFormatter):
    """Help that shows a value which may be left out as `--option[=VALUE]`."""

    def _format_action_invocation(self, action: argparse.Action) -> str:
        if action.nargs != argparse.OPTIONAL or not action.option_strings:
            return super()._format_action_invocation(action)
        value = action.metavar or "|".join(map(str, action.choices or ("VALUE",)))
        return f"{action.option_strings[0]}[={value}]"


class Parser(argparse.ArgumentParser):
    """A parser that names the nearest option to one it does not know."""

    def __init__(self, command: str, **keywords: Any) -> None:
        """A fixed width: measuring the terminal costs an import, and help reads the same everywhere."""
        super().__init__(
            prog=f"rnnlint {command}".rstrip(),
            formatter_class=partial(Formatter, width=HELP_WIDTH),
            allow_abbrev=False,
            **keywords,
        )

    def error(self, message: str) -> NoReturn:
        """Say what is wrong and how to see what is right; exit code 2."""
        unknown = re.match(r"unrecognized arguments: (--?[\w-]+)", message)
        hint = did_you_mean(unknown[1], self._option_string_actions) if unknown else ""
        self.exit(2, f"{self.prog}: error: {message}{hint}\n(see {self.prog} --help)\n")


def expand_files(arguments: Sequence[str]) -> list[str]:
    """`@file` stands for the arguments that the file holds, one a line."""
    expanded: list[str] = []
    for argument in arguments:
        if not argument.startswith("@") or argument == "@":
            expanded.append(argument)
            continue
        try:
            with open(argument[1:], encoding="utf-8") as stream:
                expanded.extend(line for line in stream.read().splitlines() if line.strip())
        except (OSError, ValueError) as error:
            reason = getattr(error, "strerror", None) or str(error)
            raise ConfigurationError(f"cannot read arguments from {argument[1:]}: {reason.lower()}") from error
    return expanded


def with_bare_flags(arguments: Sequence[str]) -> list[str]:
    """A bare `--confirm` or `--add-noqa` says what it means, so that it does not take the path behind it for that.

    A mode behind `--confirm` is one unless a path has this name. What stands behind `--add-noqa` has to be a path:
    a reason in that place would be lost.
    """
    given = list(arguments)
    for place, argument in enumerate(given):
        behind = given[place + 1] if place + 1 < len(given) else ""
        if argument == "--confirm":
            mode = behind in CONFIRM_MODES and not os.path.exists(behind)
            given[place : place + 1 + mode] = [f"--confirm={behind if mode else CONFIRM_MODES[0]}"]
        elif argument == "--add-noqa":
            if behind and not behind.startswith("-") and not os.path.exists(behind):
                raise ConfigurationError(f'a reason is given as --add-noqa="{behind}", and no path has that name')
            given[place] = "--add-noqa="
    return given


def check_parser() -> Parser:
    """`rnnlint [check] PATH...`."""
    commands = "\n".join(f"  {name:<{max(map(len, COMMANDS))}}  {text}" for name, text in COMMANDS.items())
    parser = Parser(
        "",
        usage="rnnlint [check] [PATH ...] [options]\n       rnnlint COMMAND --help",
        description="Find out why a recurrent network will not learn, or why its score is not true.",
        epilog=f"commands:\n{commands}\n\nExit code: 0 nothing fails, 1 findings, 2 wrong use.",
    )
    parser.add_argument("paths", nargs="*", metavar="PATH", help="files and folders, or - for standard input [.]")
    add_check_options(parser)
    return parser


def add_check_options(parser: Any) -> None:
    """The options of `rnnlint check`."""
    _add_rule_options(parser)
    _add_fix_options(parser)
    _add_baseline_options(parser)
    _add_file_options(parser)
    _add_report_options(parser)
    add_configuration_options(parser)
    parser.add_argument("-V", "--version", action="store_true", help="show the version")


def _add_rule_options(parser: Parser) -> None:
    group = parser.add_argument_group("rules (codes, prefixes, names or ALL, separated by commas)")
    for name in ("select", "ignore", "extend-select", "extend-ignore"):
        group.add_argument(f"--{name}", action="extend", type=_words, metavar="RULE", help=OPTIONS[name].help)
    for name in ("per-file-ignores", "extend-per-file-ignores"):
        group.add_argument(f"--{name}", action="extend", type=_pairs, metavar="PATTERN:RULE", help=OPTIONS[name].help)
    group.add_argument("--preview", action=argparse.BooleanOptionalAction, help=OPTIONS["preview"].help)
    group.add_argument(
        "--fail-on",
        choices=[severity.value for severity in Severity],
        help=f"{OPTIONS['fail-on'].help} [warning]",
    )
    group.add_argument(
        "--min-confidence",
        choices=[confidence.value for confidence in Confidence],
        help=f"{OPTIONS['min-confidence'].help} [medium]",
    )
    group.add_argument(
        "--confirm",
        nargs="?",
        choices=CONFIRM_MODES,
        help="settle findings by small measured runs of rebuilt networks, none of the program's own code; "
        "with =execute also by runs of its network classes, in a process that can only compute",
    )
    group.add_argument("--scope", choices=SCOPES, help=f"{OPTIONS['scope'].help} [all]")
    group.add_argument("--ignore-noqa", action="store_true", help="report also what comments suppress")


def _add_fix_options(parser: Parser) -> None:
    group = parser.add_argument_group("fixes")
    for name in ("fix", "unsafe-fixes"):
        group.add_argument(f"--{name}", action=argparse.BooleanOptionalAction, help=OPTIONS[name].help)
    for name in ("fix-only", "show-fixes"):
        group.add_argument(f"--{name}", action="store_const", const=True, help=OPTIONS[name].help)
    group.add_argument("--diff", action="store_true", help="show what fixes would change, and change nothing")
    group.add_argument(
        "--exit-non-zero-on-fix",
        action="store_true",
        help="exit with 1 if something was fixed, even if nothing is left",
    )
    for name in ("fixable", "unfixable"):
        group.add_argument(f"--{name}", action="extend", type=_words, metavar="RULE", help=OPTIONS[name].help)


def _add_baseline_options(parser: Parser) -> None:
    group = parser.add_argument_group("known findings")
    group.add_argument(
        "--add-noqa", nargs="?", metavar="REASON", help="write a # noqa comment on each line with a finding"
    )
    group.add_argument("--baseline", metavar="FILE", help=OPTIONS["baseline"].help)
    group.add_argument("--update-baseline", action="store_true", help="write all findings of this run to it")
    group.add_argument("--prune-baseline", action="store_true", help="remove from it what is not found any more")


def _add_file_options(parser: Parser) -> None:
    group = parser.add_argument_group("files")
    for name in ("exclude", "extend-exclude"):
        group.add_argument(f"--{name}", action="extend", type=_words, metavar="PATTERN", help=OPTIONS[name].help)
    for name in ("force-exclude", "respect-gitignore"):
        group.add_argument(f"--{name}", action=argparse.BooleanOptionalAction, help=OPTIONS[name].help)
    group.add_argument(
        "--stdin-filename",
        "--stdin-display-name",
        metavar="NAME",
        help="the name that text from standard input has in the report",
    )
    group.add_argument("-j", "--jobs", type=_jobs, metavar="N", help="number of processes [one a core]")
    group.add_argument("-n", "--no-cache", action="store_true", help="neither use nor store results of earlier runs")
    add_cache_option(group)
    group.add_argument("-w", "--watch", action="store_true", help="check again whenever a file has changed")
    group.add_argument("--show-files", action="store_true", help="list the files that would be checked")
    group.add_argument("--show-settings", action="store_true", help="show the settings that would hold")


def _add_report_options(parser: Parser) -> None:
    group = parser.add_argument_group("report")
    group.add_argument(
        "--output-format",
        choices=OUTPUT_FORMATS,
        help=f"{OPTIONS['output-format'].help} [concise; {FORMAT_VARIABLE}]",
    )
    group.add_argument("-o", "--output-file", metavar="FILE", help="write the report to a file")
    group.add_argument("--statistics", action="store_true", help="count the findings of each rule instead")
    group.add_argument("-e", "--exit-zero", action="store_true", help="exit with 0 even when there are findings")
    group.add_argument("-q", "--quiet", action="store_true", help="findings only, no summary")
    group.add_argument("-s", "--silent", action="store_true", help="no output but the exit code")
    group.add_argument("-v", "--verbose", action="store_true", help="say what is done, on standard error")
    add_color_option(group)


def add_color_option(parser: Any) -> None:
    """`--color`."""
    parser.add_argument(
        "--color", choices=("auto", "always", "never"), default="auto", help="colours [auto: on a terminal]"
    )


def add_cache_option(parser: Any) -> None:
    """`--cache-dir`."""
    parser.add_argument(
        "--cache-dir", metavar="DIR", help="where results are kept [.rnnlint_cache beside the configuration]"
    )


def add_configuration_options(parser: Parser) -> None:
    """`--config` and `--isolated`."""
    group = parser.add_argument_group("configuration")
    group.add_argument(
        "--config",
        action="append",
        default=[],
        metavar='FILE|"KEY = VALUE"',
        help="a file, or one TOML option",
    )
    group.add_argument("--isolated", action="store_true", help="read no configuration file")


def rule_parser() -> Parser:
    """`rnnlint rule`."""
    parser = Parser("rule", description=COMMANDS["rule"].capitalize() + ".")
    what = parser.add_mutually_exclusive_group(required=True)
    what.add_argument("rule", nargs="?", metavar="CODE|NAME", help="the rule to explain")
    what.add_argument("--all", action="store_true", help="explain every rule")
    _add_text_or_json(parser)
    add_color_option(parser)
    return parser


def diagnose_parser() -> Parser:
    """`rnnlint diagnose`."""
    parser = Parser("diagnose", description=COMMANDS["diagnose"].capitalize() + ".")
    parser.add_argument("path", metavar="PATH", help="a script or notebook, or - for standard input")
    _add_text_or_json(parser)
    _add_rule_options(parser)
    add_configuration_options(parser)
    parser.add_argument("--stdin-filename", "--stdin-display-name", metavar="NAME", help="its name in the report")
    return parser


def config_parser() -> Parser:
    """`rnnlint config`."""
    parser = Parser("config", description=COMMANDS["config"].capitalize() + ".")
    parser.add_argument("key", nargs="?", choices=sorted(OPTIONS), metavar="KEY", help="explain one option")
    _add_text_or_json(parser)
    add_configuration_options(parser)
    return parser


def server_parser() -> Parser:
    """`rnnlint server`."""
    parser = Parser("server", description=COMMANDS["server"].capitalize() + ".")
    how = parser.add_mutually_exclusive_group()
    how.add_argument("--stdio", action="store_true", help="talk over standard input and output (the default)")
    how.add_argument("--tcp", type=_address, metavar="HOST:PORT", help="wait for one client at this address")
    return parser


def clean_parser() -> Parser:
    """`rnnlint clean`."""
    parser = Parser("clean", description=COMMANDS["clean"].capitalize() + ".")
    add_cache_option(parser)
    add_configuration_options(parser)
    return parser


def generate_shell_completion_parser() -> Parser:
    """`rnnlint generate-shell-completion`."""
    name = "generate-shell-completion"
    parser = Parser(name, description=COMMANDS[name].capitalize() + ".")
    parser.add_argument("shell", choices=SHELLS, help="the shell")
    return parser


def version_parser() -> Parser:
    """`rnnlint version`."""
    parser = Parser("version", description=COMMANDS["version"].capitalize() + ".")
    _add_text_or_json(parser)
    return parser


def _add_text_or_json(parser: Parser) -> None:
    parser.add_argument("--output-format", choices=TEXT_OR_JSON, default="text", help="the form of the output")


def configuration(options: argparse.Namespace) -> Configuration:
    """Configuration files below the environment below the command line."""
    files = [value for value in options.config if os.path.isfile(value)]
    inline = [value for value in options.config if value not in files]
    if len(files) > 1:
        raise ConfigurationError("--config can name one file only")
    if files and options.isolated:
        raise ConfigurationError("--config FILE and --isolated exclude each other")
    for value in inline:
        if "=" not in value:
            raise ConfigurationError(f'--config "{value}" is neither a file nor a TOML option (key = value)')
    layers = [*_environment_layers(options), *map(inline_layer, inline), _command_line_layer(options)]
    return Configuration(layers, os.path.abspath(files[0]) if files else None, options.isolated)


def _environment_layers(options: argparse.Namespace) -> list[Layer]:
    value = os.environ.get(FORMAT_VARIABLE)
    if not value or getattr(options, "output_format", None) is not None:
        return []
    if value not in OUTPUT_FORMATS:
        raise ConfigurationError(f'{FORMAT_VARIABLE} must be {OPTIONS["output-format"].expected}, not "{value}"')
    return [Layer(FORMAT_VARIABLE, os.getcwd(), {"output-format": value})]


def _command_line_layer(options: argparse.Namespace) -> Layer:
    values = {
        key: value
        for key in OPTIONS
        if (value := getattr(options, key.replace("-", "_"), None)) is not None
        and not (key == "output-format" and value not in OUTPUT_FORMATS)
    }
    for key in ("per-file-ignores", "extend-per-file-ignores"):
        if key in values:
            values[key] = _table(values[key])
    checked(values, "the command line")
    if getattr(options, "ignore_noqa", False):
        values["noqa"] = False
    return Layer("the command line", os.getcwd(), values)


def _words(text: str) -> list[str]:
    return [word.strip() for word in text.split(",") if word.strip()]


def _pairs(text: str) -> list[tuple[str, str]]:
    """`a.py:RNN1,b.py:RNN2`; a rule without a pattern belongs to the pattern before it."""
    pairs: list[tuple[str, str]] = []
    for word in _words(text):
        pattern, colon, rule = word.rpartition(":")
        if not colon and not pairs:
            raise argparse.ArgumentTypeError(f'"{word}" is not of the form PATTERN:RULE')
        pairs.append((pattern if colon else pairs[-1][0], rule))
    return pairs


def _table(pairs: list[tuple[str, str]]) -> dict[str, list[str]]:
    table: dict[str, list[str]] = {}
    for pattern, rule in pairs:
        table.setdefault(pattern, []).append(rule)
    return table


def _jobs(text: str) -> int:
    if not text.isdecimal() or int(text) < 1:
        raise argparse.ArgumentTypeError(f'"{text}" is not a number of processes')
    return int(text)


def _address(text: str) -> tuple[str, int]:
    host, _, port = text.rpartition(":")
    if not host or not port.isdecimal() or int(port) > 65535:
        raise argparse.ArgumentTypeError(f'"{text}" is not of the form HOST:PORT')
    return host, int(port)


def wants_color(choice: str) -> bool:
    """Whether to colour what goes to standard output; NO_COLOR beats FORCE_COLOR."""
    if choice != "auto":
        return choice == "always"
    if os.environ.get("NO_COLOR"):
        return False
    if os.environ.get("FORCE_COLOR"):
        return True
    return sys.stdout.isatty() and os.environ.get("TERM") != "dumb"
