"""What every probe is, and the cells and numbers that they speak of."""

from __future__ import annotations

from typing import ClassVar

import msgspec


class CellSpec(msgspec.Struct, frozen=True):
    """One recurrent layer: kind "lstm", "gru" or "rnn"; `start` is the framework whose initial weights it takes."""

    kind: str
    units: int
    features: int
    activation: str = "tanh"
    gate_activation: str = "sigmoid"
    start: str = "keras"
    unit_forget_bias: bool = True


class Distribution(msgspec.Struct, frozen=True):
    """Numbers drawn evenly between two bounds (`even`) or normally with a mean and a deviation."""

    first: float
    second: float
    even: bool = False


class Probe(msgspec.Struct, frozen=True, tag_field="probe", tag=True):
    """Base of all probes. `engine` is the worker that runs it."""

    engine: ClassVar[str] = "numpy"

    @property
    def requires(self) -> str:
        """The library that has to be installed for it."""
        return self.engine
