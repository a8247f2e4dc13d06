"""The child process: reads probes line by line, runs them with one engine, writes what was measured."""

from __future__ import annotations

import os
import sys
from importlib import import_module
from typing import IO

import msgspec

from rnnlint.confirm.measurement import Measurement, said_by
from rnnlint.confirm.orphan import end_without_reader
from rnnlint.confirm.protocol import Failure, decode_probe, encode_answer

ENGINES = {
    "numpy": "rnnlint.confirm.numeric",
    "torch": "rnnlint.confirm.nn",
    "tensorflow": "rnnlint.confirm.keras",
}


def serve(engine: str, lines: IO[bytes], answers: IO[bytes]) -> None:
    """Answer each line until the input ends."""
    runs = import_module(ENGINES[engine]).RUNS
    for line in lines:
        answers.write(encode_answer(_answer(runs, line)) + b"\n")
        answers.flush()


def _answer(runs: dict[str, object], line: bytes) -> Measurement | Failure:
    try:
        probe = decode_probe(line)
        run = runs[type(probe).__name__]
        measurement = run(probe) if callable(run) else None
    except Exception as error:
        return Failure(f"the probe failed: {said_by(error)}")
    if not isinstance(measurement, Measurement):
        return Failure("the probe measured nothing")
    return measurement


def main() -> None:
    """Keep the answers' pipe for answers: what a framework prints goes to standard error."""
    answers = os.fdopen(os.dup(sys.stdout.fileno()), "wb")
    os.dup2(sys.stderr.fileno(), sys.stdout.fileno())
    end_without_reader(answers.fileno())
    try:
        serve(sys.argv[1], sys.stdin.buffer, answers)
    except (BrokenPipeError, KeyboardInterrupt, msgspec.MsgspecError):
        sys.exit(1)


if __name__ == "__main__":
    main()
