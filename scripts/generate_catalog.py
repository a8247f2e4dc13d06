"""Writes rnnlint/frontend/catalog/keras_layers.py from the installed Keras.

The fate of a mask is found by running each layer on a masked sequence, not by reading an attribute: some layers
lose it although they claim support, and the other way round.

    python scripts/generate_catalog.py            # writes the file
    python scripts/generate_catalog.py --check    # exit code 1 when the file is stale
"""

from __future__ import annotations

import argparse
import inspect
import sys
import warnings
from pathlib import Path
from typing import Any

TARGET = Path(__file__).parents[1] / "rnnlint" / "frontend" / "catalog" / "keras_layers.py"
HEADER = '''"""Keras' layers: parameters in order, constant defaults, and what they do to a mask.

Generated from Keras {version} by scripts/generate_catalog.py; do not edit.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True, slots=True)
class LayerFacts:
    """One layer class. `mask` is "passes", "drops", "makes", "ends" or "unknown" (not run on a sequence)."""

    parameters: tuple[str, ...]
    defaults: dict[str, Any]
    mask: str


LAYERS: dict[str, LayerFacts] = {{
'''
ARGUMENTS: dict[str, dict[str, Any]] = {
    "Activation": {"activation": "tanh"},
    "AveragePooling1D": {"pool_size": 2},
    "Cropping1D": {"cropping": 1},
    "Dense": {"units": 4},
    "EinsumDense": {"equation": "abc,cd->abd", "output_shape": (None, 4)},
    "Embedding": {"input_dim": 5, "output_dim": 4},
    "GroupNormalization": {"groups": 2},
    "Lambda": {"function": lambda tensor: tensor * 2},
    "Permute": {"dims": (2, 1)},
    "RepeatVector": {"n": 3},
    "Reshape": {"target_shape": (8, 4)},
    "SeparableConv1D": {"filters": 4, "kernel_size": 2},
    "DepthwiseConv1D": {"kernel_size": 2},
    "Conv1D": {"filters": 4, "kernel_size": 2},
    "Conv1DTranspose": {"filters": 4, "kernel_size": 2},
    "MaxPooling1D": {"pool_size": 2},
    "MultiHeadAttention": {"num_heads": 1, "key_dim": 4},
    "GroupQueryAttention": {"head_dim": 4, "num_query_heads": 1, "num_key_value_heads": 1},
    "UpSampling1D": {"size": 2},
    "ZeroPadding1D": {"padding": 1},
    "Dropout": {"rate": 0.1},
    "AlphaDropout": {"rate": 0.1},
    "GaussianDropout": {"rate": 0.1},
    "GaussianNoise": {"stddev": 0.1},
    "SpatialDropout1D": {"rate": 0.1},
    "AdaptiveAveragePooling1D": {"output_size": 4},
    "AdaptiveMaxPooling1D": {"output_size": 4},
    "LSTM": {"units": 3, "return_sequences": True},
    "GRU": {"units": 3, "return_sequences": True},
    "SimpleRNN": {"units": 3, "return_sequences": True},
}
WRAPPERS = {"TimeDistributed": "Dense", "SpectralNormalization": "Dense"}
MERGES = {"Add", "Average", "Concatenate", "Dot", "Maximum", "Minimum", "Multiply", "Subtract"}
PAIRS = {"Attention", "AdditiveAttention", "MultiHeadAttention"}
TRIPLES = {"GroupQueryAttention"}
MAKERS = {"Embedding", "Masking"}


def layer_classes(keras: Any) -> dict[str, type]:
    """Every public layer class."""
    return {
        name: value
        for name, value in sorted(vars(keras.layers).items())
        if isinstance(value, type) and issubclass(value, keras.layers.Layer)
    }


def mask_fate(keras: Any, numpy: Any, cls: type) -> str:
    """Run the layer on a masked (2, 8, 4) sequence and look at the mask of what comes out."""
    name = cls.__name__
    if name in MAKERS:
        return "makes"
    masked = keras.layers.Masking(0.0)(numpy.ones((2, 8, 4), dtype="float32"))
    try:
        layer = cls(getattr(keras.layers, WRAPPERS[name])(4)) if name in WRAPPERS else cls(**ARGUMENTS.get(name, {}))
        if name in MERGES:
            output = layer([masked, masked])
        elif name in TRIPLES:
            output = layer(masked, masked, masked)
        elif name in PAIRS:
            output = layer(masked, masked) if name == "MultiHeadAttention" else layer([masked, masked])
        elif name == "RepeatVector":
            output = layer(keras.layers.Masking(0.0)(numpy.ones((2, 4), dtype="float32")))
        else:
            output = layer(masked)
    except Exception:
        return "unknown"
    if isinstance(output, list | tuple) or not hasattr(output, "shape"):
        return "unknown"
    if getattr(output, "_keras_mask", None) is not None:
        return "passes"
    if name == "GlobalAveragePooling1D":
        return "ends"
    return "drops"


def facts(keras: Any, numpy: Any, name: str, cls: Any) -> str:
    """One line of the table."""
    parameters = [
        parameter
        for parameter in inspect.signature(cls.__init__).parameters.values()
        if parameter.name != "self" and parameter.kind not in (parameter.VAR_KEYWORD, parameter.VAR_POSITIONAL)
    ]
    names = tuple(parameter.name for parameter in parameters)
    defaults = {
        parameter.name: parameter.default
        for parameter in parameters
        if parameter.default is not parameter.empty
        and isinstance(parameter.default, int | float | str | bool | type(None))
    }
    return f"    {name!r}: LayerFacts({names!r}, {defaults!r}, {mask_fate(keras, numpy, cls)!r}),\n"


def generate() -> str:
    """The file's text."""
    import keras
    import numpy

    warnings.simplefilter("ignore")
    keras.utils.set_random_seed(0)  # some layers pass a mask by chance
    lines = [facts(keras, numpy, name, cls) for name, cls in layer_classes(keras).items()]
    return HEADER.format(version=keras.__version__) + "".join(lines) + "}\n"


def main() -> int:
    """Write the file, or compare."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--check", action="store_true")
    arguments = parser.parse_args()
    text = generate()
    if arguments.check:
        return 0 if TARGET.read_text(encoding="utf-8") == text else 1
    TARGET.write_text(text, encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main())
