"""The numpy cells' gradients against differences of their losses, in double precision."""

from __future__ import annotations

import numpy as np
import pytest

from rnnlint.confirm.numeric.activations import ACTIVATIONS
from rnnlint.confirm.numeric.cells import forward, initial_weights
from rnnlint.confirm.numeric.regression import Network, Task, Training, noise_task, train
from rnnlint.confirm.probes import CellSpec

SMOOTH = sorted(set(ACTIVATIONS) - {"hard_tanh", "hard_sigmoid", "exponential"})
STEP = 1e-6


def precise(cell: CellSpec) -> tuple[Network, Task]:
    network, task = Network(cell, [0, 1]), noise_task(cell, 7, 4, [0, 1])
    network.weights = {name: weight.astype(np.float64) for name, weight in network.weights.items()}
    return network, Task(task.inputs.astype(np.float64), task.targets.astype(np.float64))


@pytest.mark.parametrize("kind", ["lstm", "gru", "rnn"])
@pytest.mark.parametrize("activation", SMOOTH)
def test_gradients_are_those_of_the_loss(kind: str, activation: str) -> None:
    network, task = precise(CellSpec(kind, 5, 3, activation=activation))
    _, gradients, _ = network.gradients(task)
    for name, weight in network.weights.items():
        place = tuple(size // 2 for size in weight.shape)
        weight[place] += STEP
        more = network.gradients(task)[0][place[0]]
        weight[place] -= 2 * STEP
        less = network.gradients(task)[0][place[0]]
        weight[place] += STEP
        assert gradients[name][place] == pytest.approx((more - less) / (2 * STEP), abs=1e-7), name


def test_input_gradients_are_those_of_the_loss() -> None:
    network, task = precise(CellSpec("lstm", 5, 3))
    _, _, inputs = network.gradients(task)
    task.inputs[1, 2, 3, 1] += STEP
    more = network.gradients(task)[0][1]
    task.inputs[1, 2, 3, 1] -= 2 * STEP
    less = network.gradients(task)[0][1]
    assert inputs[1, 2, 3, 1] == pytest.approx((more - less) / (2 * STEP), abs=1e-7)


def test_recurrent_kernel_starts_orthogonal_and_the_forget_gate_open() -> None:
    weights = initial_weights(CellSpec("lstm", 6, 2), [3])
    recurrent = weights["recurrent"][0]
    assert recurrent @ recurrent.T == pytest.approx(np.eye(6), abs=1e-5)
    assert weights["bias"][0, 0, 6:12].tolist() == [1.0] * 6


def test_seeds_do_not_know_each_other() -> None:
    cell = CellSpec("gru", 5, 2)
    both, alone = initial_weights(cell, [0, 1]), initial_weights(cell, [1])
    task = noise_task(cell, 6, 3, [0, 1])
    states = forward(cell, both, task.inputs).states
    assert states[1] == pytest.approx(forward(cell, alone, task.inputs[1:]).states[0], abs=1e-6)


def test_training_learns_an_easy_task() -> None:
    cell = CellSpec("lstm", 16, 1)
    curve = train(cell, noise_task(cell, 8, 32, [0, 1, 2]), Training(steps=80), [0, 1, 2])
    assert (curve.error < 0.2).all()
    assert curve.losses[-1].max() < curve.losses[0].min()
