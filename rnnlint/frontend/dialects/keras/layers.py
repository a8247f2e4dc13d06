"""Keras layers: construction, wrappers, application."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import libcst as cst

from rnnlint.frontend import transfer
from rnnlint.frontend.catalog.activations import activation_name, snake
from rnnlint.frontend.catalog.keras_layers import LAYERS
from rnnlint.frontend.dispatch import Call, attribute, function, instance_kind, method
from rnnlint.frontend.fitting import data_of, learn
from rnnlint.frontend.layer_shapes import MERGES
from rnnlint.frontend.repeats import note_repeats
from rnnlint.frontend.values import (
    ArrayRef,
    Const,
    External,
    Function,
    Instance,
    LayerValue,
    Opaque,
    Sequence,
    Symbol,
    Thing,
    Value,
    options_of,
    settled,
)
from rnnlint.program.data import Array, Mask, MaskState
from rnnlint.program.network import Layer, Regulariser
from rnnlint.program.value import Known, OneOf, Setting, Site, Unknown

KINDS = {
    "LSTM": "lstm",
    "CuDNNLSTM": "lstm",
    "GRU": "gru",
    "CuDNNGRU": "gru",
    "SimpleRNN": "rnn",
    "GlobalMaxPool1D": "global_max_pooling1d",
    "GlobalAvgPool1D": "global_average_pooling1d",
    "MaxPool1D": "max_pooling1d",
    "AvgPool1D": "average_pooling1d",
    "Convolution1D": "conv1d",
}
CELLS = {"LSTMCell": "lstm", "GRUCell": "gru", "SimpleRNNCell": "rnn"}
CUDNN = {"CuDNNLSTM": "LSTM", "CuDNNGRU": "GRU"}
ACTIVATIONS = ("activation", "recurrent_activation")
ACTIVATION_LAYERS = {"relu", "elu", "leaky_relu", "softmax", "gelu", "selu", "swish", "sigmoid", "tanh"}

instance_kind("keras_layer", "keras.layers.Layer")


def activation_setting(call: Call, value: Value | None, default: Any) -> Setting:
    """The shared name of an activation argument."""
    if value is None:
        return Known("linear" if default is None else default, call.site)
    if isinstance(value, Const):
        if value.value is None:
            return Known("linear", value.where(call.site), value.confidence)
        if isinstance(value.value, str):
            return Known(activation_name(value.value), value.where(call.site), value.confidence)
    if isinstance(value, External):
        return Known(activation_name(value.path.rsplit(".", 1)[-1]), call.site)
    if isinstance(value, LayerValue):
        inner = value.layer.settings.get("activation")
        return inner if isinstance(inner, Known) else Known(activation_name(value.layer.type_name), call.site)
    options = options_of(value)
    if len(options) > 1:
        found = [activation_setting(call, option, default) for option in options]
        return OneOf(tuple(s if isinstance(s, Known | Unknown) else Unknown("one of several") for s in found))
    return Unknown("the activation is the user's own function", call.site)


def bind(call: Call, parameters: tuple[str, ...], defaults: dict[str, Any]) -> dict[str, Setting]:
    """Arguments by Keras' parameter names, with Keras' defaults; open where `**options` are not known."""
    hidden = "**" in call.keywords
    settings: dict[str, Setting] = {}
    for index, name in enumerate(parameters):
        value = call.get(index, name)
        if hidden and value is None:
            settings[name] = Unknown("it may be among arguments that are not known", call.site)
        elif name in ACTIVATIONS:
            settings[name] = activation_setting(call, value, defaults.get(name))
        elif value is None and name in defaults:
            settings[name] = Known(defaults[name], call.site)
        elif isinstance(value, Sequence):
            settings[name] = _sequence_setting(value)
        elif value is not None:
            settings[name] = call.machine.setting(value)
    for name, value in call.keywords.items():
        if name not in settings and name != "**":
            sequence = isinstance(value, Sequence)
            settings[name] = _sequence_setting(value) if sequence else call.machine.setting(value)  # type: ignore[arg-type]
    return settings


def _sequence_setting(value: Sequence) -> Setting:
    if value.items is None:
        return Unknown("its items are not known")
    return Known(tuple(settled(item, "?") for item in value.items))


def construct(call: Call, type_name: str) -> Layer:
    """A layer of one of Keras' classes."""
    facts = LAYERS.get(CUDNN.get(type_name, type_name))
    parameters = facts.parameters if facts is not None else ("units",)
    settings = bind(call, parameters, dict(facts.defaults) if facts is not None else {})
    kind = KINDS.get(type_name, snake(type_name))
    rows = call.get(0, "input_dim") if kind == "embedding" else None
    if isinstance(rows, Symbol):
        settings["input_dim"] = Known(rows.size, call.site)
    if kind == "dense" and isinstance(settled(call.get(1, "activation")), int):
        settings["units"] = call.setting(1, "activation")  # the first Keras took (input, output)
        settings["activation"] = Known("linear")
    weights = arrays_in(call.get(None, "weights")) if kind == "embedding" else ()
    if weights and weights[0].shape is not None:
        settings["weights_shape"] = Known(weights[0].shape, call.site)
    _legacy(settings)
    if kind in {"lstm", "gru", "rnn"}:
        settings.setdefault("bidirectional", Known(False))
        settings.setdefault("num_layers", Known(1))
    if activation_name(type_name) in ACTIVATION_LAYERS:
        settings["activation"] = Known(activation_name(type_name), call.site)
        kind = "activation"
    return Layer(kind, "keras", type_name, call.site, settings)


