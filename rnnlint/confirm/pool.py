"""Worker processes: one for each engine, started when first needed, replaced after a crash or a time-out."""

from __future__ import annotations

import contextlib
import os
import select
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from functools import cache
from types import TracebackType

from rnnlint.confirm.measurement import Measurement
from rnnlint.confirm.probes import Probe
from rnnlint.confirm.protocol import Failure, decode_answer, encode_probe

START_LIMIT = 60.0  # seconds for the first answer, the framework's import included
LIMIT = 20.0
OWN = "own"  # the engine that runs a user's class: one process for each probe, without a network
SECRETS = ("HOME", "TMPDIR")  # that such a process is not told
KEPT = ("PATH", "HOME", "LANG", "LC_ALL", "VIRTUAL_ENV", "PYTHONPATH", "LD_LIBRARY_PATH", "SYSTEMROOT", "TMPDIR")
QUIET = {
    "OMP_NUM_THREADS": "1",
    "OPENBLAS_NUM_THREADS": "1",
    "MKL_NUM_THREADS": "1",
    "TF_CPP_MIN_LOG_LEVEL": "3",
    "CUDA_VISIBLE_DEVICES": "-1",
    "PYTHONDONTWRITEBYTECODE": "1",
}


class Worker:
    """One child process. It is never forked after a framework's import, and dies with its process group."""

    def __init__(self, engine: str) -> None:
        self._engine = engine
        self._process: subprocess.Popen[bytes] | None = None
        self._folder: tempfile.TemporaryDirectory[str] | None = None
        self._buffer = b""
        self._warm = False

    def measure(self, probe: Probe) -> Measurement | Failure:
        """The answer to one probe, or why there is none."""
        process = self._running()
        assert process.stdin is not None
        try:
            process.stdin.write(encode_probe(probe) + b"\n")
            process.stdin.flush()
            line = self._line(process, LIMIT if self._warm else START_LIMIT)
        except TimeoutError:
            self.stop()
            return Failure(f"the probe took longer than {LIMIT if self._warm else START_LIMIT:.0f} s and was stopped")
        except (OSError, EOFError):
            code = self.stop()
            if self._engine == OWN:
                return Failure("the network's code did not come to an end in its time and was stopped")
            return Failure(f"the {self._engine} worker ended with exit code {code}")
        self._warm = True
        return decode_answer(line)

    def _running(self) -> subprocess.Popen[bytes]:
        if self._process is None:
            self._buffer, self._warm = b"", False
            self._process = self._started()
        return self._process

    def _started(self) -> subprocess.Popen[bytes]:
        environment = {name: os.environ[name] for name in KEPT if name in os.environ} | QUIET
        command = [sys.executable, "-m", "rnnlint.confirm.worker", self._engine]
        if self._engine == OWN:
            self._folder = tempfile.TemporaryDirectory(prefix="rnnlint-")
            environment |= dict.fromkeys(SECRETS, self._folder.name)
            command = [*_without_network(), sys.executable, "-m", "rnnlint.confirm.execute.worker"]
        return subprocess.Popen(
            command,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            env=environment,
            cwd=self._folder.name if self._folder is not None else None,
            start_new_session=True,
        )

    def _line(self, process: subprocess.Popen[bytes], limit: float) -> bytes:
        """The next line of the answers. Raises TimeoutError, or EOFError when the process has gone."""
        assert process.stdout is not None
        end = time.monotonic() + limit
        while b"\n" not in self._buffer:
            ready, _, _ = select.select([process.stdout], [], [], max(0.0, end - time.monotonic()))
            if not ready:
                raise TimeoutError
            piece = os.read(process.stdout.fileno(), 1 << 16)
            if not piece:
                raise EOFError
            self._buffer += piece
        line, self._buffer = self._buffer.split(b"\n", 1)
        return line

    def stop(self) -> int | None:
        """End the process with all that it started; its exit code."""
        process, self._process = self._process, None
        if process is None:
            return None
        for stream in (process.stdin, process.stdout):
            if stream is not None:
                with contextlib.suppress(OSError):
                    stream.close()
        try:
            process.wait(0.05)
        except subprocess.TimeoutExpired:
            _kill_group(process)
        if self._folder is not None:
            self._folder.cleanup()
            self._folder = None
        return process.wait()


@cache
def _without_network() -> tuple[str, ...]:
    """The command that takes a process out of the network, where the system lets it."""
    unshare = shutil.which("unshare")
    if unshare is None or subprocess.run([unshare, "-rn", "true"], capture_output=True, check=False).returncode:
        return ()
    return (unshare, "-rn", "--")


def _kill_group(process: subprocess.Popen[bytes]) -> None:
    try:
        os.killpg(process.pid, signal.SIGKILL)
    except (ProcessLookupError, PermissionError):
        process.kill()


class Pool:
    """The workers of one run; leaving the context ends them all."""

    def __init__(self) -> None:
        self._workers: dict[str, Worker] = {}
        self._closed = False

    def __enter__(self) -> Pool:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._closed = True
        for worker in self._workers.values():
            worker.stop()

    def measure(self, probe: Probe) -> Measurement | Failure:
        """Run the probe with its engine's worker; nothing starts any more once the context is left."""
        if self._closed:
            return Failure("the run was interrupted")
        worker = self._workers.setdefault(probe.engine, Worker(probe.engine))
        answer = worker.measure(probe)
        if probe.engine == OWN or self._closed:  # one that was being started when the context was left
            worker.stop()
        return answer
