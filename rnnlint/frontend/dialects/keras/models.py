"""Keras models: Sequential, functional, subclassed; their outputs for given data."""

from __future__ import annotations

from rnnlint.frontend import transfer
from rnnlint.frontend.assemble import declared_shape
from rnnlint.frontend.dialects.keras.layers import applied, arrays_in
from rnnlint.frontend.dispatch import Call, attribute, function, instance_kind, method
from rnnlint.frontend.escapes import note_touched
from rnnlint.frontend.machine import Machine
from rnnlint.frontend.repeats import note_repeats
from rnnlint.frontend.values import (
    ArrayRef,
    Const,
    Function,
    Instance,
    LayerValue,
    Mapping,
    Opaque,
    Parameters,
    Sequence,
    Thing,
    Union,
    Value,
    options_of,
    settled,
)
from rnnlint.program.data import Array, Misuse
from rnnlint.program.network import Layer
from rnnlint.program.value import known

instance_kind("keras_model", "keras.models.Model", "keras.models.Sequential", "keras.models.Functional")


@function("keras.models.Sequential")
def sequential(call: Call) -> Value:
    """Layers in a row."""
    given = call.get(0, "layers")
    layers: tuple[Value, ...] = ()
    complete = True
    if isinstance(given, Sequence):
        layers, complete = given.items or (), given.items is not None
        note_repeats(call.machine, given, layers, call.site)
    elif given is not None:
        complete = False
    model = Thing(
        "keras_model", call.site, layers=layers, complete=complete, name=call.machine.naming, place=call.place
    )
    call.machine.record.models.append(model)
    return model


@function("keras.models.Model")
def functional(call: Call) -> Value:
    """A graph from inputs to outputs."""
    inputs = arrays_in(call.get(0, "inputs") or call.get(None, "input"))
    outputs = arrays_in(call.get(1, "outputs") or call.get(None, "output"))
    model = Thing(
        "keras_model",
        call.site,
        inputs=inputs,
        outputs=outputs,
        output_names=_names(call.get(1, "outputs"), outputs),
        complete=bool(outputs),
        name=call.machine.naming,
    )
    call.machine.record.models.append(model)
    return model


def _names(value: Value | None, outputs: tuple[Array, ...]) -> tuple[str, ...]:
    """The names of outputs: the keys of a dictionary, else those of the layers."""
    if isinstance(value, Mapping):
        return tuple(str(key) for key in value.slots)
    layers = [array.layer for array in outputs]
    return tuple(str(known(layer.settings.get("name"), "")) if layer is not None else "" for layer in layers)


@function("keras.models.load_model", "keras.models.model_from_json", "keras.models.clone_model")
def load_model(call: Call) -> Value:
    """A model from elsewhere."""
    return Opaque("a model that is loaded")


@method("keras_model", "add")
def add(call: Call) -> Value:
    """Sequential.add."""
    model = call.receiver
    layer = call.get(0, "layer")
    if isinstance(model, Thing) and layer is not None and "layers" in model.slots:
        if any(layer is other for other in model.slots["layers"]):
            note_repeats(call.machine, None, (layer, layer), call.site)
        finished = "compiled" in model.slots  # another method, or another round of a loop, makes another network
        before = () if finished else model.slots["layers"]
        call.machine.heap.write(model, "layers", (*before, layer))
    elif isinstance(model, Instance) and layer is not None:
        call.machine.heap.write(model, "layers", (*model.slots.get("layers", ()), layer))
    return Const(None)


@method("keras_model", "pop")
def pop(call: Call) -> Value:
    """Sequential.pop."""
    if isinstance(call.receiver, Thing):
        call.machine.heap.write(call.receiver, "layers", call.receiver.slots.get("layers", ())[:-1])
    return Const(None)


@method("keras_model", "__init__")
def init_model(call: Call) -> Value:
    """Model.__init__(inputs, outputs) in a subclass."""
    outputs = arrays_in(call.get(1, "outputs"))
    if outputs and isinstance(call.receiver, Instance):
        call.receiver.slots["inputs"] = arrays_in(call.get(0, "inputs"))
        call.receiver.slots["outputs"] = outputs
    return Const(None)


@method("keras_model", "__call__", "call")
def call_model(call: Call) -> Value:
    """A model used as a function."""
    results = outputs_for(call, call.receiver, arrays_in(call.get(0, "inputs")))
    return as_value(results)


def as_value(results: tuple[Array, ...]) -> Value:
    """One or several arrays as a value."""
    if not results:
        return Opaque("the output of a model that is not known")
    if len(results) == 1:
        return ArrayRef(results[0])
    return Sequence("list", tuple(ArrayRef(array) for array in results))


def outputs_for(call: Call, model: Value, inputs: tuple[Array, ...]) -> tuple[Array, ...]:
    """The model's outputs with `inputs` at its entrance, so that facts of the data flow into its layers."""
    m = call.machine
    if not inputs:
        inputs = (m.array("parameter", call.site),)
    if isinstance(model, Instance):
        body = model.cls.lookup("call")
        if isinstance(body, Function):
            given: Value = as_value(inputs)
            return arrays_in(m.call(body, (model, given), {}, call.node))
    slots = model.slots if isinstance(model, Thing | Instance) else {}
    if slots.get("outputs"):
        return replay(m, slots["outputs"], dict(zip(slots.get("inputs", ()), inputs, strict=False)))
    return chain(call, slots.get("layers", ()), inputs)


