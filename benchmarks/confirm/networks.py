"""Random faulty networks and their sound twins, for the probes of cells, padding, data and outputs."""

from __future__ import annotations

import math
from collections.abc import Callable
from random import Random

import msgspec

from rnnlint.confirm.graph import Graph, LayerSpec, Node
from rnnlint.confirm.probes import (
    CellSpec,
    Collapse,
    Cutoff,
    Distribution,
    ExactMatches,
    Fading,
    Floor,
    GateRange,
    InertDropout,
    Leak,
    MorePadding,
    NearZero,
    PaddedReading,
    PaddingContrast,
    Probe,
    Rate,
    Reordering,
    Runaway,
    Saturation,
    SelfLoss,
    SingleStep,
    SoftmaxSpread,
    Strangling,
    Unread,
    UnreadKeras,
)

BOUNDED = ("tanh", "softsign", "sigmoid", "hard_sigmoid", "hard_tanh")
UNBOUNDED = ("relu", "elu", "leaky_relu", "gelu", "swish", "linear")
KINDS = ("lstm", "gru", "rnn")

Maker = Callable[[Random], Probe]


def log_uniform(random: Random, low: int, high: int) -> int:
    """A whole number, each magnitude as likely as the next."""
    return round(low * math.pow(high / low, random.random()))


def cell(random: Random, kinds: tuple[str, ...] = KINDS, activations: tuple[str, ...] = ("tanh",)) -> CellSpec:
    """A random recurrent layer."""
    return CellSpec(
        random.choice(kinds),
        log_uniform(random, 4, 256),
        log_uniform(random, 1, 64),
        activation=random.choice(activations),
        start=random.choice(("keras", "torch")),
    )


def steps(random: Random, low: int = 10, high: int = 500) -> int:
    """A random length."""
    return log_uniform(random, low, high)


def centred(random: Random) -> Distribution:
    """Scaled numbers: standardised, or between 0 and 1."""
    return random.choice(
        (Distribution(0.0, 1.0), Distribution(0.0, 1.0, even=True), Distribution(-1.0, 1.0, even=True))
    )


def raw(random: Random) -> Distribution:
    """Numbers as files hold them: prices, counts, pressures."""
    mean = 10 ** random.uniform(2.0, 4.0)
    return Distribution(mean, mean * random.uniform(0.05, 0.5))


def without_forget_bias(random: Random) -> Probe:
    """The claim of RNN113."""
    sound = msgspec.structs.replace(cell(random, ("lstm",)), start="keras")
    return Fading(msgspec.structs.replace(sound, unit_forget_bias=False), steps(random, 10, 20), sound)


def with_forget_bias(random: Random) -> Probe:
    """Its twin, against the same recommendation."""
    sound = msgspec.structs.replace(cell(random, ("lstm",)), start="keras")
    return Fading(sound, steps(random, 10, 20), sound)


def recurrent_spec(random: Random, **settings: object) -> LayerSpec:
    """A random torch layer."""
    kind = random.choice(KINDS)
    units = log_uniform(random, 4, 64)
    return LayerSpec(kind, kind.upper(), {"units": units, "batch_first": True, "num_layers": 1, **settings})


def read(random: Random, layer: LayerSpec, *nodes: Node, shape: tuple[int, int] | None = None) -> Graph:
    """The layer on a batch, read by the nodes; their inputs count from the layer's output, which is 0."""
    batch = shape or (6, log_uniform(random, 7, 40))
    start = (Node("input", settings={"shape": (*batch, log_uniform(random, 1, 16))}), Node("apply", (0,), 0))
    shifted = (msgspec.structs.replace(node, inputs=tuple(number + 1 for number in node.inputs)) for node in nodes)
    return Graph("torch", (layer,), (*start, *shifted))


LAST = (Node("sequence", (0,)), Node("index", (1,), settings={"keys": (":", -1)}))
STATE = Node("final_state", (0,), settings={"state": "h"})


def state(place: int) -> tuple[Node, ...]:
    """h_n[place]."""
    return (STATE, Node("index", (1,), settings={"keys": (place,)}))


def both_states() -> tuple[Node, ...]:
    """cat(h_n[-2], h_n[-1])."""
    return (
        STATE,
        Node("index", (1,), settings={"keys": (-2,)}),
        Node("index", (1,), settings={"keys": (-1,)}),
        Node("join", (2, 3), settings={"axis": 1, "new_axis": False, "place": 0}),
    )


def unread(random: Random) -> Probe:
    """The claims of RNN106 in torch."""
    if random.random() < 0.5:
        return Unread(read(random, recurrent_spec(random, bidirectional=True), *LAST))
    layer = recurrent_spec(random, num_layers=random.choice((2, 3)))
    return Unread(read(random, layer, *state(0)))


def all_read(random: Random) -> Probe:
    """Their twins."""
    layer = recurrent_spec(random, bidirectional=True, num_layers=random.choice((1, 2)))
    return Unread(read(random, layer, *both_states()))


