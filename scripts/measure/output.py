"""Output, loss and metric: RNN201 to RNN214."""

from __future__ import annotations

import math
from typing import Any

import torch
from torch import nn

from scripts.measure.networks import VERSIONS, error, lstm, sines, spread, train
from scripts.measure.record import Figure


def rnn201_floor() -> None:
    figure = Figure(
        "RNN201-floor",
        "The error that a bounded head cannot go below",
        "mean of the targets",
        "error (1 = a constant)",
        "Normal targets of deviation 1 around a mean. Floor: the mean squared distance of 20,000 targets to the "
        "head's range, computed. Trained: LSTM of 16 units on inputs that hold the target and noise, 300 updates of "
        "Adam 1e-2 on 256 samples",
        "0 to 4",
        VERSIONS,
        y_scale="log",
    )
    heads = {"sigmoid": (0.0, 1.0, torch.sigmoid), "tanh": (-1.0, 1.0, torch.tanh)}
    for name, (low, high, head) in heads.items():
        for mean in (0, 1, 2, 3, 4, 5, 6):
            floors, trained = [], []
            for seed in range(5):
                torch.manual_seed(seed)
                targets = mean + torch.randn(20_000)
                floors.append(float(((targets - targets.clamp(low, high)) ** 2).mean() / targets.var()))
                y = mean + torch.randn(256, 1)
                x = (y - mean)[:, None, :] + 0.1 * torch.randn(256, 10, 1)
                network = lstm(16, after=head)
                train(network, x, y, 300)
                trained.append(error(network, x, y))
            figure.add(f"{name}, floor", mean, floors)
            figure.add(f"{name}, trained", mean, trained)
    figure.rows.sort(key=lambda row: row[0])
    figure.write()


def rnn203_smallest_loss() -> None:
    figure = Figure(
        "RNN203-floor",
        "The smallest cross-entropy that a second softmax allows",
        "classes",
        "cross-entropy",
        "Computed: the loss of a perfect prediction behind two softmaxes, log(1 + (C - 1) / e), and that of a "
        "uniform guess, log(C). Behind one softmax a perfect prediction costs 0",
        "none",
        "none",
        x_scale="log",
    )
    for classes in (2, 3, 5, 10, 20, 50, 100, 200, 500, 1000):
        figure.add("perfect, softmax twice", classes, [math.log(1 + (classes - 1) / math.e)])
        figure.add("uniform guess", classes, [math.log(classes)])
    figure.rows.sort(key=lambda row: row[0])
    figure.write()


def rnn205_loss_per_update() -> None:
    figure = Figure(
        "RNN205-loss",
        "BCEWithLogitsLoss with and without a sigmoid in front",
        "update",
        "loss",
        "LSTM of 16 units, 128 samples of 10 normal steps, label: whether their mean is positive; Adam 1e-2",
        "0 to 4",
        VERSIONS,
    )
    for name, after in (("sigmoid twice", torch.sigmoid), ("sigmoid once", None)):
        curves = []
        for seed in range(5):
            torch.manual_seed(seed)
            x = torch.randn(128, 10, 1)
            y = (x.mean(1) > 0).float()
            curves.append(train(lstm(16, after=after), x, y, 200, loss=nn.functional.binary_cross_entropy_with_logits))
        figure.add_curves(name, curves)
    figure.write()


def rnn210_spread_per_update() -> None:
    figure = Figure(
        "RNN210-spread",
        "Spread of the predictions while (N, 1) is compared with (N,)",
        "update",
        "deviation: predictions / targets",
        "LSTM of 32 units, 64 sine waves of 20 steps, target: the next value; MSELoss, Adam 1e-2",
        "0 to 4",
        VERSIONS,
    )
    for name, broadcast in (("(N, 1) with (N,)", True), ("(N, 1) with (N, 1)", False)):
        curves = []
        for seed in range(5):
            torch.manual_seed(seed)
            (x, y), network = sines(64, 20), lstm(32)
            optimizer = torch.optim.Adam(network.parameters(), lr=1e-2)
            target, spreads = y[:, 0] if broadcast else y, []
            for _ in range(60):
                optimizer.zero_grad()
                ((network(x) - target) ** 2).mean().backward()
                optimizer.step()
                spreads.append(spread(network, x, y))
            curves.append(spreads)
        figure.add_curves(name, curves)
    figure.write()


