"""Every planned probe on the fixtures of its rule: the faulty are confirmed, and none of the sound ones is."""

from __future__ import annotations

from collections.abc import Iterator
from importlib.util import find_spec
from pathlib import Path

import pytest

from rnnlint.config.settings import Settings
from rnnlint.confirm.measurement import Measurement
from rnnlint.confirm.plan import PLANNERS, Unplanned
from rnnlint.confirm.pool import Pool
from rnnlint.confirm.settle import settle
from rnnlint.engine import lint_paths
from rnnlint.finding import Confidence, Finding, Outcome
from rnnlint.frontend import build_program
from rnnlint.source.reading import read_bytes, read_document
from tests.rules.support import FIXTURES, SUFFIXES

CODES = sorted(PLANNERS)
NOT_SHOWN_HERE = {
    "RNN203", "RNN205", "RNN206",  # Keras on TensorFlow looks behind the head: the probe refutes the harm there
    "RNN301",  # padding before its tokens, where the message is advice: the same
}  # fmt: skip


@pytest.fixture(scope="module")
def pool() -> Iterator[Pool]:
    with Pool() as workers:
        yield workers


def folder(code: str) -> Path:
    return next(FIXTURES.glob(f"{code}_*"))


def findings(code: str) -> tuple[Finding, ...]:
    bad = sorted(path for path in folder(code).iterdir() if path.name.startswith("bad_"))
    settings = Settings(min_confidence=Confidence.LOW)
    return tuple(found for found in lint_paths(bad, settings, 1, confirm="rebuild").findings if found.code == code)


@pytest.mark.parametrize("code", CODES)
def test_every_finding_has_a_probe_or_a_reason(code: str) -> None:
    found = findings(code)
    assert any(finding.probe for finding in found)
    for finding in found:
        assert finding.probe or (finding.confirmation and finding.confirmation.reason), finding.span


@pytest.mark.parametrize("code", CODES)
def test_faulty_fixtures_are_confirmed_and_not_refuted(code: str) -> None:
    settled = [finding.confirmation for finding in settle(findings(code)) if finding.probe]
    answered = [one for one in settled if one is not None and "is not installed" not in one.reason]
    if not answered:
        pytest.skip("the framework of this probe is not installed")
    assert any(one.outcome is Outcome.CONFIRMED for one in answered)
    if code not in NOT_SHOWN_HERE:
        assert not [one for one in answered if one.outcome is Outcome.REFUTED]


@pytest.mark.parametrize("code", [code for code in CODES if PLANNERS[code].tells_apart])
def test_sound_fixtures_are_never_confirmed(code: str, pool: Pool) -> None:
    probed, missing = 0, False
    for path in sorted(folder(code).glob("good_*")):
        if path.suffix not in SUFFIXES:
            continue
        document = read_document(read_bytes(path), path.name, path).document
        assert document is not None
        program = build_program(document)
        for subject in PLANNERS[code].subjects(program):
            probe = PLANNERS[code].probe(subject, program)
            if isinstance(probe, Unplanned):
                continue
            if find_spec(probe.requires) is None:
                missing = True
                continue
            answer = pool.measure(probe)
            probed += 1
            assert isinstance(answer, Measurement), f"{path.name}: {answer}"
            assert answer.outcome is not Outcome.CONFIRMED, f"{path.name}: {answer.statistic} {answer.value}"
    if missing and not probed:
        pytest.skip("the framework of this probe is not installed")
    assert probed
