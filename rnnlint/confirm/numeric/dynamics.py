"""Probes of what a recurrent cell does over many steps: its state, its gates, its gradients."""

from __future__ import annotations

import msgspec
import numpy as np

from rnnlint.confirm.measurement import Measurement, above, below
from rnnlint.confirm.numeric.activations import Numbers
from rnnlint.confirm.numeric.cells import NUMBER, backward, forward, initial_weights
from rnnlint.confirm.numeric.regression import Network, Training, blown, noise_task, sine_task, train
from rnnlint.confirm.probes import CellSpec, Distribution, Fading, Runaway, Saturation, SingleStep
from rnnlint.finding import Outcome

SEEDS = tuple(range(5))
BLOW_UP = 100.0  # a loss this many times its usual value; bounded cells stay below 10
MOST_UNITS, MOST_STEPS = 64, 150
MOST_POINTS = 60  # of a curve
SMALL = 8  # cells of fewer units blow up rarely: that one did not says nothing


def runaway(probe: Runaway) -> Measurement:
    """The largest loss relative to the first ones, on sine waves and then on noise."""
    cell = capped(probe.cell)
    steps = min(probe.steps, MOST_STEPS)
    worst = 0.0
    curve: Numbers = np.zeros(0)
    for task in (sine_task, noise_task):
        losses = train(cell, task(cell, steps, 8, list(SEEDS)), Training(), list(SEEDS), stop_at=BLOW_UP).losses
        ratio = np.where(blown(losses, BLOW_UP), np.maximum(_rise(losses), BLOW_UP), _rise(losses))
        if ratio.max() > worst:
            worst, curve = float(ratio.max()), losses[:, int(ratio.argmax())]
        if worst >= BLOW_UP:
            break
    refutes = 10.0 if cell.units > SMALL and cell.kind == "lstm" else -1.0
    return above(
        "largest loss of 60 updates relative to the first five", min(worst, 1e30), BLOW_UP, refutes,
        seeds=SEEDS, curve=finite(curve), curve_name="loss per update",
    )  # fmt: skip


def _rise(losses: Numbers) -> Numbers:
    with np.errstate(all="ignore"):
        rise = losses.max(axis=0) / np.maximum(np.median(losses[:5], axis=0), 1e-30)
    return np.asarray(np.nan_to_num(rise, nan=np.inf, posinf=np.inf))


def capped(cell: CellSpec) -> CellSpec:
    """The same cell, small enough to be run in a moment: more units blow up no later."""
    return msgspec.structs.replace(cell, units=min(cell.units, MOST_UNITS), features=min(cell.features, 4))


def finite(curve: Numbers) -> tuple[float, ...]:
    """The series with bounded numbers only, as JSON needs them, and with at most 60 points."""
    points = curve[np.unique(np.linspace(0, len(curve) - 1, MOST_POINTS).round().astype(int))]
    return tuple(float(value) for value in np.clip(np.nan_to_num(points, nan=1e30, posinf=1e30), -1e30, 1e30))


def fading(probe: Fading) -> Measurement:
    """|gradient of the first step| / |gradient of the last|, the median of the seeds."""
    ratio, profile = _fade(probe.cell, probe.steps)
    if probe.twin is None:
        return below(
            "gradient of the first step relative to the last", ratio, 1e-3, 1e-1,
            seeds=SEEDS, curve=profile, curve_name="gradient norm per time step",
        )  # fmt: skip
    other, _ = _fade(probe.twin, probe.steps)
    return below(
        "gradient of the first step relative to the recommended setting's", ratio / max(other, 1e-38), 0.5, 0.9,
        seeds=SEEDS, curve=profile, curve_name="gradient norm per time step",
    )  # fmt: skip


def _fade(cell: CellSpec, steps: int) -> tuple[float, tuple[float, ...]]:
    cell = capped(cell)
    task = noise_task(cell, min(steps, 500), 8, list(SEEDS))
    _, _, inputs = Network(cell, list(SEEDS)).gradients(task)
    norms = np.sqrt((inputs.astype(np.float64) ** 2).sum(axis=(1, 3)))
    profile = np.median(norms, axis=0)
    return float(np.median(norms[:, 0] / np.maximum(norms[:, -1], 1e-300))), finite(profile)


def saturation(probe: Saturation) -> Measurement:
    """The share of the gates below 0.01 or above 0.99; of a cell without gates, of |state| above 0.99."""
    cell = fewer_units(probe.cell)
    steps = min(probe.steps, MOST_STEPS)
    inputs = np.stack([draw(probe.inputs, (8, steps, cell.features), seed) for seed in SEEDS])
    trace = forward(cell, initial_weights(cell, list(SEEDS)), inputs)
    gates = np.stack(trace.gates)
    stuck = np.abs(gates) > 0.99 if cell.kind == "rnn" else (gates < 0.01) | (gates > 0.99)
    return above("share of saturated gates", float(stuck.mean()), 0.3, 0.05, seeds=SEEDS)


def fewer_units(cell: CellSpec) -> CellSpec:
    """The cell with at most 64 units, and all its features."""
    return msgspec.structs.replace(cell, units=min(cell.units, MOST_UNITS), features=min(cell.features, 64))


def draw(numbers: Distribution, shape: tuple[int, ...], seed: int) -> Numbers:
    """Numbers of a distribution."""
    rng = np.random.default_rng([seed, 5])
    if numbers.even:
        return rng.uniform(numbers.first, numbers.second, shape).astype(NUMBER)
    return (numbers.first + numbers.second * rng.standard_normal(shape)).astype(NUMBER)


def single_step(probe: SingleStep) -> Measurement:
    """The norm of the recurrent kernel's gradient, relative to the kernel's."""
    cell = capped(probe.cell)
    task = noise_task(cell, probe.steps, 8, list(SEEDS))
    network = Network(cell, list(SEEDS))
    trace = forward(cell, network.weights, task.inputs)
    gradients, _ = backward(cell, network.weights, task.inputs, trace, np.ones_like(trace.states))
    share = np.abs(gradients["recurrent"]).max() / np.abs(gradients["kernel"]).max()
    value = float(share)
    outcome = Outcome.CONFIRMED if value == 0.0 else Outcome.REFUTED
    return Measurement(outcome, "gradient of the recurrent kernel relative to the kernel's", value, 0.0, SEEDS)
