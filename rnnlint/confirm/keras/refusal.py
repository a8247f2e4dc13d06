"""What Keras itself refuses: the rebuilt layers are given one small batch, and the exception is caught."""

from __future__ import annotations

from typing import Any

import keras
import numpy as np
import tensorflow as tf

from rnnlint.confirm.graph import Graph
from rnnlint.confirm.keras.network import Network
from rnnlint.confirm.measurement import Measurement, meant, passed, raised
from rnnlint.confirm.probes import RefusedKeras

REFUSALS = (ValueError, TypeError, IndexError, AttributeError, tf.errors.InvalidArgumentError)


def refused(probe: RefusedKeras) -> Measurement:
    """Whether the last node raises; an exception of an earlier one is no answer."""
    settings = probe.graph.nodes[probe.graph.inputs[0]].settings
    network = Network(probe.graph)
    declared = settings.get("declared")
    model = _declared(network, tuple(declared)) if declared else network
    try:
        model(_zeros(settings))
        _set_weights(probe.graph, network)
    except REFUSALS as error:
        if network.reached != len(probe.graph.nodes) - 1 or not meant(error):
            raise
        return raised(error)
    return passed()


def _declared(network: Network, shape: tuple[int | None, ...]) -> Any:
    """A model that declares its input, with the network behind it."""
    inputs = keras.Input(shape[1:])
    return keras.Model(inputs, network(inputs))


def _zeros(settings: dict[str, Any]) -> Any:
    return np.zeros(settings["shape"], "int64" if "high" in settings else "float32")


def _set_weights(graph: Graph, network: Network) -> None:
    """Weights of the shape that the program gives a layer."""
    for number, spec in enumerate(graph.layers):
        given = spec.settings.get("weights_shape")
        if given:
            network.layers[number].set_weights([np.zeros(given, "float32")])
