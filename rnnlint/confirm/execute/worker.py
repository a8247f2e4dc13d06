"""The caged child process: one probe of a user's own network, then it ends."""

from __future__ import annotations

import os
import sys
from importlib import import_module
from typing import Any

from rnnlint.confirm.execute.cage import Cage, ForbiddenError
from rnnlint.confirm.measurement import Measurement, said_by
from rnnlint.confirm.orphan import end_without_reader
from rnnlint.confirm.probes import OwnNetwork
from rnnlint.confirm.protocol import Failure, decode_probe, encode_answer

ENGINES = {"torch": "rnnlint.confirm.nn.own", "keras": "rnnlint.confirm.keras.own"}


def main() -> None:
    """Read a probe, close the cage, run it, answer."""
    answers = os.fdopen(os.dup(sys.stdout.fileno()), "wb")
    os.dup2(sys.stderr.fileno(), sys.stdout.fileno())
    end_without_reader(answers.fileno())
    probe = decode_probe(sys.stdin.buffer.readline())
    assert isinstance(probe, OwnNetwork)
    engine: Any = import_module(ENGINES[probe.framework])
    answers.write(encode_answer(_caged(engine, probe)) + b"\n")
    answers.flush()
    os._exit(0)


def _caged(engine: Any, probe: OwnNetwork) -> Measurement | Failure:
    """The measurement, or what the code did instead."""
    sys.path[:0] = probe.projects
    sys.dont_write_bytecode = True
    cage = Cage(probe.projects)
    cage.close()
    try:
        scope: dict[str, Any] = {"__name__": "network"}
        exec(compile(probe.definitions, "<network>", "exec"), scope)
        network = eval(probe.construction, scope)
        answer: Measurement | Failure = engine.CHECKS[probe.check](network, probe)
    except ForbiddenError:
        answer = Failure("")
    except MemoryError:
        answer = Failure("the network's code takes more memory than it is given")
    except BaseException as error:
        answer = Failure(f"the network's code failed: {said_by(error)}")
    return Failure(f"the network's code was stopped: {cage.broken}") if cage.broken else answer


if __name__ == "__main__":
    main()