def unread_keras(random: Random) -> Probe:
    """The claim of RNN106 in Keras: the last step of a bidirectional output."""
    return UnreadKeras(_keras_graph(random, bidirectional=True, return_sequences=True, last=True))


def all_read_keras(random: Random) -> Probe:
    """Its twin: the layer's own last state, or one direction's last step."""
    both = random.random() < 0.5
    return UnreadKeras(_keras_graph(random, bidirectional=both, return_sequences=not both, last=not both))


def _keras_graph(random: Random, bidirectional: bool, return_sequences: bool, last: bool) -> Graph:
    kind = random.choice(KINDS)
    settings = {
        "units": log_uniform(random, 4, 64),
        "bidirectional": bidirectional,
        "return_sequences": return_sequences,
    }
    graph = read(random, LayerSpec(kind, kind.upper(), settings))
    nodes = (*graph.nodes, Node("index", (1,), settings={"keys": (":", -1)})) if last else graph.nodes
    return Graph("keras", graph.layers, nodes)


def leaking(random: Random) -> Probe:
    """The claim of RNN107."""
    layer = recurrent_spec(random, batch_first=False)
    return Leak(read(random, layer, *random.choice((LAST, LAST[:1]))), 0)


def tight(random: Random) -> Probe:
    """Its twins: batch_first, or a transposed batch."""
    if random.random() < 0.5:
        return Leak(read(random, recurrent_spec(random), *LAST), 0)
    layer = recurrent_spec(random, batch_first=False)
    return Leak(read(random, layer, *state(-1), shape=(log_uniform(random, 7, 40), 6)), 1)


def masked(random: Random, *between: LayerSpec) -> Probe:
    """An embedding with a mask, other layers, a recurrent one."""
    kind = random.choice(KINDS)
    embedding = LayerSpec("embedding", "Embedding", {"input_dim": 50, "output_dim": 16, "mask_zero": True})
    units = {"units": log_uniform(random, 4, 64)}
    layers = (embedding, *between, LayerSpec(kind, kind.upper(), units))
    nodes = [Node("input", settings={"shape": (6, 9), "high": 50})]
    nodes += [Node("apply", (number,), number) for number in range(len(layers))]
    return MorePadding(Graph("keras", layers, tuple(nodes)))


def mask_dropped(random: Random) -> Probe:
    """The claim of RNN303, by layers that know no masks."""
    width = {"filters": log_uniform(random, 4, 32), "kernel_size": random.choice((1, 2, 3))}
    droppers = (
        LayerSpec("conv1d", "Conv1D", width),
        LayerSpec("max_pooling1d", "MaxPooling1D", {"pool_size": 2}),
        LayerSpec("up_sampling1d", "UpSampling1D", {"size": 2}),
        LayerSpec("zero_padding1d", "ZeroPadding1D", {"padding": 1}),
        LayerSpec("activation", "relu", {"activation": "relu"}),
    )
    return masked(random, random.choice(droppers))


def mask_kept(random: Random) -> Probe:
    """Its twin, by layers that pass them on."""
    keepers = (
        LayerSpec("dense", "Dense", {"units": 12}),
        LayerSpec("dropout", "Dropout", {"rate": 0.3}),
        LayerSpec("layer_normalization", "LayerNormalization", {}),
        LayerSpec("activation", "Activation", {"activation": "relu"}),
        LayerSpec("gru", "GRU", {"units": 8, "return_sequences": True}),
    )
    return masked(random, *random.sample(keepers, random.choice((0, 1, 2))))


def shape(random: Random) -> tuple[int, int, int]:
    """Three different sizes."""
    one, two, three = random.sample(range(2, 40), 3)
    return one, two, three


def exchanged(random: Random) -> Probe:
    """The claim of RNN109."""
    one, two, three = shape(random)
    after = random.choice(((two, one, three), (two, one * three), (one, three, two)))
    return Reordering((one, two, three), after)


def merged(random: Random) -> Probe:
    """Its twin: axes that stand side by side."""
    one, two, three = shape(random)
    return Reordering((one, two, three), random.choice(((one, two * three), (one * two, three), (one, two, three))))


def real_pads(random: Random) -> tuple[int, int]:
    """Real steps, padding steps."""
    return log_uniform(random, 5, 30), log_uniform(random, 20, 200)


