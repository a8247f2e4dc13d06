"""What a layer does to an array: shape, values, padding and mask of its output."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from rnnlint.frontend import quantities
from rnnlint.frontend.catalog.keras_layers import LAYERS
from rnnlint.frontend.catalog.masks import MaskRule, mask_rule
from rnnlint.frontend.machine import Machine
from rnnlint.program.data import Array, Kind, Mask, MaskState, Padding, Quantity
from rnnlint.program.network import Layer
from rnnlint.program.size import Size, known_int, scale
from rnnlint.program.value import Known, Setting, Site, known

Shape = tuple[Size | None, ...] | None

SAME = frozenset(
    {
        "activation", "activity_regularization", "alpha_dropout", "batch_normalization", "dropout", "elu",
        "gaussian_dropout", "gaussian_noise", "group_normalization", "identity", "input", "layer_normalization",
        "leaky_relu", "masking", "normalization", "p_re_lu", "re_lu", "relu", "gelu", "sigmoid", "softmax",
        "spatial_dropout1d", "tanh", "unit_normalization", "rms_normalization", "rescaling", "log_softmax",
    }
)  # fmt: skip
NORMALISING = frozenset(
    {"batch_normalization", "layer_normalization", "normalization", "group_normalization", "unit_normalization",
     "rms_normalization"}
)  # fmt: skip
KEEPS_VALUES = SAME - NORMALISING - {"sigmoid", "tanh", "softmax", "activation", "rescaling"} | frozenset(
    {"flatten", "reshape", "permute", "repeat_vector", "zero_padding1d", "cropping1d", "up_sampling1d"}
)
KEEPS_STEPS = SAME | {"embedding", "dense", "conv1d", "time_distributed", "spectral_normalization"}


def apply(m: Machine, layer: Layer, inputs: tuple[Array, ...], site: Site) -> Array:
    """The output of a layer for its inputs; a recurrent layer's is what its settings make it return."""
    source = inputs[0]
    return m.array(
        "apply",
        site,
        *inputs,
        name=source.name,
        rows=source.rows,
        shape=output_shape(layer, source.shape),
        quantity=_quantity(layer, source, site),
        padding=_padding(layer, source, site),
        mask=_mask(layer, inputs, site),
        scaled_by=source.scaled_by,
        layer=layer,
        recurrent_output=source.recurrent_output if layer.kind in SAME else None,
    )


def output_shape(layer: Layer, shape: Shape) -> Shape:
    """The shape that a layer makes of one."""
    if shape is None:
        return None
    if layer.is_set("time_distributed", True) and len(shape) > 2:
        inner = output_shape(
            replace(layer, settings={**layer.settings, "time_distributed": Known(False)}), _step(shape)
        )
        return (shape[0], shape[1], *inner[1:]) if inner is not None else None
    if layer.kind in SAME:
        return shape
    handler = _SHAPES.get("recurrent" if layer.recurrent else layer.kind)
    return handler(layer, shape) if handler is not None else None


def _step(shape: tuple[Size | None, ...]) -> tuple[Size | None, ...]:
    """The shape of one step of a sequence."""
    return (shape[0], *shape[2:])


def width(layer: Layer) -> Size | None:
    """The size of a recurrent layer's output: both directions where they are concatenated."""
    units: Size | None = known(layer.settings.get("units"))
    if units is None or isinstance(units, str | bool):
        return None
    both = layer.is_set("bidirectional", True) and known(layer.settings.get("merge_mode"), "concat") == "concat"
    return scale(units, 2) if both else units


def _recurrent(layer: Layer, shape: tuple[Size | None, ...]) -> Shape:
    if layer.is_set("return_sequences", True):
        return (shape[0], shape[1] if len(shape) > 1 else None, width(layer))
    return (shape[0], width(layer)) if layer.is_set("return_sequences", False) else None


def _last_axis(name: str) -> Callable[[Layer, tuple[Size | None, ...]], Shape]:
    return lambda layer, shape: (*shape[:-1], _size(layer, name))


def _size(layer: Layer, name: str) -> Size | None:
    value = known(layer.settings.get(name))
    return value if isinstance(value, int | float) and not isinstance(value, bool) else None


