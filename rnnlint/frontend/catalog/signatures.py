"""What the calls of layers accept, and where."""

from __future__ import annotations

from rnnlint.frontend.catalog import keras_layers, torch_layers


def takes_keyword(callee: str, parameter: str, count: int) -> bool:
    """Whether a call with `count` arguments without a name can be given this parameter by its name.

    What is no layer is taken to accept it; of a layer that both frameworks have, one has to.
    """
    orders = _orders(callee)
    return not orders or any(parameter in order[count:] for order in orders)


def _orders(callee: str) -> list[tuple[str, ...]]:
    facts = keras_layers.LAYERS.get(callee)
    kind = torch_layers.KINDS.get(callee, "")
    own = tuple(name for name, _ in torch_layers.PARAMETERS.get(kind, ()))
    return [order for order in (facts.parameters if facts else (), own) if order]
