"""The unit that numbers are in: what a scaler made of them, the data's own, or that of a network's targets."""

from __future__ import annotations

from dataclasses import dataclass

from rnnlint.program.data import Array, Kind, ScalerFit, ScalerUse
from rnnlint.program.program import Program
from rnnlint.program.walks import REARRANGED, chain

SAME_UNIT = REARRANGED | {"rows", "columns", "stack", "item", "window", "windows", "gather", "part", "shuffle", "frame"}
COMPUTED = frozenset({"apply", "prediction"})


@dataclass(frozen=True, slots=True)
class Unit:
    """How numbers were scaled last (`scaled`) or brought back (`restored`), else the raw data that they are."""

    source: Array
    scaled: ScalerFit | None = None
    restored: ScalerUse | None = None

    @property
    def own(self) -> bool:
        """Whether it is the unit of the data themselves."""
        return self.scaled is None


def unit_of(program: Program, array: Array) -> Unit | None:
    """The unit of these numbers, or None where the program does not show it.

    What a network computes is in the unit of the targets that it was trained for.
    """
    for source in chain(array):
        if (use := program.inversion_of.get(source.number)) is not None:
            return Unit(source, restored=use)
        if (scaling := program.scaling_of.get(source.number)) is not None:
            return Unit(source, scaled=scaling.fit)
        if source.op in COMPUTED:
            return target_unit(program, source)
        if source.op == "read" and source.quantity.kind is Kind.RAW:
            return Unit(source)
        if source.op not in SAME_UNIT:
            return None
    return None


def target_unit(program: Program, output: Array) -> Unit | None:
    """The unit that a network's outputs are trained to be in, where all its training calls agree."""
    targets = [fit.target for fit in program.trained_for(output)]
    units = [unit_of(program, target) if target is not None else None for target in targets]
    first = units[0] if units else None
    if first is None or any(unit is None or unit.scaled is not first.scaled for unit in units):
        return None
    return first
