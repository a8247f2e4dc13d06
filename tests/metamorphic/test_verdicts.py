"""Names decide nothing: every fixture keeps its verdicts in whatever form its program is written."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.metamorphic.programs import REWRITES, Program, expected_verdicts, program_of, reported_verdicts
from tests.rules.support import Fixture, discover

FIXTURES = discover()


def rewritten() -> Iterator[tuple[str, Fixture, Program]]:
    """Each fixture in each form that it can take."""
    for fixture in FIXTURES:
        program = program_of(fixture)
        for name, rewrite in REWRITES.items():
            changed = rewrite(program)
            if changed is not None:
                yield name, fixture, changed


CASES = list(rewritten())


@pytest.mark.parametrize("rewrite", REWRITES)
def test_rewrite_applies_to_many_fixtures(rewrite: str) -> None:
    assert sum(name == rewrite for name, _, _ in CASES) > len(FIXTURES) / 3


@pytest.mark.parametrize(
    "rewrite, fixture, program", CASES, ids=[f"{rewrite}-{fixture.name}" for rewrite, fixture, _ in CASES]
)
def test_verdicts_survive(rewrite: str, fixture: Fixture, program: Program, tmp_path: Path) -> None:
    compiles(program)
    expected = expected_verdicts(fixture)
    reported, findings = reported_verdicts(program, tmp_path)
    assert reported == expected, "\n".join(
        [f"{fixture.name} {rewrite}: {dict(reported)}, not {dict(expected)}", findings, as_text(program)]
    )


def compiles(program: Program) -> None:
    """Fail unless every file is Python, a notebook's cells one by one."""
    for name, text in program.files.items():
        if name.endswith(".py"):
            compile(text, name, "exec")
            continue
        for cell in json.loads(text)["cells"]:
            if cell["cell_type"] == "code":
                compile("".join(cell["source"]), name, "exec")


def as_text(program: Program) -> str:
    """The rewritten files, for the message of a failure."""
    return "\n".join(f"--- {name}\n{text}" for name, text in program.files.items())
