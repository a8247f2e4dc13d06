"""torch.nn layers: construction and application, with the tuples that recurrent layers return."""

from __future__ import annotations

from dataclasses import replace

from rnnlint.frontend import transfer
from rnnlint.frontend.catalog.activations import activation_name, snake
from rnnlint.frontend.catalog.torch_layers import KINDS, PARAMETERS
from rnnlint.frontend.dialects.torch import recurrent
from rnnlint.frontend.dispatch import Call, attribute, function, method
from rnnlint.frontend.owners import owners_in
from rnnlint.frontend.values import ArrayRef, Const, LayerValue, Opaque, Parameters, Sequence, Symbol, Thing, Value
from rnnlint.program.data import Array
from rnnlint.program.network import Layer
from rnnlint.program.value import Known, Setting, Unknown

RECURRENT_DEFAULTS: dict[str, object] = {
    "num_layers": 1,
    "bias": True,
    "batch_first": False,
    "dropout": 0.0,
    "bidirectional": False,
}


def construct(call: Call) -> Layer:
    """A layer of torch.nn, with settings under the shared names."""
    type_name = call.path.rsplit(".", 1)[-1]
    kind = KINDS.get(type_name, snake(type_name))
    names = PARAMETERS.get(kind, ())
    settings: dict[str, Setting] = {}
    hidden = "**" in call.keywords
    for index, (own, shared) in enumerate(names):
        value = call.get(index, own)
        if value is not None:
            settings[shared] = call.machine.setting(value)
        elif hidden:
            settings[shared] = Unknown("it may be among arguments that are not known", call.site)
    rows = call.get(0, "num_embeddings") if kind == "embedding" else None
    if isinstance(rows, Symbol):
        settings["input_dim"] = Known(rows.size, call.site)
    if kind.endswith("_cell"):
        settings.setdefault("activation", Known("tanh", call.site))
    if kind in {"lstm", "gru", "rnn"}:
        for name, default in RECURRENT_DEFAULTS.items():
            settings.setdefault(name, Known(default, call.site))
        settings.setdefault("activation", Known("tanh", call.site))
        settings["return_sequences"] = Known(True)
    if kind == "activation":
        settings["activation"] = Known(activation_name(type_name), call.site)
        if "Softmax" in type_name:
            settings["axis"] = call.setting(0, "dim")
    return Layer(kind, "torch", type_name, call.site, settings)


@function("torch.nn.*")
def any_layer(call: Call) -> Value:
    """A layer class of torch.nn."""
    type_name = call.path.rsplit(".", 1)[-1]
    if type_name[:1].islower():
        return Opaque(f"what {call.path} returns is not known")
    layer = construct(call)
    call.machine.record.layers.append(layer)
    made = LayerValue(layer)
    call.machine.happen("layer", call.node, made)
    return made


for _name in KINDS:
    function(f"torch.nn.{_name}")(any_layer)


@function("torch.nn.Embedding.from_pretrained")
def pretrained(call: Call) -> Value:
    """An embedding with given weights."""
    layer = Layer("embedding", "torch", "Embedding", call.site, {"freeze": call.setting(1, "freeze", Known(True))})
    call.machine.record.layers.append(layer)
    return LayerValue(layer)


@method("layer:torch", "__call__", "forward")
def apply_layer(call: Call) -> Value:
    """layer(x), layer(x, state)."""
    assert isinstance(call.receiver, LayerValue)
    layer, value = call.receiver.layer, call.get(0, "input")
    if isinstance(value, Thing) and value.kind == "packed":
        return recurrent.apply(call, layer, value.slots["array"].array, packed=True)
    if not isinstance(value, ArrayRef):
        value = _tensor(call, layer, value)
    if layer.recurrent:
        return recurrent.apply(call, layer, value.array, packed=False)
    if layer.recurs:
        return recurrent.apply_cell(call, layer, value.array)
    if layer.kind == "multihead_attention":
        attended = transfer.apply(call.machine, layer, (value.array, *_others(call)), call.site)
        return Sequence("tuple", (ArrayRef(attended), Opaque("attention weights")))
    source = value.array
    output = transfer.apply(call.machine, layer, (source, *_others(call)), call.site)
    if layer.kind == "activation":
        output = replace(output, recurrent_output=source.recurrent_output)
    return ArrayRef(output)


def _tensor(call: Call, layer: Layer, value: Value | None) -> ArrayRef:
    """What a layer is applied to where that is no known tensor: the tuple of a recurrent layer, or nothing known."""
    found = None
    if isinstance(value, Sequence) and "recurrent" in value.slots:
        found = call.machine.misused(value, call.site, layer)
    return found or ArrayRef(call.machine.array("parameter", call.site))


def _others(call: Call) -> tuple[Array, ...]:
    return tuple(value.array for value in call.args[1:] if isinstance(value, ArrayRef))


@method("layer:torch", "flatten_parameters", "reset_parameters")
def nothing(call: Call) -> Value:
    """Calls without effect on what is known, but for weights that are initialised again."""
    if call.path == "reset_parameters":
        call.machine.happen("reset", call.node, call.receiver)
    return Const(None)


@attribute("layer:torch", "*")
def weights(call: Call) -> Value:
    """The weights of a layer."""
    return Parameters((call.receiver,))


@function("torch.nn.init.eye_")
def start_as_identity(call: Call) -> Value:
    """A weight set to the identity."""
    for owner in owners_in(call.get(0, "tensor")):
        if isinstance(owner, LayerValue) and isinstance(owner.layer.settings, dict):
            owner.layer.settings["recurrent_initializer"] = Known("identity", call.site)
    return Const(None)
