"""Keras training: compile, fit, evaluate, optimizers, losses, gradient tapes."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from rnnlint.frontend.assemble import model_of
from rnnlint.frontend.catalog.activations import loss_name, metric_name, optimizer_name
from rnnlint.frontend.catalog.public_names import OPTIMIZERS
from rnnlint.frontend.dialects.keras.callbacks import callbacks_of, updates_of, validated
from rnnlint.frontend.dialects.keras.layers import arrays_in
from rnnlint.frontend.dialects.keras.models import outputs_for
from rnnlint.frontend.dispatch import Call, attribute, function, method
from rnnlint.frontend.owners import owners_in
from rnnlint.frontend.recorder import Compiled, Update
from rnnlint.frontend.values import (
    ArrayRef,
    Cell,
    Const,
    External,
    Function,
    Instance,
    LossValue,
    Mapping,
    Opaque,
    Sequence,
    Thing,
    Value,
)
from rnnlint.program.data import Array
from rnnlint.program.size import known_int
from rnnlint.program.training import Evaluation, Fit, Inference, Loss, Metric, Optimizer
from rnnlint.program.value import Known, Setting, Site, Unknown

LOSSES = ("MeanSquaredError", "MeanAbsoluteError", "Huber", "BinaryCrossentropy", "CategoricalCrossentropy",
          "SparseCategoricalCrossentropy", "MeanAbsolutePercentageError", "LogCosh", "Poisson", "KLDivergence",
          "Hinge", "CategoricalHinge", "MeanSquaredLogarithmicError")  # fmt: skip
CLIPS = ("clipnorm", "clipvalue", "global_clipnorm")


@function("keras.optimizers.*", "tensorflow.train.*", "tensorflow.optimizers.*")
def optimizer(call: Call) -> Value:
    """An optimizer object."""
    name = call.path.rsplit(".", 1)[-1]
    if name[:1].islower() or "schedules" in call.path:
        return Opaque("a learning-rate schedule")
    kind = optimizer_name(name.removesuffix("Optimizer"))
    settings: dict[str, Setting] = {
        "learning_rate": call.setting(0, "learning_rate", call.setting(None, "lr", Known(0.001))),
        "momentum": call.setting(1, "momentum", Known(0.0)),
    }
    for clip in CLIPS:
        if clip in call.keywords:
            settings[clip] = call.setting(None, clip)
        elif "**" in call.keywords:
            settings[clip] = Unknown("it may be among arguments that are not known")
    made = Optimizer(kind, "tensorflow" if call.path.startswith("tensorflow.train.") else "keras", call.site, settings)
    held = Thing("optimizer", call.site, optimizer=made)
    call.machine.record.rate_holders.append((made, held))
    return held


for _name in (
    "Adam",
    "SGD",
    "RMSprop",
    "Adagrad",
    "Adadelta",
    "Nadam",
    "Adamax",
    "AdamW",
    "Ftrl",
    "Lion",
    "Nesterov",
):
    function(f"keras.optimizers.{_name}", f"keras.optimizers.legacy.{_name}")(optimizer)


@function("keras.losses.*", "tensorflow.losses.*")
def loss(call: Call) -> Value:
    """A loss object, or a loss function called on arrays."""
    name = call.path.rsplit(".", 1)[-1]
    names = ("from_logits", "ignore_class", "reduction", "label_smoothing")
    settings = {key: call.setting(0 if key == "from_logits" else None, key) for key in names if call.get(None, key)}
    if call.args and "entropy" in name.lower():
        settings["from_logits"] = call.setting(0, "from_logits")
    if "**" in call.keywords:
        settings.setdefault("from_logits", Unknown("it may be among arguments that are not known"))
    if name[:1].islower():
        return _loss_of_arrays(call, Loss(loss_name(name), call.site, name))
    return LossValue(Loss(loss_name(name), call.site, name, {"from_logits": Known(False), **settings}))


for _name in LOSSES:
    function(f"keras.losses.{_name}")(loss)


def _loss_of_arrays(call: Call, made: Loss) -> Value:
    """keras.losses.mse(y, model(x))."""
    return compared(call, replace(made, settings={"from_logits": call.setting(None, "from_logits", Known(False))}))


@method("loss:keras", "__call__", "call")
def call_loss(call: Call) -> Value:
    """loss_fn(y, model(x)) in a hand-written step."""
    assert isinstance(call.receiver, LossValue)
    return compared(call, call.receiver.loss)


def compared(call: Call, made: Loss) -> Value:
    """A loss between targets and a network's output, in Keras' order."""
    m, output = call.machine, call.array(1, "y_pred")
    if output is None:
        return Opaque("a loss value")
    target = call.array(0, "y_true")
    if not m.no_gradient and any(array.op == "apply" for array in output.array.ancestry()):
        given = (target.array if target is not None else None,)
        m.record.fits.append(Fit(call.site, "keras", model_of(m, None), made, (output.array,), (), *given))
    return ArrayRef(m.array("loss", call.site))


def _loss(call: Call, value: Value | None, site: Site) -> Loss | None:
    plain: dict[str, Setting] = {"from_logits": Known(False)}
    if isinstance(value, LossValue):
        return value.loss
    if isinstance(value, Const) and isinstance(value.value, str):
        return Loss(loss_name(value.value), value.where(site), value.value, plain)
    if isinstance(value, External):
        name = value.path.rsplit(".", 1)[-1]
        return Loss(loss_name(name), site, name, plain)
    return None


PerOutput = dict[str, Any] | tuple[Any, ...]


def _losses(call: Call, value: Value | None) -> PerOutput:
    """The loss of each output, by name or in order; one alone is that of all."""
    if isinstance(value, Mapping):
        return {str(key): _loss(call, item, call.site) for key, item in value.slots.items()}
    if isinstance(value, Sequence) and value.items:
        return tuple(_loss(call, item, call.site) for item in value.items)
    return (_loss(call, value, call.site),)


def _metrics_of_outputs(call: Call, value: Value | None) -> PerOutput:
    """The metrics of each output, by name, or those of the only one."""
    if isinstance(value, Mapping):
        return {str(key): _metrics(call, item) for key, item in value.slots.items()}
    return (_metrics(call, value),)


def _for_output(given: PerOutput | None, name: str, index: int, count: int) -> Any:
    if given is None:
        return None  # several branches set it
    if isinstance(given, dict):
        return given.get(name)
    if len(given) == count:
        return given[index]
    return given[0] if len(given) == 1 and count == 1 else None


def _metrics(call: Call, value: Value | None) -> tuple[Metric, ...]:
    if isinstance(value, Sequence):
        return tuple(metric for item in value.items or () for metric in _metrics(call, item))
    if isinstance(value, Const) and isinstance(value.value, str):
        return (Metric(metric_name(value.value), value.where(call.site), value.value),)
    if isinstance(value, External):
        name = value.path.rsplit(".", 1)[-1]
        return (Metric(metric_name(name), call.site, name),)
    if isinstance(value, Thing) and value.kind == "metric":
        made: Metric = value.slots["metric"]
        return (made,)
    return ()


def _optimizer(call: Call, value: Value | None) -> Optimizer | None:
    if isinstance(value, Thing) and value.kind == "optimizer":
        made: Optimizer = value.slots["optimizer"]
        later = {name: call.machine.setting(value.slots[name]) for name in CLIPS if name in value.slots}
        if not later:
            return made
        changed = replace(made, settings={**made.settings, **later})
        call.machine.record.rate_holders.append((changed, value))
        return changed
    if value is None:
        return Optimizer("rmsprop", "keras", call.site)
    if isinstance(value, Const) and isinstance(value.value, str):
        named = OPTIMIZERS.get(value.value.lower(), "")
        return Optimizer(optimizer_name(value.value), "keras", value.where(call.site), named=named)
    return None


@method("keras_model", "compile")
def compile_model(call: Call) -> Value:
    """Model.compile."""
    model = call.receiver
    made = Compiled(call.site, model, _optimizer(call, call.get(0, "optimizer")))
    if isinstance(model, Cell):
        call.machine.heap.write(model, "losses", _losses(call, call.get(1, "loss")))
        given = call.get(2, "metrics") or call.get(None, "weighted_metrics")
        call.machine.heap.write(model, "metrics", _metrics_of_outputs(call, given))
        call.machine.heap.write(model, "compiled", made)
    call.machine.record.compiles.append(made)
    return Const(None)


def _data(call: Call, index: int, x: str, y: str) -> tuple[tuple[Array, ...], tuple[Array, ...]]:
    """The inputs and the targets that are handed to fit or evaluate, from arrays or from a data set."""
    first = call.get(index, x)
    if isinstance(first, Thing | Instance) or (isinstance(first, Sequence) and first.items is None):
        return pair(call, first)
    return _in_order(call, first), arrays_in(call.get(index + 1, y))


def _in_order(call: Call, value: Value | None) -> tuple[Array, ...]:
    """The arrays of a list of inputs; one that is not known keeps its place."""
    items = value.items if isinstance(value, Sequence) else None
    if not items or not any(isinstance(item, ArrayRef) for item in items):
        return arrays_in(value)
    return tuple(
        item.array if isinstance(item, ArrayRef) else call.machine.array("parameter", call.site) for item in items
    )


def pair(call: Call, value: Value) -> tuple[tuple[Array, ...], tuple[Array, ...]]:
    """The inputs and the targets of one batch of a data set or a generator."""
    from rnnlint.frontend.iteration import element_of

    batch = element_of(call.machine, value, call.node)
    if isinstance(batch, Sequence) and batch.items and len(batch.items) >= 2:
        return arrays_in(batch.items[0]), arrays_in(batch.items[1])
    return arrays_in(batch), ()


def _validation(call: Call, value: Value | None) -> tuple[Array, ...]:
    if isinstance(value, Sequence) and value.items:
        return arrays_in(value.items[0])
    return pair(call, value)[0] if isinstance(value, Thing | Instance) else ()


@method("keras_model", "fit", "fit_generator", "train_on_batch")
def fit(call: Call) -> Value:
    """Model.fit."""
    model, m = call.receiver, call.machine
    m.record.trained.append(model)
    m.happen("fit", call.node, model)
    inputs, targets = _data(call, 0, "x", "y")
    if not inputs and call.path == "fit_generator":
        inputs, targets = _data(call, 0, "generator", "y")
    outputs = outputs_for(call, model, inputs)
    slots = model.slots if isinstance(model, Cell) else {}
    made = slots.get("compiled")
    if isinstance(made, Compiled):
        made.fitted = True
    _own_step(call, model, inputs, targets)
    validation = _validation(call, call.get(None, "validation_data"))
    split = call.setting(None, "validation_split") if "validation_split" in call.keywords else None
    made_model = model_of(m, model)
    losses: PerOutput = slots.get("losses", (None,))
    names: tuple[str, ...] = slots.get("output_names", ())
    weighted = any(name in call.keywords for name in ("class_weight", "sample_weight", "**"))
    batching = _batching(call)
    called = callbacks_of(call, call.get(4 if call.path == "fit_generator" else 5, "callbacks"))
    updates = updates_of(call, known_int(inputs[0].shape[0]) if inputs and inputs[0].shape else None)
    groups = [outputs] if len(outputs) < 2 else [(output,) for output in outputs]
    for index, group in enumerate(groups):
        name, count = names[index] if index < len(names) else "", len(groups)
        loss_of_output = losses[0] if isinstance(losses, tuple) and len(losses) == 1 else None
        loss_of_output = loss_of_output or _for_output(losses, name, index, count)
        metrics_of_output = _for_output(slots.get("metrics", ()), name, index, count) or ()
        target = targets[index] if len(targets) == len(groups) else None
        m.record.fits.append(
            Fit(
                call.site,
                "keras",
                made_model,
                loss_of_output,
                group,
                inputs,
                target,
                validation,
                split,
                metrics_of_output,
                weighted,
                callbacks=called,
                validated=validated(call, model),
                updates=updates,
                **batching,
            )
        )
    if validation:
        m.record.evaluations.append(Evaluation(call.site, "validation_data", validation))
    if isinstance(model, Cell):
        m.heap.write(model, "trained", outputs)
    names = tuple(metric.type_name for metric in _for_output(slots.get("metrics", ()), "", 0, len(groups)) or ())
    return Thing("history", call.site, metrics=names)


@attribute("history", "history")
def history(call: Call) -> Value:
    """The losses and metrics of each epoch, by their names."""
    assert isinstance(call.receiver, Thing)
    return Thing("history record", call.site, metrics=call.receiver.slots["metrics"])


@method("history record", "keys")
def keys(call: Call) -> Value:
    """The names alone; whether one is among them is asked in the same way."""
    return call.receiver or Opaque("names")


def _batching(call: Call) -> dict[str, Setting]:
    """How fit cuts arrays into batches; a data set has made its own, and takes no targets beside."""
    if call.path != "fit" or call.get(1, "y") is None:
        return {}
    hidden = Unknown("it may be among arguments that are not known") if "**" in call.keywords else None
    return {
        "shuffle": call.setting(8, "shuffle", hidden or Known(True)),
        "batch_size": call.setting(2, "batch_size", hidden or Known(32)),
    }


@method("keras_model", "__finish__")
def judge_compiled(call: Call) -> Value:
    """A model that is compiled and fitted elsewhere: its loss meets its output, on data that are not known."""
    slots = call.receiver.slots if isinstance(call.receiver, Cell) else {}
    made = slots.get("compiled")
    if not isinstance(made, Compiled) or made.fitted:
        return Const(None)
    outputs, losses = outputs_for(call, call.receiver, ()), slots.get("losses", ())
    loss = losses[0] if isinstance(losses, tuple) and len(losses) == 1 else None
    metrics = _for_output(slots.get("metrics", ()), "", 0, 1) or ()
    if len(outputs) == 1 and loss is not None and not _trained_elsewhere(call, outputs[0]):
        model = model_of(call.machine, call.receiver)
        call.machine.record.fits.append(Fit(made.site, "keras", model, loss, outputs, (), None, metrics=metrics))
    return Const(None)


def _trained_elsewhere(call: Call, output: Array) -> bool:
    """Whether its layers are trained as part of another model, so that this one only predicts."""
    layers = {id(array.layer) for array in output.ancestry() if array.layer is not None}
    trained = (array for fit in call.machine.record.fits for out in fit.outputs for array in out.ancestry())
    return any(array.layer is not None and id(array.layer) in layers for array in trained)


def _own_step(call: Call, model: Value, inputs: tuple[Array, ...], targets: tuple[Array, ...]) -> None:
    """A model's own train_step is what fit runs."""
    step = model.cls.lookup("train_step") if isinstance(model, Instance) else None
    if isinstance(step, Function):
        given = ArrayRef(inputs[0]) if inputs else Opaque("a batch")
        wanted = ArrayRef(targets[0]) if targets else Opaque("a target")
        call.machine.call(step, (model, Sequence("tuple", (given, wanted))), {}, call.node)


