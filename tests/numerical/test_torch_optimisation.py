"""PyTorch: networks that are not trained, or only in part."""

from __future__ import annotations

from typing import Any

import pytest

np: Any = pytest.importorskip("numpy")
torch: Any = pytest.importorskip("torch")
nn: Any = torch.nn
pytestmark = pytest.mark.torch


@pytest.fixture(autouse=True)
def seed() -> None:
    torch.set_num_threads(1)
    torch.manual_seed(1)


def waves(count: int = 128, steps: int = 12) -> tuple[Any, Any]:
    """Windows of sine waves of their own phase and speed, with the value that follows."""
    numbers = np.random.default_rng(1)
    phase, speed = numbers.uniform(0, 6.28, (count, 1)), numbers.uniform(0.2, 0.6, (count, 1))
    values = torch.tensor(np.sin(phase + speed * np.arange(steps + 1)), dtype=torch.float32)
    return values[:, :-1, None], values[:, -1:]


class Forecaster(nn.Module):  # type: ignore[misc]
    """A recurrent layer and a linear one; `cut` makes the last step a tensor of its own."""

    def __init__(self, cut: bool = False) -> None:
        super().__init__()
        self.rnn = nn.LSTM(1, 24, batch_first=True)
        self.head = nn.Linear(24, 1)
        self.cut = cut

    def forward(self, x: Any) -> Any:
        last = self.rnn(x)[0][:, -1]
        return self.head(last.detach() if self.cut else last)


def train(network: Any, updates: int = 120) -> Any:
    """The predictions after some updates by Adam."""
    inputs, targets = waves()
    optimizer = torch.optim.Adam(network.parameters(), lr=1e-2)
    for _ in range(updates):
        optimizer.zero_grad()
        nn.functional.mse_loss(network(inputs), targets).backward()
        optimizer.step()
    return network(inputs).detach()


def spread(predictions: Any) -> float:
    """The deviation of predictions in shares of the targets'."""
    return float(predictions.std() / waves()[1].std())


def test_rnn508_untrained_network_predicts_nearly_one_value() -> None:
    network = Forecaster()
    assert spread(network(waves()[0]).detach()) < 0.2
    assert spread(train(network)) > 0.8


def test_rnn504_recurrent_layer_behind_a_cut_gets_no_gradient() -> None:
    for network in (Forecaster(cut=True), Forecaster()):
        before = [weight.detach().clone() for weight in network.rnn.parameters()]
        train(network, updates=3)
        moved = [not torch.equal(now, then) for now, then in zip(network.rnn.parameters(), before, strict=True)]
        assert (network.rnn.weight_hh_l0.grad is None) == network.cut
        assert any(moved) == (not network.cut)


class Stack(nn.Module):  # type: ignore[misc]
    """Recurrent layers in a plain list, or in one that registers them."""

    def __init__(self, registered: bool) -> None:
        super().__init__()
        rows = [nn.GRU(1, 1, batch_first=True) for _ in range(2)]
        self.rows = nn.ModuleList(rows) if registered else rows
        self.head = nn.Linear(1, 1)

    def forward(self, x: Any) -> Any:
        for row in self.rows:
            x, _ = row(x)
        return self.head(x[:, -1])


@pytest.mark.parametrize("registered", [True, False])
def test_rnn503_optimizer_does_not_get_what_stands_in_a_plain_list(registered: bool) -> None:
    network = Stack(registered)
    before = network.rows[0].weight_hh_l0.detach().clone()
    train(network, updates=3)
    assert network.rows[0].weight_hh_l0.grad is not None
    assert torch.equal(network.rows[0].weight_hh_l0, before) != registered
