"""What holds for every rule: codes, names, files, documentation and the fixtures it must have."""

from __future__ import annotations

import inspect
import re
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import pytest

from rnnlint.engine import lint_source
from rnnlint.rules.base import Rule
from rnnlint.rules.registry import all_rules
from tests.rules.support import FIXTURES, FRAMEWORKS, SUFFIXES, discover, settings_for

ROOT = Path(__file__).parents[2]
PLACEHOLDER = "FILL IN"  # what scripts/add_rule.py writes where a person has to

HEADINGS = (
    "## What it does",
    "## Why it is bad",
    "## Example",
    "## Use instead",
    "## How it is confirmed",
    "## When it is silent",
    "## Fix safety",
    "## References",
)
SYMPTOMS = {"constant", "zero", "flat", "explode", "optimistic", "crash", "slow"}

_CODE_BLOCK = re.compile(r"```python\n(.*?)```", re.DOTALL)

every_rule = pytest.mark.parametrize("rule", all_rules(), ids=lambda rule: rule.code)


def test_codes_and_names_are_unique() -> None:
    for attribute in ("code", "name"):
        counts = Counter(getattr(rule, attribute) for rule in all_rules())
        assert [value for value, count in counts.items() if count > 1] == []


@every_rule
def test_code_and_name_have_their_form(rule: Rule) -> None:
    assert re.fullmatch(r"RNN\d{3}", rule.code)
    assert re.fullmatch(r"[a-z0-9]+(-[a-z0-9]+)*", rule.name)


@every_rule
def test_file_is_named_like_the_rule(rule: Rule) -> None:
    source = inspect.getsourcefile(type(rule))
    assert source is not None
    assert Path(source).stem == rule.name.replace("-", "_")


@every_rule
def test_symptoms_and_frameworks_are_known(rule: Rule) -> None:
    assert set(rule.symptoms) <= SYMPTOMS
    assert rule.frameworks
    assert set(rule.frameworks) <= set(FRAMEWORKS)


@every_rule
def test_documentation_starts_with_one_sentence(rule: Rule) -> None:
    first, *rest = rule.documentation().splitlines()
    assert first.endswith(".")
    assert rest[0] == ""


@every_rule
def test_documentation_has_its_headings_in_order(rule: Rule) -> None:
    lines = [line for line in rule.documentation().splitlines() if line.startswith("## ")]
    assert tuple(lines) == HEADINGS


@every_rule
def test_documented_example_is_found(rule: Rule) -> None:
    for block in code_blocks(rule, "## Example"):
        assert rule.code in codes_in(block, rule)


@every_rule
def test_documented_repair_is_silent(rule: Rule) -> None:
    for block in code_blocks(rule, "## Use instead"):
        assert rule.code not in codes_in(block, rule)


@every_rule
@pytest.mark.parametrize("prefix", ["bad", "good"])
def test_rule_has_fixtures_for_each_framework(rule: Rule, prefix: str) -> None:
    mine = [
        fixture for fixture in discover() if fixture.code == rule.code and fixture.path.name.startswith(f"{prefix}_")
    ]
    covered = {framework for fixture in mine for framework in fixture.frameworks}
    assert set(rule.frameworks) <= covered


@every_rule
def test_rule_stands_in_the_readme(rule: Rule) -> None:
    row = f"| {rule.code} | {rule.name} | {rule.severity.value} |"
    assert row in (ROOT / "README.md").read_text("utf-8")


@every_rule
def test_nothing_is_left_to_fill_in(rule: Rule) -> None:
    places = [
        f"{path.relative_to(ROOT)}:{number}: {line.partition(PLACEHOLDER)[2].lstrip(': ')}"
        for path in texts_of(rule)
        for number, line in enumerate(path.read_text("utf-8").splitlines(), start=1)
        if PLACEHOLDER in line
    ]
    if places:
        pytest.fail("\n".join((f"{rule.code} is not finished; fill in:", *places)), pytrace=False)


def test_fixture_folders_belong_to_rules() -> None:
    folders = {fixture.path.parent.name for fixture in discover()}
    assert folders <= {f"{rule.code}_{rule.name}" for rule in all_rules()}


def texts_of(rule: Rule) -> Iterator[Path]:
    """The file of a rule, its fixtures, and what the next release says of it."""
    source = inspect.getsourcefile(type(rule))
    assert source is not None
    yield Path(source)
    yield from sorted(path for path in (FIXTURES / f"{rule.code}_{rule.name}").rglob("*") if path.suffix in SUFFIXES)
    yield from sorted((ROOT / "docs" / "changelog.d").glob(f"{rule.code}.*"))


def code_blocks(rule: Rule, heading: str) -> list[str]:
    """The Python blocks of one section of a rule's page; there must be at least one."""
    section = rule.documentation().partition(f"{heading}\n")[2].partition("\n## ")[0]
    blocks = _CODE_BLOCK.findall(section)
    assert blocks, f"{rule.code} has no code below {heading!r}"
    return blocks


def codes_in(block: str, rule: Rule) -> set[str]:
    """The codes reported for a piece of a rule's documentation."""
    return {finding.code for finding in lint_source(block, "example.py", settings_for(rule.code))}
