"""Measures what the plugin adds to a flake8 run over 50 files that name no framework.

Run it with a Python that has rnnlint and flake8 installed: `python -m benchmarks.flake8_plugin`. Runs with and without
the plugin alternate, so that a busy machine slows both alike; the ratio of the medians must stay within BUDGET.
"""

from __future__ import annotations

import statistics
import sys
import tempfile
from pathlib import Path

from benchmarks.startup import FILES, MODULE, milliseconds

BUDGET = 1.15
ROUNDS = 25
WITHOUT = """
from importlib import metadata
every = metadata.distributions
metadata.distributions = lambda: [one for one in every() if one.metadata["Name"] != "rnnlint"]
"""
RUN = "import sys; from flake8.main.cli import main; main(sys.argv[1:]); assert ('rnnlint' in sys.modules) is {}"


def main() -> int:
    """Print the table; 1 when the budget is exceeded."""
    flags = ["--isolated", "--exit-zero", "-j", "1", "."]
    commands = {
        "without": [sys.executable, "-c", WITHOUT + RUN.format(False), *flags],
        "with the plugin": [sys.executable, "-c", "from importlib import metadata\n" + RUN.format(True), *flags],
    }
    times: dict[str, list[float]] = {name: [] for name in commands}
    with tempfile.TemporaryDirectory() as folder:
        for number in range(FILES):
            Path(folder, f"table_{number}.py").write_text(MODULE * 3, encoding="utf-8")
        for _ in range(ROUNDS):
            for name, command in commands.items():
                times[name].append(milliseconds(command, folder))
    medians = {name: statistics.median(values) for name, values in times.items()}
    print(f"{'flake8':<20}{'median ms':>10}{'ratio':>8}")
    for name, median in medians.items():
        print(f"{name:<20}{median:>10.1f}{median / medians['without']:>8.2f}")
    return int(medians["with the plugin"] > BUDGET * medians["without"])


if __name__ == "__main__":
    sys.exit(main())
