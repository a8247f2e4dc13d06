"""Which layers the gradients of a program's losses reach, and where they stop."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from rnnlint.program.data import Array
from rnnlint.program.network import Layer
from rnnlint.program.program import Program
from rnnlint.program.value import Site


@dataclass(frozen=True)
class Reach:
    """How far gradients go: `learning` are layers that they reach, `stopped` where they stop before
    others. It is `settled` if nothing on the way is unknown.
    """

    learning: frozenset[Layer]
    stopped: Mapping[Layer, Site]
    settled: bool


def reach(program: Program) -> Reach:
    """How far the gradients of hand-written PyTorch losses go back."""
    outputs: dict[Site, list[Array]] = defaultdict(list)
    for fit in program.fits:
        if fit.framework == "torch":
            outputs[fit.site].extend(fit.outputs)
    taken = [loss for loss in program.backwards if loss is not None]
    reported = {array.site for loss in taken for array in loss.ancestry() if array.op == "loss"}
    returned = [array for site, arrays in outputs.items() if site not in reported for array in arrays]
    near, cuts = _walk([*taken, *returned], outputs)
    stopped: dict[Layer, Site] = {}
    behind: set[int] = set()
    for source in cuts:
        for array in source.ancestry():
            behind.add(array.number)
            if array.op == "apply" and array.layer is not None and source.cut is not None:
                stopped.setdefault(array.layer, source.cut)
    unknown = (array.mixed or (array.op == "parameter" and array.number not in behind) for array in near)
    learning = frozenset(array.layer for array in near if array.op == "apply" and array.layer is not None)
    return Reach(learning, stopped, None not in program.backwards and not any(unknown))


def _walk(roots: Iterable[Array], outputs: Mapping[Site, list[Array]]) -> tuple[list[Array], list[Array]]:
    """The arrays that gradients reach, and those at which they stop."""
    near: list[Array] = []
    cuts: list[Array] = []
    seen: set[int] = set()
    waiting = list(roots)
    while waiting:
        array = waiting.pop()
        if array.number in seen:
            continue
        seen.add(array.number)
        if array.cut is not None:
            cuts.append(array)
            continue
        near.append(array)
        waiting.extend(array.inputs)
        if array.op == "loss":
            waiting.extend(outputs.get(array.site, ()))
    return near, cuts