def _legacy(settings: dict[str, Setting]) -> None:
    """Keras 1's names for what Keras 2 renamed."""
    for old, new in (("inner_activation", "recurrent_activation"), ("nb_filter", "filters")):
        if old in settings:
            settings[new] = settings.pop(old)


@function("keras.layers.*")
def any_layer(call: Call) -> Value:
    """A Keras layer class, or the functional form of a merge layer."""
    type_name = call.path.rsplit(".", 1)[-1]
    if type_name[:1].islower():
        return _merge_function(call, type_name)
    layer = construct(call, type_name)
    call.machine.record.layers.append(layer)
    made = LayerValue(layer, call.get(0, "function") if layer.kind == "lambda" else None)
    call.machine.happen("layer", call.node, made)
    return made


for _name in (*LAYERS, *CUDNN, *KINDS):
    function(f"keras.layers.{_name}")(any_layer)
    function(f"keras.layers.experimental.preprocessing.{_name}")(any_layer)


@function("keras.initializers.*")
def initialiser(call: Call) -> Value:
    """An initialiser, by its name. Constant may hold a whole matrix, and then it is none."""
    value = call.get(0, "value")
    if call.path.endswith(".Constant") and value is not None and not isinstance(settled(value), int | float):
        return Opaque("initial weights that are not one number")
    return External(call.path)


@function("keras.regularizers.*")
def regulariser(call: Call) -> Value:
    """A penalty on weights, with Keras' default factor of 0.01."""
    name = call.path.rsplit(".", 1)[-1].lower()
    both = name in {"l1_l2", "l1l2"}
    first = call.get(0, "l1" if both or name == "l1" else "l2") or call.get(None, "l")
    second = call.get(1, "l2") if both else None
    default = 0.01 if not both or name == "l1_l2" else 0.0
    factors = [settled(value, default if value is None else None) for value in (first, second)]
    if not all(isinstance(factor, int | float) for factor in factors):
        return Opaque("a penalty that is not known")
    one, two = float(factors[0]), float(factors[1]) if both else 0.0
    return Const(Regulariser(0.0, one) if name == "l2" else Regulariser(one, two), call.place)


def _merge_function(call: Call, name: str) -> Value:
    inputs = arrays_in(call.args[0]) if call.args else ()
    if not inputs:
        return Opaque("a merge of tensors that are not known")
    settings = {"axis": call.setting(None, "axis", Known(-1))} if name == "concatenate" else {}
    layer = Layer(snake(name), "keras", name.capitalize(), call.site, settings)
    return ArrayRef(transfer.apply(call.machine, layer, inputs, call.site))


def _replace(call: Call, old: Layer, new: Layer) -> LayerValue:
    """A wrapper's layer in the place of the wrapped one."""
    layers = call.machine.record.layers
    if old in layers:
        layers.remove(old)
    layers.append(new)
    return LayerValue(new)


@function("keras.layers.Bidirectional")
def bidirectional(call: Call) -> Value:
    """The wrapped layer, with both directions."""
    inner = call.get(0, "layer")
    if not isinstance(inner, LayerValue):
        return any_layer(call)
    merge = call.setting(1, "merge_mode", Known("concat"))
    settings = {**inner.layer.settings, "bidirectional": Known(True, call.site), "merge_mode": merge}
    return _replace(call, inner.layer, replace(inner.layer, settings=settings))


