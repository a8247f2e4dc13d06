"""PyTorch: modules, tensors, data loaders, losses, optimizers."""

from rnnlint.frontend.dialects.torch import data, gradients, layers, modules, optim, recurrent, tensors

__all__ = ["data", "gradients", "layers", "modules", "optim", "recurrent", "tensors"]
