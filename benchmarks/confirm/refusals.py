"""Random layers and arrays that cannot meet, and their twins that can."""

from __future__ import annotations

from random import Random

from benchmarks.confirm.networks import Maker, log_uniform
from rnnlint.confirm.graph import Graph, LayerSpec, Node
from rnnlint.confirm.probes import Fitting, LeakKeras, Packing, Probe, Refused, RefusedKeras, Rows

APPLIED = Node("apply", (0,), 0)
NAMES = {"lstm": "LSTM", "gru": "GRU", "rnn": "SimpleRNN"}
KINDS = tuple(NAMES)


def stacked(random: Random, extra: int) -> Probe:
    """A layer made for so many more features than the recurrent one below has."""
    kind, both, layers = random.choice(KINDS), random.random() < 0.5, random.choice((1, 2))
    units = log_uniform(random, 4, 256)
    below = {"units": units, "batch_first": random.random() < 0.5, "bidirectional": both, "num_layers": layers}
    below["input_size"] = log_uniform(random, 1, 64)
    width = units * (2 if both else 1) + extra
    above = LayerSpec("dense", "Linear", {"units": log_uniform(random, 1, 64), "input_size": width})
    if random.random() < 0.5:
        above = LayerSpec(random.choice(KINDS), "LSTM", {"units": log_uniform(random, 4, 256), "input_size": width})
    shape = (6, log_uniform(random, 10, 100), below["input_size"])
    nodes = (Node("input", settings={"shape": shape}), APPLIED, Node("sequence", (1,)), Node("apply", (2,), 1))
    return Refused(Graph("torch", (LayerSpec(kind, NAMES[kind], below), above), nodes))


def declared(random: Random, other: bool) -> Probe:
    """A Keras model that declares its input, on data of another or the same number of features or axes."""
    kind, features, steps = random.choice(KINDS), log_uniform(random, 1, 64), log_uniform(random, 10, 100)
    shape: tuple[int, ...] = (6, steps, features)
    if other:
        shape = random.choice(((6, steps, features + random.randint(1, 9)), (6, steps), (6, steps, features, 2)))
        shape = (6, steps, features + 1) if shape == (6, steps) and features == 1 else shape
    layer = LayerSpec(kind, NAMES[kind], {"units": log_uniform(random, 4, 64)})
    settings = {"shape": shape, "declared": (None, steps, features)}
    return RefusedKeras(Graph("keras", (layer,), (Node("input", settings=settings), APPLIED)))


def last_step_only(random: Random, returned: bool) -> Probe:
    """A Keras layer over time behind a recurrent one."""
    kind, features = random.choice(KINDS), log_uniform(random, 1, 64)
    settings = {
        "units": log_uniform(random, 4, 64),
        "return_sequences": returned,
        "bidirectional": random.random() < 0.5,
    }
    below = LayerSpec(kind, NAMES[kind], settings)
    over_time = (
        LayerSpec("gru", "GRU", {"units": 8}),
        LayerSpec("conv1d", "Conv1D", {"filters": 8, "kernel_size": 3}),
        LayerSpec("max_pooling1d", "MaxPooling1D", {"pool_size": 2}),
        LayerSpec("dense", "Dense", {"units": 4, "time_distributed": True}),
    )
    between = random.choice((LayerSpec("dropout", "Dropout", {"rate": 0.2}), LayerSpec("dense", "Dense", {"units": 9})))
    shape = (6, log_uniform(random, 10, 100), features)
    nodes = (Node("input", settings={"shape": shape}), APPLIED, Node("apply", (1,), 1), Node("apply", (2,), 2))
    return RefusedKeras(Graph("keras", (below, between, random.choice(over_time)), nodes))


def attention(random: Random, returned: bool) -> Probe:
    """Attention behind a recurrent layer."""
    kind = random.choice(KINDS)
    below = LayerSpec(kind, NAMES[kind], {"units": log_uniform(random, 4, 64), "return_sequences": returned})
    above = LayerSpec("attention", *random.choice((("Attention", {}), ("AdditiveAttention", {}))))
    nodes = (
        Node("input", settings={"shape": (6, log_uniform(random, 10, 30), log_uniform(random, 1, 16))}),
        APPLIED,
        Node("apply", (1, 1), 1),
    )
    return LeakKeras(Graph("keras", (below, above), nodes))


