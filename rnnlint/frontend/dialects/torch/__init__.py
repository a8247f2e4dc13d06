"""PyTorch: modules, tensors, data loaders, losses, optimizers."""

from rnnlint.frontend.dialects.torch import data, layers, modules, optim, recurrent, tensors

__all__ = ["data", "layers", "modules", "optim", "recurrent", "tensors"]
