"""Recorded facts to a Program: models with their layers, splits made by slices, weight updates with their clips."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Hashable
from dataclasses import replace

from rnnlint.frontend.catalog.versions import origins, requirements
from rnnlint.frontend.drift import in_force, uses_legacy_keras
from rnnlint.frontend.holdings import layers_of
from rnnlint.frontend.machine import Machine
from rnnlint.frontend.recorder import Compiled, Update
from rnnlint.frontend.registration import premature, unregistered
from rnnlint.frontend.trace import events_of
from rnnlint.frontend.values import ArrayRef, Instance, LayerValue, Thing, Value
from rnnlint.program.data import Array, Part, Rows, Split
from rnnlint.program.network import Entrance, Layer, Model
from rnnlint.program.program import Program
from rnnlint.program.size import Linear, Size
from rnnlint.program.training import Clip, Fit, TrainingStep
from rnnlint.program.value import Known, Setting, Unknown, known, possible
from rnnlint.source.requirements import requirements_near


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
        disregards=tuple(dict.fromkeys(record.disregards)),
        compared=frozenset(record.compared),
    )


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
    for array in arrays:
        if array.op != "rows" or any(a.op in {"unscale", "prediction"} for a in array.ancestry()):
            continue
        if array.rows is not None and array.rows.path and array.rows.path[-1].kind == "slice":
            parent = Rows(array.rows.source, array.rows.path[:-1])
            slices[parent].setdefault(array.rows.path[-1], array)
    found: list[Split] = []
    for parent, parts in slices.items():
        for first, array in parts.items():
            for second, other in parts.items():
                if first.high is not None and first.high == second.low and _is_share(first.high) and first.low is None:
                    later = max(array, other, key=lambda a: a.number)
                    pieces = (parent.select(first), parent.select(second))
                    found.append(
                        Split(
                            later.site if later is array else other.site,
                            "slices",
                            parent,
                            pieces,
                            Known(False),
                        )
                    )
    return found


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
        steps.append(TrainingStep(made.site, "keras", model, made.optimizer, clips, fits, hidden))
    return steps


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
            clips.append(Clip(made.optimizer.site, name))
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
        steps.append(TrainingStep(update.site, model.framework, model, update.optimizer, clips, fits, hidden))
    return steps


def _trains(fit: Fit, layers: tuple[Layer, ...]) -> bool:
    return any(
        array.layer in layers for output in fit.outputs for array in output.ancestry() if array.layer is not None
    )


def _update_clips(m: Machine, update: Update) -> tuple[tuple[Clip, ...], str]:
    clips = [
        Clip(event.place.site(), str(known(event.settings["by"])))
        for event in m.record.happenings
        if event.how == "clip" and (update.offered or not event.origin)
    ]
    setting: Setting | None = update.trainer_clip
    if isinstance(setting, Unknown):
        return tuple(clips), setting.reason
    if setting is not None and (values := possible(setting)) is not None and any(value for value in values):
        clips.append(Clip(update.site, "gradient_clip_val"))
    if update.optimizer is not None:
        clips.extend(_optimizer_clips(Compiled(update.site, update.owners[0], update.optimizer))[0])
    return tuple(clips), ""
