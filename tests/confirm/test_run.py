"""Whole runs of `rnnlint --confirm`: verdicts, exit codes, and that nothing of the user's is run."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from rnnlint.confirm import settle as settling
from rnnlint.confirm.measurement import above
from rnnlint.confirm.pool import Pool, Worker
from rnnlint.confirm.probes import CellSpec, Probe, Rate, Saturation, SoftmaxSpread
from rnnlint.confirm.probes import Distribution as Numbers
from rnnlint.confirm.protocol import Failure, decode_answer, decode_probe, encode_answer, encode_probe
from rnnlint.finding import Confidence, Confirmation, Finding, Outcome, Severity, Span
from tests.terminal import run_on_terminal

ROOT = Path(__file__).parents[2]
HEAD = "import keras\nfrom pathlib import Path\nPath('written').write_text('run')\n"
RELU = f"{HEAD}model = keras.Sequential([keras.Input((80, 3)), keras.layers.LSTM(32, activation='relu')])\n"
SHORT = f"{HEAD}model = keras.Sequential([keras.Input((60, 3)), keras.layers.SimpleRNN(9, activation='sigmoid')])\n"


def run(folder: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "rnnlint", "--isolated", *arguments],
        cwd=folder,
        capture_output=True,
        text=True,
        check=False,
        env={**os.environ, "PYTHONPATH": str(ROOT)},
    )


def test_confirms_without_running_a_line_of_the_program(tmp_path: Path) -> None:
    (tmp_path / "train.py").write_text(RELU, encoding="utf-8")
    result = run(tmp_path, "--confirm", "train.py")
    assert result.returncode == 1, result.stderr
    assert "RNN101" in result.stdout
    assert "[confirmed]" in result.stdout
    assert not (tmp_path / "written").exists()


def test_json_carries_the_verdict(tmp_path: Path) -> None:
    (tmp_path / "train.py").write_text(RELU, encoding="utf-8")
    found = json.loads(run(tmp_path, "--confirm", "--output-format=json", "train.py").stdout)
    verdict = found[0]["confirmation"]
    assert verdict["outcome"] == "confirmed"
    assert verdict["value"] >= verdict["threshold"] == 100.0
    assert verdict["seeds"] == [0, 1, 2, 3, 4]
    assert len(verdict["curve"]) > 1


def test_full_output_draws_the_curve(tmp_path: Path) -> None:
    (tmp_path / "train.py").write_text(RELU, encoding="utf-8")
    out = run(tmp_path, "--confirm", "--output-format=full", "train.py").stdout
    assert "confirmed: largest loss of 60 updates relative to the first five: " in out
    assert "█  loss per update" in out


def test_without_confirm_there_is_no_verdict(tmp_path: Path) -> None:
    (tmp_path / "train.py").write_text(RELU, encoding="utf-8")
    found = json.loads(run(tmp_path, "--output-format=json", "train.py").stdout)
    assert found[0]["confirmation"] is None


def test_a_bare_option_does_not_take_the_path(tmp_path: Path) -> None:
    (tmp_path / "train.py").write_text("x = 1\n", encoding="utf-8")
    assert run(tmp_path, "--confirm", "train.py").returncode == 0
    assert run(tmp_path, "--confirm=guess", "train.py").returncode == 2


def finding(probe: Probe) -> Finding:
    span = Span("train.py", 0, 1, 1, 1, 2)
    return Finding("RNN403", "unscaled-input", Severity.WARNING, "m", span, Confidence.HIGH, probe=encode_probe(probe))


def saturation(inputs: Numbers) -> Probe:
    return Saturation(CellSpec("lstm", 16, 3), 20, inputs)


def test_a_refuted_finding_does_not_fail_the_run() -> None:
    from rnnlint.outcome import LintResult

    settled = settling.settle([finding(saturation(Numbers(0.0, 1.0))), finding(saturation(Numbers(100.0, 20.0)))])
    assert [one.confirmation and one.confirmation.outcome for one in settled] == [Outcome.REFUTED, Outcome.CONFIRMED]
    assert not LintResult(settled[:1], ()).fails(Severity.WARNING)
    assert LintResult(settled, ()).fails(Severity.WARNING)


def test_a_missing_framework_is_named_with_its_remedy(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(settling, "find_spec", lambda engine: None)
    (settled,) = settling.settle([finding(saturation(Numbers(0.0, 1.0)))])
    assert settled.confirmation == Confirmation(
        Outcome.INCONCLUSIVE, reason="numpy is not installed (pip install 'rnnlint[confirm]')"
    )


def test_a_worker_that_dies_is_replaced() -> None:
    worker = Worker("numpy")
    assert not isinstance(worker.measure(SoftmaxSpread(1)), Failure)
    assert worker._process is not None
    first = worker._process.pid
    os.kill(first, signal.SIGKILL)
    time.sleep(0.1)
    assert isinstance(worker.measure(SoftmaxSpread(1)), Failure)
    assert not isinstance(worker.measure(SoftmaxSpread(1)), Failure)
    worker.stop()


def test_a_probe_that_takes_too_long_is_stopped(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("rnnlint.confirm.pool.START_LIMIT", 0.01)
    worker = Worker("numpy")
    answer = worker.measure(SoftmaxSpread(1))
    assert isinstance(answer, Failure)
    assert "took longer than" in answer.reason
    assert worker._process is None


def test_leaving_the_pool_ends_its_workers() -> None:
    with Pool() as pool:
        pool.measure(SoftmaxSpread(1))
        process = pool._workers["numpy"]._process
        assert process is not None
    assert process.poll() is not None
    assert isinstance(pool.measure(SoftmaxSpread(1)), Failure)


def test_numbers_that_are_not_finite_settle_nothing() -> None:
    with Pool() as pool:
        answer = pool.measure(Rate(CellSpec("lstm", 8, 2, activation="exponential"), 30, "sgd", 0.5))
    assert isinstance(answer, Failure)
    assert answer.reason.endswith("no finite number")


def test_probes_survive_the_way_to_a_worker() -> None:
    probe = saturation(Numbers(0.0, 1.0, even=True))
    assert decode_probe(encode_probe(probe)) == probe


@pytest.mark.parametrize("value", [float("nan"), float("inf")])
def test_an_answer_without_a_number_is_a_failure(value: float) -> None:
    answer = decode_answer(encode_answer(above("loss", value, 1.0, 0.5)))
    assert answer == Failure("loss: no finite number")


PROGRESS = """
import sys, time
from rnnlint.cli.progress import SettlingProgress
with SettlingProgress(12, shown=True) as settled:
    for _ in range(3):
        settled(None)
    time.sleep(float(sys.argv[1]))
