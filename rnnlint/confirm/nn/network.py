"""A graph as a torch module."""

from __future__ import annotations

from typing import Any

import torch
from torch import Tensor, nn

from rnnlint.confirm.graph import Graph, LayerSpec, Node, arithmetic, index

RECURRENT = {"lstm": nn.LSTM, "gru": nn.GRU, "rnn": nn.RNN}
CELLS = {"lstm_cell": nn.LSTMCell, "gru_cell": nn.GRUCell, "rnn_cell": nn.RNNCell}
FUNCTIONS = {
    "relu": nn.ReLU, "tanh": nn.Tanh, "sigmoid": nn.Sigmoid, "elu": nn.ELU, "selu": nn.SELU, "gelu": nn.GELU,
    "leaky_relu": nn.LeakyReLU, "softplus": nn.Softplus, "swish": nn.SiLU, "linear": nn.Identity,
}  # fmt: skip


def recurrent(spec: LayerSpec, features: int) -> nn.Module:
    """nn.LSTM, nn.GRU or nn.RNN with the settings of the specification."""
    settings = spec.settings
    extra = {"nonlinearity": settings["activation"]} if spec.kind == "rnn" and "activation" in settings else {}
    return RECURRENT[spec.kind](
        features,
        settings["units"],
        num_layers=settings.get("num_layers", 1),
        batch_first=settings.get("batch_first", False),
        bidirectional=settings.get("bidirectional", False),
        **({"proj_size": settings["proj_size"]} if settings.get("proj_size") else {}),
        dropout=settings.get("dropout", 0.0) if settings.get("num_layers", 1) > 1 else 0.0,
        **extra,
    )


class Network(nn.Module):
    """The graph's nodes computed in order; sizes that the graph leaves open are those of the tensors."""

    def __init__(self, graph: Graph) -> None:
        super().__init__()
        self._graph = graph
        self._built = nn.ModuleDict()
        self.reached = 0  # the number of the node that was computed last

    def forward(self, *inputs: Tensor) -> Tensor:
        """The last node's value."""
        fed = iter(inputs)
        values: list[Any] = []
        for number, node in enumerate(self._graph.nodes):
            self.reached = number
            operands = [values[source] for source in node.inputs]
            values.append(next(fed) if node.op == "input" else self._compute(node, operands))
        result: Tensor = values[-1]
        return result

    def _compute(self, node: Node, operands: list[Any]) -> Any:
        if node.op == "apply":
            value, *state = operands
            layer = self._layer(node.layer, value)
            return layer(value, *([tuple(state)] if len(state) > 1 else state))
        return OPERATIONS[node.op](node.settings, *operands)

    def _layer(self, number: int, value: Any) -> nn.Module:
        if str(number) not in self._built:
            self._built[str(number)] = _build(self._graph.layers[number], value)
        return self._built[str(number)]


def _build(spec: LayerSpec, value: Any) -> nn.Module:
    """The layer for the width that it states, or else for that of the value."""
    width = spec.settings.get("input_size") or (value.shape[-1] if isinstance(value, Tensor) else 1)
    if spec.kind in RECURRENT:
        return recurrent(spec, width)
    if spec.kind in CELLS:
        return CELLS[spec.kind](width, spec.settings["units"])
    if spec.kind == "dense":
        return nn.Linear(width, spec.settings["units"])
    if spec.kind == "embedding":
        return nn.Embedding(spec.settings["input_dim"], spec.settings["output_dim"])
    if spec.kind == "dropout":
        return nn.Dropout(0.0)
    if spec.kind == "layer_normalization":
        return nn.LayerNorm(width)
    name = spec.settings.get("activation", "linear")
    if "softmax" in name:
        axis = spec.settings.get("axis", -1)
        return nn.LogSoftmax(axis) if name == "log_softmax" else nn.Softmax(axis)
    return FUNCTIONS[name]()


def _final_state(settings: dict[str, Any], output: Any) -> Tensor:
    state = output[1]
    if not isinstance(state, tuple):
        return torch.as_tensor(state)
    return torch.as_tensor(state[0] if settings["state"] == "h" else state[1])


def _reduce(settings: dict[str, Any], value: Tensor) -> Tensor:
    stat, axis = settings["stat"], settings["axis"]
    if axis is None:
        axis = tuple(range(value.dim()))
    functions = {"mean": torch.mean, "sum": torch.sum, "max": torch.amax, "min": torch.amin, "amax": torch.amax}
    return functions[stat](value, axis)


def _transpose(settings: dict[str, Any], value: Tensor) -> Tensor:
    if "swap" in settings:
        return value.transpose(*settings["swap"])
    return value.permute(*settings["order"])


def _join(settings: dict[str, Any], first: Tensor, *others: Tensor) -> Tensor:
    parts = list(others)
    parts.insert(settings["place"], first)
    return torch.stack(parts, settings["axis"]) if settings["new_axis"] else torch.cat(parts, settings["axis"])


def _squeeze(settings: dict[str, Any], value: Tensor) -> Tensor:
    return value.squeeze() if settings["axis"] is None else value.squeeze(settings["axis"])


OPERATIONS: dict[str, Any] = {
    "arithmetic": arithmetic,
    "sequence": lambda settings, output: output[0],
    "final_state": _final_state,
    "index": index,
    "reduce": _reduce,
    "transpose": _transpose,
    "squeeze": _squeeze,
    "unsqueeze": lambda settings, value: value.unsqueeze(settings["axis"]),
    "join": _join,
    "cast": lambda settings, value: value,
    "cut": lambda settings, value: value.detach(),
    "dropout": lambda settings, value: value,
}
