"""One canonical path for every library object, whichever way it was imported."""

from __future__ import annotations

import re
from functools import lru_cache

# Longer prefixes first. What a framework re-exports under other names in some version.
_PREFIXES = (
    ("tensorflow.compat.v1.keras.", "keras."),
    ("tensorflow.compat.v2.keras.", "keras."),
    ("tensorflow.python.keras.api._v2.keras.", "keras."),
    ("tensorflow.python.keras.", "keras."),
    ("tensorflow.contrib.keras.", "keras."),
    ("tensorflow_core.keras.", "keras."),
    ("tensorflow.keras.", "keras."),
    ("tensorflow.compat.v1.", "tensorflow."),
    ("tensorflow.compat.v2.", "tensorflow."),
    ("keras.api._v2.keras.", "keras."),
    ("keras.src.", "keras."),
    ("keras.api.", "keras."),
    ("keras_core.", "keras."),
    ("tf_keras.", "keras."),
    ("keras_preprocessing.", "keras.preprocessing."),
    ("keras.preprocessing.sequence.pad_sequences", "keras.utils.pad_sequences"),
    ("keras.utils.np_utils.", "keras.utils."),
    ("keras.utils.data_utils.", "keras.utils."),
    ("keras.engine.input_layer.Input", "keras.Input"),
    ("keras.layers.Input", "keras.Input"),
    ("keras.engine.training.", "keras.models."),
    ("keras.engine.topology.", "keras.layers."),
    ("keras.engine.", "keras.models."),
    ("keras.Sequential", "keras.models.Sequential"),
    ("keras.Model", "keras.models.Model"),
    ("keras.preprocessing.timeseries_dataset_from_array", "keras.utils.timeseries_dataset_from_array"),
    ("pytorch_lightning.", "lightning."),
    ("lightning.pytorch.", "lightning."),
    ("torch.nn.modules.", "torch.nn."),
)
_SUBMODULE = re.compile(
    r"^(keras\.(?:layers|optimizers|losses|models|metrics|regularizers|initializers)|torch\.nn"
    r"|torch\.optim(?!\.(?:lr_scheduler|swa_utils)\.)"
    r"|sklearn\.(?:preprocessing|impute|decomposition|feature_selection|model_selection|compose|pipeline))"
    r"\.(?:[a-z_0-9]+\.)+(?=[A-Z])"
)


@lru_cache(maxsize=4096)
def canonical(path: str) -> str:
    """`tensorflow.keras.layers.LSTM`, `keras.layers.recurrent.LSTM` and `keras.src.layers.rnn.lstm.LSTM` are
    all `keras.layers.LSTM`."""
    changed = True
    while changed:
        changed = False
        for prefix, replacement in _PREFIXES:
            whole = prefix if not prefix.endswith(".") else None
            if prefix != replacement and (path == whole or (whole is None and path.startswith(prefix))):
                path = replacement + path[len(prefix) :]
                changed = True
    return _SUBMODULE.sub(r"\1.", path)
