"""Activations with their derivatives, as Keras and PyTorch define them."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Numbers = NDArray[np.floating]

SELU_SCALE, SELU_ALPHA = 1.0507009873554805, 1.6732632423543772
LEAK = 0.2  # Keras 3's leaky_relu


@dataclass(frozen=True, slots=True)
class Activation:
    """A function and its derivative, the latter from the argument and the value."""

    function: Callable[[Numbers], Numbers]
    slope: Callable[[Numbers, Numbers], Numbers]


def sigmoid(x: Numbers) -> Numbers:
    """1 / (1 + exp(-x)), without overflow."""
    value: Numbers = 0.5 * (np.tanh(0.5 * x) + 1.0)
    return value


def _softplus(x: Numbers) -> Numbers:
    value: Numbers = np.logaddexp(0.0, x)
    return value


def _swish_slope(x: Numbers, y: Numbers) -> Numbers:
    gate = sigmoid(x)
    return y + gate * (1.0 - y)


def _gelu(x: Numbers) -> Numbers:
    value: Numbers = 0.5 * x * (1.0 + np.tanh(0.7978845608 * (x + 0.044715 * x**3)))
    return value


def _gelu_slope(x: Numbers, y: Numbers) -> Numbers:
    inner = np.tanh(0.7978845608 * (x + 0.044715 * x**3))
    slope: Numbers = 0.5 * (1.0 + inner) + 0.5 * x * (1.0 - inner**2) * 0.7978845608 * (1.0 + 0.134145 * x**2)
    return slope


def _mish_slope(x: Numbers, y: Numbers) -> Numbers:
    squashed = np.tanh(_softplus(x))
    slope: Numbers = squashed + x * (1.0 - squashed**2) * sigmoid(x)
    return slope


def _elu(x: Numbers) -> Numbers:
    value: Numbers = np.where(x > 0, x, np.expm1(np.minimum(x, 0.0)))
    return value


def _selu(x: Numbers) -> Numbers:
    value: Numbers = SELU_SCALE * np.where(x > 0, x, SELU_ALPHA * np.expm1(np.minimum(x, 0.0)))
    return value


def _where_positive(inside: float, outside: float) -> Callable[[Numbers, Numbers], Numbers]:
    return lambda x, y: np.where(x > 0, inside, outside)


def _clipped(slope: float, offset: float) -> Activation:
    return Activation(
        lambda x: np.clip(slope * x + offset, 0.0, 1.0),
        lambda x, y: np.where((y > 0.0) & (y < 1.0), slope, 0.0),
    )


ACTIVATIONS: dict[str, Activation] = {
    "tanh": Activation(np.tanh, lambda x, y: 1.0 - y * y),
    "sigmoid": Activation(sigmoid, lambda x, y: y * (1.0 - y)),
    "hard_sigmoid": _clipped(1 / 6, 0.5),
    "relu": Activation(lambda x: np.maximum(x, 0.0), _where_positive(1.0, 0.0)),
    "leaky_relu": Activation(lambda x: np.where(x > 0, x, LEAK * x), _where_positive(1.0, LEAK)),
    "elu": Activation(_elu, lambda x, y: np.where(x > 0, 1.0, y + 1.0)),
    "selu": Activation(_selu, lambda x, y: np.where(x > 0, SELU_SCALE, y + SELU_SCALE * SELU_ALPHA)),
    "linear": Activation(lambda x: x, lambda x, y: np.ones_like(x)),
    "softplus": Activation(_softplus, lambda x, y: sigmoid(x)),
    "softsign": Activation(lambda x: x / (1.0 + np.abs(x)), lambda x, y: (1.0 - np.abs(y)) ** 2),
    "hard_tanh": Activation(lambda x: np.clip(x, -1.0, 1.0), lambda x, y: np.where(np.abs(x) < 1.0, 1.0, 0.0)),
    "swish": Activation(lambda x: x * sigmoid(x), _swish_slope),
    "gelu": Activation(_gelu, _gelu_slope),
    "mish": Activation(lambda x: x * np.tanh(_softplus(x)), _mish_slope),
    "exponential": Activation(np.exp, lambda x, y: y),
}
