"""What is concluded from losses: their floors by formula, and which backend a Keras program is judged on."""

from __future__ import annotations

import math

import msgspec
import pytest

from rnnlint.confirm.numeric.losses import head_loss
from rnnlint.confirm.observation import Observation, judged
from rnnlint.confirm.plan import PLANNERS
from rnnlint.confirm.probes import HeadLoss, HeadLossKeras, Labels
from rnnlint.finding import Outcome
from rnnlint.frontend import build_program
from rnnlint.source.reading import read_document

KERAS = """
import os
{backend}
import keras
import numpy as np
model = keras.Sequential([keras.Input((20, 3)), keras.layers.LSTM(8), keras.layers.Dense(4, activation="softmax")])
model.compile(optimizer="adam", loss=keras.losses.SparseCategoricalCrossentropy(from_logits=True))
model.fit(np.random.rand(90, 20, 3), np.random.randint(0, 4, 90))
"""


@pytest.mark.parametrize(("columns", "floor"), [(3, 0.551), (100, 3.62)])
def test_two_softmaxes_keep_a_floor(columns: int, floor: float) -> None:
    twice = HeadLoss("softmax", columns, "cross_entropy", Labels("numbers", 0, columns - 1), ("floor",))
    answer = head_loss(twice)
    assert answer.outcome is Outcome.CONFIRMED
    assert answer.value == pytest.approx(floor / math.log(columns), rel=0.02)
    assert head_loss(msgspec.structs.replace(twice, activation="linear")).outcome is Outcome.REFUTED


def test_a_likelihood_below_zero_takes_no_logarithms() -> None:
    raw = HeadLoss("softmax", 5, "nll", Labels("numbers", 0, 4), ("negative",))
    assert head_loss(raw).outcome is Outcome.CONFIRMED
    assert head_loss(raw).value == pytest.approx(-1.0)
    assert head_loss(msgspec.structs.replace(raw, activation="log_softmax")).outcome is Outcome.REFUTED


def test_any_confirmed_claim_is_told_and_all_must_be_refuted() -> None:
    sound = Observation(guess=1.0, best=0.0)
    assert judged(("dead", "floor"), [sound] * 5).outcome is Outcome.REFUTED
    stuck = Observation(guess=1.0, best=0.6)
    assert judged(("dead", "floor"), [stuck] * 5).statistic.startswith("loss of the best outputs")
    unsure = Observation(guess=1.0, best=0.1)
    assert judged(("dead", "floor"), [unsure] * 5).outcome is Outcome.INCONCLUSIVE


@pytest.mark.parametrize(
    ("backend", "kind", "loss"),
    [
        ("", HeadLossKeras, "sparse_categorical_cross_entropy"),
        ('os.environ["KERAS_BACKEND"] = "torch"', HeadLoss, "cross_entropy"),
    ],
)
def test_only_tensorflow_looks_behind_the_head(backend: str, kind: type[HeadLoss], loss: str) -> None:
    document = read_document(KERAS.format(backend=backend).encode(), "train.py").document
    assert document is not None
    program = build_program(document)
    probe = PLANNERS["RNN203"].probe(program.fits[0], program)
    assert type(probe) is kind
    assert probe.loss == loss
