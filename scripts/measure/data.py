"""Data: RNN401 to RNN412."""

from __future__ import annotations

from typing import Any

import numpy as np
import torch
from torch import nn

from scripts.measure.networks import VERSIONS, error, keras_start, lstm, sines, spread, train
from scripts.measure.record import Figure


def _windows(series: Any, size: int) -> tuple[Any, Any]:
    """Each run of values (N, size, 1) with the value behind it (N, 1)."""
    pieces = torch.as_tensor(series, dtype=torch.float32).unfold(0, size + 1, 1)
    return pieces[:, :-1, None], pieces[:, -1:]


def _noise(count: int, numbers: Any) -> Any:
    """An autoregressive series (0.9) of variance 1."""
    values, value = np.empty(count), numbers.normal()
    for i in range(count):
        value = 0.9 * value + 0.19**0.5 * numbers.normal()
        values[i] = value
    return values


def _scaled_error(rise: float, leak: bool, seed: int) -> float:
    """The reported root mean squared error on the last fifth, in the units of the scaler."""
    torch.manual_seed(seed)
    series = rise * np.linspace(0, 1, 500) + _noise(500, np.random.default_rng(seed))
    seen = series if leak else series[:400]
    scaled = (series - seen.min()) / (seen.max() - seen.min())
    network = lstm(16)
    train(network, *_windows(scaled[:400], 20), 200)
    with torch.no_grad():
        x, y = _windows(scaled[380:], 20)
        return float(((network(x) - y) ** 2).mean() ** 0.5)


def rnn401_optimism() -> None:
    figure = Figure(
        "RNN401-optimism",
        "How much smaller the reported error is when the scaler saw the test rows",
        "rise over the series, in deviations of its noise",
        "honest error / reported error",
        "500 steps of a straight rise with autoregressive noise (0.9), min-max scaling fit on the first 400 or on "
        "all rows, LSTM of 16 units on windows of 20, 200 updates of Adam 1e-2, error on the last 100 in scaled units",
        "0 to 6",
        VERSIONS,
    )
    for rise in (0, 2, 4, 6, 8, 12, 16):
        ratios = [_scaled_error(rise, False, seed) / _scaled_error(rise, True, seed) for seed in range(7)]
        figure.add("min-max scaling", rise, ratios)
    figure.write()


def rnn402_hidden_drift() -> None:
    figure = Figure(
        "RNN402-drift",
        "The error that is reported when the level of the test rows has moved",
        "drift of the test rows, in deviations",
        "reported error (1 = the variance)",
        "400 training and 200 test steps of an autoregressive series (0.9), the test part moved up; standardised, "
        "LSTM of 16 units on windows of 20, 200 updates of Adam 1e-2, mean squared error in the units of each scaler",
        "0 to 4",
        VERSIONS,
        y_scale="log",
    )
    for name in ("scaler of the training rows", "scaler refit on the test rows"):
        for drift in (0, 1, 2, 3, 4, 6):
            errors = []
            for seed in range(5):
                torch.manual_seed(seed)
                series = _noise(600, np.random.default_rng(seed))
                trained, tested = series[:400], series[400:] + drift
                ruler = trained if name == "scaler of the training rows" else tested
                network = lstm(16)
                train(network, *_windows((trained - trained.mean()) / trained.std(), 20), 200)
                x, y = _windows((tested - ruler.mean()) / ruler.std(), 20)
                with torch.no_grad():
                    errors.append(float(((network(x) - y) ** 2).mean()))
            figure.add(name, drift, errors)
    figure.write()


SCALES = (1.0, 3.0, 10.0, 30.0, 100.0, 300.0, 1000.0)


def rnn403_saturation() -> None:
    figure = Figure(
        "RNN403-saturation",
        "Gates near 0 or 1, by the scale of the input",
        "deviation of the inputs",
        "share of the gate values below 0.01 or above 0.99",
        "Untrained LSTM, GRU (sigmoid gates) and SimpleRNN (|state| above 0.99) of 32 units with Keras' start "
        "weights, 50 steps of 4 normal inputs, 16 samples",
        "0 to 4",
        VERSIONS,
        x_scale="log",
    )
    for name, kind, gates in (("LSTM", nn.LSTM, (0, 1, 3)), ("GRU", nn.GRU, (0, 1)), ("SimpleRNN", nn.RNN, ())):
        for scale in SCALES:
            figure.add(name, scale, [_saturated(kind, gates, scale, seed) for seed in range(5)])
    figure.write()


