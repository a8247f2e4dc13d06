"""Probes for the rules of what a framework refuses: sizes, steps and tuples that cannot meet."""

from __future__ import annotations

from collections.abc import Iterator
from math import prod
from typing import Any

from rnnlint.confirm.graph import Graph, Node
from rnnlint.confirm.plan.base import Unplanned, planner
from rnnlint.confirm.plan.facts import USUAL_FEATURES, Sizes
from rnnlint.confirm.plan.rebuild import SAMPLES, STEPS, TORCH_LAYERS, VOCABULARY, Rebuilder, layer_spec
from rnnlint.confirm.probes import Fitting, LeakKeras, Packing, Probe, Refused, RefusedKeras, Rows
from rnnlint.program.data import Array, Misuse
from rnnlint.program.network import Entrance, Layer
from rnnlint.program.program import Program
from rnnlint.program.ranges import largest_index
from rnnlint.program.size import Linear, Size, add, known_int
from rnnlint.program.training import Fit
from rnnlint.program.value import known, possible
from rnnlint.program.walks import behind_elementwise, width_of

LARGEST = 4_000_000  # numbers in an array or a layer that a probe makes
NEED_STEPS = frozenset({"lstm", "gru", "rnn", "conv1d", "max_pooling1d", "average_pooling1d"})
SHAPE = (SAMPLES, STEPS, USUAL_FEATURES)
TOO_LARGE = Unplanned("the layers are too large for a probe")


def _made_for_a_width(program: Program) -> Iterator[Array]:
    """Torch layers that state the width of their input, and Keras' recurrent ones."""
    for array in program.applications:
        layer = array.layer
        if layer is None or not array.inputs or known(array.settings.get("doubtful"), False):
            continue
        if layer.framework == "torch" and known(layer.settings.get("input_size")) and width_of(array.inputs[0]):
            yield array


@planner("RNN118", _made_for_a_width)
def sizes(subject: Array | Fit | Layer | tuple[Any, Any], program: Program) -> Probe | Unplanned:
    """The layer on what reaches it, the model on its data, or the output less its target."""
    match subject:
        case Fit():
            return _target(subject)
        case Layer():
            return _applied(subject, {"shape": (SAMPLES, STEPS), "high": VOCABULARY})
        case (Layer() as layer, int(axes)):
            return _applied(layer, {"shape": (SAMPLES, STEPS, USUAL_FEATURES, USUAL_FEATURES)[:axes]})
        case (Entrance() as entrance, Fit() as fit):
            return _entrance(entrance, fit)
    assert isinstance(subject, Array)
    if subject.layer is None or not subject.inputs:
        return Unplanned("what reaches the layer is not known")
    graph = _meeting(subject, subject.layer)
    return graph if isinstance(graph, Unplanned) else _refused(graph)


def _refused(graph: Graph) -> Probe | Unplanned:
    numbers = [size for node in graph.nodes for size in [prod(node.settings.get("shape", ()))]]
    units = [spec.settings.get("units", 1) * max(spec.settings.get("input_size") or 1, 64) for spec in graph.layers]
    if max((*numbers, *units)) > LARGEST:
        return TOO_LARGE
    return Refused(graph) if graph.framework == "torch" else RefusedKeras(graph)


def _target(fit: Fit) -> Probe | Unplanned:
    output, target = fit.outputs[0], fit.target
    if target is None or not output.shape or not target.shape:
        return Unplanned("the shapes are not known")
    sizes = Sizes()
    made, wanted = sizes.shape((SAMPLES, *output.shape[1:])), sizes.shape((SAMPLES, *target.shape[1:]))
    return Fitting(made, wanted) if made and wanted else Unplanned("the shapes are not known")


