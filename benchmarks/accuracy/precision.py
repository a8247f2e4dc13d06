"""Recomputes precision from the judged findings: `python benchmarks/accuracy/precision.py [judged.csv]`.

Prints one line for each code and one for the rules together (files that cannot be read are counted apart, as CPython
itself decides them), and exits with 1 when the rules together fall below 95 %.
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
        result = Counter((row["code"], row["verdict"]) for row in csv.DictReader(handle))
    unknown = {verdict for _, verdict in result} - {"true", "false"}
    if unknown:
        raise SystemExit(f"{path}: verdicts are true or false, not {', '.join(sorted(unknown))}")
    return result


def line(label: str, true: int, false: int) -> str:
    """One row of the table."""
    total = true + false
    return f"{label:<8} {true:>5} {false:>6} {true / total:>9.1%}" if total else f"{label:<8}     -      -         -"


def main() -> int:
    """Print the table."""
    table = counts(Path(sys.argv[1]) if len(sys.argv) > 1 else JUDGED)
    print(f"{'code':<8} {'true':>5} {'false':>6} {'precision':>9}")
    for code in sorted({code for code, _ in table}):
        print(line(code, table[code, "true"], table[code, "false"]))
    true = sum(number for (code, verdict), number in table.items() if verdict == "true" and code not in BY_CPYTHON)
    false = sum(number for (code, verdict), number in table.items() if verdict == "false" and code not in BY_CPYTHON)
    print(line("rules", true, false))
    return 0 if true + false and true / (true + false) >= FLOOR else 1


if __name__ == "__main__":
    sys.exit(main())
