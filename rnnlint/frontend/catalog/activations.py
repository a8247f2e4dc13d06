"""Activations, losses, metrics and optimizers under one name each."""

from __future__ import annotations

import re

_LOSSES = {
    "mse": "mse",
    "mean_squared_error": "mse",
    "l2_loss": "mse",
    "mae": "mae",
    "mean_absolute_error": "mae",
    "l1_loss": "mae",
    "l1": "mae",
    "l1loss": "mae",
    "smooth_l1loss": "huber",
    "huber": "huber",
    "huber_loss": "huber",
    "smooth_l1": "huber",
    "smooth_l1_loss": "huber",
    "logcosh": "log_cosh",
    "log_cosh": "log_cosh",
    "mape": "mape",
    "mean_absolute_percentage_error": "mape",
    "msle": "msle",
    "mean_squared_logarithmic_error": "msle",
    "log_cosh_loss": "log_cosh",
    "kldivergence": "kl",
    "kl_divergence": "kl",
    "kldiv": "kl",
    "binary_crossentropy": "binary_cross_entropy",
    "bce": "binary_cross_entropy",
    "bce_with_logits": "binary_cross_entropy_with_logits",
    "binary_cross_entropy": "binary_cross_entropy",
    "binary_cross_entropy_with_logits": "binary_cross_entropy_with_logits",
    "categorical_crossentropy": "categorical_cross_entropy",
    "sparse_categorical_crossentropy": "sparse_categorical_cross_entropy",
    "cross_entropy": "cross_entropy",
    "nll": "nll",
    "nll_loss": "nll",
    "hinge": "hinge",
    "squared_hinge": "hinge",
    "categorical_hinge": "hinge",
    "poisson": "poisson",
    "kullback_leibler_divergence": "kl",
    "kl_div": "kl",
    "ctc": "ctc",
    "ctc_loss": "ctc",
}
_ACTIVATIONS = {
    "leakyrelu": "leaky_relu",
    "leaky_re_lu": "leaky_relu",
    "re_lu": "relu",
    "p_re_lu": "leaky_relu",
    "silu": "swish",
    "si_lu": "swish",
    "se_lu": "selu",
    "ge_lu": "gelu",
    "e_lu": "elu",
    "identity": "linear",
    "hardsigmoid": "hard_sigmoid",
    "hardtanh": "hard_tanh",
    "softmax2d": "softmax",
    "exp": "exponential",
}


def snake(name: str) -> str:
    """`LeakyReLU` as `leaky_re_lu`."""
    return re.sub(r"(?<=[a-z])(?=[A-Z])|(?<=[A-Z])(?=[A-Z][a-z])", "_", name).lower()


def activation_name(name: str) -> str:
    """The shared name of an activation, from a string, a class or a function name."""
    plain = snake(name)
    return _ACTIVATIONS.get(plain, plain)


def loss_name(name: str) -> str:
    """The shared name of a loss; "" for one that is not known."""
    plain = snake(name.replace("MSELoss", "mse").replace("NLLLoss", "nll").replace("BCE", "bce"))
    for candidate in (plain, plain.removesuffix("_loss"), plain.replace("with_logits_loss", "_with_logits")):
        if candidate in _LOSSES:
            return _LOSSES[candidate]
    return {"bcewith_logits_loss": "binary_cross_entropy_with_logits", "bceloss": "binary_cross_entropy"}.get(plain, "")


def optimizer_name(name: str) -> str:
    """The shared name of an optimizer."""
    return name.lower().replace("_", "")


_METRICS = {
    "acc": "accuracy",
    "accuracy": "accuracy",
    "binary_accuracy": "accuracy",
    "categorical_accuracy": "accuracy",
    "sparse_categorical_accuracy": "accuracy",
    "mean_absolute_percentage_error": "mape",
    "mape": "mape",
}


def metric_name(name: str) -> str:
    """The shared name of a metric; its own for one without."""
    plain = snake(name)
    return _METRICS.get(plain, _METRICS.get(name.lower(), plain))