def rnn211_reported_percentage() -> None:
    figure = Figure(
        "RNN211-report",
        "What MAPE reports for the same forecast on shifted targets",
        "smallest target",
        "reported MAPE in %",
        "Computed for 880 values of a sine scaled to a width of 1, whose smallest value is at x, and forecasts that "
        "miss by noise of 0.2 of the variance; the denominator is bounded at 1e-7, as Keras does",
        "0 to 4",
        VERSIONS,
        kind="bars",
        y_scale="log",
    )
    for smallest in (0.0, 1e-3, 1e-2, 0.1, 1.0):
        values = []
        for seed in range(5):
            torch.manual_seed(seed)
            wave = torch.sin(torch.arange(880, dtype=torch.float64) * 0.21 + 6.28 * torch.rand(1))
            y = (wave - wave.min()) / (wave.max() - wave.min()) + smallest
            forecast = y + (0.2 * y.var()) ** 0.5 * torch.randn(880)
            values.append(100 * float(((forecast - y).abs() / y.abs().clamp(min=1e-7)).mean()))
        figure.add("MAPE", f"{smallest:g}", values)
    figure.write()


def rnn212_dead_networks() -> None:
    figure = Figure(
        "RNN212-dead",
        "Networks whose relu output is 0 for every input",
        "units",
        "share of 40 networks",
        "LSTM and dense layer with Keras' start weights, 64 sine waves of 20 steps, standardised targets; 60 updates "
        "of Adam 1e-2; 40 networks for each width",
        "40 seeds",
        VERSIONS,
        kind="bars",
    )
    for units in (4, 8, 16, 32, 64):
        dead = 0
        for seed in range(40):
            torch.manual_seed(seed)
            (x, y), network = sines(64, 20), lstm(units, after=torch.relu)
            nn.init.xavier_uniform_(network.head.weight)
            nn.init.zeros_(network.head.bias)
            train(network, x, y, 60)
            with torch.no_grad():
                dead += float(network(x).max()) == 0.0
        figure.add("dead", str(units), [dead / 40])
    figure.write()


def _recall(share: float, noise: float, seed: int) -> float:
    """The recall on new samples of a network trained on labels of which a share is positive."""
    torch.manual_seed(seed)

    def draw(count: int) -> tuple[Any, Any]:
        x = torch.randn(count, 10, 1)
        score = x.mean(1) * 10**0.5 + noise * torch.randn(count, 1)
        edge = torch.distributions.Normal(0, (1 + noise**2) ** 0.5).icdf(torch.tensor(1 - share))
        return x, (score > edge).float()

    network = lstm(16)
    train(network, *draw(512), 200, loss=nn.functional.binary_cross_entropy_with_logits)
    x, y = draw(4000)
    with torch.no_grad():
        return float(((network(x) > 0) & (y > 0)).sum() / y.sum())


def rnn213_recall() -> None:
    figure = Figure(
        "RNN213-recall",
        "How many of the rare class are found",
        "share of the rare class",
        "recall on new samples",
        "LSTM of 16 units, label: whether the scaled mean of 10 normal steps, plus noise of a deviation of 0 or 2, "
        "is among the largest; 512 samples, 200 updates of Adam 1e-2, 4,000 new samples",
        "0 to 4",
        VERSIONS,
        x_scale="log",
    )
    for name, noise in (("labels without noise", 0.0), ("noisy labels", 2.0)):
        for share in (0.01, 0.02, 0.05, 0.1, 0.2, 0.5):
            figure.add(name, share, [_recall(share, noise, seed) for seed in range(5)])
    figure.write()
