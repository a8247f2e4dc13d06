"""Probes for the rules of padding and masks."""

from __future__ import annotations

from collections.abc import Iterator

from rnnlint.confirm.plan.base import Unplanned, planner
from rnnlint.confirm.plan.facts import applications, cell_of, distribution
from rnnlint.confirm.plan.rebuild import Rebuilder, layer_spec
from rnnlint.confirm.probes import Cutoff, Distribution, MorePadding, PaddedReading, PaddingContrast, Probe
from rnnlint.program.data import Array, MaskState
from rnnlint.program.program import Program
from rnnlint.program.value import known

MOST_REAL = 30
USUAL_LENGTH, SHORTEST, MOST_STEPS = 40, 4, 100


def _masked(program: Program) -> Iterator[Array]:
    return (array for array in applications(program) if array.inputs[0].mask is not None)


@planner("RNN301")
def padded_tokens(application: Array, program: Program) -> Probe | Unplanned:
    """What half a sequence of padding leaves of the other half."""
    layer, source = application.layer, application.inputs[0]
    assert layer is not None
    if source.mask is not None and source.mask.state is MaskState.PRESENT:
        return Unplanned("a mask reaches the layer")
    steps = program.steps_of(layer)
    if steps is None or steps < 2:
        return Unplanned("the padded length is not known")
    side = known(source.padding.side) if source.padding is not None else None
    if side not in {"pre", "post"}:
        return Unplanned("the side of the padding is not known")
    real = min(max(steps // 2, 1), MOST_REAL)
    before = side == "pre" and not layer.is_set("bidirectional", True)  # one half always reads the padding last
    return PaddingContrast(cell_of(layer, program), real, steps - real, before)


@planner("RNN302")
def padded_features(application: Array, program: Program) -> Probe | Unplanned:
    """The same for padded features; for fractions cut to whole numbers what is left of them."""
    if application.op == "pad":
        values = distribution(application.inputs[0].quantity)
        return Cutoff(values) if isinstance(values, Distribution) else values
    return padded_tokens(application, program)


@planner("RNN303", _masked)
def dropped_mask(application: Array, program: Program) -> Probe | Unplanned:
    """What more padding changes in the output."""
    mask = application.inputs[0].mask
    start = next(
        (a for a in application.ancestry() if a.op == "apply" and a.layer and mask and a.layer.site == mask.made), None
    )
    if start is None:
        return Unplanned("where the mask is made is not known")
    graph = Rebuilder(start).graph(application)
    return graph if isinstance(graph, Unplanned) else MorePadding(graph)


@planner("RNN304")
def padded_reading(readout: Array, program: Program) -> Probe | Unplanned:
    """The gradient of the last step to the real steps of a short sequence."""
    output = readout.inputs[0].recurrent_output
    if output is None or output.layer is None or output.layer.framework != "torch":
        return Unplanned("the recurrent layer is not known")
    if output.layer.is_set("bidirectional", True):
        return Unplanned("a backward half reads the padding first")
    steps = program.steps_of(output.layer) or USUAL_LENGTH
    steps = min(max(steps, SHORTEST), MOST_STEPS)
    packed = any(array.op == "unpack" for array in readout.ancestry())
    return PaddedReading(layer_spec(output.layer), max(steps // 4, 1), steps, packed)


@planner("RNN309", lambda program: (a for a in program.applications if a.layer and a.layer.kind == "embedding"))
def embedded_floats(application: Array, program: Program) -> Probe | Unplanned:
    """The indices that are left of the values."""
    values = distribution(application.inputs[0].quantity)
    return Cutoff(values) if isinstance(values, Distribution) else values