@function("keras.layers.TimeDistributed", "keras.layers.SpectralNormalization", "keras.layers.Wrapper")
def wrapper(call: Call) -> Value:
    """The wrapped layer, applied to each step."""
    inner = call.get(0, "layer")
    if isinstance(inner, LayerValue):
        settings = {**inner.layer.settings, "time_distributed": Known(True, call.site)}
        return _replace(call, inner.layer, replace(inner.layer, settings=settings))
    return any_layer(call)


@function("keras.layers.StackedRNNCells")
def stacked_cells(call: Call) -> Value:
    """Cells in a row, to be run by an RNN layer."""
    cells = call.get(0, "cells")
    if isinstance(cells, Sequence):
        note_repeats(call.machine, cells, cells.items or (), call.site)
    return Thing("stacked_cells", call.site, cells=cells or Opaque("no cells"))


@function("keras.layers.RNN")
def rnn(call: Call) -> Value:
    """A recurrent layer around a cell, or around a stack of them."""
    cell = call.get(0, "cell")
    if isinstance(cell, Thing) and cell.kind == "stacked_cells":
        cell = cell.slots["cells"]
    elif isinstance(cell, Sequence):
        note_repeats(call.machine, cell, cell.items or (), call.site)
    cells = [c for c in (cell.items or () if isinstance(cell, Sequence) else (cell,)) if isinstance(c, LayerValue)]
    outer = construct(call, "RNN")
    known_cells = [c.layer for c in cells if c.layer.type_name in CELLS]
    if not known_cells:
        call.machine.record.layers.append(outer)
        return LayerValue(outer)
    last = known_cells[-1]
    settings = {
        **outer.settings,
        **last.settings,
        "bidirectional": Known(False),
        "num_layers": Known(len(known_cells)),
    }
    layer = Layer(CELLS[last.type_name], "keras", last.type_name, last.site, settings)
    return _replace(call, last, layer)


@function("keras.Input", "keras.layers.InputLayer")
def make_input(call: Call) -> Value:
    """A placeholder for data of a given shape."""
    shape = call.get(0, "shape") or call.get(None, "input_shape")
    batch = call.get(None, "batch_shape") or call.get(None, "batch_input_shape")
    dims = shape_of(batch) if batch is not None else shape_of(shape)
    full = dims if batch is not None or dims is None else (None, *dims)
    if call.path.endswith("InputLayer"):
        setting: Setting = Known(dims) if dims is not None else Unknown("the shape is not known")
        name = "input_shape" if batch is None else "batch_shape"
        return LayerValue(Layer("input", "keras", "InputLayer", call.site, {name: setting}))
    return ArrayRef(call.machine.array("input", call.site, shape=full))


def shape_of(value: Value | None) -> tuple[Any, ...] | None:
    """A shape argument as sizes; unknown sizes are None."""
    from rnnlint.frontend.machine import size_of

    if isinstance(value, Sequence) and value.items is not None:
        return tuple(size_of(item) for item in value.items)
    size = size_of(value)
    return (size,) if size is not None else None


def arrays_in(value: Value | None) -> tuple[Array, ...]:
    """Every array in a value or in a list or dictionary of values."""
    if isinstance(value, ArrayRef):
        return (value.array,)
    if isinstance(value, Sequence) and value.items is not None:
        return tuple(array for item in value.items for array in arrays_in(item))
    if isinstance(value, Sequence):
        return arrays_in(value.element)
    slots = getattr(value, "slots", None)
    if isinstance(slots, dict) and not isinstance(value, Thing):
        return tuple(array for item in slots.values() if isinstance(item, ArrayRef) for array in (item.array,))
    return ()


@method("layer:keras", "__call__", "call")
def apply_layer(call: Call) -> Value:
    """A layer applied to tensors."""
    assert isinstance(call.receiver, LayerValue)
    layer = call.receiver.layer
    inputs = _tensors(call, layer, call.get(0, "inputs"))
    later = [
        *call.args[1:],
        call.keywords.get("initial_state"),
        call.keywords.get("value"),
        call.keywords.get("key"),
    ]
    extra = tuple(array for value in later for array in arrays_in(value))
    if not inputs:
        return Opaque("a layer applied to a tensor that is not known")
    mask = call.keywords.get("mask")
    given = mask is not None and not (isinstance(mask, Const) and mask.value is None)
    if given:
        mask_fact = Mask(MaskState.PRESENT, call.site)
        inputs = (call.machine.derive(inputs[0], "masked", call.site, mask=mask_fact), *inputs[1:])
    output = applied(call, call.receiver, (*inputs, *extra), call.site)
    if layer.is_set("return_state", True):
        states = 2 if layer.kind == "lstm" else 1
        count = states * (2 if layer.is_set("bidirectional", True) else 1)
        state = call.machine.derive(output, "state", call.site, shape=None, padding=None, mask=None)
        result = Sequence("list", (ArrayRef(output), *(ArrayRef(state) for _ in range(count))))
        result.slots["recurrent"] = output
        return result
    return ArrayRef(output)


