"""nn.Module subclasses and containers."""

from __future__ import annotations

from rnnlint.frontend.assemble import model_of
from rnnlint.frontend.devices import device_of
from rnnlint.frontend.dispatch import Call, attribute, class_kind, function, instance_kind, method
from rnnlint.frontend.registration import note_registered
from rnnlint.frontend.repeats import has_weights, note_repeats
from rnnlint.frontend.values import (
    ArrayRef,
    Const,
    Function,
    Instance,
    LayerValue,
    Mapping,
    Opaque,
    Parameters,
    ParameterTensor,
    Sequence,
    Thing,
    Value,
    settled,
)
from rnnlint.program.training import Inference
from rnnlint.program.value import Known, Site

instance_kind("module", "torch.nn.Module", "lightning.LightningModule", "lightning.core.LightningModule",
              "lightning.core.lightning.LightningModule", "torch.jit.ScriptModule", "torch.nn.modules.module.Module",
              "torch.nn.RNNBase", "torch.nn.Sequential")  # fmt: skip

SAME_OBJECT = ("to", "cuda", "cpu", "float", "double", "half", "share_memory", "type")


@method("module", "__call__")
def call_module(call: Call) -> Value:
    """module(x): its forward."""
    assert isinstance(call.receiver, Instance)
    forward = call.receiver.cls.lookup("forward")
    if not isinstance(forward, Function):
        return Opaque("a module without a forward of its own")
    note_forward(call)
    return call.machine.call(forward, (call.receiver, *call.args), dict(call.keywords), call.node)


def note_forward(call: Call) -> None:
    """A network applied, unless by the network that holds it."""
    m, module = call.machine, call.receiver
    if not any(frame.owner is not None and frame.function and frame.function.name == "forward" for frame in m.frames):
        m.happen("forward", call.node, module)
    inner = any(frame.owner is not None and class_kind(frame.owner) == "module" for frame in m.frames)
    model = model_of(m, module) if m.no_gradient and not inner and isinstance(module, Instance) else None
    if model is not None:
        arrays = tuple(value.array for value in call.args if isinstance(value, ArrayRef))
        m.record.inferences.append(Inference(call.site, "a forward pass", model, arrays, m.offering))


@method("module", "train", "eval")
@method("container", "train", "eval")
@method("layer:torch", "train", "eval")
@method("unknown", "train", "eval")
def set_mode(call: Call) -> Value:
    """module.train(), module.train(flag), module.eval()."""
    flag = call.get(0, "mode") if call.path == "train" else Const(False)
    how = {True: "train", False: "eval", None: "mode"}[True if flag is None else settled(flag)]
    call.machine.happen(how, call.node, call.receiver)
    return call.receiver


@method("module", *SAME_OBJECT)
@method("container", *SAME_OBJECT)
@method("layer:torch", *SAME_OBJECT)
def same(call: Call) -> Value:
    """Calls that return the module itself."""
    if call.path in {"to", "cuda"}:
        device = Known("cuda", call.site) if call.path == "cuda" else device_of(call.machine, call.get(0, "device"))
        call.machine.happen("device", call.node, call.receiver, device=device)
    return call.receiver


@function("torch.device")
def make_device(call: Call) -> Value:
    """A device by its name."""
    return Thing("device", call.site, name=call.get(0, "device") or Opaque("a device"))


@method("module", "requires_grad_")
@method("container", "requires_grad_")
@method("layer:torch", "requires_grad_")
def frozen(call: Call) -> Value:
    """A module whose weights are trained no more, or again."""
    call.machine.record.handed.append((call.path, call.receiver))
    if settled(call.get(0, "requires_grad"), True) is not True:
        call.machine.record.loaded.append(call.receiver)
    return call.receiver


@method("module", "parameters", "named_parameters")
@method("container", "parameters", "named_parameters")
@method("layer:torch", "parameters", "named_parameters")
@method("unknown", "parameters", "named_parameters")
def parameters(call: Call) -> Value:
    """The parameters of a module."""
    call.machine.record.handed.append((call.path, call.receiver))
    owned = Parameters((call.receiver,))
    return (
        Sequence("list", None, Sequence("tuple", (Opaque("a name"), owned)))
        if call.path == "named_parameters"
        else owned
    )


@method("parameters", "__iter__")
def each_parameter(call: Call) -> Value:
    """One parameter."""
    return call.receiver


@method("module", "load_state_dict")
@method("container", "load_state_dict")
@method("layer:torch", "load_state_dict")
def load_state_dict(call: Call) -> Value:
    """Weights from a file, or from another module."""
    call.machine.record.handed.append((call.path, call.receiver))
    call.machine.record.loaded.append(call.receiver)
    return Opaque("the keys that do not fit")


@method("module", "register_buffer", "log", "log_dict", "save_hyperparameters")
def silent(call: Call) -> Value:
    """Calls without effect on what is known."""
    return Const(None)


@method("module", "apply", "state_dict")
def looked_after(call: Call) -> Value:
    """A module whose weights are set or saved by a call of its own."""
    call.machine.record.handed.append((call.path, call.receiver))
    return set_weights(call) if call.path != "state_dict" else Const(None)


