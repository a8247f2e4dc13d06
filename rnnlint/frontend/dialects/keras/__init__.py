"""Keras, in all its namespaces: layers, models, training, data helpers."""

from rnnlint.frontend.dialects.keras import callbacks, datasets, layers, models, preprocessing, tensors, training

__all__ = ["callbacks", "datasets", "layers", "models", "preprocessing", "tensors", "training"]
