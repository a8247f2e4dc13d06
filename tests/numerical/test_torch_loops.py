"""PyTorch: what the order of calls in a training loop does to gradients and weights."""

from __future__ import annotations

from typing import Any

import pytest

torch: Any = pytest.importorskip("torch")
nn: Any = torch.nn
pytestmark = pytest.mark.torch


@pytest.fixture(autouse=True)
def seed() -> None:
    torch.manual_seed(1)


class Regression:
    """A small LSTM that reads the mean of a series, and its loss on one batch."""

    def __init__(self) -> None:
        self.rnn, self.head = nn.LSTM(2, 8, batch_first=True), nn.Linear(8, 1)
        self.parameters = [*self.rnn.parameters(), *self.head.parameters()]
        self.inputs = torch.randn(16, 10, 2)
        self.targets = self.inputs.mean((1, 2)).unsqueeze(1)

    def loss(self) -> Any:
        return nn.functional.mse_loss(self.head(self.rnn(self.inputs)[1][0][-1]), self.targets)

    def norm(self) -> float:
        """The norm of the gradient that an optimizer would use."""
        return float(torch.cat([weights.grad.flatten() for weights in self.parameters]).norm())

    def weights(self) -> Any:
        return torch.cat([weights.detach().flatten() for weights in self.parameters])


@pytest.mark.parametrize("clears, last", [(True, 1.0), (False, 8.0)])
def test_rnn601_gradients_add_up_unless_they_are_cleared(clears: bool, last: float) -> None:
    task = Regression()
    optimizer = torch.optim.SGD(task.parameters, lr=0.0)
    norms = []
    for _ in range(8):
        if clears:
            optimizer.zero_grad()
        task.loss().backward()
        optimizer.step()
        norms.append(task.norm())
    assert norms[-1] / norms[0] == pytest.approx(last, rel=1e-4)


@pytest.mark.parametrize("late, longest", [(False, 1.0), (True, 20.0)])
def test_rnn602_clipping_limits_only_the_step_behind_it(late: bool, longest: float) -> None:
    task = Regression()
    task.targets = 30 * task.targets + 50
    optimizer = torch.optim.SGD(task.parameters, lr=1.0)
    before = task.weights()
    task.loss().backward()
    if not late:
        nn.utils.clip_grad_norm_(task.parameters, 1.0)
    optimizer.step()
    moved = float((task.weights() - before).norm())
    assert moved > longest if late else moved == pytest.approx(longest, rel=1e-3)


@pytest.mark.parametrize("unscales", [True, False])
def test_rnn602_a_limit_on_scaled_gradients_leaves_nothing(unscales: bool) -> None:
    task = Regression()
    task.targets = task.targets + 10
    optimizer = torch.optim.SGD(task.parameters, lr=1.0)
    scaler = torch.amp.GradScaler("cpu", init_scale=65536.0)
    before = task.weights()
    scaler.scale(task.loss()).backward()
    if unscales:
        scaler.unscale_(optimizer)
    nn.utils.clip_grad_norm_(task.parameters, 1.0)
    scaler.step(optimizer)
    moved = float((task.weights() - before).norm())
    assert moved == pytest.approx(1.0 if unscales else 1.0 / 65536.0, rel=0.05)


@pytest.mark.parametrize("erases", [True, False])
def test_rnn603_erased_gradients_move_no_weight(erases: bool) -> None:
    task = Regression()
    optimizer = torch.optim.SGD(task.parameters, lr=0.1)
    before = task.weights()
    for _ in range(5):
        if not erases:
            optimizer.zero_grad()
        task.loss().backward()
        if erases:
            optimizer.zero_grad()
        optimizer.step()
    assert torch.equal(before, task.weights()) is erases


@pytest.mark.parametrize(
    "retain, error", [(False, "second time"), (True, "modified by an inplace operation")], ids=["freed", "changed"]
)
def test_rnn605_state_of_the_last_turn_fails(retain: bool, error: str) -> None:
    task = Regression()
    optimizer = torch.optim.SGD(task.parameters, lr=0.1)
    state = None
    with pytest.raises(RuntimeError, match=error):
        for _ in range(2):
            output, state = task.rnn(task.inputs, state)
            loss = nn.functional.mse_loss(task.head(output[:, -1]), task.targets)
            optimizer.zero_grad()
            loss.backward(retain_graph=retain)
            optimizer.step()


def test_rnn605_detached_state_trains() -> None:
    task = Regression()
    optimizer = torch.optim.SGD(task.parameters, lr=0.1)
    state, losses = None, []
    for _ in range(20):
        output, state = task.rnn(task.inputs, state)
        state = tuple(part.detach() for part in state)
        loss = nn.functional.mse_loss(task.head(output[:, -1]), task.targets)
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
        losses.append(loss.item())
    assert losses[-1] < losses[0]
