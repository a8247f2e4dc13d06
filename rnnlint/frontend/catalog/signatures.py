"""What the calls of layers, and of functions on padded batches, accept, and where."""

from __future__ import annotations

from rnnlint.frontend.catalog import keras_layers, torch_layers

FUNCTIONS: dict[str, tuple[str, ...]] = {
    "pack_padded_sequence": ("input", "lengths", "batch_first", "enforce_sorted"),
    "pack_sequence": ("sequences", "enforce_sorted"),
    "pad_packed_sequence": ("sequence", "batch_first", "padding_value", "total_length"),
    "pad_sequences": ("sequences", "maxlen", "dtype", "padding", "truncating", "value"),
}


def takes_keyword(callee: str, parameter: str, count: int) -> bool:
    """Whether a call with `count` arguments without a name can be given this parameter by its name.

    What is no layer is taken to accept it; of a layer that both frameworks have, one has to.
    """
    orders = _orders(callee)
    return not orders or any(parameter in order[count:] for order in orders)


def position_of(callee: str, parameter: str) -> int | None:
    """Where a call takes this parameter without its name, if that is known and the same in both frameworks."""
    places = {order.index(parameter) for order in _orders(callee) if parameter in order}
    return places.pop() if len(places) == 1 else None


def _orders(callee: str) -> list[tuple[str, ...]]:
    facts = keras_layers.LAYERS.get(callee)
    kind = torch_layers.KINDS.get(callee, "")
    own = tuple(name for name, _ in torch_layers.PARAMETERS.get(kind, ()))
    known = (facts.parameters if facts else (), own, FUNCTIONS.get(callee, ()))
    return [order for order in known if order]
