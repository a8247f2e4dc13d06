"""What fixes make of the bad fixtures: sound text without the finding, nothing new, and the files that are laid down.

After a fix was changed on purpose, `--update-fixed` writes the files anew; read their difference.
"""

from __future__ import annotations

import ast
import json
from collections.abc import Iterator, Mapping
from dataclasses import replace
from functools import partial
from pathlib import Path

import pytest

from rnnlint.engine import lint_paths
from rnnlint.finding import Applicability
from rnnlint.fixing import fix
from rnnlint.outcome import Fixed, LintResult
from rnnlint.rules.base import Rule
from rnnlint.rules.registry import all_rules
from tests.rules.support import Fixture, discover, findings_in, settings_for

BAD = [fixture for fixture in discover() if fixture.is_bad]
LAID_DOWN = [fixture for fixture in BAD if fixture.repaired.exists()]
FIXABLE = [rule for rule in all_rules() if rule.fixes]


def lint(fixture: Fixture, contents: Mapping[str, bytes]) -> LintResult:
    """Lint a fixture with fixes for its own rule only."""
    settings = replace(settings_for(fixture.code), fixable=(fixture.code,))
    return lint_paths([fixture.path], settings, jobs=1, contents=contents)


def repaired(fixture: Fixture) -> Fixed:
    """The fixture after every fix for its own rule."""
    fixed = fix(partial(lint, fixture), unsafe=True)
    assert fixed.settled
    return fixed


@pytest.mark.parametrize("rule", all_rules(), ids=lambda rule: rule.code)
def test_a_rule_offers_the_kinds_of_fixes_that_it_says(rule: Rule) -> None:
    offered = {
        finding.fix.applicability
        for fixture in BAD
        if fixture.code == rule.code
        for finding in findings_in([fixture.path], rule.code)
        if finding.code == rule.code and finding.fix is not None
    }
    assert offered == set(rule.fixes)


@pytest.mark.parametrize("rule", FIXABLE, ids=lambda rule: rule.code)
def test_fixes_leave_sound_programs(rule: Rule) -> None:
    """Fixed text parses, the finding is gone, no other one is new, and a second run changes nothing."""
    changed = 0
    for fixture in (one for one in BAD if one.code == rule.code):
        before = lint(fixture, {}).findings
        fixed = repaired(fixture)
        if not fixed.repaired:
            continue
        changed += 1
        for display in fixed.changed:
            texts = [_python(display, content[display]) for content in (fixed.before, fixed.after)]
            for old, text in zip(*texts, strict=True):
                if _parses(old):
                    ast.parse(text)
        known = {(finding.code, finding.message) for finding in before}
        left = fixed.result.findings
        assert [f for f in left if (f.code, f.message) not in known] == [], fixture.name
        assert len(left) <= len(before) - len(fixed.repaired), fixture.name
        again = fix(partial(_lint_on_top, fixture, fixed.after), unsafe=True)
        assert again.repaired == [], fixture.name
    if set(rule.fixes) != {Applicability.DISPLAY}:
        assert changed > 0


@pytest.mark.parametrize("fixture", LAID_DOWN, ids=lambda fixture: fixture.name)
def test_a_fixture_becomes_what_is_laid_down(fixture: Fixture, request: pytest.FixtureRequest) -> None:
    fixed = repaired(fixture)
    for display in fixed.changed:
        target = _laid_down(fixture, Path(display))
        if request.config.getoption("--update-fixed"):
            target.parent.mkdir(exist_ok=True)
            target.write_bytes(fixed.after[display])
        assert target.read_bytes() == fixed.after[display]
    assert fixed.changed


@pytest.mark.parametrize(
    "rule", [rule for rule in FIXABLE if Applicability.DISPLAY not in rule.fixes], ids=lambda r: r.code
)
def test_a_fixable_rule_has_a_fixture_that_is_laid_down(rule: Rule) -> None:
    assert [fixture for fixture in LAID_DOWN if fixture.code == rule.code]


def _parses(text: str) -> bool:
    try:
        ast.parse(text)
    except SyntaxError:
        return False
    return True


def _lint_on_top(fixture: Fixture, below: Mapping[str, bytes], contents: Mapping[str, bytes]) -> LintResult:
    return lint(fixture, {**below, **contents})


def _laid_down(fixture: Fixture, changed: Path) -> Path:
    if fixture.path.is_file():
        return fixture.repaired
    return fixture.repaired / changed.absolute().relative_to(fixture.path)


def _python(display: str, content: bytes) -> Iterator[str]:
    """The Python of a file: the whole script, or each code cell without magics."""
    if not display.endswith(".ipynb"):
        yield content.decode("utf-8")
        return
    for cell in json.loads(content)["cells"]:
        lines = "".join(cell["source"]).splitlines(keepends=True)
        if cell["cell_type"] == "code":
            yield "".join(line for line in lines if not line.startswith(("%", "!")))
