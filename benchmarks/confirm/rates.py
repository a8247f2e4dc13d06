"""Measures how often each probe is wrong: on random faulty networks, and on their sound twins.

Run it with a Python that has rnnlint, numpy, torch and TensorFlow: `python -m benchmarks.confirm.rates [PROBE…]`. Each
probe sees 100 random faulty networks and 100 sound ones (units 4 to 256, steps 10 to 500, features 1 to 64), each with
five seeds. False confirmations are sound networks that it calls faulty, false refutations the reverse. The table goes
to standard output, as rates.csv has it.
"""

from __future__ import annotations

import csv
import sys
import time
from random import Random

from benchmarks.confirm.loops import LOOPS
from benchmarks.confirm.losses import LOSSES
from benchmarks.confirm.networks import NETWORKS, Maker
from benchmarks.confirm.own import OWN, measured
from benchmarks.confirm.refusals import REFUSALS
from rnnlint.confirm.measurement import Measurement
from rnnlint.confirm.pool import Pool
from rnnlint.confirm.probes import OwnNetwork
from rnnlint.finding import Outcome

EACH = 100
MAKERS = NETWORKS | REFUSALS | LOSSES | LOOPS | OWN


def outcomes(pool: Pool, make: Maker, name: str) -> dict[str, int]:
    """How often each outcome came."""
    counts = {outcome.value: 0 for outcome in Outcome} | {"failed": 0}
    random = Random(name)
    for _ in range(EACH):
        probe = make(random)
        answer = measured(probe) if isinstance(probe, OwnNetwork) else pool.measure(probe)
        counts[answer.outcome.value if isinstance(answer, Measurement) else "failed"] += 1
    return counts


def main(wanted: list[str]) -> None:
    """Print the table."""
    columns = [
        "probe",
        "false_confirmed",
        "false_refuted",
        "faulty_confirmed",
        "sound_refuted",
        "failed",
        "seconds_each",
    ]
    table = csv.writer(sys.stdout)
    table.writerow(columns)
    with Pool() as pool:
        for name, (faulty, sound) in MAKERS.items():
            if wanted and not any(word in name for word in wanted):
                continue
            start = time.perf_counter()
            bad = outcomes(pool, faulty, name)
            good = outcomes(pool, sound, f"{name} sound") if sound is not None else dict.fromkeys(bad, 0)
            runs = EACH * (2 if sound is not None else 1)
            seconds = f"{(time.perf_counter() - start) / runs:.2f}"
            failed = bad["failed"] + good["failed"]
            table.writerow(
                [name, good["confirmed"], bad["refuted"], bad["confirmed"], good["refuted"], failed, seconds]
            )
            sys.stdout.flush()


if __name__ == "__main__":
    main(sys.argv[1:])
