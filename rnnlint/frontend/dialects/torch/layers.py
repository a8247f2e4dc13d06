"""torch.nn layers: construction and application, with the tuples that recurrent layers return."""

from __future__ import annotations

from dataclasses import replace

from rnnlint.frontend import transfer
from rnnlint.frontend.catalog.activations import activation_name, snake
from rnnlint.frontend.catalog.torch_layers import KINDS, PARAMETERS
from rnnlint.frontend.dispatch import Call, attribute, function, method
from rnnlint.frontend.owners import owners_in
from rnnlint.frontend.values import ArrayRef, Const, LayerValue, Opaque, Parameters, Sequence, Thing, Value
from rnnlint.program.data import Array, Kind, Quantity
from rnnlint.program.network import Layer
from rnnlint.program.size import Size
from rnnlint.program.value import Known, Setting, Unknown, known

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
    if kind.endswith("_cell"):
        settings.setdefault("activation", Known("tanh", call.site))
    if kind in {"lstm", "gru", "rnn"}:
        for name, default in RECURRENT_DEFAULTS.items():
            settings.setdefault(name, Known(default, call.site))
        settings.setdefault("activation", Known("tanh", call.site))
        settings["return_sequences"] = Known(True)
    if kind == "activation":
        settings["activation"] = Known(activation_name(type_name), call.site)
    return Layer(kind, "torch", type_name, call.site, settings)


@function("torch.nn.*")
def any_layer(call: Call) -> Value:
    """A layer class of torch.nn."""
    type_name = call.path.rsplit(".", 1)[-1]
    if type_name[:1].islower():
        return Opaque(f"what {call.path} returns is not known")
    layer = construct(call)
    call.machine.record.layers.append(layer)
    return LayerValue(layer)


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
        return _recurrent(call, layer, value.slots["array"].array, packed=True)
    if not isinstance(value, ArrayRef):
        return _unknown_input(call, layer)
    if layer.recurrent:
        return _recurrent(call, layer, value.array, packed=False)
    source = value.array
    output = transfer.apply(call.machine, layer, (source,), call.site)
    if layer.kind == "activation":
        output = replace(output, recurrent_output=source.recurrent_output)
    return ArrayRef(output)


def _unknown_input(call: Call, layer: Layer) -> Value:
    """The layer is applied, to something that is not known."""
    array = call.machine.array("parameter", call.site)
    if layer.recurrent:
        return _recurrent(call, layer, array, packed=False)
    return ArrayRef(transfer.apply(call.machine, layer, (array,), call.site))


def _recurrent(call: Call, layer: Layer, source: Array, packed: bool) -> Value:
    """(output, h_n) or (output, (h_n, c_n)); a packed batch gives a packed output."""
    m, width = call.machine, transfer.width(layer)
    shape: tuple[Size | None, ...] | None = None
    if source.shape is not None and len(source.shape) == 3:
        shape = (*source.shape[:2], width)
    output = m.derive(
        source,
        "apply",
        call.site,
        layer=layer,
        shape=shape,
        quantity=Quantity(Kind.FEATURES, -1.0, 1.0, label=layer.type_name, site=call.site),
        columns={},
        recurrent_output=None,
    )
    sequence = m.derive(output, "sequence", call.site, layer=None, recurrent_output=output)
    state = m.derive(
        output,
        "final_state",
        call.site,
        layer=None,
        padding=None,
        shape=(None, None, known(layer.setting("units"))),
    )
    state_value: Value = ArrayRef(state)
    if layer.kind == "lstm":
        state_value = Sequence("tuple", (ArrayRef(state), ArrayRef(state)))
    first: Value = Thing("packed", call.site, array=ArrayRef(sequence)) if packed else ArrayRef(sequence)
    return Sequence("tuple", (first, state_value))


@method("layer:torch", "flatten_parameters", "reset_parameters")
def nothing(call: Call) -> Value:
    """Calls without effect on what is known."""
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


@function("torch.nn.utils.rnn.pack_padded_sequence", "torch.nn.utils.rnn.pack_sequence")
def pack(call: Call) -> Value:
    """A packed batch: its padding is not read."""
    value = call.get(0, "input")
    source = value.array if isinstance(value, ArrayRef) else call.machine.array("parameter", call.site)
    return Thing("packed", call.site, array=ArrayRef(call.machine.derive(source, "pack", call.site, padding=None)))


@function("torch.nn.utils.rnn.pad_packed_sequence")
def unpack(call: Call) -> Value:
    """A packed output padded again: zeros behind every sequence but the longest."""
    value = call.get(0, "sequence")
    lengths = Opaque("the lengths of a batch")
    if not (isinstance(value, Thing) and value.kind == "packed"):
        return Sequence("tuple", (Opaque("a packed batch that is not known"), lengths))
    source = value.slots["array"].array
    settings: dict[str, Setting] = {"batch_first": call.setting(1, "batch_first", Known(False))}
    array = call.machine.derive(
        source, "unpack", call.site, settings=settings, recurrent_output=source.recurrent_output
    )
    return Sequence("tuple", (ArrayRef(array), lengths))
