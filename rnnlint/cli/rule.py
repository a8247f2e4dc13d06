"""`rnnlint rule`: the documents of the rules."""

from __future__ import annotations

import json
from typing import Any

from rnnlint.cli.arguments import rule_parser, wants_color
from rnnlint.cli.codes import NOTHING_FAILS
from rnnlint.cli.output import write
from rnnlint.cli.page import rendered
from rnnlint.config.select import ConfigurationError, did_you_mean
from rnnlint.finding import DOCUMENTATION_URL
from rnnlint.report.rule_page import rule_page
from rnnlint.rulebook import every_rule, rule_named
from rnnlint.rules.base import Rule


def rule(arguments: list[str]) -> int:
    """Run the command; the exit code."""
    options = rule_parser().parse_args(arguments)
    rules = list(every_rule()) if options.all else [_find(options.rule)]
    if options.output_format == "json":
        objects = [_as_object(entry) for entry in rules]
        write([json.dumps(objects if options.all else objects[0], indent=2) + "\n"])
    else:
        text = "\n\n".join(map(rule_page, rules)) + "\n"
        write([rendered(text) if wants_color(options.color) else text])
    return NOTHING_FAILS


def _find(wanted: str) -> Rule:
    found = rule_named(wanted)
    if found is not None:
        return found
    known = [spelling for entry in every_rule() for spelling in (entry.code, entry.name)]
    raise ConfigurationError(f'unknown rule "{wanted}"{did_you_mean(wanted, known)}')


def _as_object(entry: Rule) -> dict[str, Any]:
    return {
        "code": entry.code,
        "name": entry.name,
        "summary": entry.summary(),
        "severity": entry.severity.value,
        "frameworks": list(entry.frameworks),
        "symptoms": list(entry.symptoms),
        "about_recurrence": entry.about_recurrence,
        "preview": entry.preview,
        "fixes": [applicability.value for applicability in entry.fixes],
        "explanation": entry.documentation(),
        "url": f"{DOCUMENTATION_URL}/{entry.name}",
    }
