"""Losses behind heads by their formulas, for what turns on these alone."""

from __future__ import annotations

import numpy as np

from rnnlint.confirm.measurement import Measurement
from rnnlint.confirm.numeric.activations import ACTIVATIONS, Numbers, sigmoid
from rnnlint.confirm.observation import SAMPLES, SEEDS, SURE, Observation, judged
from rnnlint.confirm.probes import HeadLoss

TINY = 1e-30


def head_loss(probe: HeadLoss) -> Measurement:
    """The loss of a guess and of the best outputs."""
    return judged(probe.wanted, [_observed(probe, seed) for seed in SEEDS])


def _observed(probe: HeadLoss, seed: int) -> Observation:
    rng = np.random.default_rng(seed)
    if probe.loss.startswith("binary"):
        right = rng.integers(0, 2, (SAMPLES, probe.columns)).astype(np.float64)
    else:
        right = np.eye(probe.columns)[rng.integers(0, probe.columns, SAMPLES)]
    best = SURE * (2.0 * right - 1.0)
    near_zero = 0.1 * np.abs(rng.standard_normal(right.shape))
    return Observation(_loss(probe, near_zero, right), _loss(probe, best, right))


def _loss(probe: HeadLoss, logits: Numbers, right: Numbers) -> float:
    output = _head(probe.activation, logits)
    if probe.loss == "nll":
        return float(-(output * right).sum(axis=1).mean())
    if probe.loss == "cross_entropy":
        return float(-(_log_softmax(output) * right).sum(axis=1).mean())
    likely = sigmoid(output) if probe.loss == "binary_cross_entropy_with_logits" else output
    hit, miss = np.log(np.maximum(likely, TINY)), np.log(np.maximum(1.0 - likely, TINY))
    return float(-(right * hit + (1.0 - right) * miss).mean())


def _head(name: str, logits: Numbers) -> Numbers:
    if name == "log_softmax":
        return _log_softmax(logits)
    if name == "softmax":
        value: Numbers = np.exp(_log_softmax(logits))
        return value
    return ACTIVATIONS[name].function(logits)


def _log_softmax(logits: Numbers) -> Numbers:
    shifted = logits - logits.max(axis=1, keepdims=True)
    value: Numbers = shifted - np.log(np.exp(shifted).sum(axis=1, keepdims=True))
    return value
