"""A graph as Keras layers that are called one after another, masks and all."""

from __future__ import annotations

import inspect
from typing import Any

import keras

from rnnlint.confirm.graph import Graph, LayerSpec, Node, arithmetic, index

RECURRENT = {"lstm": "LSTM", "gru": "GRU", "rnn": "SimpleRNN"}


class Network:
    """The graph's nodes computed in order by layers that are built when first called."""

    def __init__(self, graph: Graph) -> None:
        self._graph = graph
        self.layers: dict[int, Any] = {}
        self.reached = 0  # the number of the node that was computed last

    def __call__(self, value: Any) -> Any:
        """The last node's value for one input."""
        values: list[Any] = []
        for number, node in enumerate(self._graph.nodes):
            self.reached = number
            operands = [values[source] for source in node.inputs]
            values.append(value if node.op == "input" else self._compute(node, operands))
        return values[-1]

    def _compute(self, node: Node, operands: list[Any]) -> Any:
        if node.op == "apply":
            if node.layer not in self.layers:
                self.layers[node.layer] = _build(self._graph.layers[node.layer])
            return self.layers[node.layer](operands[0] if len(operands) == 1 else operands)
        return OPERATIONS[node.op](node.settings, *operands)

    @property
    def recurrent(self) -> list[Any]:
        """Its recurrent layers."""
        return [self.layers[n] for n, spec in enumerate(self._graph.layers) if spec.kind in RECURRENT]


def _build(spec: LayerSpec) -> Any:
    """The layer of that name with the settings that its constructor takes."""
    if spec.kind == "activation":
        name = spec.settings["activation"]
        return keras.activations.get(name) if spec.type_name.islower() else keras.layers.Activation(name)
    kind = getattr(keras.layers, RECURRENT.get(spec.kind, spec.type_name))
    taken = inspect.signature(kind.__init__).parameters
    layer = kind(**{name: value for name, value in spec.settings.items() if name in taken})
    if spec.kind in RECURRENT and spec.settings.get("bidirectional"):
        layer = keras.layers.Bidirectional(layer, merge_mode=spec.settings.get("merge_mode", "concat"))
    return keras.layers.TimeDistributed(layer) if spec.settings.get("time_distributed") else layer


def _reduce(settings: dict[str, Any], value: Any) -> Any:
    return getattr(keras.ops, settings["stat"])(value, axis=settings["axis"])


def _join(settings: dict[str, Any], first: Any, *others: Any) -> Any:
    parts = list(others)
    parts.insert(settings["place"], first)
    join = keras.ops.stack if settings["new_axis"] else keras.ops.concatenate
    return join(parts, axis=settings["axis"])


OPERATIONS: dict[str, Any] = {
    "arithmetic": arithmetic,
    "index": index,
    "reduce": _reduce,
    "join": _join,
    "transpose": lambda settings, value: keras.ops.transpose(value, settings["order"]),
    "squeeze": lambda settings, value: keras.ops.squeeze(value, settings["axis"]),
    "unsqueeze": lambda settings, value: keras.ops.expand_dims(value, settings["axis"]),
    "cast": lambda settings, value: keras.ops.add(value, 0.0),  # another tensor: functions do not pass masks on
    "dropout": lambda settings, value: value,
}
