"""Measures what the cache saves: a second run over a repository against the first.

Run it with the Python that has rnnlint installed: `python benchmarks/cache.py REPOSITORY...`. Both runs must report
the same as one without a cache; the second must take at most BUDGET of the first.
"""

from __future__ import annotations

import subprocess
import sys
import tempfile
import time
from pathlib import Path

BUDGET = 0.25


def run(repository: str, *flags: str) -> tuple[float, str]:
    """Seconds that one run takes, and its report."""
    command = [sys.executable, "-m", "rnnlint", "--output-format", "json", "--min-confidence", "low", *flags, "."]
    start = time.perf_counter()
    process = subprocess.run(command, cwd=repository, check=False, capture_output=True, text=True)
    if process.returncode not in {0, 1}:
        sys.exit(process.stderr)
    return time.perf_counter() - start, process.stdout


def main() -> int:
    """Print the table; 1 when a report differs or the budget is exceeded."""
    failed = False
    print(f"{'repository':<40}{'without':>9}{'first':>9}{'second':>9}{'ratio':>7}")
    for repository in sys.argv[1:]:
        with tempfile.TemporaryDirectory() as cache:
            without, expected = run(repository, "--no-cache")
            first, stored = run(repository, "--cache-dir", cache)
            second, recalled = run(repository, "--cache-dir", cache)
        same = expected == stored == recalled
        failed |= not same or second > BUDGET * first
        name = Path(repository).resolve().name
        print(
            f"{name:<40}{without:>9.2f}{first:>9.2f}{second:>9.2f}{second / first:>7.2f}{'' if same else '  DIFFERS'}"
        )
    return int(failed)


if __name__ == "__main__":
    sys.exit(main())
