"""Functions on symbolic tensors: tf.*, keras.ops.*, the backend. They keep values and lose the mask silently."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from rnnlint.frontend.catalog.activations import activation_name
from rnnlint.frontend.dialects.keras.layers import arrays_in, shape_of
from rnnlint.frontend.dispatch import Call, function
from rnnlint.frontend.values import ArrayRef, Const, Opaque, Value
from rnnlint.program.data import Array, Kind, Mask, MaskState, Quantity
from rnnlint.program.network import Layer
from rnnlint.program.ranges import BOUNDS
from rnnlint.program.value import Known, Setting, Site

_ACTIVATIONS = {*BOUNDS, "relu", "elu", "selu", "leaky_relu", "gelu", "swish", "softplus"}
_KEEP = {
    "cast",
    "convert_to_tensor",
    "constant",
    "identity",
    "stop_gradient",
    "ensure_shape",
    "abs",
    "convert_to_numpy",
}


def lost(mask: Mask | None, site: Site, name: str) -> Mask | None:
    """The mask after a function that knows nothing of masks."""
    if mask is None or mask.state is not MaskState.PRESENT:
        return mask
    return replace(mask, state=MaskState.DROPPED, dropped=site, dropper=name, warns=False)


@function("keras.ops.*", "keras.backend.*", "tensorflow.math.*", "tensorflow.nn.*", "keras.activations.*")
def operation(call: Call) -> Value:
    """A function applied to tensors."""
    name = activation_name(call.path.rsplit(".", 1)[-1])
    inputs = tuple(array for value in call.args[:2] for array in arrays_in(value)) or arrays_in(call.get(None, "x"))
    if not inputs:
        return Opaque(f"what {name} returns is not known")
    source = inputs[0]
    mask = lost(next((a.mask for a in inputs if a.mask is not None), None), call.site, f"{name}()")
    if name in _ACTIVATIONS:
        settings: dict[str, Setting] = {
            "activation": Known(name, call.site),
            "axis": call.setting(1, "axis", Known(-1)),
        }
        layer = Layer("activation", "tensor", name, call.site, settings)
        return ArrayRef(
            call.machine.derive(source, "apply", call.site, layer=layer, mask=mask, quantity=_features(call))
        )
    facts: dict[str, Any] = {"mask": mask, "settings": {"function": Known(name)}}
    if name in _KEEP:
        return ArrayRef(call.machine.derive(source, "cast", call.site, **{**facts, "mask": source.mask}))
    if name == "reshape":
        facts["shape"] = shape_of(call.get(1, "shape"))
    elif name == "expand_dims":
        facts["shape"] = _expanded(source, call)
    else:
        facts["shape"] = None
    facts.update(padding=source.padding if name in {"concat", "concatenate", "add", "multiply"} else None)
    facts.update(quantity=_features(call), recurrent_output=None, columns={})
    return ArrayRef(call.machine.derive(source, "function", call.site, *inputs[1:], **facts))


def _features(call: Call) -> Quantity:
    return Quantity(Kind.FEATURES, label=call.path, site=call.site)


def _expanded(source: Array, call: Call) -> Any:
    axis = call.get(1, "axis")
    if source.shape is None or not isinstance(axis, Const) or not isinstance(axis.value, int):
        return None
    position = axis.value if axis.value >= 0 else len(source.shape) + 1 + axis.value
    return (*source.shape[:position], 1, *source.shape[position:])


for _name in ("concat", "expand_dims", "squeeze", "reshape", "reduce_mean", "reduce_sum", "reduce_max", "transpose",
              "stack", "matmul", "cast", "convert_to_tensor", "constant", "identity", "stop_gradient", "tanh",
              "sigmoid",
              "multiply", "add", "subtract", "tile", "split", "unstack", "gather", "abs", "square", "exp",
              "sqrt"):  # fmt: skip
    function(f"tensorflow.{_name}")(operation)