def chain(call: Call, layers: tuple[Value, ...], inputs: tuple[Array, ...]) -> tuple[Array, ...]:
    """The output of layers in a row."""
    current = inputs
    for given in layers:
        first = next((option for option in options_of(given) if isinstance(option, LayerValue)), None)
        value = first if isinstance(given, Union) and first is not None else given
        if isinstance(value, LayerValue):
            source = _with_shape(call.machine, value.layer, current[0])
            current = (applied(call, value, (source, *current[1:]), value.layer.site),)
            if value.layer.is_set("return_state", True) and given is not layers[-1]:
                call.machine.record.misuses.append(Misuse(value.layer.site, current[0], None))
        elif isinstance(value, ArrayRef):
            if current[0].shape is None and value.array.shape is not None:  # an Input object in a Sequential
                shaped = call.machine.derive(current[0], "input", value.array.site, shape=value.array.shape)
                current = (shaped, *current[1:])
        else:
            current = arrays_in(call.machine.call(value, (ArrayRef(current[0]),), {}, call.node))
        if not current:
            return ()
    return current if layers else ()


def _with_shape(m: Machine, layer: Layer, source: Array) -> Array:
    """The source, with the shape that the first layer declares where the data's own is not known."""
    if source.shape is not None:
        return source
    sizes = declared_shape(layer)
    if sizes is None:
        return source
    return m.derive(source, source.op, source.site, shape=sizes, name=source.name)


def replay(m: Machine, outputs: tuple[Array, ...], bound: dict[Array, Array]) -> tuple[Array, ...]:
    """A functional graph with other arrays in the place of its inputs."""
    done: dict[Array, Array] = dict(bound)
    for placeholder, data in bound.items():
        if data.shape is None and placeholder.shape is not None:
            done[placeholder] = m.derive(data, data.op, data.site, shape=placeholder.shape, name=data.name)
    return tuple(_replayed(m, array, done) for array in outputs)


def _replayed(m: Machine, array: Array, done: dict[Array, Array]) -> Array:
    order: list[Array] = [array]
    while order:
        node = order[-1]
        if node in done:
            order.pop()
            continue
        missing = [source for source in node.inputs if source not in done]
        if missing and len(order) < 500:
            order.extend(missing)
            continue
        order.pop()
        inputs = tuple(done.get(source, source) for source in node.inputs)
        done[node] = _redo(m, node, inputs)
    return done[array]


def _redo(m: Machine, node: Array, inputs: tuple[Array, ...]) -> Array:
    if inputs == node.inputs:
        return node
    if node.layer is not None and node.op == "apply":
        return transfer.apply(m, node.layer, inputs, node.site)
    facts = {
        "padding": inputs[0].padding if node.padding is None and node.shape == inputs[0].shape else node.padding,
        "rows": inputs[0].rows,
        "mask": node.mask,
        "quantity": node.quantity,
        "shape": node.shape,
        "settings": node.settings,
        "recurrent_output": node.recurrent_output,
    }
    return m.array(node.op, node.site, *inputs, **facts)


@attribute("keras_model", "layers")
def model_layers(call: Call) -> Value:
    """Model.layers."""
    layers = call.receiver.slots.get("layers") if isinstance(call.receiver, Thing) else None
    if isinstance(layers, tuple):
        return Sequence("list", layers)
    note_touched(call.machine, call.receiver)  # through what is returned
    return Opaque("the layers of a model")


@attribute("keras_model", "trainable_variables", "trainable_weights", "weights", "variables")
def variables(call: Call) -> Value:
    """The parameters of a model."""
    return Parameters((call.receiver,))


@attribute("keras_model", "input", "inputs")
def model_input(call: Call) -> Value:
    """The inputs of a functional model."""
    return as_value(call.receiver.slots.get("inputs", ()) if isinstance(call.receiver, Thing) else ())


@attribute("keras_model", "output", "outputs")
def model_output(call: Call) -> Value:
    """The outputs of a functional model."""
    if isinstance(call.receiver, Thing) and "outputs" not in call.receiver.slots:
        return as_value(outputs_for(call, call.receiver, ()))
    return as_value(call.receiver.slots.get("outputs", ()) if isinstance(call.receiver, Thing) else ())


@method("keras_model", "get_layer")
def get_layer(call: Call) -> Value:
    """A layer by name or index."""
    layers = call.receiver.slots.get("layers", ()) if isinstance(call.receiver, Thing) else ()
    index = settled(call.get(1, "index"))
    if isinstance(index, int) and -len(layers) <= index < len(layers):
        layer: Value = layers[index]
        return layer
    note_touched(call.machine, call.receiver)  # through what is returned
    return Opaque("a layer by its name")


@method("keras_model", "load_weights", "set_weights")
def load_weights(call: Call) -> Value:
    """Weights from a file, or from another model."""
    call.machine.record.loaded.append(call.receiver)
    return Const(None)


@method("keras_model", "summary", "save", "save_weights", "build", "reset_states", "to_json", "get_config",
        "get_weights", "count_params", "export", "get_metrics_result")  # fmt: skip
def silent(call: Call) -> Value:
    """Calls without effect on what is known."""
    return Const(None)
