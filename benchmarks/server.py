"""Measures how long an edit takes to be linted again in a process that is warm, as in the language server.

Run it with the Python that has rnnlint installed: `python benchmarks/server.py [FILE ...]`, by default on the example
program that is shipped. Each file is linted ROUNDS times, with another line at its end each time. The times stand
beside those of `ast.parse` and of a cold run of the command on the same file, which vary with the machine alike.
Files of a project are read from the disk as they would be in an editor, and kept between the runs.
"""

from __future__ import annotations

import ast
import gc
import json
import statistics
import subprocess
import sys
import time
from pathlib import Path

from rnnlint.engine import lint_bytes

BUDGET = 150  # ms, the median of a file of some 300 lines
ROUNDS = 30
COLD_ROUNDS = 3
EXAMPLE = Path(__file__).parents[1] / "examples" / "stock_forecast.py"


def edited(data: bytes, name: str, number: int) -> bytes:
    """The file after another edit at its end."""
    if not name.endswith(".ipynb"):
        return data + b"\nedit = %d\n" % number
    notebook = json.loads(data)
    notebook["cells"].append({"cell_type": "code", "source": f"edit = {number}"})
    return json.dumps(notebook).encode()


def lines_of(data: bytes, name: str) -> int:
    """How many lines of code a file has."""
    if not name.endswith(".ipynb"):
        return data.count(b"\n")
    cells = (cell for cell in json.loads(data)["cells"] if cell["cell_type"] == "code")
    return sum("".join(cell["source"]).count("\n") + 1 for cell in cells)


def milliseconds(start: float) -> float:
    """The time since a start."""
    return (time.perf_counter() - start) * 1000


def warm(data: bytes, name: str) -> list[float]:
    """The times of linting edit after edit; garbage is collected in between, as the server does."""
    times = []
    for number in range(ROUNDS + 3):
        text = edited(data, name, number)
        start = time.perf_counter()
        lint_bytes(text, name)
        times.append(milliseconds(start))
        gc.collect(0)
    return sorted(times[3:])


def parsing(data: bytes, name: str) -> float:
    """The median time of `ast.parse` on a script."""
    if name.endswith(".ipynb"):
        return float("nan")
    times = []
    for _ in range(ROUNDS):
        start = time.perf_counter()
        ast.parse(data)
        times.append(milliseconds(start))
    return statistics.median(times)


def cold(name: str) -> float:
    """The median time of a run of the command."""
    times = []
    for _ in range(COLD_ROUNDS):
        start = time.perf_counter()
        subprocess.run([sys.executable, "-m", "rnnlint", "-s", "-e", name], check=True)
        times.append(milliseconds(start))
    return statistics.median(times)


def main() -> int:
    """Print the table; 1 when a file of 350 lines or fewer exceeds the budget."""
    names = [str(Path(name).resolve()) for name in sys.argv[1:] or [str(EXAMPLE)]]
    lint_bytes(EXAMPLE.read_bytes(), str(EXAMPLE))
    gc.collect()
    gc.freeze()
    gc.disable()
    print(f"{'median ms':>10}{'p95':>8}{'/ast':>7}{'/cold':>7}{'lines':>7}  file")
    slow = False
    for name in names:
        data = Path(name).read_bytes()
        times = warm(data, name)
        median, late = statistics.median(times), times[int(len(times) * 0.95)]
        lines = lines_of(data, name)
        slow |= median > BUDGET and lines <= 350
        ratios = f"{median / parsing(data, name):>7.1f}{median / cold(name):>7.2f}"
        print(f"{median:>10.0f}{late:>8.0f}{ratios}{lines:>7}  {name}")
    return int(slow)


if __name__ == "__main__":
    sys.exit(main())
