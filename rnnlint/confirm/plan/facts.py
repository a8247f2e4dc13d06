"""Program facts in the terms of probes: cells with their sizes, distributions, small sizes for symbolic ones."""

from __future__ import annotations

from collections.abc import Iterator

from rnnlint.confirm.plan.base import Unplanned
from rnnlint.confirm.probes import CellSpec, Distribution
from rnnlint.program.data import Array, Quantity
from rnnlint.program.network import Layer
from rnnlint.program.program import Program
from rnnlint.program.size import Linear, Size, known_int
from rnnlint.program.value import known

USUAL_UNITS, USUAL_FEATURES = 32, 4  # where the program does not show them: no probe's verdict turns on them
PRIMES = (7, 5, 11, 13, 17, 19, 23, 29, 31, 37)


def recurrent_layers(program: Program) -> Iterator[Layer]:
    """Every recurrent layer."""
    return (layer for layer in program.layers if layer.recurrent)


def applications(program: Program) -> Iterator[Array]:
    """Every output of a recurrent layer."""
    return (array for array in program.applications if array.layer is not None and array.layer.recurrent)


def cell_of(layer: Layer, program: Program, activation: str | None = None) -> CellSpec:
    """The layer as a probe's cell; an activation that the program leaves open is the default's."""
    units = known(layer.settings.get("units"))
    return CellSpec(
        kind=layer.kind.removeprefix("simple_").removesuffix("_cell"),
        units=units if isinstance(units, int) and units > 0 else USUAL_UNITS,
        features=_features(layer, program),
        activation=activation or str(known(layer.settings.get("activation"), "tanh")),
        gate_activation=str(known(layer.settings.get("recurrent_activation"), "sigmoid")),
        start=layer.framework,
        unit_forget_bias=known(layer.settings.get("unit_forget_bias"), True) is not False,
    )


def _features(layer: Layer, program: Program) -> int:
    stated = known(layer.settings.get("input_size"))
    if isinstance(stated, int) and stated > 0:
        return stated
    for array in program.inputs_of(layer):
        if array.shape is not None and len(array.shape) == 3:
            size = known_int(array.shape[2])
            if size:
                return size
    return USUAL_FEATURES


def distribution(quantity: Quantity) -> Distribution | Unplanned:
    """The numbers of a quantity, where its bounds or its mean and deviation are known."""
    if quantity.low is not None and quantity.high is not None and quantity.high > quantity.low:
        return Distribution(quantity.low, quantity.high, even=True)
    if quantity.mean is not None and quantity.std:
        return Distribution(quantity.mean, quantity.std)
    what = quantity.label or "the data"
    return Unplanned(f"the size of {what} stands in the data, not in the program")


class Sizes:
    """Small numbers in the place of symbolic sizes, the same for the same term."""

    def __init__(self) -> None:
        self._terms: dict[object, int] = {}

    def of(self, size: Size | None) -> int | None:
        """The size as a number; None where nothing is known of it."""
        if isinstance(size, Linear):
            value = size.constant + sum(factor * self._number(key) for key, factor in size.terms)
            return int(value) if value >= 1 and float(value).is_integer() else None
        return known_int(size)

    def shape(self, sizes: tuple[Size | None, ...] | None) -> tuple[int, ...] | None:
        """The shape in numbers, where all of it is known."""
        numbers = [self.of(size) for size in sizes or (None,)]
        return None if None in numbers else tuple(number for number in numbers if number is not None)

    def _number(self, key: object) -> int:
        return self._terms.setdefault(key, PRIMES[len(self._terms) % len(PRIMES)])
