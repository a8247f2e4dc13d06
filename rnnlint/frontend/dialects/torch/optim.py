"""torch.optim, losses, clipping: how a hand-written loop trains."""

from __future__ import annotations

from rnnlint.frontend.assemble import model_of
from rnnlint.frontend.catalog.activations import loss_name, optimizer_name
from rnnlint.frontend.dispatch import Call, attribute, function, method
from rnnlint.frontend.owners import owners_in
from rnnlint.frontend.recorder import Update
from rnnlint.frontend.values import (
    ArrayRef,
    Const,
    LossValue,
    Mapping,
    Opaque,
    Parameters,
    Sequence,
    Thing,
    Value,
)
from rnnlint.program.data import Array
from rnnlint.program.training import Clip, Evaluation, Fit, Loss, Optimizer
from rnnlint.program.value import Known, Setting, Unknown

LOSSES = ("MSELoss", "L1Loss", "SmoothL1Loss", "HuberLoss", "BCELoss", "BCEWithLogitsLoss", "CrossEntropyLoss",
          "NLLLoss", "PoissonNLLLoss", "KLDivLoss", "CTCLoss", "HingeEmbeddingLoss")  # fmt: skip
FUNCTIONAL = ("mse_loss", "l1_loss", "smooth_l1_loss", "huber_loss", "binary_cross_entropy",
              "binary_cross_entropy_with_logits", "cross_entropy", "nll_loss")  # fmt: skip


@function("torch.optim.*")
def optimizer(call: Call) -> Value:
    """An optimizer over the parameters of some modules."""
    name = call.path.rsplit(".", 1)[-1]
    if "lr_scheduler" in call.path:
        return Thing("scheduler", call.site)
    settings: dict[str, Setting] = {
        "learning_rate": call.setting(1, "lr", Known(0.001)),
        "momentum": call.setting(2, "momentum", Known(0.0)),
    }
    made = Optimizer(optimizer_name(name), "torch", call.site, settings)
    return Thing("optimizer", call.site, optimizer=made, owners=owners_in(call.get(0, "params")))


for _name in ("Adam", "SGD", "RMSprop", "Adagrad", "Adadelta", "AdamW", "NAdam", "LBFGS"):
    function(f"torch.optim.{_name}")(optimizer)


@method("optimizer", "step")
def step(call: Call) -> Value:
    """optimizer.step()."""
    assert isinstance(call.receiver, Thing)
    owners = call.receiver.slots.get("owners", ())
    call.machine.record.updates.append(
        Update(call.site, call.receiver.slots["optimizer"], owners, offered=call.machine.offering)
    )
    return Const(None)


@method("optimizer", "zero_grad", "load_state_dict", "state_dict", "add_param_group")
@method("scheduler", "step", "load_state_dict", "state_dict")
def silent(call: Call) -> Value:
    """Calls without effect on what is known."""
    return Const(None)


@attribute("optimizer", "param_groups")
def param_groups(call: Call) -> Value:
    """The groups of an optimizer."""
    assert isinstance(call.receiver, Thing)
    group = Mapping({"params": Parameters(call.receiver.slots.get("owners", ()))}, complete=False)
    return Sequence("list", None, group)


@function("torch.nn.utils.clip_grad_norm_", "torch.nn.utils.clip_grad_value_", "torch.nn.utils.clip_grad_norm",
          "torch.nn.utils.clip_grad.clip_grad_norm_", "torch.nn.utils.clip_grad.clip_grad_value_")  # fmt: skip
def clip(call: Call) -> Value:
    """Gradients clipped."""
    call.machine.clip(Clip(call.site, call.path.rsplit(".", 1)[-1]))
    return Opaque("the norm of the gradients")


@attribute("parameters", "grad", "data", "requires_grad", "shape")
def gradient(call: Call) -> Value:
    """p.grad of one of the parameters."""
    return Thing("gradient", call.site) if call.path == "grad" else call.receiver


@method("parameters", "register_hook")
def hook(call: Call) -> Value:
    """A hook on the gradient of a parameter, which may limit it."""
    call.machine.clip(Clip(call.site, "register_hook"))
    return Opaque("a handle")


@attribute("gradient", "data")
def gradient_data(call: Call) -> Value:
    """p.grad.data."""
    return call.receiver


@method("gradient", "clamp_", "mul_", "div_", "clip_", "clamp", "copy_")
def clip_by_hand(call: Call) -> Value:
    """Gradients limited by hand."""
    call.machine.clip(Clip(call.site, f"grad.{call.path}"))
    return call.receiver


LOSS_SETTINGS = ("weight", "ignore_index", "reduction", "pos_weight", "size_average", "reduce", "log_target")


def _made_loss(call: Call) -> Loss:
    name = call.path.rsplit(".", 1)[-1]
    settings = {key: call.setting(None, key) for key in LOSS_SETTINGS if key in call.keywords}
    if call.path.startswith("torch.nn.") and "functional" not in call.path and call.args:
        settings["weight"] = call.setting(0, "weight")
    if "**" in call.keywords:
        settings = {key: Unknown("it may be among arguments that are not known") for key in LOSS_SETTINGS}
    return Loss(loss_name(name), call.site, name, settings, "torch")


@function(*(f"torch.nn.{name}" for name in LOSSES))
def loss(call: Call) -> Value:
    """A loss object."""
    return LossValue(_made_loss(call))


@method("loss:torch", "__call__", "forward")
def call_loss(call: Call) -> Value:
    """criterion(output, target)."""
    assert isinstance(call.receiver, LossValue)
    return compare(call, call.receiver.loss)


@method("loss:torch", "to", "cuda", "cpu", "train", "eval")
def same(call: Call) -> Value:
    """Calls that return the loss itself."""
    return call.receiver


@function(*(f"torch.nn.functional.{name}" for name in FUNCTIONAL))
def functional_loss(call: Call) -> Value:
    """F.mse_loss(output, target)."""
    return compare(call, _made_loss(call))


def compare(call: Call, made: Loss) -> Value:
    """A loss between a network's output and a target: training, or a score where gradients are off."""
    m = call.machine
    output, target = call.array(0, "input"), call.array(1, "target")
    if output is not None:
        inputs = data_behind(output.array)
        if m.no_gradient:
            m.record.evaluations.append(Evaluation(call.site, made.type_name, inputs))
        else:
            m.record.fits.append(
                Fit(
                    call.site,
                    "torch",
                    model_of(m, None),
                    made,
                    (output.array,),
                    inputs,
                    target.array if target is not None else None,
                )
            )
    if output is None:
        return Opaque("a loss")
    reduced = not {"reduction", "reduce"} & made.settings.keys()
    return ArrayRef(m.array("loss", call.site, settings={"reduced": Known(reduced)}))


def data_behind(output: Array) -> tuple[Array, ...]:
    """The arrays at the entrance of the network that computed `output`."""
    entrances = [
        source
        for array in output.ancestry()
        if array.op == "apply"
        for source in array.inputs[:1]
        if not any(earlier.op == "apply" for earlier in source.ancestry())
    ]
    return tuple(dict.fromkeys(entrances))
