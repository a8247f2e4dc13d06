"""The cell and the stack: RNN101 to RNN119."""

from __future__ import annotations

from typing import Any

import torch
from torch import nn

from scripts.measure.networks import VERSIONS, FreeLSTM, ReadOut, error, keras_start, lstm, sines, spread, train
from scripts.measure.record import Figure


def rnn101_loss_per_update() -> None:
    figure = Figure(
        "RNN101-loss",
        "Loss of a relu and of a tanh cell",
        "update",
        "loss (1 = the target's variance)",
        "LSTM of 50 units with Keras' start weights over 60 steps of noise, target: the mean over time, scaled to "
        "variance 1; Adam 1e-3, 32 new samples each update",
        "0 to 4",
        VERSIONS,
        y_scale="log",
    )
    for name, activation in (("relu", torch.relu), ("tanh", torch.tanh)):
        curves = []
        for seed in range(5):
            torch.manual_seed(seed)
            network = ReadOut(FreeLSTM(1, 50, activation), 50)
            optimizer = torch.optim.Adam(network.parameters(), lr=1e-3)
            losses = []
            for _ in range(500):
                x = torch.randn(32, 60, 1)
                optimizer.zero_grad()
                loss = nn.functional.mse_loss(network(x), x.mean(1) * 60**0.5)
                loss.backward()
                optimizer.step()
                losses.append(loss.item())
            curves.append(losses)
        figure.add_curves(name, curves, 500)
    figure.write()


def rnn102_largest_state() -> None:
    figure = Figure(
        "RNN102-state",
        "The state of an untrained LSTM by the activation of its gates",
        "step",
        "largest cell state",
        "LSTM of 64 units with Keras' start weights, 32 samples of 4 normal inputs; the largest absolute cell state "
        "at each step",
        "0 to 4",
        VERSIONS,
        y_scale="log",
    )
    gates = {
        "sigmoid": torch.sigmoid,
        "relu": torch.relu,
        "linear": lambda x: x,
        "softplus": nn.functional.softplus,
    }
    for name, gate in gates.items():
        curves = []
        for seed in range(5):
            torch.manual_seed(seed)
            layer = FreeLSTM(4, 64, torch.tanh, gate)
            with torch.no_grad():
                layer(torch.randn(32, 100, 4))
            curves.append([float(state.abs().max()) for state in layer.states])
        figure.add_curves(name, curves, 50)
    figure.write()


def rnn106_gradient_by_step() -> None:
    figure = Figure(
        "RNN106-gradient",
        "Which steps the backward half of the read-out depends on",
        "step",
        "share of the gradient",
        "Bidirectional LSTM of 32 units, 20 steps of 4 normal inputs, 16 samples: gradient of the backward half to "
        "each step, as a share of its sum over all steps, at the start of training",
        "0 to 4",
        VERSIONS,
    )
    readings: dict[str, Any] = {"out[:, -1]": lambda out, h: out[:, -1, 32:], "h_n[-1]": lambda out, h: h[-1]}
    for name, read in readings.items():
        curves = []
        for seed in range(5):
            torch.manual_seed(seed)
            layer = keras_start(nn.LSTM(4, 32, batch_first=True, bidirectional=True))
            x = torch.randn(16, 20, 4, requires_grad=True)
            out, (h, _) = layer(x)
            read(out, h).sum().backward()
            size = x.grad.abs().sum((0, 2))
            curves.append((size / size.sum()).tolist())
        figure.add_curves(name, curves, 20)
    figure.write()


class _MeanReader(nn.Module):
    """`out[:, -1]` of a GRU that is or is not told where the batch stands."""

    def __init__(self, batch_first: bool):
        super().__init__()
        self.rnn, self.head = nn.GRU(2, 32, batch_first=batch_first), nn.Linear(32, 1)

    def forward(self, x: Any) -> Any:
        return self.head(self.rnn(x)[0][:, -1])


def rnn107_error_per_update() -> None:
    figure = Figure(
        "RNN107-error",
        "Learning the mean of a sequence, with and without batch_first",
        "update",
        "error on new samples (1 = a constant)",
        "GRU of 32 units, 32 samples of 12 steps and 2 features each update, target: the mean of the first feature, "
        "scaled to variance 1; Adam 1e-2",
        "0 to 4",
        VERSIONS,
        y_scale="log",
    )
    for name, batch_first in (("batch_first left out", False), ("batch_first=True", True)):
        curves = []
        for seed in range(5):
            torch.manual_seed(seed)
            network = _MeanReader(batch_first)
            optimizer = torch.optim.Adam(network.parameters(), lr=1e-2)
            errors = []
            for _ in range(150):
                x = torch.randn(32, 12, 2)
                y = x[:, :, 0].mean(1, keepdim=True) * 12**0.5
                optimizer.zero_grad()
                loss = nn.functional.mse_loss(network(x), y)
                errors.append(loss.item())
                loss.backward()
                optimizer.step()
            curves.append(errors)
        figure.add_curves(name, curves)
    figure.write()


def rnn108_recurrent_gradient() -> None:
    figure = Figure(
        "RNN108-gradient",
        "What reaches the recurrent kernel, by the length of the sequence",
        "steps",
        "gradient norm: recurrent kernel / kernel",
        "32 units, 4 normal inputs, 64 samples, loss: mean square of the last step at the start of training, Keras' "
        "start weights. At one step the ratio is exactly 0",
        "0 to 4",
        VERSIONS,
    )
    for name, kind in (("LSTM", nn.LSTM), ("GRU", nn.GRU), ("SimpleRNN", nn.RNN)):
        for steps in (1, 2, 3, 4, 6, 8, 10):
            ratios = []
            for seed in range(5):
                torch.manual_seed(seed)
                layer = keras_start(kind(4, 32, batch_first=True))
                (layer(torch.randn(64, steps, 4))[0][:, -1] ** 2).mean().backward()
                ratios.append(float(layer.weight_hh_l0.grad.norm() / layer.weight_ih_l0.grad.norm()))
            figure.add(name, steps, ratios)
    figure.write()


