"""A network as data, small enough to be sent to a worker: layers, and nodes that apply them and rearrange tensors."""

from __future__ import annotations

import operator
from typing import Any

import msgspec

ARITHMETIC = {"+": operator.add, "-": operator.sub, "*": operator.mul, "/": operator.truediv}


class LayerSpec(msgspec.Struct, frozen=True):
    """A layer by its shared kind ("lstm", "dense" ...) and its own name, with the settings that the program states."""

    kind: str
    type_name: str
    settings: dict[str, Any] = {}


class Node(msgspec.Struct, frozen=True):
    """One value: `op` made it from the nodes numbered `inputs`.

    Ops are input (settings: shape), apply (layer), sequence, final_state, index, reduce, transpose, squeeze, unsqueeze,
    join, arithmetic, dropout, cast, cut (gradients stop). The axes of an input are those that the program gives it.
    """

    op: str
    inputs: tuple[int, ...] = ()
    layer: int = -1
    settings: dict[str, Any] = {}


class Graph(msgspec.Struct, frozen=True):
    """Nodes in an order in which they can be computed; the last one is the result."""

    framework: str
    layers: tuple[LayerSpec, ...]
    nodes: tuple[Node, ...]

    @property
    def inputs(self) -> tuple[int, ...]:
        """The numbers of the nodes that are fed."""
        return tuple(number for number, node in enumerate(self.nodes) if node.op == "input")


def arithmetic(settings: dict[str, Any], first: Any, second: Any = None) -> Any:
    """An operator between two tensors, or a tensor and a constant."""
    return ARITHMETIC[settings["symbol"]](first, settings.get("constant") if second is None else second)


def index(settings: dict[str, Any], value: Any) -> Any:
    """A part of a tensor, by keys of which ":" and "..." stand for themselves."""
    names = {":": slice(None), "...": ...}
    return value[tuple(names.get(key, key) if isinstance(key, str) else key for key in settings["keys"])]
