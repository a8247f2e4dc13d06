"""torch.optim, losses, clipping: how a hand-written loop trains."""

from __future__ import annotations

from rnnlint.frontend.assemble import model_of
from rnnlint.frontend.catalog.activations import loss_name, optimizer_name
from rnnlint.frontend.dispatch import Call, attribute, function, method
from rnnlint.frontend.escapes import note_escape
from rnnlint.frontend.owners import is_complete, owners_in
from rnnlint.frontend.recorder import Update
from rnnlint.frontend.values import (
    ArrayRef,
    BoundMethod,
    Const,
    Function,
    LayerValue,
    LossValue,
    Mapping,
    Native,
    Opaque,
    Parameters,
    Sequence,
    Thing,
    Value,
    options_of,
)
from rnnlint.program.data import Array
from rnnlint.program.training import Evaluation, Fit, Loss, Optimizer
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
        note_schedule(call, call.get(0, "optimizer"))
        return _scheduler(call, name)
    if "swa_utils" in call.path:
        note_escape(call)
        return Opaque("averaged weights")
    settings: dict[str, Setting] = {
        "learning_rate": call.setting(1, "lr", Known(0.001)),
        "momentum": call.setting(2, "momentum", Known(0.0)),
    }
    made = Optimizer(optimizer_name(name), "torch", call.site, settings)
    thing = Thing("optimizer", call.site, optimizer=made, owners=_held(call, call.get(0, "params")))
    call.machine.happen("optimizer", call.node, thing)
    return thing


def _held(call: Call, given: Value | None) -> tuple[Value, ...]:
    """Whose parameters an optimizer is given, which is recorded."""
    owners = owners_in(given)
    call.machine.record.trained.extend(owners)
    call.machine.record.optimized.extend(owners)
    if not is_complete(given):  # it may hold the parameters of any network
        call.machine.record.loaded.extend(LayerValue(layer) for layer in call.machine.record.layers)
    return owners


def _scheduler(call: Call, name: str) -> Value:
    """A schedule of learning rates; one may hold others."""
    driven = call.get(0, "optimizer")
    thing = Thing("scheduler", call.site, driven=driven, type_name=name)
    call.machine.happen("scheduler", call.node, *([driven] if driven is not None else []), by=Known(name))
    return thing


for _name in ("Adam", "SGD", "RMSprop", "Adagrad", "Adadelta", "AdamW", "NAdam", "LBFGS"):
    function(f"torch.optim.{_name}")(optimizer)


def note_schedule(call: Call, value: Value | None) -> None:
    """Record that something sets the learning rate of an optimizer during training."""
    for option in options_of(value) if value is not None else ():
        if isinstance(option, Thing) and option.kind == "optimizer":
            call.machine.record.schedules.append(option.slots["optimizer"])


@method("optimizer", "step")
def step(call: Call) -> Value:
    """optimizer.step(), or optimizer.step(closure), which runs the closure first."""
    assert isinstance(call.receiver, Thing)
    closure = call.get(0, "closure")
    if isinstance(closure, Function | BoundMethod | Native):
        call.machine.call(closure, (), {}, call.node)
    elif closure is not None:
        call.machine.happen("escape", call.node, call.receiver)
    call.machine.happen("step", call.node, call.receiver)
    owners = call.receiver.slots.get("owners", ())
    call.machine.record.updates.append(
        Update(call.site, call.receiver.slots["optimizer"], owners, offered=call.machine.offering)
    )
    return Const(None)


@method("scheduler", "step")
def schedule(call: Call) -> Value:
    """scheduler.step(), with or without a score."""
    assert isinstance(call.receiver, Thing)
    driven = call.receiver.slots["driven"]
    call.machine.happen(
        "schedule",
        call.node,
        *([driven] if driven is not None else []),
        needs_score=Known(call.receiver.slots["type_name"] == "ReduceLROnPlateau", call.receiver.site),
        given=Known(bool(call.args or call.keywords)),
    )
    return Const(None)


@method("optimizer", "load_state_dict", "state_dict", "add_param_group")
@method("scheduler", "load_state_dict", "state_dict")
def silent(call: Call) -> Value:
    """Calls without effect on what is known."""
    return Const(None)


@method("optimizer", "add_param_group")
def add_param_group(call: Call) -> Value:
    """More parameters for an optimizer."""
    assert isinstance(call.receiver, Thing)
    owners = _held(call, call.get(0, "param_group"))
    call.machine.heap.write(call.receiver, "owners", (*call.receiver.slots.get("owners", ()), *owners))
    return Const(None)


@attribute("optimizer", "param_groups")
def param_groups(call: Call) -> Value:
    """The groups of an optimizer."""
    assert isinstance(call.receiver, Thing)
    group = Mapping({"params": Parameters(call.receiver.slots.get("owners", ()))}, complete=False)
    call.machine.record.rate_holders.append((call.receiver.slots["optimizer"], group))
    return Sequence("list", None, group)


@method("parameters", "numel", "nelement", "size", "dim", "norm", "mean", "std", "abs", "sum", "pow", "item", "clone",
        "detach", "cpu", "numpy")  # fmt: skip
def read(call: Call) -> Value:
    """Something computed from the parameters, which leaves them as they are."""
    return Opaque("something computed from parameters")


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
            m.happen("judge", call.node, array=output.array)
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
    reduction: Setting = made.settings.get("reduction", Known("mean"))
    if {"size_average", "reduce"} & made.settings.keys():
        reduction = Unknown("the loss says in an old way how it is reduced")
    reduced = not {"reduction", "reduce"} & made.settings.keys()
    settings: dict[str, Setting] = {"reduction": reduction, "reduced": Known(reduced)}
    return ArrayRef(m.array("loss", call.site, output.array, settings=settings))


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