def _reach(layer: Any, steps: int) -> float:
    """The gradient to the first step as a share of that to the last."""
    x = torch.randn(16, steps, 4, dtype=torch.float64, requires_grad=True)
    (layer.double()(x)[0][:, -1] ** 2).mean().backward()
    return float(x.grad[:, 0].norm() / x.grad[:, -1].norm())


def _add_reach(figure: Figure, name: str, make: Any) -> None:
    for steps in (5, 10, 20, 35, 50, 75, 100):
        ratios = []
        for seed in range(5):
            torch.manual_seed(seed)
            ratios.append(_reach(make(), steps))
        figure.add(name, steps, ratios)
    figure.write()


def rnn112_reach() -> None:
    figure = Figure(
        "RNN112-reach",
        "How much of the gradient arrives at the first step",
        "steps",
        "gradient: first step / last step",
        "32 units, 4 normal inputs, 16 samples, at the start of training, double precision. All cells fade; the "
        "gated ones with Keras' start weights fade later",
        "0 to 4",
        VERSIONS,
        y_scale="log",
    )
    _add_reach(figure, "SimpleRNN (Keras)", lambda: keras_start(nn.RNN(4, 32, batch_first=True)))
    _add_reach(figure, "nn.RNN", lambda: nn.RNN(4, 32, batch_first=True))
    _add_reach(figure, "LSTM (Keras)", lambda: keras_start(nn.LSTM(4, 32, batch_first=True)))
    _add_reach(figure, "nn.LSTM", lambda: nn.LSTM(4, 32, batch_first=True))


def _without_forget_bias() -> Any:
    layer = keras_start(nn.LSTM(4, 32, batch_first=True))
    nn.init.zeros_(layer.bias_ih_l0)
    return layer


def rnn113_reach() -> None:
    figure = Figure(
        "RNN113-reach",
        "How much of the gradient arrives at the first step, by the forget bias",
        "steps",
        "gradient: first step / last step",
        "LSTM of 32 units with Keras' start weights, 4 normal inputs, 16 samples, at the start of training, double "
        "precision",
        "0 to 4",
        VERSIONS,
        y_scale="log",
    )
    _add_reach(figure, "forget bias 1", lambda: keras_start(nn.LSTM(4, 32, batch_first=True)))
    _add_reach(figure, "forget bias 0", _without_forget_bias)


def rnn115_penalty() -> None:
    figure = Figure(
        "RNN115-penalty",
        "Error after training by the strength of the penalty",
        "l2 factor on both kernels",
        "error (1 = a constant)",
        "LSTM of 32 units with Keras' start weights, 128 sine waves of 20 steps, target: the next value; 300 updates "
        "of Adam 1e-3",
        "0 to 4",
        VERSIONS,
        x_scale="log",
        y_scale="log",
    )
    for factor in (1e-5, 1e-4, 1e-3, 1e-2, 3e-2, 1e-1):
        figure.add("LSTM", factor, [_penalised(factor, seed) for seed in range(5)])
    figure.write()


def _penalised(factor: float, seed: int) -> float:
    torch.manual_seed(seed)
    (x, y), network = sines(128, 20), lstm(32)
    kernels = [network.recurrent.weight_ih_l0, network.recurrent.weight_hh_l0]

    def loss(out: Any, target: Any) -> Any:
        return nn.functional.mse_loss(out, target) + factor * sum((weight**2).sum() for weight in kernels)

    train(network, x, y, 300, rate=1e-3, loss=loss)
    return error(network, x, y)


def rnn115_dropout() -> None:
    figure = Figure(
        "RNN115-dropout",
        "Spread of the predictions by the rate of dropout",
        "dropout rate",
        "deviation: predictions / targets",
        "LSTM of 32 units with Keras' start weights, 128 sine waves of 20 steps, target: the next value; dropout of "
        "the input as Keras' dropout= does it, one mask for all steps of a sample; 150 updates of Adam 1e-3, "
        "predictions without dropout",
        "0 to 4",
        VERSIONS,
    )
    for rate in (0.0, 0.2, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9):
        values = []
        for seed in range(5):
            torch.manual_seed(seed)
            (x, y), network = sines(128, 20), lstm(32)
            optimizer = torch.optim.Adam(network.parameters(), lr=1e-3)
            for _ in range(150):
                optimizer.zero_grad()
                mask = nn.functional.dropout(torch.ones(128, 1, 1), rate)
                nn.functional.mse_loss(network(x * mask), y).backward()
                optimizer.step()
            values.append(spread(network, x, y))
        figure.add("LSTM", rate, values)
    figure.write()


def rnn119_error_per_update() -> None:
    figure = Figure(
        "RNN119-error",
        "Error while a stack of recurrent layers is trained",
        "update",
        "error (1 = a constant)",
        "nn.LSTM of 32 units with PyTorch's start weights, 64 sine waves of 20 steps, target: the next value; Adam "
        "1e-3",
        "0 to 4",
        VERSIONS,
    )
    for layers in (1, 4, 8):
        curves = []
        for seed in range(5):
            torch.manual_seed(seed)
            x, y = sines(64, 20)
            losses = train(ReadOut(nn.LSTM(1, 32, layers, batch_first=True), 32), x, y, 200, rate=1e-3)
            curves.append([loss / float(y.var()) for loss in losses])
        figure.add_curves(f"{layers} layer{'s' if layers > 1 else ''}", curves)
    figure.write()
