"""Writes the files of a new rule, with FILL IN wherever a person has to; the tests list what is still to be filled in.

    python scripts/add_rule.py RNN120 tied-gates --severity warning --frameworks keras torch

The rule goes to the folder of its hundred, its fixtures to `fixtures/`, and a note on it to `docs/changelog.d/`.
"""

from __future__ import annotations

import argparse
import re
import sys
from collections.abc import Iterator, Sequence
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
RULES = Path("rnnlint", "rules")
SEVERITIES = ("error", "warning", "advice")
SYMPTOMS = ("constant", "zero", "flat", "explode", "optimistic", "crash", "slow")
SKELETONS = {
    "keras": """\
from keras import Sequential
from keras.layers import LSTM, Dense, Input

# FILL IN: {what}
model = Sequential([Input((20, 4)), LSTM(16), Dense(1)]){marker}
""",
    "torch": """\
from torch import nn

# FILL IN: {what}
cell = nn.LSTM(4, 16, batch_first=True){marker}
""",
    "data": """\
import pandas as pd

# FILL IN: {what}
frame = pd.read_csv("series.csv"){marker}
""",
}
TWINS = {
    "bad": ("a short program that has the fault, and the code on each line that must be reported", "  # {code}"),
    "good": ("its clean twin; one file more for each thing that looks like the fault and is not", ""),
}
RULE = '''"""{code}: FILL IN: the defect in a few words."""

from __future__ import annotations

from collections.abc import Iterator

from rnnlint.finding import Severity
from rnnlint.program.program import Program
from rnnlint.rules.base import Rule, Verdict


class {class_name}(Rule):
    """FILL IN: the defect in one sentence, which ends with a full stop.

    ## What it does
    FILL IN: what is looked at, and what is reported.

    ## Why it is bad
    FILL IN: what goes wrong, by how much, measured over how many seeds, and when it does not.

    ## Example
    ```python
    # FILL IN: a whole program with the fault
    ```

    ## Use instead
    ```python
    # FILL IN: the same program without it
    ```

    ## How it is confirmed
    FILL IN: the measurement that settles a finding, with how often it was wrong; or why none can.

    ## When it is silent
    FILL IN: each thing that looks like the fault and is not, and what the program must show.

    ## Fix safety
    FILL IN: what the fix changes in what the program computes; or why there is none.

    ## References
    - FILL IN: where the reader finds more
    """

    code = "{code}"
    name = "{name}"
    severity = Severity.{severity}
    symptoms = {symptoms}
    frameworks = {frameworks}
{flags}
    def check(self, program: Program) -> Iterator[Verdict]:
        yield from ()  # FILL IN: Found, RuledOut or Undecided for each thing that the claim is about
'''
NOTE = "`{name}`: FILL IN: what is reported, in one sentence.\n"
NEXT_STEPS = """
Next, as CONTRIBUTING.md says:
  1. Measure: what goes wrong, by how much, over how many seeds, and when it does not.
  2. Write the fixtures in {fixtures}.
  3. Write the rule in {rule}; a fact that is missing goes to rnnlint/program.
  4. Add it to the table in README.md,
     | {code} | {name} | {severity} | ... | ... |
     and run: python -m pytest tests/rules tests/metamorphic --every-rewrite
     test_nothing_is_left_to_fill_in lists what is left.{numerical}
  5. Read every finding on real programs: python scripts/primer.py
"""


class RefusalError(Exception):
    """Why a rule cannot be added as asked; the argument is the message for the reader."""


def known_rules(root: Path) -> Iterator[tuple[str, str, Path]]:
    """Code, name and file of every rule that is there, those about files included."""
    for path in sorted((root / "rnnlint").rglob("*.py")):
        text = path.read_text("utf-8")
        for code, name in re.findall(r'"(RNN\d{3})"(?:\n    name = |, )"([a-z0-9-]+)"', text):
            yield code, name, path


def check_name(name: str) -> None:
    """RefusalError unless it is the kebab-case name of the thing that is found."""
    if not re.fullmatch(r"[a-z][a-z0-9]*(-[a-z0-9]+)*", name):
        raise RefusalError(f'"{name}" is not in kebab-case, like unbounded-gate-activation')
    if name.startswith(("no-", "bad-")):
        raise RefusalError(f'"{name}" must be the name of what is found, not of what is forbidden')


