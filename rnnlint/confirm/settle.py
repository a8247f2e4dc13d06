"""Findings with their probes' verdicts."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from importlib.util import find_spec

from rnnlint.confirm.measurement import Measurement
from rnnlint.confirm.pool import Pool
from rnnlint.confirm.probes import Probe
from rnnlint.confirm.protocol import decode_probe
from rnnlint.finding import Confirmation, Finding, Outcome

EXTRAS = {"numpy": "confirm", "tensorflow": "tensorflow", "torch": "torch"}
Progress = Callable[[Finding], None]


def settle(findings: Sequence[Finding], progress: Progress = lambda finding: None) -> tuple[Finding, ...]:
    """The findings in the same order; those with a probe carry its verdict. `progress` hears of each that is done.

    The engines work side by side, each on its findings in order.
    """
    planned = [(index, decode_probe(finding.probe)) for index, finding in enumerate(findings) if finding.probe]
    settled = list(findings)
    engines = list(dict.fromkeys(probe.engine for _, probe in planned))
    with ThreadPoolExecutor(max(len(engines), 1)) as threads, Pool() as pool:

        def run(engine: str) -> None:
            for index, probe in planned:
                if probe.engine == engine:
                    settled[index] = replace(findings[index], confirmation=_verdict(pool, probe))
                    progress(settled[index])

        for future in [threads.submit(run, engine) for engine in engines]:
            future.result()
    return tuple(settled)


def _verdict(pool: Pool, probe: Probe) -> Confirmation:
    missing = _missing(probe.requires)
    if missing:
        return Confirmation(Outcome.INCONCLUSIVE, reason=missing)
    started = time.perf_counter()
    answer = pool.measure(probe)
    seconds = time.perf_counter() - started
    if not isinstance(answer, Measurement):
        return Confirmation(Outcome.INCONCLUSIVE, reason=answer.reason, seconds=seconds)
    return Confirmation(
        outcome=answer.outcome,
        statistic=answer.statistic,
        value=answer.value,
        threshold=answer.threshold,
        seeds=answer.seeds,
        seconds=seconds,
        reason=answer.reason,
        curve=answer.curve,
        curve_name=answer.curve_name,
    )


def _missing(library: str) -> str:
    if find_spec(library) is not None:
        return ""
    return f"{library} is not installed (pip install 'rnnlint[{EXTRAS[library]}]')"
