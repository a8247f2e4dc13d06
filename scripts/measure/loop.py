"""State and training loop: RNN601 to RNN618."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

import torch
from torch import nn

from scripts.measure.networks import VERSIONS, error, lstm, sines, train
from scripts.measure.record import Figure


def _learner(seed: int) -> tuple[Any, Any, Any]:
    torch.manual_seed(seed)
    return (*sines(64, 20), lstm(32))


def rnn601_loss_per_update() -> None:
    figure = Figure(
        "RNN601-loss",
        "Training with and without zero_grad",
        "update",
        "error (1 = a constant)",
        "LSTM of 32 units, 64 sine waves of 20 steps, target: the next value; Adam 1e-2",
        "0 to 4",
        VERSIONS,
        y_scale="log",
    )
    for name in ("without zero_grad", "with zero_grad"):
        curves = []
        for seed in range(5):
            x, y, network = _learner(seed)
            optimizer, losses = torch.optim.Adam(network.parameters(), lr=1e-2), []
            for _ in range(150):
                if name == "with zero_grad":
                    optimizer.zero_grad()
                loss = nn.functional.mse_loss(network(x), y)
                loss.backward()
                optimizer.step()
                losses.append(loss.item() / float(y.var()))
            curves.append(losses)
        figure.add_curves(name, curves)
    figure.write()


def rnn602_step_length() -> None:
    figure = Figure(
        "RNN602-step",
        "How far one update moves the weights, with a limit of 1",
        "deviation of the targets",
        "length of the step",
        "LSTM of 32 units, 64 sine waves of 20 steps, targets scaled; first update of SGD at a rate of 1, gradients "
        "clipped to a norm of 1",
        "0 to 4",
        VERSIONS,
        x_scale="log",
        y_scale="log",
    )
    for name in ("clipped behind the step", "clipped in front of the step"):
        for scale in (1.0, 3.0, 10.0, 30.0, 100.0):
            figure.add(name, scale, [_step_length(name, scale, seed) for seed in range(5)])
    figure.write()


def _step_length(name: str, scale: float, seed: int) -> float:
    x, y, network = _learner(seed)
    parameters = list(network.parameters())
    before = [parameter.detach().clone() for parameter in parameters]
    optimizer = torch.optim.SGD(parameters, lr=1.0)
    nn.functional.mse_loss(network(x), scale * y).backward()
    if name == "clipped in front of the step":
        nn.utils.clip_grad_norm_(parameters, 1.0)
        optimizer.step()
    else:
        optimizer.step()
        nn.utils.clip_grad_norm_(parameters, 1.0)
    moved = [now.detach() - then for now, then in zip(parameters, before, strict=True)]
    return float(nn.utils.get_total_norm(moved))


def rnn605_graph_nodes() -> None:
    figure = Figure(
        "RNN605-nodes",
        "Nodes of the graph behind the loss, turn by turn",
        "turn",
        "nodes",
        "LSTM of 32 units with a linear head on the last of 20 steps, its state handed to the next turn; counted "
        "from the loss backwards, no step taken",
        "0",
        VERSIONS,
    )
    for name in ("state kept as it is", "state detached"):
        torch.manual_seed(0)
        rnn, head, state = nn.LSTM(1, 32, batch_first=True), nn.Linear(32, 1), None
        for turn in range(1, 21):
            out, state = rnn(torch.randn(8, 20, 1), state)
            loss = (head(out[:, -1]) ** 2).mean()
            figure.add(name, turn, [_nodes(loss)])
            if name == "state detached":
                state = tuple(part.detach() for part in state)
    figure.write()


def _nodes(loss: Any) -> int:
    waiting, seen = [loss.grad_fn], set()
    while waiting:
        node = waiting.pop()
        if node is not None and node not in seen:
            seen.add(node)
            waiting.extend(parent for parent, _ in node.next_functions)
    return len(seen)


def rnn608_apparent_error() -> None:
    figure = Figure(
        "RNN608-error",
        "Error of a trained network, judged in both modes",
        "dropout rate",
        "error on new samples (1 = a constant)",
        "LSTM of 32 units, dropout, linear head; 256 sine waves of 20 steps, target: the next value; 300 updates of "
        "Adam 1e-2, 1,000 new waves",
        "0 to 4",
        VERSIONS,
        y_scale="log",
    )
    for name in ("training mode", "eval()"):
        for rate in (0.0, 0.1, 0.2, 0.3, 0.5):
            errors = []
            for seed in range(5):
                torch.manual_seed(seed)
                (x, y), network = sines(256, 20), lstm(32)
                network.head = nn.Sequential(nn.Dropout(rate), network.head)
                train(network, x, y, 300)
                network.train(name == "training mode")
                errors.append(error(network, *sines(1000, 20)))
            figure.add(name, rate, errors)
    figure.write()


def rnn609_memory() -> None:
    figure = Figure(
        "RNN609-memory",
        "Memory of an evaluation that adds up the loss",
        "batch",
        "memory taken since the start, MB",
        "LSTM of 64 units, batches of 32 series of 50 steps, resident memory of the process (Linux); `total += loss` "
        "and `total += loss.item()`, without no_grad",
        "0",
        VERSIONS,
    )
    for name in ("total += loss.item()", "total += loss"):
        torch.manual_seed(0)
        network, total = lstm(64), 0.0
        for _ in range(20):
            network(torch.randn(32, 50, 1)).mean().item()
        start = _resident()
        for batch in range(1, 301):
            loss = (network(torch.randn(32, 50, 1)) ** 2).mean()
            total = total + (loss if name == "total += loss" else loss.item())
            if batch % 20 == 0:
                figure.add(name, batch, [_resident() - start])
        del total
    figure.write()


def _resident() -> float:
    pages = int(Path("/proc/self/statm").read_text("ascii").split()[1])
    return pages * os.sysconf("SC_PAGE_SIZE") / 1e6


def rnn614_accumulated() -> None:
    figure = Figure(
        "RNN614-error",
        "Error after training by the number of accumulated batches",
        "batches",
        "error (1 = a constant)",
        "LSTM of 32 units, 64 sine waves of 20 steps as k batches of 64 / k, target: the next value; 300 updates of "
        "SGD 0.2. Numbers of batches without a point ended in NaN",
        "0 to 4",
        VERSIONS,
        x_scale="log",
        y_scale="log",
    )
    for name in ("loss as it is", "loss / k"):
        for batches in (1, 2, 4, 8, 16):
            figure.add(name, batches, [_accumulated(name == "loss / k", batches, seed) for seed in range(5)])
    figure.write()


def _accumulated(divided: bool, batches: int, seed: int) -> float:
    x, y, network = _learner(seed)
    optimizer = torch.optim.SGD(network.parameters(), lr=0.2)
    for _ in range(300):
        optimizer.zero_grad()
        for part, target in zip(x.chunk(batches), y.chunk(batches), strict=True):
            loss = nn.functional.mse_loss(network(part), target)
            (loss / batches if divided else loss).backward()
        optimizer.step()
    return error(network, x, y)


def rnn618_forgetful() -> None:
    figure = Figure(
        "RNN618-error",
        "Error after 200 updates by how often Adam is made anew",
        "updates with one optimizer",
        "error (1 = a constant)",
        "LSTM of 32 units, 64 sine waves of 20 steps, target: the next value; Adam 1e-2",
        "0 to 4",
        VERSIONS,
        x_scale="log",
        y_scale="log",
    )
    for kept in (1, 2, 5, 10, 25, 50, 200):
        errors = []
        for seed in range(5):
            x, y, network = _learner(seed)
            for _ in range(200 // kept):
                train(network, x, y, kept)
            errors.append(error(network, x, y))
        figure.add("Adam", kept, errors)
    figure.write()
