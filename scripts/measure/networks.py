"""The small PyTorch networks and tasks that most measurements share."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import torch
from torch import nn

VERSIONS = f"torch {torch.__version__.partition('+')[0]} (CPU), numpy {np.__version__}"
torch.set_num_threads(1)


def keras_start(layer: Any) -> Any:
    """Weights as Keras draws them: Glorot uniform, orthogonal recurrence, zero biases, forget bias 1."""
    for name, weight in layer.named_parameters():
        gates = weight.shape[0] // layer.hidden_size
        with torch.no_grad():
            if name.startswith("weight_ih"):
                nn.init.xavier_uniform_(weight)
            elif name.startswith("weight_hh"):
                weight.copy_(nn.init.orthogonal_(torch.empty(weight.shape[1], weight.shape[0])).T)
            else:
                weight.zero_()
                if gates == 4 and name.startswith("bias_ih"):
                    weight[layer.hidden_size : 2 * layer.hidden_size] = 1.0
    return layer


class FreeLSTM(nn.Module):
    """An LSTM with activations of one's own choice, started as Keras starts it; (N, T, F) to (N, T, units).

    `states` holds the cell states of the last call, one (N, units) a step.
    """

    def __init__(self, features: int, units: int, cell: Callable[..., Any], gate: Callable[..., Any] = torch.sigmoid):
        super().__init__()
        source = keras_start(nn.LSTM(features, units))
        self.kernel, self.recurrent = nn.Parameter(source.weight_ih_l0.T), nn.Parameter(source.weight_hh_l0.T)
        self.bias = nn.Parameter(source.bias_ih_l0)
        self.cell, self.gate = cell, gate
        self.states: list[Any] = []

    def forward(self, x: Any) -> Any:
        h = c = x.new_zeros(x.shape[0], self.recurrent.shape[0])
        inputs, steps, self.states = x @ self.kernel + self.bias, [], []
        for t in range(x.shape[1]):
            i, f, g, o = (inputs[:, t] + h @ self.recurrent).chunk(4, dim=1)
            c = self.gate(f) * c + self.gate(i) * self.cell(g)
            h = self.gate(o) * self.cell(c)
            steps.append(h)
            self.states.append(c.detach())
        return torch.stack(steps, 1)


class ReadOut(nn.Module):
    """A recurrent layer, a linear layer on its last step, and what follows."""

    def __init__(self, recurrent: Any, units: int, outputs: int = 1, after: Callable[..., Any] | None = None):
        super().__init__()
        self.recurrent, self.head, self.after = recurrent, nn.Linear(units, outputs), after

    def forward(self, x: Any) -> Any:
        steps = self.recurrent(x)
        steps = steps[0] if isinstance(steps, tuple) else steps
        out = self.head(steps[:, -1])
        return out if self.after is None else self.after(out)


def lstm(units: int = 32, features: int = 1, outputs: int = 1, **keywords: Any) -> Any:
    """An LSTM with a linear head on its last step."""
    return ReadOut(keras_start(nn.LSTM(features, units, batch_first=True)), units, outputs, **keywords)


def sines(count: int, steps: int, noise: float = 0.0) -> tuple[Any, Any]:
    """Sine waves of their own phase and speed (N, T, 1), and the value that follows (N, 1), of variance 1."""
    phase, speed = torch.rand(count, 1) * 6.283, torch.rand(count, 1) * 0.4 + 0.2
    values = 2**0.5 * torch.sin(phase + speed * torch.arange(steps + 1)) + noise * torch.randn(count, steps + 1)
    return values[:, :-1, None], values[:, -1:]


def train(network: Any, inputs: Any, targets: Any, updates: int, **options: Any) -> list[float]:
    """The loss of each update on all samples at once. Options: `rate`, `optimizer`, `loss`, `limit`."""
    make = options.get("optimizer", torch.optim.Adam)
    optimizer = make(network.parameters(), lr=options.get("rate", 1e-2))
    loss_of, losses = options.get("loss", nn.functional.mse_loss), []
    for _ in range(updates):
        optimizer.zero_grad()
        loss = loss_of(network(inputs), targets)
        loss.backward()
        if limit := options.get("limit"):
            nn.utils.clip_grad_norm_(network.parameters(), limit)
        optimizer.step()
        losses.append(loss.item())
    return losses


def error(network: Any, inputs: Any, targets: Any) -> float:
    """The mean squared error in shares of the targets' variance."""
    with torch.no_grad():
        return float(((network(inputs) - targets) ** 2).mean() / targets.var(unbiased=False))


def spread(network: Any, inputs: Any, targets: Any) -> float:
    """The deviation of the predictions in shares of the targets'."""
    with torch.no_grad():
        return float(network(inputs).std() / targets.std())
