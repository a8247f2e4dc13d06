"""Keras' own losses behind heads."""

from __future__ import annotations

from typing import Any

import keras
import numpy as np
import tensorflow as tf

from rnnlint.confirm.keras.refusal import REFUSALS
from rnnlint.confirm.measurement import Measurement, meant, raised
from rnnlint.confirm.observation import NOTHING, SAMPLES, SEEDS, SURE, Observation, judged
from rnnlint.confirm.probes import HeadLossKeras

LOSSES = {
    "binary_cross_entropy": keras.losses.BinaryCrossentropy,
    "categorical_cross_entropy": keras.losses.CategoricalCrossentropy,
    "sparse_categorical_cross_entropy": keras.losses.SparseCategoricalCrossentropy,
}


def head_loss(probe: HeadLossKeras) -> Measurement:
    """An exception, or what the loss says of the outputs."""
    try:
        seen = [_observed(probe, seed) for seed in SEEDS]
    except REFUSALS as error:
        if "raises" not in probe.wanted or not meant(error):
            raise
        return raised(error)
    return judged(probe.wanted, seen)


def _observed(probe: HeadLossKeras, seed: int) -> Observation:
    rng = np.random.default_rng(seed)
    labels = _labels(probe, rng)
    near_zero = 0.1 * np.abs(rng.standard_normal((SAMPLES, probe.columns)))
    guess, gradient = _graded(probe, near_zero, labels)
    random, spread = _graded(probe, rng.standard_normal((SAMPLES, probe.columns)), labels)
    best, _ = _graded(probe, -SURE * np.sign(gradient), labels)
    share = 1.0
    if "shrunk" in probe.wanted:
        share = float(np.linalg.norm(gradient)) / _categorical_gradient(near_zero, labels)
    return Observation(guess, best, random, float((np.abs(spread) < NOTHING).mean()), share)


def _graded(probe: HeadLossKeras, logits: Any, labels: Any) -> tuple[float, Any]:
    """The loss, and its gradient to the logits."""
    logits = tf.constant(logits, "float32")
    loss_of = LOSSES[probe.loss](from_logits=probe.from_logits)
    with tf.GradientTape() as tape:
        tape.watch(logits)
        output = keras.activations.get(probe.activation)(logits)
        if probe.squeezed:
            output = keras.ops.squeeze(output, -1)
        elif probe.rearranged:
            output = keras.ops.reshape(output, output.shape)
        loss = loss_of(labels, output)
    gradient = tape.gradient(loss, logits)
    return float(loss), np.zeros(logits.shape) if gradient is None else np.asarray(gradient)


def _categorical_gradient(logits: Any, labels: Any) -> float:
    """The norm of the categorical cross-entropy's gradient for the same logits and one-hot labels."""
    likely = np.exp(logits) / np.exp(logits).sum(axis=1, keepdims=True)
    return float(np.linalg.norm((likely - labels) / len(labels)))


def _labels(probe: HeadLossKeras, rng: np.random.Generator) -> Any:
    labels = probe.labels
    kind = "int64" if labels.whole else "float32"
    if labels.kind == "one-hot":
        return np.eye(labels.columns, dtype=kind)[rng.integers(0, labels.columns, SAMPLES)]
    shape = (SAMPLES, labels.columns) if labels.columns else (SAMPLES,)
    numbers = rng.integers(labels.low, labels.high + 1, shape)
    numbers.flat[:2] = labels.low, labels.high
    return numbers.astype(kind)