@attribute("keras_model", "optimizer")
def model_optimizer(call: Call) -> Value:
    """The optimizer that compile was given."""
    made = call.receiver.slots.get("compiled") if isinstance(call.receiver, Cell) else None
    if isinstance(made, Compiled) and made.optimizer is not None:
        held = Thing("optimizer", call.site, optimizer=made.optimizer)
        call.machine.record.rate_holders.append((made.optimizer, held))
        return held
    return Opaque("the optimizer of a model")


@attribute("optimizer", "lr", "learning_rate")
def rate(call: Call) -> Value:
    """The learning rate as a variable, which the backend's set_value and assign change."""
    assert isinstance(call.receiver, Thing)
    call.machine.record.schedules.append(call.receiver.slots["optimizer"])
    return Opaque("a learning rate")


@method("keras_model", "evaluate", "predict", "predict_classes", "predict_proba", "evaluate_generator")
def evaluate(call: Call) -> Value:
    """Scores and predictions."""
    inputs, _ = _data(call, 0, "x", "y")
    if inputs:
        call.machine.record.evaluations.append(Evaluation(call.site, call.path, inputs))
    if (model := model_of(call.machine, call.receiver)) is not None:
        offered = call.machine.offering
        call.machine.record.inferences.append(Inference(call.site, call.path, model, inputs, offered))
    if not call.path.startswith("predict"):
        return Opaque("a score")
    return ArrayRef(_prediction(call, inputs))


