"""Padding and masks, with PyTorch: RNN301, RNN302, RNN304, RNN306."""

from __future__ import annotations

from typing import Any

import torch
from torch import nn

from scripts.measure.networks import VERSIONS, keras_start
from scripts.measure.record import Figure

PADS = (0, 2, 5, 10, 20, 40, 60, 100)
CELLS = {
    "LSTM": (nn.LSTM, False),
    "GRU": (nn.GRU, False),
    "SimpleRNN": (nn.RNN, False),
    "Bidirectional LSTM": (nn.LSTM, True),
}


def _outcome(layer: Any, x: Any) -> Any:
    """What Keras returns for the last step: the last state of each direction."""
    state = layer(x)[1]
    state = state[0] if isinstance(state, tuple) else state
    return torch.cat(list(state), 1)


def _contrast(layer: Any, x: Any, pads: int, value: Any) -> float:
    """The mean difference between neighbouring samples' outputs, padded behind, as a share of the unpadded one."""

    def difference(inputs: Any) -> Any:
        out = _outcome(layer, inputs)
        return (out[1:] - out[:-1]).norm(dim=1).mean()

    with torch.no_grad():
        filling = value.expand(x.shape[0], pads, x.shape[2])
        return float(difference(torch.cat([x, filling], 1)) / difference(x))


def _add_contrasts(figure: Figure, width: int, embedded: bool) -> None:
    for name, (kind, both) in CELLS.items():
        for pads in PADS:
            values = []
            for seed in range(5):
                torch.manual_seed(seed)
                layer = keras_start(kind(width, 64, batch_first=True, bidirectional=both))
                table = torch.rand(1000, width) * 0.1 - 0.05
                x = table[torch.randint(1, 1000, (16, 15))] if embedded else torch.randn(16, 15, width)
                values.append(_contrast(layer, x, pads, table[0] if embedded else torch.zeros(width)))
            figure.add(name, pads, values)
    figure.write()


def rnn301_contrast() -> None:
    figure = Figure(
        "RNN301-contrast",
        "What is left of the difference between two texts",
        "padded steps behind the text",
        "contrast (1 = without padding)",
        "Texts of 15 random tokens, embedded in 32 dimensions as Keras draws them, 64 units with Keras' start "
        "weights, no mask; mean distance of 16 samples' outputs. With a mask the contrast is 1",
        "0 to 4",
        VERSIONS,
        y_scale="log",
    )
    _add_contrasts(figure, 32, embedded=True)


def rnn302_contrast() -> None:
    figure = Figure(
        "RNN302-contrast",
        "What is left of the difference between two padded series",
        "padded steps behind the series",
        "contrast (1 = without padding)",
        "Series of 15 steps of 4 normal features, padded with 0, 64 units with Keras' start weights, no mask; mean "
        "distance of 16 samples' outputs. With a mask the contrast is 1",
        "0 to 4",
        VERSIONS,
        y_scale="log",
    )
    _add_contrasts(figure, 4, embedded=False)


def rnn304_contrast() -> None:
    figure = Figure(
        "RNN304-contrast",
        "What the last step of a padded batch still says of a sequence",
        "padded steps",
        "contrast (1 = without padding)",
        "Sequences of 15 steps of 8 normal features, 64 units, PyTorch's start weights, out[:, -1] of the padded "
        "batch; mean distance of 16 samples' outputs. h_n of a packed batch keeps 1",
        "0 to 4",
        VERSIONS,
        y_scale="log",
    )
    for name, kind in (("nn.LSTM", nn.LSTM), ("nn.GRU", nn.GRU), ("nn.RNN", nn.RNN)):
        for pads in PADS:
            values = []
            for seed in range(5):
                torch.manual_seed(seed)
                values.append(_contrast(kind(8, 64, batch_first=True), torch.randn(16, 15, 8), pads, torch.zeros(8)))
            figure.add(name, pads, values)
    figure.write()


def rnn306_real_positions() -> None:
    figure = Figure(
        "RNN306-accuracy",
        "Tags of real tokens that are right, with and without the padding in the loss",
        "update",
        "share of the real tokens",
        "Tagging 64 sequences of 5 to 20 tokens in rows of 60: the tag is the token before modulo 5, padding has a "
        "tag of its own; embedding of 16, LSTM of 32 units, Adam 1e-2",
        "0 to 4",
        VERSIONS,
    )
    for name, ignored in (("padding counts", -1), ("ignore_index", 5)):
        figure.add_curves(name, [_tagging(seed, ignored) for seed in range(5)])
    figure.write()


def _tagging(seed: int, ignored: int) -> list[float]:
    torch.manual_seed(seed)
    tokens = torch.randint(1, 50, (64, 60))
    tags = torch.roll(tokens, 1, 1) % 5
    real = torch.arange(60) < torch.randint(5, 21, (64, 1))
    tokens, tags = tokens * real, torch.where(real, tags, 5)
    embedding, rnn, head = nn.Embedding(50, 16), keras_start(nn.LSTM(16, 32, batch_first=True)), nn.Linear(32, 6)
    parameters = [*embedding.parameters(), *rnn.parameters(), *head.parameters()]
    optimizer, shares = torch.optim.Adam(parameters, lr=1e-2), []
    for _ in range(100):
        optimizer.zero_grad()
        scores = head(rnn(embedding(tokens))[0])
        shares.append(((scores.argmax(2) == tags) & real).sum().item() / real.sum().item())
        nn.functional.cross_entropy(scores.transpose(1, 2), tags, ignore_index=ignored).backward()
        optimizer.step()
    return shares
