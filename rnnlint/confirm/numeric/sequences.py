"""Probes of what padding leaves of a sequence."""

from __future__ import annotations

import numpy as np

from rnnlint.confirm.measurement import Measurement, below
from rnnlint.confirm.numeric.activations import Numbers
from rnnlint.confirm.numeric.cells import NUMBER, forward, initial_weights
from rnnlint.confirm.numeric.dynamics import SEEDS, fewer_units
from rnnlint.confirm.probes import PaddingContrast


def padding_contrast(probe: PaddingContrast) -> Measurement:
    """|o(a) - o(b)| of two padded sequences relative to the same two without padding."""
    cell = fewer_units(probe.cell)
    rngs = [np.random.default_rng([seed, 6]) for seed in SEEDS]
    real = np.stack([rng.standard_normal((16, probe.real, cell.features)) for rng in rngs]).astype(NUMBER)
    pad = np.stack([rng.standard_normal((1, 1, cell.features)) for rng in rngs]).astype(NUMBER)
    pads = np.broadcast_to(pad, (len(SEEDS), 16, probe.pads, cell.features))
    padded = np.concatenate([pads, real] if probe.before else [real, pads], axis=2)
    weights = initial_weights(cell, list(SEEDS))
    with np.errstate(all="ignore"):
        plain = _apart(forward(cell, weights, real).states[:, :, -1])
        left = _apart(forward(cell, weights, padded).states[:, :, -1])
    value = float(np.median(left / plain))
    return below(f"difference left of two sequences after {probe.pads} padding steps", value, 0.1, 0.5, seeds=SEEDS)


def _apart(states: Numbers) -> Numbers:
    """The mean distance between neighbouring samples, for each seed."""
    distance: Numbers = np.linalg.norm(states[:, 1:] - states[:, :-1], axis=2).mean(axis=1)
    return distance
