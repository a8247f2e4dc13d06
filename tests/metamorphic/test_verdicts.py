"""Names decide nothing: every fixture keeps its verdicts in whatever form its program is written."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tests.metamorphic.programs import REWRITES, Program, expected_verdicts, program_of, reported_verdicts
from tests.rules.support import Fixture, discover


@pytest.mark.parametrize("fixture", discover(), ids=lambda fixture: fixture.name)
@pytest.mark.parametrize("rewrite", REWRITES)
def test_verdicts_survive(rewrite: str, fixture: Fixture, tmp_path: Path) -> None:
    program = REWRITES[rewrite](program_of(fixture))
    if program is None:
        pytest.skip("this rewrite has nothing to do here")
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