def applied(call: Call, value: LayerValue, inputs: tuple[Array, ...], site: Site) -> Array:
    """The output of a layer; a Lambda's is what its function returns, with what the layer does to the mask."""
    output = transfer.apply(call.machine, value.layer, inputs, site)
    if not isinstance(value.function, Function):
        return output
    result = call.machine.call(value.function, (ArrayRef(inputs[0]),), {}, call.node)
    if not isinstance(result, ArrayRef):
        return output
    array = result.array
    return call.machine.derive(array, "cast", array.site, mask=output.mask)


def _tensors(call: Call, layer: Layer, value: Value | None) -> tuple[Array, ...]:
    """The tensors given to a layer; a list of output and states is none that a layer with one input can take."""
    single = not layer.recurs and layer.kind not in MERGES and "attention" not in layer.kind
    if isinstance(value, Sequence) and "recurrent" in value.slots and value.items and single:
        found = call.machine.misused(value, call.site, layer)
        return (found.array,) if found is not None else ()
    return arrays_in(value)


@method("layer:keras", "set_weights", "load_own_variables")
def set_weights(call: Call) -> Value:
    """Weights from elsewhere."""
    call.machine.record.loaded.append(call.receiver)
    return Const(None)


@method("layer:keras", "build", "compute_output_shape", "get_config", "count_params", "get_weights")
def _nothing(call: Call) -> Value:
    return Const(None)


@method("layer:keras", "adapt")
def adapt(call: Call) -> Value:
    """A preprocessing layer that learns from data: TextVectorization its vocabulary."""
    holder = call.receiver
    if isinstance(holder, LayerValue) and holder.layer.type_name == "TextVectorization" and call.array(0, "data"):
        learn(call, holder, holder.layer.type_name, data_of(call, "data"), vocabulary=True, layer=holder.layer)
    return Const(None)


@method("layer:keras", "compute_mask")
def compute_mask(call: Call) -> Value:
    """The mask of a layer as a tensor of its own."""
    return Opaque("a mask")


@attribute("layer:keras", "output")
def output(call: Call) -> Value:
    """The output of a layer that was built elsewhere."""
    return Opaque("the output of a layer")


@method("keras_layer", "__init__")
def init_layer(call: Call) -> Value:
    """keras.layers.Layer.__init__."""
    return Const(None)


@method("keras_layer", "__call__")
def call_layer(call: Call) -> Value:
    """A user's layer: its own call() is run; a mask outlives it where the class or its last operation lets it."""
    m, layer = call.machine, call.receiver
    assert isinstance(layer, Instance)
    body = layer.cls.lookup("call")
    if not isinstance(body, Function):
        return Opaque("a layer without a call of its own")
    given = next((array.mask for array in arrays_in(call.get(0, "inputs")) if array.mask is not None), None)
    result = m.call(body, (layer, *call.args), dict(call.keywords), call.node)
    if not isinstance(result, ArrayRef) or given is None or given.state is not MaskState.PRESENT:
        return result
    if result.array.mask is not None and result.array.mask.state is MaskState.PRESENT:
        return result
    return ArrayRef(m.derive(result.array, result.array.op, call.site, mask=_own_mask(layer, body, given)))


def _own_mask(layer: Instance, body: Function, given: Mask) -> Mask:
    """The mask behind a user's layer."""
    declared = layer.slots.get("supports_masking") or layer.cls.lookup("supports_masking")
    if settled(declared) is True or layer.cls.lookup("compute_mask") is not None:
        return given
    parameters = () if isinstance(body.node, cst.Lambda) else body.node.params.params
    if any(parameter.name.value == "mask" for parameter in parameters) or isinstance(declared, Opaque):
        return replace(given, state=MaskState.UNKNOWN)
    return replace(given, state=MaskState.DROPPED, dropped=layer.site, dropper=layer.cls.name)


@method("keras_layer", "add_weight", "add_loss", "add_metric", "build", "get_config")
def weight(call: Call) -> Value:
    """Weights and bookkeeping of a user's layer."""
    return Opaque("a weight of a layer")
