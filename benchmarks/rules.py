"""Measures what the rules cost next to the Program that they query, as a share of a file's time.

Run it with the Python that has rnnlint installed: `python benchmarks/rules.py [PATH…]`; without a path the fixtures are
read. Both sides are measured file by file, so that a busy machine slows them alike. As many rules again would cost as
much again, which must stay within BUDGET of a file's time.
"""

from __future__ import annotations

import sys
import time
from pathlib import Path

from rnnlint.frontend import build_program
from rnnlint.program.program import Program
from rnnlint.rulebook import Rulebook
from rnnlint.rules.registry import all_rules
from rnnlint.source.discover import discover
from rnnlint.source.markers import has_marker
from rnnlint.source.reading import read_bytes, read_document

BUDGET = 0.10
FIXTURES = Path(__file__).parents[1] / "fixtures"


def seconds_of_building(path: Path) -> tuple[float, Program] | None:
    """How long reading a file and building its Program takes; None for a file that the rules never see."""
    start = time.perf_counter()
    data = read_bytes(path)
    document = read_document(data, path.name, path).document if has_marker(data) else None
    if document is None:
        return None
    try:
        program = build_program(document)
    except SyntaxError:
        return None
    return time.perf_counter() - start, program


def seconds_of_rules(program: Program) -> float:
    """How long every rule together takes."""
    start = time.perf_counter()
    for rule in all_rules():
        list(rule.check(program))
    return time.perf_counter() - start


def main() -> int:
    """Print the shares; 1 when the budget is exceeded."""
    paths = sys.argv[1:] or [str(FIXTURES)]
    building = querying = 0.0
    files = 0
    for file in discover(paths, Rulebook(None).settings_for).files:
        built = seconds_of_building(file.path)
        if built is None:
            continue
        files += 1
        building += built[0]
        querying += seconds_of_rules(built[1])
    share = querying / (building + querying)
    print(f"{files} files, {len(all_rules())} rules")
    print(f"building the Programs  {building:8.2f} s")
    print(f"all rules              {querying:8.2f} s")
    print(f"doubling the rules adds {share:.1%} to the time (budget {BUDGET:.0%})")
    return int(share > BUDGET)


if __name__ == "__main__":
    sys.exit(main())