def _slid(layer: Layer, shape: tuple[Size | None, ...], name: str, stride: int | None) -> Size | None:
    """The number of steps behind a window that slides over them, by default by its own size."""
    steps = known_int(shape[1]) if len(shape) == 3 and layer.framework == "keras" else None
    window = _only(known(layer.settings.get(name)))
    step = _only(known(layer.settings.get("strides"))) or stride or window
    if steps is None or window is None or step is None:
        return None
    if known(layer.settings.get("padding"), "valid") == "valid":
        return max(0, (steps - window) // step + 1)
    return -(-steps // step)


def _only(value: object) -> int | None:
    """A size given as a number or as a tuple of one."""
    if isinstance(value, tuple) and len(value) == 1:
        value = value[0]
    return value if isinstance(value, int) and not isinstance(value, bool) and value > 0 else None


def _target_shape(layer: Layer, shape: tuple[Size | None, ...]) -> Shape:
    target = known(layer.settings.get("target_shape"))
    if not isinstance(target, tuple):
        return None
    return (shape[0], *(size if isinstance(size, int) and size >= 0 else None for size in target))


_SHAPES: dict[str, Callable[[Layer, tuple[Size | None, ...]], Shape]] = {
    "recurrent": _recurrent,
    "dense": _last_axis("units"),
    "conv1d": lambda layer, shape: (shape[0], _slid(layer, shape, "kernel_size", 1), _size(layer, "filters")),
    "embedding": lambda layer, shape: (*shape, _size(layer, "output_dim")),
    "flatten": lambda layer, shape: (shape[0], None),
    "max_pooling1d": lambda layer, shape: (shape[0], _slid(layer, shape, "pool_size", None), shape[-1]),
    "average_pooling1d": lambda layer, shape: (shape[0], _slid(layer, shape, "pool_size", None), shape[-1]),
    "global_max_pooling1d": lambda layer, shape: (shape[0], shape[-1]),
    "global_average_pooling1d": lambda layer, shape: (shape[0], shape[-1]),
    "repeat_vector": lambda layer, shape: (shape[0], _size(layer, "n"), shape[-1]),
    "reshape": _target_shape,
}


def _quantity(layer: Layer, source: Array, site: Site) -> Quantity:
    if layer.kind in NORMALISING:
        return quantities.standardised(source.quantity, site)
    if layer.kind == "rescaling":
        return quantities.bounded(0.0, 1.0, source.quantity, site)
    if layer.kind in KEEPS_VALUES:
        return source.quantity
    return Quantity(Kind.FEATURES, label=layer.type_name, site=site)


def _padding(layer: Layer, source: Array, site: Site) -> Padding | None:
    if layer.kind == "text_vectorization":
        return Padding(site, Known("post"), of_floats=False, how=layer.type_name)
    if layer.kind in KEEPS_STEPS or layer.is_set("return_sequences", True):
        return source.padding
    return None


def _mask(layer: Layer, inputs: tuple[Array, ...], site: Site) -> Mask | None:
    incoming = next((array.mask for array in inputs if array.mask is not None), None)
    rule = mask_rule(layer)
    if rule is MaskRule.MAKES:
        return _made(layer, incoming)
    if rule is MaskRule.UNKNOWN and incoming is None and layer.type_name in LAYERS:
        return None  # no layer of Keras makes a mask unasked
    if rule is MaskRule.PASSES or incoming is None or incoming.state is not MaskState.PRESENT:
        return incoming if rule is not MaskRule.UNKNOWN else _unknown(incoming, layer)
    if rule is MaskRule.ENDS:
        return None
    if rule is MaskRule.UNKNOWN:
        return _unknown(incoming, layer)
    return replace(incoming, state=MaskState.DROPPED, dropped=site, dropper=layer.type_name)


def _unknown(incoming: Mask | None, layer: Layer) -> Mask:
    return Mask(MaskState.UNKNOWN, incoming.made if incoming is not None else layer.site)


def _made(layer: Layer, incoming: Mask | None) -> Mask | None:
    if layer.kind != "embedding":
        return Mask(MaskState.PRESENT, layer.site)
    setting: Setting = layer.setting("mask_zero")
    if not isinstance(setting, Known):
        return Mask(MaskState.UNKNOWN, layer.site)
    return Mask(MaskState.PRESENT, layer.site) if setting.value else incoming