def folder_for(code: str, name: str, root: Path) -> Path:
    """The folder of the hundred that a new code belongs to; RefusalError when the rule cannot be new."""
    if not re.fullmatch(r"RNN\d{3}", code):
        raise RefusalError(f'"{code}" is no code: RNN and three digits, like RNN120')
    folders: dict[str, Path] = {}
    for known_code, known_name, path in known_rules(root):
        if known_code == code:
            raise RefusalError(f"{code} is taken: {known_name}")
        if known_name == name:
            raise RefusalError(f"{name} is taken: {known_code}")
        if path.parent.parent == root / RULES:
            folders[known_code[3]] = path.parent
    if code[3] not in folders:
        hundreds = ", ".join(f"RNN{digit}xx ({folders[digit].name})" for digit in sorted(folders))
        raise RefusalError(f"{code} belongs to no folder of rules; there are {hundreds}")
    return folders[code[3]]


def files_of(options: argparse.Namespace, root: Path) -> dict[Path, str]:
    """The files of the new rule with their texts, the rule itself first."""
    check_name(options.name)
    folder = folder_for(options.code, options.name, root)
    words = {"code": options.code, "name": options.name}
    flags = [flag for flag in ("about_recurrence", "preview") if getattr(options, flag)]
    rule = RULE.format(
        class_name=options.name.title().replace("-", ""),
        severity=options.severity.upper(),
        symptoms=written(options.symptoms),
        frameworks=written(options.frameworks),
        flags="".join(f"    {flag} = True\n" for flag in flags),
        **words,
    )
    files = {folder / f"{options.name.replace('-', '_')}.py": rule}
    fixtures = root / "fixtures" / f"{options.code}_{options.name}"
    for framework in dict.fromkeys(options.frameworks):
        for prefix, (what, marker) in TWINS.items():
            text = SKELETONS[framework].format(what=what, marker=marker.format(**words))
            files[fixtures / f"{prefix}_{framework}.py"] = text
    files[root / "docs" / "changelog.d" / f"{options.code}.new_rule.md"] = NOTE.format(**words)
    taken = [path for path in files if path.exists()]
    if taken:
        raise RefusalError(f"{taken[0].relative_to(root)} is already there")
    return files


def written(words: Sequence[str]) -> str:
    """A tuple of words as it stands in code."""
    inside = ", ".join(f'"{word}"' for word in dict.fromkeys(words))
    return f"({inside},)" if len(set(words)) == 1 else f"({inside})"


def arguments() -> argparse.ArgumentParser:
    """The command line."""
    parser = argparse.ArgumentParser(description="Write the files of a new rule.")
    parser.add_argument("code", metavar="CODE", help="RNN and three digits")
    parser.add_argument("name", metavar="NAME", help="what is found, in kebab-case")
    parser.add_argument("--severity", choices=SEVERITIES, required=True)
    parser.add_argument("--frameworks", choices=tuple(SKELETONS), nargs="+", required=True)
    parser.add_argument("--symptoms", choices=SYMPTOMS, nargs="+", default=())
    parser.add_argument("--about-recurrence", action="store_true", help="the claim itself speaks of recurrent networks")
    parser.add_argument("--preview", action="store_true", help="the rule is still being tried out")
    return parser


def main() -> int:
    """Write the files and say what comes next."""
    options = arguments().parse_args()
    try:
        files = files_of(options, ROOT)
        for path, text in files.items():
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(text, encoding="utf-8", newline="\n")
    except (RefusalError, OSError) as error:
        sys.stderr.write(f"add_rule: error: {error}\n")
        return 2
    rule, fixture, *_ = (path.relative_to(ROOT).as_posix() for path in files)
    numerical = "\n     An error needs a test in tests/numerical as well." if options.severity == "error" else ""
    print("\n".join(f"wrote {path.relative_to(ROOT).as_posix()}" for path in files))
    fixtures = fixture.rpartition("/")[0]
    print(NEXT_STEPS.format(rule=rule, fixtures=fixtures, numerical=numerical, **vars(options)), end="")
    return 0


if __name__ == "__main__":
    sys.exit(main())
