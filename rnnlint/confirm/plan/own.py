"""Probes that run the user's own class, for findings whose network cannot be rebuilt."""

from __future__ import annotations

from pathlib import Path

from rnnlint.confirm.execute.cutting import CannotCutError, cut
from rnnlint.confirm.plan.base import Unplanned
from rnnlint.confirm.plan.facts import USUAL_FEATURES
from rnnlint.confirm.plan.rebuild import SAMPLES, STEPS, outputs, start_of
from rnnlint.confirm.probes import OwnNetwork
from rnnlint.program.data import Array
from rnnlint.program.network import Layer, Model, Unregistered
from rnnlint.program.program import Program
from rnnlint.program.size import known_int
from rnnlint.program.value import known
from rnnlint.source.document import Document

CHECKS = {
    "RNN105": "passes",
    "RNN106": "unread",
    "RNN107": "leak",
    "RNN301": "more_padding",
    "RNN302": "more_padding",
    "RNN303": "more_padding",
    "RNN610": "unregistered",
}
IN_KERAS_ONLY = {"more_padding"}


def plan_own(
    code: str, subject: object, program: Program, document: Document, projects: tuple[Path, ...]
) -> OwnNetwork | Unplanned | None:
    """The caged probe for a finding of this rule; None where no check of a whole network settles the rule."""
    check = CHECKS.get(code)
    if check is None:
        return None
    start = _start(subject, program)
    model = _model_of(start, program)
    if start is None or start.layer is None or model is None:
        return Unplanned("the network is not made in this program")
    framework = start.layer.framework
    if (framework == "keras") != (check in IN_KERAS_ONLY) and check != "unread":
        return None
    try:
        definitions, construction = cut(document.text, *_place(document, model))
    except (CannotCutError, SyntaxError) as error:
        return Unplanned(str(error))
    entry = _entry(start)
    shape, high = _inputs(entry)
    axes = entry.inputs[0].axes
    axis = axes.index("batch") if "batch" in axes[:2] else 0
    if axis == 1:
        shape = (shape[1], shape[0], *shape[2:])
    folders = tuple(str(path) for path in projects)
    return OwnNetwork(framework, check, definitions, construction, folders, shape, high, axis)


def _start(subject: object, program: Program) -> Array | None:
    """A recurrent layer's output in the network that a finding speaks of."""
    if isinstance(subject, Array):
        return start_of(subject)
    if isinstance(subject, Layer):
        return next(iter(program.applications_of(subject)), None)
    owned = subject.owner if isinstance(subject, Unregistered) else ""
    starts = (start_of(result) for result in outputs(program))
    return next((start for start in starts if owned and start is not None), None)


def _model_of(start: Array | None, program: Program) -> Model | None:
    """The outermost network that holds the layer."""
    if start is None or start.layer is None:
        return None
    site = start.layer.site
    holders = [model for model in program.models if model.name and any(own.site == site for own in model.layers)]
    return max(holders, key=lambda model: len(model.layers), default=None)


def _place(document: Document, model: Model) -> tuple[int, int]:
    """Where the network is made, in the document's own text."""
    span = model.site.span
    if span.path != document.display or model.site.via is not None:
        raise CannotCutError("the network is made in another file")
    first = next((cell.first_line for cell in document.cells if cell.number == span.cell), 1)
    return first + span.line - 1, span.column


def _entry(start: Array) -> Array:
    """The first layer's output on the way to the recurrent one."""
    entry, array = start, start
    while array.inputs:
        array = array.inputs[0]
        if array.op == "apply" and array.layer is not None:
            entry = array
    return entry


def _inputs(entry: Array) -> tuple[tuple[int, ...], int]:
    """The shape of what the network is fed, samples first, and the number of ids where it is fed those."""
    layer, source = entry.layer, entry.inputs[0]
    assert layer is not None
    if layer.kind == "embedding":
        rows = known(layer.settings.get("input_dim"))
        return (SAMPLES, STEPS), rows if isinstance(rows, int) and rows > 1 else 2
    last = known_int(source.shape[-1]) if source.shape else None
    stated = known(layer.settings.get("input_size"))
    return (SAMPLES, STEPS, last or (stated if isinstance(stated, int) else USUAL_FEATURES)), 0
