"""Measures what starting rnnlint costs: 50 files that name no framework, against `python -c pass`.

Run it with the Python that has rnnlint installed: `python benchmarks/startup.py`. Runs alternate, so that a
busy machine slows both sides alike; the ratio of the medians must stay within BUDGET.
"""

from __future__ import annotations

import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

BUDGET = 10
FILES = 50
ROUNDS = 25

MODULE = '''"""Reads a table."""

import csv
import os


class Table:
    """Rows by name."""

    def __init__(self, path, separator=","):
        self.path = os.path.expanduser(path)
        self.separator = separator
        self.rows = []

    def load(self):
        with open(self.path, newline="") as stream:
            for row in csv.DictReader(stream, delimiter=self.separator):
                self.rows.append({key.strip(): value for key, value in row.items()})
        return self

    def column(self, name):
        return [float(row[name]) for row in self.rows if row.get(name) not in ("", None)]

'''


def milliseconds(command: list[str], folder: str) -> float:
    """How long one run of a command takes."""
    start = time.perf_counter()
    subprocess.run(command, cwd=folder, check=True, capture_output=True)
    return (time.perf_counter() - start) * 1000


def main() -> int:
    """Print the table; 1 when the budget is exceeded."""
    commands = {
        "python -c pass": [sys.executable, "-c", "pass"],
        "rnnlint version": [sys.executable, "-m", "rnnlint", "version"],
        f"rnnlint, {FILES} files": [sys.executable, "-m", "rnnlint", "."],
    }
    times: dict[str, list[float]] = {name: [] for name in commands}
    with tempfile.TemporaryDirectory() as folder:
        for number in range(FILES):
            Path(folder, f"table_{number}.py").write_text(MODULE * 3, encoding="utf-8")
        for _ in range(ROUNDS):
            for name, command in commands.items():
                times[name].append(milliseconds(command, folder))
    medians = {name: statistics.median(values) for name, values in times.items()}
    baseline = medians["python -c pass"]
    print(f"{'command':<20}{'median ms':>10}{'ratio':>8}")
    for name, median in medians.items():
        print(f"{name:<20}{median:>10.1f}{median / baseline:>8.1f}")
    return int(medians[f"rnnlint, {FILES} files"] > BUDGET * baseline)


if __name__ == "__main__":
    sys.exit(main())
