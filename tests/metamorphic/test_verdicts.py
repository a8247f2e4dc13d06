"""Names decide nothing: every fixture keeps its verdicts in whatever form its program is written."""

from __future__ import annotations

import json
from pathlib import Path
from zlib import crc32

import pytest

from tests.metamorphic.programs import REWRITES, Program, expected_verdicts, program_of, reported_verdicts
from tests.rules.support import Fixture, discover

FIXTURES = discover()


SHARE_OF_BAD, SHARE_OF_GOOD = 4, 2  # of the rewrites, for each fixture, unless all are asked for


def chosen(fixture: Fixture, every: bool) -> list[str]:
    """The forms that a fixture is tried in: some, evenly spread over the fixtures, or every one."""
    names = list(REWRITES)
    if every:
        return names
    start = crc32(fixture.name.encode())
    return [names[(start + i) % len(names)] for i in range(SHARE_OF_BAD if fixture.is_bad else SHARE_OF_GOOD)]


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    """One test for each fixture in each form that is chosen for it."""
    if "fixture" not in metafunc.fixturenames:
        return
    every = bool(metafunc.config.getoption("--every-rewrite"))
    cases = [(rewrite, fixture) for fixture in FIXTURES for rewrite in chosen(fixture, every)]
    metafunc.parametrize("rewrite, fixture", cases, ids=[f"{rewrite}-{fixture.name}" for rewrite, fixture in cases])


@pytest.mark.parametrize("rewrite", REWRITES)
def test_rewrite_applies_to_many_fixtures(rewrite: str) -> None:
    sample = FIXTURES[::8]
    changed = [fixture for fixture in sample if REWRITES[rewrite](program_of(fixture)) is not None]
    assert len(changed) > len(sample) / 4


def test_verdicts_survive(rewrite: str, fixture: Fixture, tmp_path: Path) -> None:
    program = in_form(fixture, rewrite)
    compiles(program)
    expected = expected_verdicts(fixture)
    reported, findings = reported_verdicts(program, tmp_path, fixture.code)
    assert reported == expected, "\n".join(
        [f"{fixture.name} {rewrite}: {dict(reported)}, not {dict(expected)}", findings, as_text(program)]
    )


def in_form(fixture: Fixture, rewrite: str) -> Program:
    """The fixture after a rewrite, or after the next one that finds something to change."""
    names = list(REWRITES)
    start = names.index(rewrite)
    changed = (REWRITES[name](program_of(fixture)) for name in (*names[start:], *names[:start]))
    return next(program for program in changed if program is not None)


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
