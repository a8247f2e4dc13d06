"""What a layer does to an array: shape, values, padding and mask of its output."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from rnnlint.frontend import quantities
from rnnlint.frontend.catalog.keras_layers import LAYERS
from rnnlint.frontend.catalog.masks import MaskRule, mask_rule
from rnnlint.frontend.layer_shapes import merged_shape, output_axes, output_shape, size_setting
from rnnlint.frontend.machine import Machine
from rnnlint.program.data import Array, Kind, Mask, MaskState, Padding, Quantity
from rnnlint.program.network import ELEMENTWISE_KINDS, Layer
from rnnlint.program.value import Known, Setting, Site

NORMALISING = frozenset(
    {"batch_normalization", "layer_normalization", "normalization", "group_normalization", "unit_normalization",
     "instance_normalization",
     "rms_normalization"}
)  # fmt: skip
KEEPS_VALUES = ELEMENTWISE_KINDS - NORMALISING - {"sigmoid", "tanh", "softmax", "activation", "rescaling"} | frozenset(
    {"flatten", "reshape", "permute", "repeat_vector", "zero_padding1d", "cropping1d", "up_sampling1d"}
)
KEEPS_STEPS = ELEMENTWISE_KINDS | {"embedding", "dense", "conv1d", "time_distributed", "spectral_normalization"}


def apply(m: Machine, layer: Layer, inputs: tuple[Array, ...], site: Site) -> Array:
    """The output of a layer for its inputs; a recurrent layer's is what its settings make it return."""
    source = inputs[0]
    shape = merged_shape(layer, inputs) or output_shape(layer, source.shape)
    if source.shape is None and layer.framework == "torch" and layer.kind == "conv1d":
        shape = (m.dimension(source, 0), size_setting(layer, "filters"), None)
    settings: dict[str, Setting] = {"doubtful": Known(True)} if m.doubts else {}
    looked_up = source.shape is None and layer.kind == "embedding"
    if looked_up and (width := size_setting(layer, "output_dim")) is not None:
        settings["width"] = Known(width)  # behind the axes of the ids, however many they are
    kept: dict[str, Any] = {"layout": source.layout} if looked_up or layer.kind in ELEMENTWISE_KINDS else {}
    return m.array(
        "apply",
        site,
        *inputs,
        **kept,
        name=source.name,
        rows=source.rows,
        by_rows=source.by_rows,
        shape=shape,
        axes=output_axes(layer, source),
        dtype="float",
        quantity=_quantity(layer, source, site),
        padding=_padding(layer, source, site),
        mask=_mask(layer, inputs, site),
        scaled_by=source.scaled_by,
        layer=layer,
        recurrent_output=source.recurrent_output if layer.kind in ELEMENTWISE_KINDS else None,
        settings=settings,
    )


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
