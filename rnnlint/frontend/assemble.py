"""Recorded facts to a Program: models with their layers, splits made by slices, weight updates with their clips."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Hashable, Iterator
from collections.abc import Sequence as SequenceOf
from dataclasses import replace

from rnnlint.frontend.catalog.versions import origins, requirements
from rnnlint.frontend.dispatch import class_kind
from rnnlint.frontend.drift import in_force, uses_legacy_keras
from rnnlint.frontend.holdings import layers_of
from rnnlint.frontend.machine import Machine
from rnnlint.frontend.recorder import Compiled, Update
from rnnlint.frontend.registration import premature, unregistered
from rnnlint.frontend.trace import events_of
from rnnlint.frontend.values import ArrayRef, Instance, LayerValue, Thing, Union, Value
from rnnlint.program.data import Array, Part, Rows, Split
from rnnlint.program.network import Entrance, Layer, Model
from rnnlint.program.program import Program
from rnnlint.program.size import Linear, Size
from rnnlint.program.training import Clip, Fit, Optimizer, TrainingStep
from rnnlint.program.value import Known, Setting, Unknown, known, possible
from rnnlint.program.walks import chain
from rnnlint.source.requirements import requirements_near

RATE_SETTERS = frozenset({"", "learning_rate_scheduler", "reduce_lr_on_plateau"})  # callbacks
NO_LIMIT = Unknown("the limit is not known")


def assemble(m: Machine, path: str) -> Program:
    """The Program of a finished run."""
    record = m.record
    drifts = record.removed_uses or len(set(record.namespaces.values())) > 1
    asked = requirements(requirements_near(m.entry.document.path)) if drifts else ()
    models = tuple(model for value in record.models if (model := model_of(m, value)) is not None)
    return Program(
        path=path,
        layers=tuple(record.layers),
        models=models,
        applications=tuple(array for array in record.arrays if array.op == "apply" and array.layer is not None),
        readouts=tuple(array for array in record.arrays if _reads_sequence(array)),
        paddings=tuple(record.paddings),
        scaler_fits=tuple(record.scaler_fits),
        scalings=tuple(record.scalings),
        scaler_uses=tuple(record.scaler_uses),
        splits=_with_statistics([*record.splits, *_slice_splits(record.arrays)], record.arrays),
        fits=tuple(record.fits),
        evaluations=tuple(record.evaluations),
        steps=(*_keras_steps(m), *_updates(m)),
        arrays=tuple(record.arrays),
        outputs=tuple(record.outputs),
        misuses=tuple(record.misuses),
        repeats=tuple(record.repeats),
        metric_uses=tuple(record.metric_uses),
        scores=tuple(record.scores),
        resamplings=tuple(record.resamplings),
        backend=str(record.environment.get("KERAS_BACKEND") or "tensorflow"),
        sorts=tuple(record.sorts),
        events=events_of(m),
        removed_uses=in_force(m),
        requirements=asked,
        origins=origins(record.namespaces, asked, uses_legacy_keras(m)),
        unregistered=unregistered(m),
        premature=premature(m),
        loaders=tuple(record.loaders),
        readings=tuple(record.readings),
        seeds=tuple(record.seeds),
        disregards=tuple(dict.fromkeys(record.disregards)),
        compared=frozenset(record.compared),
        keys=frozenset(record.keys),
        autocast=record.autocast,
        inferences=tuple(record.inferences),
        compiled=_layers_in([made.model for made in record.compiles]),
        trained=_layers_in(record.trained),
        optimized=frozenset(layer for owner in record.optimized for layer in _registered(owner, set())),
        loaded=_layers_in([*record.loaded, *record.escaped]),
        backwards=tuple(one.array for one in record.happenings if one.how in {"backward", "unknown backward"}),
        complete=not record.cut,
    )


def _registered(value: Value, seen: set[int]) -> Iterator[Layer]:
    """The layers whose parameters `module.parameters()` gives: those of attributes, not those in plain lists."""
    if id(value) in seen:
        return
    seen.add(id(value))
    if isinstance(value, LayerValue):
        yield value.layer
    parts: tuple[object, ...] = ()
    if isinstance(value, Thing):
        parts = value.slots.get("layers", ())
    elif isinstance(value, Instance) and class_kind(value.cls) == "module":
        parts = tuple(value.slots.values())
    elif isinstance(value, Union):
        parts = value.options
    for part in parts:
        if isinstance(part, LayerValue | Thing | Instance | Union):
            yield from _registered(part, seen)


def _layers_in(values: SequenceOf[Value]) -> frozenset[Layer]:
    return frozenset(layer for value in dict.fromkeys(values) for layer in layers_of(value))


def _reads_sequence(array: Array) -> bool:
    return array.op == "index" and bool(array.inputs) and array.inputs[0].recurrent_output is not None


def model_of(m: Machine, value: Value | None) -> Model | None:
    """A network object as a Model."""
    if isinstance(value, LayerValue):
        return Model("", value.layer.framework, value.layer.site, (value.layer,))
    if not isinstance(value, Thing | Instance):
        return None
    name = value.slots.get("name", "") if isinstance(value, Thing) else value.cls.name
    keras = isinstance(value, Thing) and value.kind == "keras_model"
    layers = tuple(layers_of(value))
    framework = layers[0].framework if layers else ("keras" if keras else "torch")
    outputs: tuple[Array, ...] = value.slots.get("outputs", ()) if isinstance(value, Thing) else ()
    complete = bool(value.slots.get("complete", True)) if isinstance(value, Thing) else True
    return Model(str(name or ""), framework, value.site, layers, outputs, complete, _entrances(value))


def _entrances(value: Thing | Instance) -> tuple[Entrance, ...]:
    """The input shapes that a model declares: those of its placeholders, or that of a first layer."""
    given = value.slots.get("inputs", ())
    placeholders = given if isinstance(given, tuple) and isinstance(value, Thing) else ()
    declared = tuple(Entrance(a.shape, a.site, strict=True) for a in placeholders if a.shape is not None)
    layers = value.slots.get("layers")
    if declared or not isinstance(layers, tuple) or not layers:
        return declared
    first = layers[0]
    if isinstance(first, ArrayRef) and first.array.shape is not None:
        return (Entrance(first.array.shape, first.array.site),)
    if isinstance(first, LayerValue):
        shape = declared_shape(first.layer)
        return (Entrance(shape, first.layer.site),) if shape is not None else ()
    return ()


def declared_shape(layer: Layer) -> tuple[Size | None, ...] | None:
    """The input shape that a first layer is given, samples included."""
    declared = known(layer.settings.get("input_shape"))
    batch = known(layer.settings.get("batch_input_shape")) or known(layer.settings.get("batch_shape"))
    shape = (None, *declared) if isinstance(declared, tuple) else batch if isinstance(batch, tuple) else None
    width = known(layer.settings.get("input_dim"))
    if shape is None and isinstance(width, int) and layer.framework == "keras" and layer.kind != "embedding":
        length = known(layer.settings.get("input_length"))
        shape = (None, length if isinstance(length, int) else None, width) if layer.recurrent else (None, width)
    if shape is None:
        return None
    return tuple(size if isinstance(size, int) else None for size in shape)


def _with_statistics(splits: list[Split], arrays: list[Array]) -> tuple[Split, ...]:
    """Each split with the statistics that data in its parts were put through, before or after it."""
    scaled = [(array.rows, array.scaled_by) for array in arrays if array.rows is not None and array.scaled_by]
    return tuple(
        replace(
            split,
            scaled_by=frozenset(
                fit for rows, fits in scaled if any(part.covers(rows) for part in split.parts) for fit in fits
            ),
        )
        for split in splits
    )


def _slice_splits(arrays: list[Array]) -> list[Split]:
    """Two slices of the same rows that meet at a share of their number are a split."""
    slices: dict[Rows, dict[Part, Array]] = defaultdict(dict)
    wholes: dict[Rows, list[Array]] = defaultdict(list)
    for array in arrays:
        if array.op != "rows" or any(a.op in {"unscale", "prediction"} for a in array.ancestry()):
            continue
        if array.rows is not None and array.rows.path and array.rows.path[-1].kind == "slice":
            parent = Rows(array.rows.source, array.rows.path[:-1])
            slices[parent].setdefault(array.rows.path[-1], array)
            if array.inputs[0] not in wholes[parent]:
                wholes[parent].append(array.inputs[0])
    found: list[Split] = []
    for parent, parts in slices.items():
        for first, array in parts.items():
            for second, other in parts.items():
                if first.high is not None and first.high == second.low and _is_share(first.high) and first.low is None:
                    later = max(array, other, key=lambda a: a.number)
                    pieces = (parent.select(first), parent.select(second))
                    shuffled = Known(any(_shuffled(whole, parent) for whole in wholes[parent]))
                    found.append(Split(later.site, "slices", parent, pieces, shuffled, data=tuple(wholes[parent])))
    return found


def _shuffled(array: Array, rows: Rows) -> bool:
    """Whether these rows were brought into a random order before."""
    return any(earlier.op == "shuffle" and earlier.rows == rows for earlier in chain(array))


def _is_share(bound: object) -> bool:
    """A bound that depends on how many rows there are, such as int(len(x) * 0.8)."""
    return isinstance(bound, Linear) and bound.mentions("len") and not any(_trims(*term) for term in bound.terms)


def _trims(key: Hashable, coefficient: float) -> bool:
    """`n // size * size` cuts off what does not fill a batch; it divides nothing."""
    if not isinstance(key, tuple):
        return False
    if key[0] == "//":
        return bool(key[2] == coefficient)
    inner = key[1].terms[0][0] if key[0] == "*" and isinstance(key[1], Linear) and key[1].terms else None
    return isinstance(inner, tuple) and inner[0] == "//" and inner[2] == key[2]


def _keras_steps(m: Machine) -> list[TrainingStep]:
    steps: list[TrainingStep] = []
    for made in m.record.compiles:
        model = model_of(m, made.model)
        own_step = isinstance(made.model, Instance) and made.model.cls.lookup("train_step") is not None
        if model is None or not made.fitted or own_step:
            continue
        fits = tuple(fit for fit in m.record.fits if fit.model is not None and fit.model.site == model.site)
        clips, hidden = _optimizer_clips(made)
        optimizer = _in_effect(m, made.optimizer, fits)
        steps.append(TrainingStep(made.site, "keras", model, optimizer, clips, fits, hidden))
    return steps


def _in_effect(m: Machine, optimizer: Optimizer | None, fits: tuple[Fit, ...]) -> Optimizer | None:
    """The optimizer, whose learning rate is not known where anything else may set it during training."""
    if optimizer is None:
        return None
    by_hand = any(
        held is optimizer and {"lr", "learning_rate"} & set(cell.slots) for held, cell in m.record.rate_holders
    )
    escaped = any(isinstance(v, Thing) and v.slots.get("optimizer") is optimizer for v in m.record.escaped)
    called = any(callback.kind in RATE_SETTERS for fit in fits for callback in fit.callbacks)
    if not (by_hand or escaped or called or optimizer in m.record.schedules):
        return optimizer
    changed = Unknown("the program changes the learning rate during training")
    return replace(optimizer, settings={**optimizer.settings, "learning_rate": changed})


def _optimizer_clips(made: Compiled) -> tuple[tuple[Clip, ...], str]:
    if made.optimizer is None:
        return (), "the optimizer is not known"
    clips: list[Clip] = []
    for name in ("clipnorm", "clipvalue", "global_clipnorm"):
        setting = made.optimizer.settings.get(name)
        if setting is None:
            continue
        values = possible(setting)
        if values is None:
            return (), f"{name} is not known"
        if any(value is not None for value in values):
            clips.append(Clip(made.optimizer.site, name, setting))
    return tuple(clips), ""


def _updates(m: Machine) -> list[TrainingStep]:
    steps: list[TrainingStep] = []
    for update in m.record.updates:
        layers = tuple(dict.fromkeys(layer for owner in update.owners for layer in layers_of(owner)))
        first = next((model_of(m, owner) for owner in update.owners if isinstance(owner, Thing | Instance)), None)
        if not layers or first is None:
            continue
        model = replace(first, layers=layers)
        clips, hidden = _update_clips(m, update)
        fits = tuple(fit for fit in m.record.fits if _trains(fit, layers))
        optimizer = _in_effect(m, update.optimizer, fits)
        steps.append(TrainingStep(update.site, model.framework, model, optimizer, clips, fits, hidden))
    return steps


def _trains(fit: Fit, layers: tuple[Layer, ...]) -> bool:
    return any(
        array.layer in layers for output in fit.outputs for array in output.ancestry() if array.layer is not None
    )


def _update_clips(m: Machine, update: Update) -> tuple[tuple[Clip, ...], str]:
    clips = [
        Clip(event.place.site(), str(known(event.settings["by"])), event.settings.get("limit", NO_LIMIT))
        for event in m.record.happenings
        if event.how == "clip" and (update.offered or not event.origin)
    ]
    setting: Setting | None = update.trainer_clip
    if isinstance(setting, Unknown):
        return tuple(clips), setting.reason
    if setting is not None and (values := possible(setting)) is not None and any(value for value in values):
        clips.append(Clip(update.site, "gradient_clip_val", setting))
    if update.optimizer is not None:
        clips.extend(_optimizer_clips(Compiled(update.site, update.owners[0], update.optimizer))[0])
    return tuple(clips), ""