@method("container", "apply", "load_state_dict")
@method("layer:torch", "apply", "load_state_dict")
def set_weights(call: Call) -> Value:
    """Weights loaded, or initialised by a function."""
    call.machine.happen("reset", call.node, call.receiver)
    return call.receiver


@method("module", "__init__")
def initialised(call: Call) -> Value:
    """The base class, which may register what it is given, as nn.Sequential does."""
    for value in (*call.args, *call.keywords.values()):
        note_registered(call.machine, call.receiver, value, call.path)
    return Const(None)


@method("module", "register_parameter", "add_module", "register_module")
def registered(call: Call) -> Value:
    """What a module is given under a name."""
    if call.path != "register_parameter" and len(call.args) == 2 and isinstance(call.receiver, Instance):
        name = call.args[0]
        key = name.value if isinstance(name, Const) else ("module", len(call.receiver.slots))
        call.machine.heap.write(call.receiver, key, call.args[1])
    note_registered(call.machine, call.receiver, call.args[-1] if call.args else Opaque(), call.path)
    return Const(None)


@method("module", "children", "modules")
def children(call: Call) -> Value:
    """Submodules."""
    return Sequence("list", None, Opaque("a submodule"))


@attribute("module", "training")
def training(call: Call) -> Value:
    """Module.training."""
    return Opaque("it depends on a condition")


@attribute("module", "device")
def device(call: Call) -> Value:
    """The device of a Lightning module."""
    return Opaque("a device")


@function("torch.nn.Sequential")
def sequential(call: Call) -> Value:
    """Modules in a row."""
    layers: tuple[Value, ...] = call.args
    if len(layers) == 1 and isinstance(layers[0], Mapping):
        layers = tuple(layers[0].slots.values())
    note_repeats(call.machine, None, layers, _second_use(call, layers))
    model = Thing(
        "container", call.site, layers=layers, name=call.machine.naming, sequential=Const(True), place=call.place
    )
    call.machine.record.models.append(model)
    return model


def _second_use(call: Call, layers: tuple[Value, ...]) -> Site:
    """Where an object stands for the second time among the arguments."""
    nodes = [argument for argument in getattr(call.node, "args", ()) if not argument.star]
    if len(nodes) == len(layers):
        for index, layer in enumerate(layers):
            if has_weights(layer) and any(layer is other for other in layers[:index]):
                return call.machine.site(nodes[index].value)
    return call.site


@function("torch.nn.ModuleList", "torch.nn.ModuleDict", "torch.nn.ParameterList", "torch.nn.ParameterDict")
def container(call: Call) -> Value:
    """Modules to be called one by one."""
    given = call.get(0, "modules")
    if isinstance(given, Mapping):
        return Thing("container", call.site, layers=tuple(given.slots.values()), entries=given)
    layers: tuple[Value, ...] = ()
    if isinstance(given, Sequence):
        layers = given.items if given.items is not None else ((given.element,) if given.element is not None else ())
        note_repeats(call.machine, given, layers, call.site)
    return Thing("container", call.site, layers=layers)


@method("container", "append", "add_module")
def append(call: Call) -> Value:
    """ModuleList.append, Sequential.add_module."""
    assert isinstance(call.receiver, Thing)
    if call.args:
        before = call.receiver.slots["layers"]
        if any(call.args[-1] is layer for layer in before):
            note_repeats(call.machine, None, (call.args[-1], call.args[-1]), call.site)
        call.machine.heap.write(call.receiver, "layers", (*before, call.args[-1]))
    return Const(None)


@method("container", "__call__", "forward")
def call_sequential(call: Call) -> Value:
    """Sequential(x)."""
    assert isinstance(call.receiver, Thing)
    if "sequential" not in call.receiver.slots or not call.args:
        return Opaque("a call of a list of modules")
    note_forward(call)
    current: Value = call.args[0]
    for layer in call.receiver.slots["layers"]:
        taken = isinstance(current, Sequence) and "recurrent" in current.slots and isinstance(layer, LayerValue)
        if taken and isinstance(current, Sequence):
            made = current.slots["recurrent"].layer
            current = call.machine.misused(current, made.site, layer.layer) or current
        current = call.machine.call(layer, (current,), {}, call.node)
    return current


@method("container", "__iter__")
def each_module(call: Call) -> Value:
    """One module of a container."""
    from rnnlint.frontend.sequences import union

    assert isinstance(call.receiver, Thing)
    layers = call.receiver.slots["layers"]
    return union(call.machine, list(layers)) if layers else Opaque("a module of an empty container")


@function("torch.nn.DataParallel", "torch.nn.parallel.DistributedDataParallel", "torch.compile", "torch.jit.script",
          "torch.nn.utils.weight_norm", "torch.jit.trace")  # fmt: skip
def wrapped(call: Call) -> Value:
    """A module behind a wrapper that changes nothing here."""
    return call.args[0] if call.args else Opaque("a wrapper of nothing")


@function("torch.nn.Parameter", "torch.nn.parameter.Parameter")
def parameter(call: Call) -> Value:
    """A tensor that is trained."""
    return ParameterTensor("a parameter tensor", site=call.site)
