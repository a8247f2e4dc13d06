"""Structural probes of rebuilt Keras networks, by gradients under a tape and by padding that must not matter."""

from __future__ import annotations

import warnings
from typing import Any

import keras
import numpy as np
import tensorflow as tf

from rnnlint.confirm.graph import Graph
from rnnlint.confirm.keras.network import Network
from rnnlint.confirm.measurement import Measurement, above
from rnnlint.confirm.probes import LeakKeras, MorePadding, UnreadKeras
from rnnlint.finding import Outcome

SEEDS = tuple(range(5))
REAL, FEW, MANY = 5, 8, 24


def _random(graph: Graph, seed: int) -> Any:
    settings = graph.nodes[graph.inputs[0]].settings
    rng = np.random.default_rng(seed)
    if "high" in settings:
        return rng.integers(1, settings["high"], settings["shape"])
    return rng.standard_normal(settings["shape"]).astype("float32")


def unread(probe: UnreadKeras) -> Measurement:
    """The share of the recurrent layers' kernels whose gradient is exactly 0."""
    shares = []
    for seed in SEEDS:
        keras.utils.set_random_seed(seed)
        network = Network(probe.graph)
        inputs = _random(probe.graph, seed)
        with tf.GradientTape() as tape:
            output = network(inputs)
            loss = tf.reduce_sum(output * tf.random.normal(tf.shape(output)))
        shares.append(kernel_share(network.recurrent, loss, tape))
    value = min(shares)
    outcome = Outcome.CONFIRMED if value > 0.0 else Outcome.REFUTED
    return Measurement(outcome, "share of recurrent kernels with a gradient of exactly 0", value, 0.0, SEEDS)


def kernel_share(layers: list[Any], loss: Any, tape: Any) -> float:
    """The share of the layers' kernels that gets no gradient of the loss."""
    kernels = [variable for layer in layers for variable in layer.trainable_variables if "kernel" in variable.name]
    gradients = tape.gradient(loss, [kernel.value for kernel in kernels])
    zero = [gradient is None or not np.any(gradient) for gradient in gradients]
    sizes = [int(np.prod(kernel.shape)) for kernel in kernels]
    return sum(size for size, none in zip(sizes, zero, strict=True) if none) / max(sum(sizes), 1)


def leak(probe: LeakKeras) -> Measurement:
    """The largest change of the first and the last sample's output when all others change, relative to it."""
    changes = []
    for seed in SEEDS:
        keras.utils.set_random_seed(seed)
        network = Network(probe.graph)
        inputs = _random(probe.graph, seed)
        before = np.asarray(network(inputs))
        for sample in (0, len(inputs) - 1):
            others = np.roll(inputs[:, ::-1], 1, axis=0)
            others[sample] = inputs[sample]
            own, new = before[sample], np.asarray(network(others))[sample]
            changes.append(float(np.linalg.norm(new - own)) / max(float(np.linalg.norm(own)), 1e-9))
    return above("change of a sample's output when the others change", max(changes), 0.01, 1e-4, seeds=SEEDS)


def more_padding(probe: MorePadding) -> Measurement:
    """|o(24 pads) - o(8 pads)| / |o(8 pads)|: padding behind a mask changes nothing."""
    changes = []
    for seed in SEEDS:
        keras.utils.set_random_seed(seed)
        network = Network(probe.graph)
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            few, many = (_last(network(_padded(probe.graph, seed, pads))) for pads in (FEW, MANY))
        changes.append(float(np.linalg.norm(many - few)) / max(float(np.linalg.norm(few)), 1e-12))
    return above("change of the output by 16 more padding steps", float(np.median(changes)), 0.01, 1e-4, seeds=SEEDS)


def _padded(graph: Graph, seed: int, pads: int) -> Any:
    settings = graph.nodes[graph.inputs[0]].settings
    rng = np.random.default_rng(seed)
    samples, _, *features = settings["shape"]
    if "high" in settings:
        real = rng.integers(1, settings["high"], (samples, REAL))
    else:
        real = rng.standard_normal((samples, REAL, *features)).astype("float32")
    return np.concatenate([real, np.zeros((samples, pads, *features), real.dtype)], axis=1)


def _last(output: Any) -> Any:
    """The last step, where there are steps."""
    value = np.asarray(output[0] if isinstance(output, list | tuple) else output)
    return value[:, -1] if value.ndim == 3 else value
