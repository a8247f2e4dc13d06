"""What each Keras layer does to the mask of its input."""

from __future__ import annotations

from enum import Enum

from rnnlint.frontend.catalog.keras_layers import LAYERS
from rnnlint.program.network import Layer


class MaskRule(Enum):
    """The fate of a mask in a layer."""

    PASSES = "passes"
    DROPS = "drops"
    MAKES = "makes"
    ENDS = "ends"  # uses the mask and returns no time axis
    UNKNOWN = "unknown"


def mask_rule(layer: Layer) -> MaskRule:
    """The fate of a mask in this layer."""
    if layer.framework != "keras" or layer.kind == "input":
        return MaskRule.PASSES
    if layer.kind in {"embedding", "masking"}:
        return MaskRule.MAKES
    if layer.recurrent:
        ends = layer.is_set("return_sequences", False)
        return MaskRule.ENDS if ends else MaskRule.PASSES
    facts = LAYERS.get(layer.type_name)
    return MaskRule(facts.mask) if facts is not None else MaskRule.UNKNOWN
