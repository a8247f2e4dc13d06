"""A recurrent layer with a dense head, trained on a regression task for many seeds at once."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from rnnlint.confirm.numeric.activations import ACTIVATIONS, Numbers
from rnnlint.confirm.numeric.cells import NUMBER, Weights, backward, forward, initial_weights
from rnnlint.confirm.probes import CellSpec


@dataclass(frozen=True, slots=True)
class Task:
    """Inputs (seeds, batch, time, features) with one target for each sample (seeds, batch)."""

    inputs: Numbers
    targets: Numbers


@dataclass(frozen=True, slots=True)
class Training:
    """How a network is trained: optimizer "adam", "rmsprop" or "sgd", its rate, penalties and the head."""

    learning_rate: float = 1e-2
    optimizer: str = "adam"
    momentum: float = 0.0
    steps: int = 60
    l2: float = 0.0
    dropout: float = 0.0
    head: str = "linear"


@dataclass(frozen=True, slots=True)
class Curve:
    """The loss of each step (steps, seeds), predictions and targets after the last one (seeds, batch), kernel norms."""

    losses: Numbers
    predictions: Numbers
    targets: Numbers
    recurrent_norm: Numbers

    @property
    def spread(self) -> Numbers:
        """std(predictions) / std(targets) for each seed."""
        spread: Numbers = self.predictions.std(axis=1) / self.targets.std(axis=1)
        return spread

    @property
    def error(self) -> Numbers:
        """mse / var(targets) for each seed: 1 is no better than the mean."""
        error: Numbers = ((self.predictions - self.targets) ** 2).mean(axis=1) / self.targets.var(axis=1)
        return error


class Network:
    """One recurrent layer, its last state, and a dense head of one unit."""

    def __init__(self, cell: CellSpec, seeds: list[int], head: str = "linear") -> None:
        self.cell = cell
        self.weights: Weights = initial_weights(cell, seeds)
        limit = (6.0 / (cell.units + 1)) ** 0.5
        heads = [np.random.default_rng([seed, 1]).uniform(-limit, limit, (cell.units, 1)) for seed in seeds]
        self.weights["head"] = np.stack(heads).astype(NUMBER)
        self.weights["head_bias"] = np.zeros((len(seeds), 1, 1), NUMBER)
        self._head = ACTIVATIONS[head]

    def predict(self, inputs: Numbers) -> Numbers:
        """One number for each sample (seeds, batch)."""
        last = forward(self.cell, self.weights, inputs).states[:, :, -1]
        return self._head.function(last @ self.weights["head"] + self.weights["head_bias"])[..., 0]

    def gradients(self, task: Task) -> tuple[Numbers, Weights, Numbers]:
        """The mean squared error (seeds), its gradients, and those of the inputs."""
        trace = forward(self.cell, self.weights, task.inputs)
        last = trace.states[:, :, -1]
        before = last @ self.weights["head"] + self.weights["head_bias"]
        output = self._head.function(before)
        difference = output[..., 0] - task.targets
        back = (2.0 / task.targets.shape[1]) * difference[..., None] * self._head.slope(before, output)
        upstream = np.zeros_like(trace.states)
        upstream[:, :, -1] = back @ self.weights["head"].transpose(0, 2, 1)
        gradients, inputs = backward(self.cell, self.weights, task.inputs, trace, upstream)
        gradients["head"] = last.transpose(0, 2, 1) @ back
        gradients["head_bias"] = back.sum(axis=1, keepdims=True)
        loss: Numbers = (difference**2).mean(axis=1)
        return loss, gradients, inputs


class Optimizer:
    """Keras' update rules, one state for each weight."""

    def __init__(self, training: Training) -> None:
        self._training = training
        self._first: Weights = {}
        self._second: Weights = {}
        self._count = 0

    def step(self, weights: Weights, gradients: Weights) -> None:
        """Change the weights in place."""
        self._count += 1
        for name, gradient in gradients.items():
            penalty = self._training.l2 if name in {"kernel", "recurrent"} else 0.0
            direction = self._direction(name, gradient + 2.0 * penalty * weights[name])
            weights[name] = weights[name] - self._training.learning_rate * direction

    def _direction(self, name: str, gradient: Numbers) -> Numbers:
        if self._training.optimizer == "sgd":
            first = self._training.momentum * self._first.get(name, 0.0) + gradient
            self._first[name] = first
            return first
        if self._training.optimizer == "rmsprop":
            second = 0.9 * self._second.get(name, np.zeros_like(gradient)) + 0.1 * gradient**2
            self._second[name] = second
            return gradient / (np.sqrt(second) + 1e-7)
        first = 0.9 * self._first.get(name, np.zeros_like(gradient)) + 0.1 * gradient
        second = 0.999 * self._second.get(name, np.zeros_like(gradient)) + 0.001 * gradient**2
        self._first[name], self._second[name] = first, second
        corrected = np.sqrt(second / (1 - 0.999**self._count))
        return first / (1 - 0.9**self._count) / (corrected + 1e-7)