def _entrance(entrance: Entrance, fit: Fit) -> Probe | Unplanned:
    """A model of one layer that declares this input, on data of their own shape."""
    data = fit.inputs[0]
    layer = fit.model.layers[0] if fit.model is not None and fit.model.layers else None
    shape = Sizes().shape((SAMPLES, *data.shape[1:])) if data.shape else None
    if layer is None or shape is None or not known_layer(layer):
        return Unplanned("the first layer or the shape of the data is not known")
    declared = [None, *(known_int(size) for size in entrance.shape[1:])]
    settings = {"shape": shape, "declared": declared, **({"high": VOCABULARY} if layer.kind == "embedding" else {})}
    return _applied(layer, settings)


def _applied(layer: Layer, settings: dict[str, Any]) -> Probe | Unplanned:
    """The layer on an input of these settings."""
    nodes = (Node("input", settings=settings), _APPLIED)
    return _refused(Graph(layer.framework, (layer_spec(layer, exact=True),), nodes))


_APPLIED = Node("apply", (0,), 0)


def known_layer(layer: Layer) -> bool:
    """Whether an engine can build it from its settings alone."""
    return layer.kind not in {"lambda", "other", "input"} and not layer.kind.endswith("_cell")


def _meeting(application: Array, layer: Layer) -> Graph | Unplanned:
    """The layer behind the nearest one that can be rebuilt, or behind an input of the width that is known."""
    source = application.inputs[0]
    for below in source.ancestry():
        made = below.layer if below.op == "apply" else None
        if made is not None and made.framework == layer.framework and (made.recurrent or made.kind in TORCH_LAYERS):
            graph = Rebuilder(below, exact=True).graph(application)
            if isinstance(graph, Graph):
                return graph
            break
    shape = _shape(source, layer)
    if shape is None:
        return Unplanned("the shape that reaches the layer is not known")
    nodes = (Node("input", settings={"shape": shape}), _APPLIED)
    return Graph(layer.framework, (layer_spec(layer, exact=True),), nodes)


def _shape(source: Array, layer: Layer) -> tuple[int, ...] | None:
    """What reaches the layer, with few samples and steps."""
    if layer.framework == "keras":
        return Sizes().shape((SAMPLES, *source.shape[1:])) if source.shape else None
    width = width_of(source)
    if width is None:
        return None
    return (SAMPLES, width) if layer.kind.endswith("_cell") else (SAMPLES, STEPS, width)


def _readers_of_steps(program: Program) -> Iterator[Array]:
    for array in program.applications:
        layer = array.layer
        if layer is not None and layer.framework == "keras" and layer.kind in NEED_STEPS and array.inputs:
            below = behind_elementwise(array.inputs[0])
            if below.op == "apply" and below.layer is not None and below.layer.recurrent:
                yield array


@planner("RNN103", _readers_of_steps)
def missing_steps(application: Array, program: Program) -> Probe | Unplanned:
    """The two layers one behind the other; attention, which takes samples for steps, by what samples see."""
    below = behind_elementwise(application.inputs[0])
    layer = application.layer
    if layer is None or below.layer is None or not below.layer.recurrent or not known_layer(layer):
        return Unplanned("the layer that returns one step is not rebuilt")
    if possible(below.layer.setting("return_sequences")) not in {(True,), (False,)}:
        return Unplanned("whether the layer returns sequences is not known")
    graph = Rebuilder(below).graph(application)
    if isinstance(graph, Unplanned):
        return graph
    return LeakKeras(graph) if "attention" in layer.kind else RefusedKeras(graph)


def _given_states(program: Program) -> Iterator[Array]:
    arrays = (array for array in program.applications if array.layer is not None and array.layer.recurrent)
    return (array for array in arrays if array.layer and array.layer.framework == "torch" and len(array.inputs) > 1)


