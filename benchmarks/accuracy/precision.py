"""Recomputes precision from the judged findings: `python benchmarks/accuracy/precision.py [judged.csv]`.

Prints one line for each code and one for the rules together, of those findings that this version still reports (files
that cannot be read are counted apart, as CPython itself decides them), and exits with 1 when the rules together fall
below 95 %.
"""

from __future__ import annotations

import csv
import sys
from collections import Counter
from pathlib import Path

FLOOR = 0.95
BY_CPYTHON = ("RNN901", "RNN902")
JUDGED = Path(__file__).with_name("judged.csv")


def counts(path: Path) -> Counter[tuple[str, str]]:
    """How often each code was judged true, and how often false."""
    with path.open(encoding="utf-8", newline="") as handle:
        rows = list(csv.DictReader(handle))
    for column, words in (("verdict", {"true", "false"}), ("reported", {"yes", "no"})):
        unknown = {row[column] for row in rows} - words
        if unknown:
            raise SystemExit(f"{path}: {column} is one of {', '.join(sorted(words))}, not {', '.join(sorted(unknown))}")
    return Counter((row["code"], row["verdict"]) for row in rows if row["reported"] == "yes")


def line(label: str, true: int, false: int) -> str:
    """One row of the table."""
    total = true + false
    return f"| {label} | {true} | {false} | {true / total:.1%} |" if total else f"| {label} | 0 | 0 | |"


def main() -> int:
    """Print the table."""
    table = counts(Path(sys.argv[1]) if len(sys.argv) > 1 else JUDGED)
    print("| code | true | false | precision |\n|---|---|---|---|")
    for code in sorted({code for code, _ in table}):
        print(line(code, table[code, "true"], table[code, "false"]))
    true = sum(number for (code, verdict), number in table.items() if verdict == "true" and code not in BY_CPYTHON)
    false = sum(number for (code, verdict), number in table.items() if verdict == "false" and code not in BY_CPYTHON)
    print(line("rules", true, false))
    return 0 if true + false and true / (true + false) >= FLOOR else 1


if __name__ == "__main__":
    sys.exit(main())
