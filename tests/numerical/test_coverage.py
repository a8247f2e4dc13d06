"""Every rule of severity error about cells, outputs and padding is held against the real frameworks."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from rnnlint.finding import Severity
from rnnlint.rules.base import Rule
from rnnlint.rules.registry import all_rules

_TEST = re.compile(r"^def test_(rnn\d{3})_", re.MULTILINE)


def codes_tested(framework: str) -> set[str]:
    """The rules that the modules of one framework name in their tests."""
    modules = sorted(Path(__file__).parent.glob(f"test_{framework}_*.py"))
    return {code.upper() for module in modules for code in _TEST.findall(module.read_text("utf-8"))}


def errors() -> list[Rule]:
    return [rule for rule in all_rules() if rule.severity is Severity.ERROR and "RNN1" <= rule.code < "RNN4"]


def test_every_error_is_shown() -> None:
    assert {rule.code for rule in errors()} - codes_tested("keras") - codes_tested("torch") == set()


@pytest.mark.parametrize("framework", ["keras", "torch"])
def test_every_error_is_shown_in_each_of_its_frameworks(framework: str) -> None:
    claimed = {rule.code for rule in errors() if framework in rule.frameworks}
    assert claimed - codes_tested(framework) == set()