NETWORKS: dict[str, tuple[Maker, Maker]] = {
    "RNN101 Runaway": (
        lambda r: Runaway(cell(r, ("lstm",), UNBOUNDED), steps(r, 30)),
        lambda r: Runaway(cell(r, KINDS, BOUNDED), steps(r)),
    ),
    "RNN101 Fading (sigmoid cell)": (
        lambda r: _sigmoid(r, "sigmoid"),
        lambda r: _sigmoid(r, "tanh"),
    ),
    "RNN102 GateRange": (
        lambda r: GateRange(r.choice((*UNBOUNDED, "tanh", "softsign", "exponential"))),
        lambda r: GateRange(r.choice(("sigmoid", "hard_sigmoid"))),
    ),
    "RNN105 InertDropout": (
        lambda r: InertDropout(recurrent_spec(r, dropout=r.uniform(0.1, 0.6))),
        lambda r: InertDropout(recurrent_spec(r, dropout=r.uniform(0.1, 0.6), num_layers=2)),
    ),
    "RNN106 Unread": (unread, all_read),
    "RNN106 UnreadKeras": (unread_keras, all_read_keras),
    "RNN107 Leak": (leaking, tight),
    "RNN108 SingleStep": (lambda r: SingleStep(cell(r)), lambda r: SingleStep(cell(r), r.randint(2, 20))),
    "RNN109 Reordering": (exchanged, merged),
    "RNN112 Fading": (
        lambda r: Fading(cell(r, ("rnn",)), steps(r, 101)),
        lambda r: Fading(cell(r, ("rnn",)), r.randint(2, 4)),
    ),
    "RNN113 Fading (forget bias)": (without_forget_bias, with_forget_bias),
    "RNN115 Strangling (l2)": (
        lambda r: Strangling(cell(r), steps(r), l2=10 ** r.uniform(-2.0, -1.0)),
        lambda r: Strangling(cell(r), steps(r), l2=10 ** r.uniform(-6.0, -4.0)),
    ),
    "RNN115 Strangling (dropout)": (
        lambda r: Strangling(cell(r), steps(r), dropout=r.uniform(0.65, 0.9)),
        lambda r: Strangling(cell(r), steps(r), dropout=r.uniform(0.05, 0.3)),
    ),
    "RNN201 Floor": (
        lambda r: Floor(raw(r), 0.0, 1.0),
        lambda r: Floor(Distribution(r.uniform(0.0, 0.3), r.uniform(0.6, 1.0), even=True), 0.0, 1.0),
    ),
    "RNN202 SoftmaxSpread": (lambda r: SoftmaxSpread(1), lambda r: SoftmaxSpread(r.randint(2, 50))),
    "RNN209 ExactMatches": (lambda r: ExactMatches(r.choice((raw, centred))(r)), None),  # type: ignore[dict-item]
    "RNN210 SelfLoss": (
        lambda r: SelfLoss((n := log_uniform(r, 4, 256), 1), (n,), r.choice(("mse", "mae", "huber", "smooth_l1"))),
        lambda r: SelfLoss((n := log_uniform(r, 4, 256), 1), (n, 1), r.choice(("mse", "mae", "huber", "smooth_l1"))),
    ),
    "RNN211 NearZero": (lambda r: NearZero(centred(r)), lambda r: NearZero(Distribution(100.0, r.uniform(1.0, 15.0)))),
    "RNN212 Floor": (
        lambda r: Floor(Distribution(0.0, r.uniform(0.1, 2.0)), 0.0, None),
        lambda r: Floor(Distribution(0.0, r.uniform(1.0, 100.0), even=True), 0.0, None),
    ),
    "RNN301 PaddingContrast": (
        lambda r: PaddingContrast(cell(r, ("lstm", "gru")), *real_pads(r)),
        lambda r: PaddingContrast(cell(r, ("lstm", "gru")), *real_pads(r), before=True),
    ),
    "RNN303 MorePadding": (mask_dropped, mask_kept),
    "RNN304 PaddedReading": (
        lambda r: PaddedReading(recurrent_spec(r), log_uniform(r, 4, 10), log_uniform(r, 40, 100), r.random() < 0.5),
        lambda r: PaddedReading(recurrent_spec(r), n := log_uniform(r, 10, 60), n, False),
    ),
    "RNN309 Cutoff": (lambda r: Cutoff(centred(r)), lambda r: Cutoff(Distribution(0.0, 10 ** r.uniform(2.5, 5), True))),
    "RNN403 Saturation": (
        lambda r: Saturation(cell(r), steps(r), raw(r)),
        lambda r: Saturation(cell(r, ("lstm", "gru")), steps(r), centred(r)),
    ),
    "RNN404 Collapse": (
        lambda r: Collapse(cell(r), steps(r), raw(r)),
        lambda r: Collapse(cell(r), steps(r), centred(r), learning_rate=r.choice((1e-3, 1e-2))),
    ),
    "RNN502 Rate": (
        lambda r: Rate(cell(r), steps(r), *r.choice((("adam", 1e-6), ("sgd", 1e-5), ("adam", 3.0), ("sgd", 3.0)))),
        lambda r: Rate(cell(r), steps(r), "adam", 10 ** r.uniform(-3.0, -2.0)),
    ),
}


def _sigmoid(random: Random, activation: str) -> Probe:
    twin = msgspec.structs.replace(cell(random, ("lstm",)), start="keras")
    return Fading(msgspec.structs.replace(twin, activation=activation), steps(random, 10, 20), twin)
