"""Random classes of users, with a fault and without, for the checks of `--confirm=execute`.

The classes are written here, so they are run in this process: the cage around them changes no number.
"""

from __future__ import annotations

from importlib import import_module
from random import Random
from typing import Any

from benchmarks.confirm.networks import Maker, log_uniform
from rnnlint.confirm.measurement import Measurement
from rnnlint.confirm.probes import OwnNetwork

ENGINES = {"torch": "rnnlint.confirm.nn.own", "keras": "rnnlint.confirm.keras.own"}
TORCH = """
import torch
from torch import nn

class Net(nn.Module):
    def __init__(self):
        super().__init__()
        self.norm = nn.{norm}
        self.rnn = nn.{kind}({width}, {units}, num_layers={layers}, batch_first={first}, bidirectional={both},
                             dropout={dropout})
        self.drop = nn.Dropout(0.3)
        {more}
        self.head = nn.Linear({reading}, {columns})

    def forward(self, x):
        out, state = self.rnn(self.norm(x))
        h = state[0] if isinstance(state, tuple) else state
        features = {read}
        return self.head(self.drop(torch.relu(features)))
"""
KERAS = """
import keras
from keras import layers

class Net(keras.Model):
    def __init__(self):
        super().__init__()
        self.embedding = layers.Embedding(50, 16, mask_zero=True)
        self.between = layers.{between}
        self.rnn = layers.{kind}({units})
        self.head = layers.Dense({columns})

    def call(self, tokens):
        x = {read}
        return self.head(self.rnn(x))
"""


def torch_class(random: Random, check: str, **settings: object) -> OwnNetwork:
    """A PyTorch class of one or more recurrent layers."""
    units, width = log_uniform(random, 4, 64), log_uniform(random, 2, 32)  # one normalised feature is always 0
    chosen: dict[str, Any] = {
        "norm": random.choice(("Identity()", f"LayerNorm({width})")),
        "kind": random.choice(("LSTM", "GRU", "RNN")), "units": units, "width": width, "layers": 1, "first": True,
        "both": False, "dropout": 0.0, "more": "pass", "read": "out[:, -1]", "columns": random.randint(1, 9),
        "reading": units, **settings,
    }  # fmt: skip
    if chosen["both"]:
        chosen["reading"] = 2 * units
    text = TORCH.format(**chosen).replace("WIDTH", str(chosen["reading"]))
    shape = (6, log_uniform(random, 7, 40), width)
    return OwnNetwork("torch", check, text, "Net()", (), shape)


def leaking(random: Random, faulty: bool) -> OwnNetwork:
    """Samples read as steps, or not."""
    read = random.choice(("out[:, -1]", "out.mean(dim=1)", "out[:, -1] + out[:, 0]"))
    return torch_class(random, "leak", first=not faulty, layers=random.choice((1, 2)), read=read)


def unread(random: Random, faulty: bool) -> OwnNetwork:
    """One half of a bidirectional layer, or both."""
    read = "out[:, -1]" if faulty else random.choice(("torch.cat([h[-2], h[-1]], dim=1)", "out.mean(dim=1)"))
    return torch_class(random, "unread", both=True, layers=random.choice((1, 2)) if not faulty else 1, read=read)


def dropping(random: Random, faulty: bool) -> OwnNetwork:
    """Dropout between layers that are one, or several."""
    return torch_class(
        random, "passes", dropout=random.uniform(0.1, 0.7), layers=1 if faulty else random.choice((2, 3))
    )


def holding(random: Random, faulty: bool) -> OwnNetwork:
    """Blocks in a plain list, or in one that registers them."""
    blocks = f"[nn.Linear(WIDTH, WIDTH) for _ in range({random.randint(1, 3)})]"
    more = f"self.blocks = {blocks}" if faulty else f"self.blocks = nn.ModuleList({blocks})"
    return torch_class(random, "unregistered", more=more, read="sum(block(out[:, -1]) for block in self.blocks)")


def masked(random: Random, faulty: bool) -> OwnNetwork:
    """A Keras class whose own code loses the mask, or keeps it."""
    lost = ("self.between(self.embedding(tokens)) * 2.0", "keras.ops.relu(self.embedding(tokens))")
    text = KERAS.format(
        between=random.choice(("Dense(12)", "Dropout(0.3)", "LayerNormalization()")),
        kind=random.choice(("LSTM", "GRU", "SimpleRNN")),
        units=log_uniform(random, 4, 64), columns=random.randint(1, 9),
        read=random.choice(lost) if faulty else "self.between(self.embedding(tokens))",
    )  # fmt: skip
    return OwnNetwork("keras", "more_padding", text, "Net()", (), (6, 9), high=50)


def measured(probe: OwnNetwork) -> Measurement:
    """The check, here."""
    scope: dict[str, Any] = {"__name__": "network"}
    exec(compile(probe.definitions, "<network>", "exec"), scope)
    measurement: Measurement = import_module(ENGINES[probe.framework]).CHECKS[probe.check](
        eval(probe.construction, scope), probe
    )
    return measurement


OWN: dict[str, tuple[Maker, Maker]] = {
    "RNN105 OwnNetwork (passes)": (lambda r: dropping(r, True), lambda r: dropping(r, False)),
    "RNN106 OwnNetwork (unread)": (lambda r: unread(r, True), lambda r: unread(r, False)),
    "RNN107 OwnNetwork (leak)": (lambda r: leaking(r, True), lambda r: leaking(r, False)),
    "RNN303 OwnNetwork (more_padding)": (lambda r: masked(r, True), lambda r: masked(r, False)),
    "RNN610 OwnNetwork (unregistered)": (lambda r: holding(r, True), lambda r: holding(r, False)),
}