def _saturated(kind: Any, gates: tuple[int, ...], scale: float, seed: int) -> float:
    torch.manual_seed(seed)
    layer = keras_start(kind(4, 32, batch_first=True))
    with torch.no_grad():
        x = scale * torch.randn(16, 50, 4)
        out = layer(x)[0]
        if not gates:
            return float((out.abs() > 0.99).float().mean())
        before = torch.cat([torch.zeros(16, 1, 32), out[:, :-1]], 1)
        inner = x @ layer.weight_ih_l0.T + layer.bias_ih_l0 + before @ layer.weight_hh_l0.T + layer.bias_hh_l0
        values = torch.cat([inner.chunk(inner.shape[2] // 32, 2)[gate] for gate in gates], 2).sigmoid()
        return float(((values < 0.01) | (values > 0.99)).float().mean())


def rnn403_error() -> None:
    figure = Figure(
        "RNN403-error",
        "Error on new samples after training, by the scale of the input",
        "deviation of the inputs",
        "error (1 = a constant)",
        "LSTM of 32 units, 20 steps of 4 normal inputs, target: the mean of the first feature, scaled to variance 1; "
        "150 updates of Adam on 64 new samples each, error on 1,000 new ones",
        "0 to 4",
        VERSIONS,
        x_scale="log",
    )
    for name, rate in (("Adam 1e-2", 1e-2), ("Adam 1e-3", 1e-3)):
        for scale in SCALES:
            figure.add(name, scale, [_learned_mean(scale, rate, seed) for seed in range(5)])
    figure.write()


def _learned_mean(scale: float, rate: float, seed: int) -> float:
    torch.manual_seed(seed)

    def draw(count: int) -> tuple[Any, Any]:
        x = torch.randn(count, 20, 4)
        return scale * x, x[:, :, 0].mean(1, keepdim=True) * 20**0.5

    network = lstm(32, features=4)
    optimizer = torch.optim.Adam(network.parameters(), lr=rate)
    for _ in range(150):
        x, y = draw(64)
        optimizer.zero_grad()
        nn.functional.mse_loss(network(x), y).backward()
        optimizer.step()
    return error(network, *draw(1000))


def rnn404_spread() -> None:
    figure = Figure(
        "RNN404-spread",
        "Spread of the predictions by the scale of the targets",
        "deviation of the targets (their mean is 2.5 times that)",
        "deviation: predictions / targets",
        "LSTM of 32 units with a linear head, 20 steps of a standardised sine, target: its next value, scaled and "
        "moved; 128 samples, 150 updates of Adam",
        "0 to 4",
        VERSIONS,
        x_scale="log",
        y_scale="log",
    )
    for name, rate in (("Adam 1e-2", 1e-2), ("Adam 1e-3", 1e-3)):
        for scale in (0.3, 1.0, 3.0, 10.0, 30.0, 100.0):
            values = []
            for seed in range(5):
                torch.manual_seed(seed)
                (x, y), network = sines(128, 20), lstm(32)
                targets = scale * (y + 2.5)
                train(network, x, targets, 150, rate=rate)
                values.append(spread(network, x, targets))
            figure.add(name, scale, values)
    figure.write()


def _season(growth: float, seed: int) -> Any:
    """600 steps of a season of 12 steps whose level and swing grow; scaled by the first 400."""
    numbers = np.random.default_rng(seed)
    time = np.arange(600)
    values = (1 + growth * time / 600) * (1 + 0.3 * np.sin(time * 6.283 / 12)) + 0.02 * numbers.normal(size=600)
    return (values - values[:400].mean()) / values[:400].std()


def rnn405_two_splits() -> None:
    figure = Figure(
        "RNN405-splits",
        "Error of the same network on random windows and on the steps that follow",
        "growth over 600 steps",
        "mean squared error (scaled units)",
        "A season of 12 steps that grows, windows of 24, LSTM of 16 units, 300 updates of Adam 1e-2. Random: a third "
        "of the windows drawn by lot is the test set; in time order: the last 200 steps are",
        "0 to 4",
        VERSIONS,
        y_scale="log",
    )
    for name in ("random split", "in time order"):
        for growth in (0.0, 0.5, 1.0, 2.0, 3.0):
            errors = []
            for seed in range(5):
                torch.manual_seed(seed)
                x, y = _windows(_season(growth, seed), 24)
                order = torch.randperm(len(x)) if name == "random split" else torch.arange(len(x))
                kept, held = order[:-200], order[-200:]
                network = lstm(16)
                train(network, x[kept], y[kept], 300)
                with torch.no_grad():
                    errors.append(float(((network(x[held]) - y[held]) ** 2).mean()))
            figure.add(name, growth, errors)
    figure.write()


def rnn407_chosen_epoch() -> None:
    figure = Figure(
        "RNN407-choice",
        "The score at the epoch that was best on the test rows",
        "test rows",
        "cross-entropy",
        "LSTM of 16 units on 200 sequences of 10 steps with labels of which a fifth is turned, 100 updates of Adam "
        "1e-2; the update is chosen by x test rows and scored on them and on 4,000 new rows, 20 draws of test rows a "
        "seed of the seeds' means",
        "0 to 4",
        VERSIONS,
        x_scale="log",
    )
    curves = [_losses_by_update(seed) for seed in range(5)]
    for name in ("on the rows that chose", "on new rows"):
        for rows in (10, 20, 50, 100, 200, 500):
            figure.add(name, rows, [_chosen(losses, rows, name == "on new rows") for losses in curves])
    figure.write()


def _losses_by_update(seed: int) -> Any:
    """The loss of each of 8,000 new rows after each of 100 updates."""
    torch.manual_seed(seed)
    x = torch.randn(8200, 10, 1)
    y = ((x.mean(1) > 0) ^ (torch.rand(8200, 1) < 0.2)).float()
    network, losses = lstm(16), []
    optimizer = torch.optim.Adam(network.parameters(), lr=1e-2)
    loss_of = nn.functional.binary_cross_entropy_with_logits
    for _ in range(100):
        optimizer.zero_grad()
        loss_of(network(x[:200]), y[:200]).backward()
        optimizer.step()
        with torch.no_grad():
            losses.append(loss_of(network(x[200:]), y[200:], reduction="none")[:, 0])
    return torch.stack(losses)


def _chosen(losses: Any, rows: int, new: bool) -> float:
    scores = []
    for _ in range(20):
        test = torch.randperm(4000)[:rows]
        best = losses[:, test].mean(1).argmin()
        scores.append(float(losses[best, 4000:].mean() if new else losses[best, test].mean()))
    return float(np.mean(scores))


def rnn409_read_ahead() -> None:
    figure = Figure(
        "RNN409-window",
        "How much of the next difference of a random walk a smoothed input gives away",
        "width of the rolling mean",
        "explained share of the variance",
        "Random walk of 4,000 steps, least squares on the last 20 smoothed values, fit on the first 3,000 steps and "
        "scored on the rest. Nothing can be forecast, so an honest input scores about 0",
        "0 to 4",
        f"numpy {np.__version__}",
    )
    for name in ("centred", "ends at its row"):
        for width in (1, 3, 5, 7, 9, 11):
            figure.add(name, width, [_explained(name, width, seed) for seed in range(5)])
    figure.write()


def _explained(name: str, width: int, seed: int) -> float:
    walk = np.random.default_rng(seed).normal(size=4000).cumsum()
    smooth = np.convolve(walk, np.ones(width) / width, "valid")
    first = width - 1 if name == "ends at its row" else width // 2
    rows = np.arange(first + 20, first + len(smooth) - 1)
    rows = rows[rows < 3990]
    inputs = np.stack([smooth[row - first - 19 : row - first + 1] - walk[row - 25 if row >= 25 else 0] for row in rows])
    inputs = np.column_stack([np.diff(inputs, axis=1), inputs[:, -1] - inputs[:, 0], np.ones(len(rows))])
    target = walk[rows + 1] - walk[rows]
    kept = rows < 3000
    weights = np.linalg.lstsq(inputs[kept], target[kept], rcond=None)[0]
    missed = target[~kept] - inputs[~kept] @ weights
    return float(1 - missed.var() / target[~kept].var())


def rnn412_samples() -> None:
    figure = Figure(
        "RNN412-samples",
        "Right answers by the number of training sequences",
        "training sequences",
        "share of right answers",
        "LSTM of 32 units, 10 normal steps, label: whether the second half is larger than the first on average; 200 "
        "updates of Adam 1e-2, 1,000 new sequences",
        "0 to 4",
        VERSIONS,
        x_scale="log",
    )
    for name in ("training sequences", "new sequences"):
        for count in (10, 25, 50, 100, 200, 400):
            shares = []
            for seed in range(5):
                torch.manual_seed(seed)
                x, network = torch.randn(count + 1000, 10, 1), lstm(32)
                y = (x[:, 5:].mean(1) > x[:, :5].mean(1)).float()
                train(network, x[:count], y[:count], 200, loss=nn.functional.binary_cross_entropy_with_logits)
                part = slice(0, count) if name == "training sequences" else slice(count, None)
                with torch.no_grad():
                    shares.append(float(((network(x[part]) > 0) == (y[part] > 0)).float().mean()))
            figure.add(name, count, shares)
    figure.write()