"""


@pytest.mark.parametrize(("seconds", "shown"), [("1.8", True), ("0.1", False)])
def test_progress_is_shown_on_a_terminal_after_a_second(seconds: str, shown: bool) -> None:
    command = [sys.executable, "-c", PROGRESS, seconds]
    shown_there = run_on_terminal(command, ROOT, {**os.environ, "PYTHONPATH": str(ROOT)})
    drawn = shown_there.drawn
    assert (b"confirming" in drawn and b"25%" in drawn) == shown
    assert (shown_there.code, shown_there.out) == (0, b"")
    assert b"Traceback" not in drawn


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM, signal.SIGKILL])
def test_the_end_of_a_run_leaves_nothing_behind(tmp_path: Path, number: int) -> None:
    (tmp_path / "train.py").write_text(SHORT + RELU * 12, encoding="utf-8")
    process = subprocess.Popen(
        [sys.executable, "-m", "rnnlint", "--isolated", "--confirm", "train.py"],
        cwd=tmp_path,
        env={**os.environ, "PYTHONPATH": str(ROOT), "RNNLINT_TEST": tmp_path.name},
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        start_new_session=True,
    )
    children = _children(process.pid)
    process.send_signal(number)
    process.communicate(timeout=20)
    assert process.returncode != 0
    assert children
    for _ in range(250 if number == signal.SIGKILL else 1):
        left = [child for child in children if Path(f"/proc/{child}").exists()]
        if not left:
            break
        time.sleep(0.02)
    assert not left


def _children(parent: int) -> list[str]:
    """The processes that the run has started, once there are some."""
    listing = Path(f"/proc/{parent}/task/{parent}/children")
    if not listing.exists():
        pytest.skip("this system does not list a process's children")
    for _ in range(500):
        found = [
            child for thread in Path(f"/proc/{parent}/task").glob("*/children") for child in thread.read_text().split()
        ]
        if found:
            return found
        time.sleep(0.02)
    return []
