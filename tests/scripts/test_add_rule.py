"""`scripts/add_rule.py` writes a rule that is whole but for what the tests ask to be filled in."""

from __future__ import annotations

import ast
import re
from pathlib import Path

import pytest

from rnnlint.rulebook import every_rule
from tests.scripts.support import copied, python

SCRIPT = "scripts/add_rule.py"
ARGUMENTS = ("RNN199", "tied-gates", "--severity", "error", "--frameworks", "torch", "keras")
RULE = "rnnlint/rules/cell/tied_gates.py"
WRITTEN = [
    RULE,
    "fixtures/RNN199_tied-gates/bad_torch.py",
    "fixtures/RNN199_tied-gates/good_torch.py",
    "fixtures/RNN199_tied-gates/bad_keras.py",
    "fixtures/RNN199_tied-gates/good_keras.py",
    "docs/changelog.d/RNN199.new_rule.md",
]
FORMAL = {
    "test_code_and_name_have_their_form",
    "test_documentation_has_its_headings_in_order",
    "test_documentation_starts_with_one_sentence",
    "test_file_is_named_like_the_rule",
    "test_rule_has_fixtures_for_each_framework",
    "test_symptoms_and_frameworks_are_known",
}


@pytest.fixture(scope="module")
def pristine(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A copy to which no rule is added."""
    return copied(tmp_path_factory.mktemp("project"), "rnnlint", SCRIPT)


@pytest.fixture(scope="module")
def grown(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, str]:
    """A copy to which a rule was added, and what the script said."""
    shared = ("tests/__init__.py", "tests/conftest.py", "tests/stubs.py", "tests/rules")
    folder = copied(tmp_path_factory.mktemp("project"), "rnnlint", SCRIPT, "pyproject.toml", "README.md", *shared)
    process = python(folder, SCRIPT, *ARGUMENTS, "--symptoms", "flat", "--preview")
    assert (process.returncode, process.stderr) == (0, "")
    return folder, process.stdout


def files(folder: Path) -> set[str]:
    return {str(path.relative_to(folder).as_posix()) for path in folder.rglob("*") if "__pycache__" not in path.parts}


def test_it_says_what_it_wrote_and_what_comes_next(grown: tuple[Path, str]) -> None:
    folder, said = grown
    assert re.findall(r"^wrote (.*)$", said, re.MULTILINE) == WRITTEN
    assert files(folder) >= set(WRITTEN)
    assert re.findall(r"^  (\d)\. (\w+)", said, re.MULTILINE) == [
        ("1", "Measure"),
        ("2", "Write"),
        ("3", "Write"),
        ("4", "Add"),
        ("5", "Read"),
    ]
    assert "| RNN199 | tied-gates | error |" in said
    assert "tests/numerical" in said


def test_what_it_writes_is_clean_code(grown: tuple[Path, str]) -> None:
    folder, _ = grown
    for name in WRITTEN[:-1]:
        ast.parse((folder / name).read_text("utf-8"))
    for command in (["check", "--no-cache"], ["format", "--no-cache", "--check"]):
        process = python(folder, "-m", "ruff", *command, RULE)
        assert process.returncode == 0, process.stdout


def test_the_rule_is_registered_as_asked(grown: tuple[Path, str]) -> None:
    folder, _ = grown
    said = python(folder, "-m", "rnnlint", "rule", "tied-gates").stdout
    assert said.startswith("# tied-gates (RNN199)\n\nSeverity: error. Frameworks: torch, keras. Symptoms: flat.\n")


def test_the_house_lists_what_is_to_be_filled_in(grown: tuple[Path, str]) -> None:
    folder, _ = grown
    options = ("-n", "0", "-q", "-p", "no:cacheprovider", "-k", "RNN199")
    process = python(folder, "-m", "pytest", *options, "tests/rules/test_house.py")
    assert process.returncode == 1
    report = re.search(r"RNN199 is not finished; fill in:\n(?:\S+:\d+: .+\n)+", process.stdout)
    assert report is not None, process.stdout
    listed = re.findall(r"^(\S+):\d+: (.+)$", report[0], re.MULTILINE)
    assert {name for name, _ in listed} == set(WRITTEN)
    assert (RULE, "the defect in one sentence, which ends with a full stop.") in listed
    failed = set(re.findall(r"^FAILED \S+::(\w+)\[", process.stdout, re.MULTILINE))
    assert "test_nothing_is_left_to_fill_in" in failed
    assert failed.isdisjoint(FORMAL)


@pytest.mark.parametrize(
    ("arguments", "reason"),
    [
        ("RNN101 tied-gates", "RNN101 is taken: unbounded-cell-activation"),
        ("RNN001 tied-gates", "RNN001 is taken: unused-suppression"),
        ("RNN199 shared-cell", "shared-cell is taken: RNN1"),
        ("RNN199 TiedGates", '"TiedGates" is not in kebab-case'),
        ("RNN199 tied_gates", '"tied_gates" is not in kebab-case'),
        ("RNN199 2-gates", '"2-gates" is not in kebab-case'),
        ("RNN199 no-tied-gates", '"no-tied-gates" must be the name of what is found'),
        ("RNN19 tied-gates", '"RNN19" is no code'),
        ("TOR199 tied-gates", '"TOR199" is no code'),
        ("RNN899 tied-gates", "RNN899 belongs to no folder of rules; there are RNN1xx (cell), RNN2xx (output)"),
        ("RNN099 tied-gates", "RNN099 belongs to no folder of rules"),
        ("RNN199 registry", "rnnlint/rules/cell/registry.py is already there"),
    ],
)
def test_it_refuses_what_cannot_be_new(pristine: Path, arguments: str, reason: str) -> None:
    if "registry" in arguments:
        (pristine / "rnnlint/rules/cell/registry.py").write_text("", "utf-8")
    before = files(pristine)
    process = python(pristine, SCRIPT, *arguments.split(), "--severity", "advice", "--frameworks", "data")
    assert (process.returncode, process.stdout) == (2, "")
    assert process.stderr.startswith(f"add_rule: error: {reason}")
    assert files(pristine) == before


def test_every_rule_is_known(pristine: Path) -> None:
    program = f"""
import runpy
script = runpy.run_path({SCRIPT!r})
print([(code, name) for code, name, _ in script["known_rules"](script["ROOT"])])
"""
    known = ast.literal_eval(python(pristine, "-c", program).stdout)
    assert sorted(known) == [(rule.code, rule.name) for rule in every_rule()]
