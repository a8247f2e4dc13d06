"""Gradients in a hand-written loop: computed, cleared, limited, scaled, and used to change weights; also by objects
that are not known, where the name of the method says enough."""

from __future__ import annotations

from rnnlint.frontend.dispatch import Call, assignment, attribute, function, method
from rnnlint.frontend.escapes import note_escape
from rnnlint.frontend.owners import owners_in
from rnnlint.frontend.values import ArrayRef, Const, External, Opaque, Thing, Value
from rnnlint.program.value import Known, Setting

CLIPPING = ("clip_grad_norm_", "clip_grad_value_", "clip_grad_norm")
NETWORKS = ("module", "container", "layer:torch")


@method("array", "backward")
@method("unknown", "backward")
@method("module", "manual_backward")
@function("torch.autograd.backward")
def backward(call: Call) -> Value:
    """loss.backward(), accelerator.backward(loss)."""
    tensor = call.receiver if isinstance(call.receiver, ArrayRef) else call.get(0, "tensors")
    array = tensor.array if isinstance(tensor, ArrayRef) else None
    retained = call.setting(1, "retain_graph", Known(False))
    call.machine.happen("backward", call.node, call.receiver, array=array, retain_graph=retained)
    return Const(None)


def zero_grad(call: Call) -> Value:
    """optimizer.zero_grad(), model.zero_grad(), p.grad.zero_()."""
    call.machine.happen("zero_grad", call.node, _holder(call))
    return Const(None)


def _holder(call: Call) -> Value:
    """Whose gradients a call is about."""
    receiver = call.receiver
    return receiver.slots["holder"] if isinstance(receiver, Thing) and receiver.kind == "gradient" else receiver


for _kind in ("optimizer", "unknown", *NETWORKS, "keras_model", "keras_layer", "layer:keras"):
    method(_kind, "zero_grad")(zero_grad)
method("gradient", "zero_")(zero_grad)


@assignment("parameters", "grad")
@assignment("unknown", "grad")
@assignment("array", "grad")
def set_gradient(call: Call) -> Value:
    """p.grad = None, p.grad = another."""
    how = "zero_grad" if call.args[0] == Const(None) else "gradient"
    call.machine.happen(how, call.node, call.receiver)
    return Const(None)


@assignment("gradient", "data")
@method("gradient", "copy_", "add_", "sub_", "fill_", "addcmul_", "set_")
def change_gradient(call: Call) -> Value:
    """p.grad.copy_(another), p.grad.data = another."""
    call.machine.happen("gradient", call.node, _holder(call))
    return call.receiver


@method("unknown", "step")
def unknown_step(call: Call) -> Value:
    """A step of an optimizer, of its scheduler, of a scaler or of something else."""
    call.machine.happen("unknown step", call.node, call.receiver, *call.args[:1])
    note_escape(call)
    return Opaque("what a step returns")


@attribute("parameters", "grad", "data", "requires_grad", "shape")
@attribute("unknown", "grad")
@attribute("array", "grad")
def gradient(call: Call) -> Value:
    """p.grad of one of the parameters."""
    return Thing("gradient", call.site, holder=call.receiver) if call.path == "grad" else call.receiver


@attribute("gradient", "data")
def gradient_data(call: Call) -> Value:
    """p.grad.data."""
    return call.receiver


@method("gradient", "detach_", "detach")
def same_gradient(call: Call) -> Value:
    """p.grad.detach_()."""
    return call.receiver


@method("parameters", "add_", "sub_", "copy_", "addcdiv_", "addcmul_", "mul_", "lerp_")
@assignment("parameters", "data")
@assignment("unknown", "data")
def update(call: Call) -> Value:
    """Weights changed by hand."""
    call.machine.happen("update", call.node, call.receiver)
    return call.receiver


def note_clip(call: Call, name: str, *values: Value, **settings: Setting) -> None:
    """Record that gradients are limited."""
    call.machine.happen("clip", call.node, *values, array=None, by=Known(name), **settings)


@function(*(f"torch.nn.utils.{name}" for name in CLIPPING),
          *(f"torch.nn.utils.clip_grad.{name}" for name in CLIPPING))  # fmt: skip
@method("unknown", *CLIPPING)
def clip(call: Call) -> Value:
    """Gradients clipped."""
    name = call.path.rsplit(".", 1)[-1]
    owners = owners_in(call.get(0, "parameters"))
    limit = call.get(1, "clip_value" if "value" in name else "max_norm")
    if not (isinstance(limit, External) and limit.path.endswith(".inf")):  # else it is a way to ask for the norm
        note_clip(call, name, *owners, limit=call.machine.setting(limit))
    return Opaque("the norm of the gradients")


@method("parameters", "register_hook")
def hook(call: Call) -> Value:
    """A hook on the gradient of a parameter, which may limit it."""
    note_clip(call, "register_hook", call.receiver)
    return Opaque("a handle")


@method("gradient", "clamp_", "mul_", "div_", "clip_", "clamp")
def clip_by_hand(call: Call) -> Value:
    """Gradients limited by hand; a factor may be meant otherwise."""
    assert isinstance(call.receiver, Thing)
    limit = {"limit": call.setting(1, "max")} if call.path in {"clamp_", "clip_"} else {}
    note_clip(call, f"grad.{call.path}", call.receiver.slots["holder"], **limit)
    return call.receiver


SCALERS = ("torch.cuda.amp.GradScaler", "torch.amp.GradScaler", "torch.cuda.amp.grad_scaler.GradScaler",
           "torch.amp.grad_scaler.GradScaler")  # fmt: skip


@function(*SCALERS)
def scaler(call: Call) -> Value:
    """The scaler of losses in mixed precision."""
    return Thing("grad_scaler", call.site, enabled=call.get(None, "enabled") or Const(True))


@method("grad_scaler", "scale")
def scale(call: Call) -> Value:
    """scaler.scale(loss)."""
    m, loss = call.machine, call.get(0, "outputs")
    assert isinstance(call.receiver, Thing)
    if not isinstance(loss, ArrayRef | Opaque):
        return Opaque("scaled losses")
    array = loss.array if isinstance(loss, ArrayRef) else m.assumed(loss, call.site)
    settings: dict[str, Setting] = {"scaled": m.setting(call.receiver.slots["enabled"])}
    return ArrayRef(m.derive(array, "scaled", call.site, settings=settings))


@method("grad_scaler", "unscale_", "step")
def scaler_step(call: Call) -> Value:
    """scaler.unscale_(optimizer), scaler.step(optimizer)."""
    optimizer = call.get(0, "optimizer")
    assert isinstance(call.receiver, Thing)
    if optimizer is not None:
        how = "unscale" if call.path == "unscale_" else "step"
        call.machine.happen(how, call.node, optimizer, scaled=call.machine.setting(call.receiver.slots["enabled"]))
    return Const(None)


@method("grad_scaler", "update", "state_dict", "load_state_dict", "get_scale", "is_enabled")
def scaler_state(call: Call) -> Value:
    """Calls that do nothing to gradients."""
    return Opaque("the state of a scaler")
