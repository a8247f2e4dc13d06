"""Keras, in all its namespaces: layers, models, training, data helpers."""

from rnnlint.frontend.dialects.keras import datasets, layers, models, preprocessing, tensors, training

__all__ = ["datasets", "layers", "models", "preprocessing", "tensors", "training"]
