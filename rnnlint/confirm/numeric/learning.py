"""Probes of what training makes of a network: constant predictions, useless rates, strangled recurrence."""

from __future__ import annotations

import numpy as np

from rnnlint.confirm.measurement import Measurement, above, below
from rnnlint.confirm.numeric.cells import forward
from rnnlint.confirm.numeric.dynamics import SEEDS, capped, draw, finite
from rnnlint.confirm.numeric.regression import Network, Optimizer, Task, Training, noise_task, sine_task, train
from rnnlint.confirm.probes import Alike, Collapse, Rate, Strangling

MOST_STEPS = 30  # steps of the easy tasks here: what is probed does not come from the length
FEW, MOST_UPDATES = 60, 150
ALIKE_STEPS, ALIKE_UPDATES = 10, 20
USUAL_RATES = {"adam": 1e-2, "rmsprop": 1e-2, "sgd": 1e-1}  # at which this task is learned in 60 updates


def collapse(probe: Collapse) -> Measurement:
    """std(predictions) / std(targets) after 60 updates on an easy task, with targets of this size."""
    cell = capped(probe.cell)
    seeds = list(SEEDS)
    task = sine_task(cell, min(probe.steps, MOST_STEPS), 32, seeds)
    mean, std = _moments(probe)
    unit = task.targets / task.targets.std(axis=1, keepdims=True)
    training = Training(probe.learning_rate, probe.optimizer, steps=FEW)
    curve = train(cell, Task(task.inputs, mean + std * unit), training, seeds)
    spread = float(np.median(np.nan_to_num(curve.spread, nan=0.0)))
    return below(
        "spread of the predictions relative to the targets' after 60 updates", spread, 0.1, 0.3,
        seeds=SEEDS, curve=finite(np.median(curve.losses, axis=1)), curve_name="loss per update",
    )  # fmt: skip


def _moments(probe: Collapse) -> tuple[float, float]:
    numbers = draw(probe.targets, (4000,), 0)
    return float(numbers.mean()), float(numbers.std())


def rate(probe: Rate) -> Measurement:
    """A high rate's error relative to a usual rate's; of a low one the share of the loss that it takes away."""
    cell = capped(probe.cell)
    seeds = list(SEEDS)
    updates = min(probe.updates, MOST_UPDATES)
    task = sine_task(cell, min(probe.steps, MOST_STEPS), 32, seeds)
    curve = train(cell, task, Training(probe.learning_rate, probe.optimizer, steps=updates), seeds)
    series = {"seeds": SEEDS, "curve": finite(np.median(curve.losses, axis=1)), "curve_name": "loss per update"}
    usual = USUAL_RATES[probe.optimizer]
    if probe.learning_rate > usual:
        error = float(np.median(np.nan_to_num(curve.error, nan=1e30, posinf=1e30)))
        twin = train(cell, task, Training(usual, probe.optimizer, steps=updates), seeds)
        ratio = min(error / max(float(np.median(twin.error)), 1e-6), 1e30)
        return above(f"error after {updates} updates relative to a rate of {usual:g}", ratio, 3.0, 1.5, **series)
    fall = float(1.0 - np.median(curve.losses[-1]) / np.median(curve.losses[0]))
    return below(f"share of the loss that {updates} updates took away", fall, 0.05, 0.2, **series)


def strangling(probe: Strangling) -> Measurement:
    """The spread of predictions, or of the recurrent kernel under a penalty, relative to the same without."""
    cell = capped(probe.cell)
    seeds = list(SEEDS)
    task = noise_task if probe.l2 else sine_task
    data = task(cell, min(probe.steps, MOST_STEPS), 16, seeds)
    free = train(cell, data, Training(steps=FEW), seeds)
    bound = train(cell, data, Training(steps=FEW, l2=probe.l2, dropout=probe.dropout), seeds)
    if probe.l2:
        value = float(np.median(bound.recurrent_norm / free.recurrent_norm))
        return below("recurrent kernel under the penalty relative to without", value, 0.6, 0.95, seeds=SEEDS)
    value = float(np.median(bound.spread / free.spread))
    return below("spread of the predictions under dropout relative to without", value, 0.45, 0.75, seeds=SEEDS)


def alike(probe: Alike) -> Measurement:
    """How much the last states of a layer's units differ after some updates, relative to their size."""
    cell, seeds = capped(probe.cell), list(SEEDS)
    network, task = Network(cell, seeds), noise_task(cell, ALIKE_STEPS, 16, seeds)
    for name in ("kernel", "recurrent", "head"):
        value = getattr(probe, name)
        if value is not None:
            network.weights[name] = np.full_like(network.weights[name], value)
    optimizer = Optimizer(Training(0.01, "sgd"))  # Adam would blow rounding errors up
    for _ in range(ALIKE_UPDATES):
        optimizer.step(network.weights, network.gradients(task)[1])
    states = forward(cell, network.weights, task.inputs).states[:, :, -1]
    sizes = np.maximum(np.abs(states).max(axis=(1, 2)), 1e-12)
    value = float(np.median(states.std(axis=2).mean(axis=1) / sizes))
    return below("difference of the units' states relative to their size", value, 1e-4, 1e-2, seeds=SEEDS)
