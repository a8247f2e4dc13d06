"""Optimisation: RNN501 to RNN509."""

from __future__ import annotations

from typing import Any

import torch
from torch import nn

from scripts.measure.networks import VERSIONS, FreeLSTM, ReadOut, error, lstm, sines, train
from scripts.measure.record import Figure


def rnn501_gradient_norm() -> None:
    figure = Figure(
        "RNN501-norm",
        "Norm of the gradient while nothing clips",
        "update",
        "gradient norm",
        "LSTM of 32 units with Keras' start weights over 100 steps of a sine, target: its next value; 64 samples, "
        "Adam 1e-2",
        "0 to 4",
        VERSIONS,
        y_scale="log",
    )
    for name, activation in (("relu cell", torch.relu), ("tanh cell", torch.tanh)):
        curves = []
        for seed in range(5):
            torch.manual_seed(seed)
            (x, y), network = sines(64, 100), ReadOut(FreeLSTM(1, 32, activation), 32)
            optimizer, norms = torch.optim.Adam(network.parameters(), lr=1e-2), []
            for _ in range(80):
                optimizer.zero_grad()
                nn.functional.mse_loss(network(x), y).backward()
                norms.append(float(nn.utils.get_total_norm([p.grad for p in network.parameters()])))
                optimizer.step()
            curves.append(norms)
        figure.add_curves(name, curves, 80)
    figure.write()


def rnn502_rate() -> None:
    figure = Figure(
        "RNN502-rate",
        "Error after 200 updates by learning rate",
        "learning rate",
        "error (1 = a constant)",
        "LSTM of 32 units, 64 sine waves of 20 steps, target: the next value. Rates without a point ended in NaN",
        "0 to 2",
        VERSIONS,
        x_scale="log",
        y_scale="log",
    )
    for name, optimizer in (("Adam", torch.optim.Adam), ("SGD", torch.optim.SGD)):
        for rate in (1e-6, 1e-5, 1e-4, 1e-3, 1e-2, 0.1, 0.3, 1.0, 3.0):
            errors = []
            for seed in range(3):
                torch.manual_seed(seed)
                (x, y), network = sines(64, 20), lstm(32)
                train(network, x, y, 200, rate=rate, optimizer=optimizer)
                errors.append(error(network, x, y))
            figure.add(name, rate, errors)
    figure.write()


def rnn505_limit() -> None:
    figure = Figure(
        "RNN505-limit",
        "Error after 300 updates by the limit on the gradient norm",
        "limit",
        "error (1 = a constant)",
        "LSTM of 24 units, 64 sine waves of 20 steps, target: the next value; SGD 0.1 and Adam 1e-2",
        "0 to 2",
        VERSIONS,
        x_scale="log",
        y_scale="log",
    )
    for name, optimizer, rate in (("SGD", torch.optim.SGD, 0.1), ("Adam", torch.optim.Adam, 1e-2)):
        for limit in (1e-4, 1e-3, 1e-2, 0.1, 1.0, 10.0, 100.0):
            errors = []
            for seed in range(3):
                torch.manual_seed(seed)
                (x, y), network = sines(64, 20), lstm(24)
                train(network, x, y, 300, rate=rate, optimizer=optimizer, limit=limit)
                errors.append(error(network, x, y))
            figure.add(name, limit, errors)
    figure.write()


def _filled(network: Any, value: float) -> Any:
    for name, weight in network.named_parameters():
        if "weight" in name:
            nn.init.constant_(weight, value)
    return network


def rnn509_loss_per_update() -> None:
    figure = Figure(
        "RNN509-loss",
        "Training from equal weights",
        "update",
        "error (1 = a constant)",
        "LSTM of 32 units, 64 sine waves of 20 steps, target: the next value; all kernels filled with one value, "
        "biases as Keras starts them; Adam 1e-2",
        "0 to 2",
        VERSIONS,
        y_scale="log",
    )
    for name, value in (("zeros", 0.0), ("0.1 everywhere", 0.1), ("random", None)):
        curves = []
        for seed in range(3):
            torch.manual_seed(seed)
            (x, y), network = sines(64, 20), lstm(32)
            network = network if value is None else _filled(network, value)
            curves.append([loss / float(y.var()) for loss in train(network, x, y, 250)])
        figure.add_curves(name, curves)
    figure.write()