def train(cell: CellSpec, task: Task, training: Training, seeds: list[int], stop_at: float | None = None) -> Curve:
    """Full-batch training. It ends early where any seed's loss exceeds `stop_at` times its median of the first five."""
    network = Network(cell, seeds, training.head)
    optimizer = Optimizer(training)
    losses: list[Numbers] = []
    rng = np.random.default_rng(7)
    with np.errstate(all="ignore"):
        for _ in range(training.steps):
            loss, gradients, _ = network.gradients(_dropped(task, training.dropout, rng))
            losses.append(loss)
            if stop_at is not None and blown(np.array(losses), stop_at).any():
                break
            optimizer.step(network.weights, gradients)
        predictions = network.predict(task.inputs)
    norm = np.linalg.norm(network.weights["recurrent"], axis=(1, 2))
    return Curve(np.array(losses), predictions, task.targets, norm)


def _dropped(task: Task, share: float, rng: np.random.Generator) -> Task:
    """The task with inputs dropped at random and the rest scaled up, the same at every time step, as Keras does it."""
    if not share:
        return task
    seeds, batch, _, features = task.inputs.shape
    kept = (rng.uniform(size=(seeds, batch, 1, features)) >= share).astype(NUMBER) / (1.0 - share)
    return Task(task.inputs * kept, task.targets)


def blown(losses: Numbers, factor: float) -> NDArray[np.bool_]:
    """For each seed whether a loss is not finite or exceeds `factor` times the median of the first five."""
    usual = np.median(losses[:5], axis=0)
    with np.errstate(all="ignore"):
        return np.asarray(~np.isfinite(losses).all(axis=0) | (losses > factor * usual).any(axis=0))


def noise_task(cell: CellSpec, steps: int, batch: int, seeds: list[int]) -> Task:
    """White noise; the target is the scaled mean over time of the first feature."""
    inputs = np.stack(
        [np.random.default_rng([seed, 2]).standard_normal((batch, steps, cell.features)) for seed in seeds]
    )
    return _task(inputs, inputs[..., 0].mean(axis=2) * steps**0.5)


def sine_task(cell: CellSpec, steps: int, batch: int, seeds: list[int]) -> Task:
    """Sine waves of random phase and period; the target is the value that comes next."""
    tasks = [_sines(cell.features, steps, batch, np.random.default_rng([seed, 3])) for seed in seeds]
    return _task(np.stack([inputs for inputs, _ in tasks]), np.stack([targets for _, targets in tasks]))


def _task(inputs: Numbers, targets: Numbers) -> Task:
    return Task(inputs.astype(NUMBER), targets.astype(NUMBER))


def _sines(features: int, steps: int, batch: int, rng: np.random.Generator) -> tuple[Numbers, Numbers]:
    period = rng.uniform(10.0, 40.0, (batch, 1, features))
    phase = rng.uniform(0.0, 2 * np.pi, (batch, 1, features))
    time = np.arange(steps + 1)[None, :, None]
    waves = np.sin(2 * np.pi * time / period + phase) + 0.05 * rng.standard_normal((batch, steps + 1, features))
    return waves[:, :-1], waves[:, -1, 0]