def state(random: Random, wrong: bool) -> Probe:
    """A layer that is given a state."""
    kind, both, layers = random.choice(KINDS), random.random() < 0.5, random.choice((1, 2, 3))
    units, width, batch, steps = (log_uniform(random, *range_) for range_ in ((4, 256), (1, 64), (4, 32), (33, 100)))
    right = (layers * (2 if both else 1), batch, units)
    shape = random.choice(((right[0] + 1, batch, units), (right[0], steps, units), (batch + 7, right[0], units)))
    settings = {"units": units, "bidirectional": both, "num_layers": layers, "input_size": width}
    first = settings["batch_first"] = random.random() < 0.5
    given = shape if wrong else right
    fed = [(batch, steps, width) if first else (steps, batch, width), *([given] * (2 if kind == "lstm" else 1))]
    nodes = [Node("input", settings={"shape": one}) for one in fed]
    applied = Node("apply", tuple(range(len(nodes))), 0)
    return Refused(Graph("torch", (LayerSpec(kind, NAMES[kind], settings),), (*nodes, applied)))


def pair(random: Random, taken: bool) -> Probe:
    """What a recurrent layer returns, given to the next one whole or unpacked."""
    framework = random.choice(("torch", "keras"))
    kind, settings = random.choice(KINDS), {"units": log_uniform(random, 4, 256)}
    fed = Node("input", settings={"shape": (6, log_uniform(random, 10, 100), log_uniform(random, 1, 64))})
    if framework == "keras":
        settings |= {"return_state": taken, "return_sequences": True}
        readers = (LayerSpec("dense", "Dense", {"units": 3}), LayerSpec("gru", "GRU", {"units": 8}))
        layers = (LayerSpec(kind, NAMES[kind], settings), random.choice(readers[: 1 if taken else 2]))
        return RefusedKeras(Graph("keras", layers, (fed, APPLIED, Node("apply", (1,), 1))))
    above = random.choice(
        (
            ("dense", "Linear", {"units": 3}),
            ("activation", "ReLU", {"activation": "relu"}),
            ("layer_normalization", "LayerNorm", {}),
        )
    )
    unpacked = () if taken else (Node("sequence", (1,)),)
    nodes = (fed, APPLIED, *unpacked, Node("apply", (1 + len(unpacked),), 1))
    return Refused(Graph("torch", (LayerSpec(kind, NAMES[kind], settings), LayerSpec(*above)), nodes))


def packed(random: Random, sound: bool) -> Probe:
    """Batches packed as they are, or with lengths in no order, or with exchanged axes."""
    samples_first = random.random() < 0.5
    if sound:
        return Packing(samples_first, samples_first, enforced := random.random() < 0.5, enforced)
    if random.random() < 0.5:
        return Packing(samples_first, samples_first, True, False)
    return Packing(not samples_first, samples_first, random.random() < 0.5, True)


def looked_up(random: Random, spare: int) -> Probe:
    """A table with so many rows behind the largest index."""
    last = log_uniform(random, 10, 100_000)
    return Rows(last + spare, last)


def compared(random: Random, alike: bool) -> Probe:
    """Outputs and targets of some columns."""
    batch, columns = log_uniform(random, 4, 256), random.randint(2, 20)
    return Fitting((batch, columns), (batch, columns if alike else columns + random.randint(1, 9)))


REFUSALS: dict[str, tuple[Maker, Maker]] = {
    "RNN103 RefusedKeras": (lambda r: last_step_only(r, False), lambda r: last_step_only(r, True)),
    "RNN103 LeakKeras (attention)": (lambda r: attention(r, False), lambda r: attention(r, True)),
    "RNN110 Refused": (lambda r: state(r, True), lambda r: state(r, False)),
    "RNN111 Refused": (lambda r: pair(r, True), lambda r: pair(r, False)),
    "RNN118 Refused": (lambda r: stacked(r, r.choice((-1, 1, 5, 64))), lambda r: stacked(r, 0)),
    "RNN118 RefusedKeras": (lambda r: declared(r, True), lambda r: declared(r, False)),
    "RNN118 Fitting": (lambda r: compared(r, False), lambda r: compared(r, True)),
    "RNN305 Packing": (lambda r: packed(r, False), lambda r: packed(r, True)),
    "RNN308 Rows": (lambda r: looked_up(r, r.randint(-9, 0)), lambda r: looked_up(r, r.randint(1, 9))),
}