@planner("RNN110", _given_states)
def state_shape(application: Array, program: Program) -> Probe | Unplanned:
    """The layer on a batch, with a state of that shape."""
    layer, (_, *states) = application.layer, application.inputs
    if layer is None or known(application.settings.get("packed"), False):
        return Unplanned("the batch is packed")
    sizes = Sizes()
    batch, steps = (sizes.of(known(application.settings.get(name))) for name in ("batch", "steps"))
    spec = layer_spec(layer, exact=True)
    width, first = spec.settings.get("input_size"), spec.settings.get("batch_first", False)
    shapes = [sizes.shape(_filled(state.shape, layer, application)) for state in states]
    if batch is None or steps is None or not width or None in shapes:
        return Unplanned("the shape of the batch or of its state is not known")
    if layer.kind == "lstm" and len(shapes) == 1:
        shapes *= 2
    fed = [(batch, steps, width) if first else (steps, batch, width), *shapes]
    nodes = [Node("input", settings={"shape": shape}) for shape in fed]
    applied = Node("apply", tuple(range(len(nodes))), 0)
    return _refused(Graph("torch", (spec,), (*nodes, applied)))


def _filled(shape: tuple[Size | None, ...] | None, layer: Layer, application: Array) -> tuple[Size | None, ...]:
    """The state's shape; sizes that are not known, or not to be compared, are those that the layer takes."""
    taken = (None, known(application.settings.get("batch")), known(layer.settings.get("units")))
    if shape is None or len(shape) != 3:
        return (None,)
    pairs = zip(shape, taken, strict=True)
    return tuple(right if size is None or isinstance(right, Linear) > isinstance(size, Linear) else size
                 for size, right in pairs)  # fmt: skip


@planner("RNN111")
def tuple_taken(misuse: Misuse, program: Program) -> Probe | Unplanned:
    """The next layer on what the recurrent one returns."""
    layer, consumer = misuse.output.layer, misuse.consumer or _next(misuse.output, program)
    if layer is None or consumer is None or not known_layer(consumer):
        return Unplanned("what takes the tuple is no layer that can be rebuilt")
    if layer.framework == "torch" and not {layer.kind, consumer.kind} <= TORCH_LAYERS:
        return Unplanned(f"{layer.type_name} and {consumer.type_name} are not rebuilt")
    below, above = layer_spec(layer), layer_spec(consumer)
    fed = Node("input", settings={"shape": (SAMPLES, USUAL_FEATURES) if layer.kind.endswith("_cell") else SHAPE})
    return _refused(Graph(layer.framework, (below, above), (fed, _APPLIED, Node("apply", (1,), 1))))


def _next(output: Array, program: Program) -> Layer | None:
    """The layer behind, in a stack that hands on what it gets."""
    return next((user.layer for user in program.users_of(output) if user.op == "apply"), None)


@planner("RNN305", lambda program: program.made_by("pack"))
def packing(pack: Array, program: Program) -> Probe | Unplanned:
    """A batch of random lengths, packed as the program says."""
    if pack.op != "pack":
        return Unplanned("what is unpacked is wrong only together with its targets")
    first, enforced = known(pack.settings.get("batch_first")), known(pack.settings.get("enforce_sorted"))
    falling = known(pack.settings.get("sorted"))
    if not all(isinstance(value, bool) for value in (first, enforced)):
        return Unplanned("how it is packed is not known")
    axes = pack.inputs[0].axes[:2]
    samples_first = axes == ("batch", "time") if "batch" in axes else first
    backwards = any(sort.falling is False for sort in program.sorts)
    unsure = falling is None or (not falling and bool(program.sorts) and not backwards)
    if enforced and unsure and samples_first == first:
        return Unplanned("whether the lengths are sorted is not known")
    return Packing(first, samples_first, enforced, bool(falling))


@planner("RNN308", lambda program: (a for a in program.applications if a.layer and a.layer.kind == "embedding"))
def rows(application: Array, program: Program) -> Probe | Unplanned:
    """The largest index against the rows."""
    layer = application.layer
    setting = known(layer.settings.get("input_dim")) if layer is not None else None
    last = largest_index(application.inputs[0], setting)
    if not isinstance(setting, int | float | Linear) or last is None:
        return Unplanned("the largest index is computed from the data")
    spare = known_int(add(setting, last, -1))
    if spare is None:
        return Unplanned("how the rows compare with the largest index is not known")
    number = known_int(setting) or 1000
    return Rows(number, number - spare)