def _prediction(call: Call, inputs: tuple[Array, ...]) -> Array:
    """What a trained network says, with the shape and the layer of its only output."""
    trained = call.receiver.slots.get("trained") if isinstance(call.receiver, Cell) else None
    rows = inputs[0].rows if inputs else None
    if call.path != "predict" or not isinstance(trained, tuple) or len(trained) != 1:
        return call.machine.array("prediction", call.site, *inputs, rows=rows)
    output: Array = trained[0]
    count = inputs[0].shape[0] if inputs and inputs[0].shape else None
    shape = (count, *output.shape[1:]) if output.shape else None
    return call.machine.array("prediction", call.site, *inputs, rows=rows, shape=shape, layer=output.layer)


@function("tensorflow.GradientTape")
def tape(call: Call) -> Value:
    """A gradient tape."""
    return Thing("tape", call.site)


@method("tape", "gradient")
def gradient(call: Call) -> Value:
    """Gradients with respect to the parameters of a model."""
    owners = owners_in(call.get(1, "sources"))
    call.machine.record.trained.extend(owners)
    return Thing("gradients", call.site, owners=owners)


@method("tape", "watch")
def watch(call: Call) -> Value:
    """A tape told to follow a tensor."""
    return Const(None)


@method("gradients", "__iter__")
def each_gradient(call: Call) -> Value:
    """One gradient."""
    return call.receiver


@function("tensorflow.clip_by_global_norm", "tensorflow.clip_by_norm", "tensorflow.clip_by_value")
def clip(call: Call) -> Value:
    """Gradients limited by hand."""
    name = call.path.rsplit(".", 1)[-1]
    value = call.args[0] if call.args else Opaque()
    if owners_in(value):
        limit = call.setting(None if name == "clip_by_value" else 1, "clip_norm")
        call.machine.happen("clip", call.node, *owners_in(value), by=Known(name), limit=limit)
    return Sequence("tuple", (value, Opaque("a norm"))) if name == "clip_by_global_norm" else value


@method("optimizer", "apply_gradients", "minimize", "apply")
def apply_gradients(call: Call) -> Value:
    """A weight update written by hand."""
    assert isinstance(call.receiver, Thing)
    given = (*call.args, *call.keywords.values())
    owners = tuple(dict.fromkeys(owner for value in given for owner in owners_in(value)))
    call.machine.record.trained.extend(owners or call.machine.record.models)
    if owners:
        call.machine.record.updates.append(
            Update(call.site, call.receiver.slots["optimizer"], owners, offered=call.machine.offering)
        )
    return Const(None)
