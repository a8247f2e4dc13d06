"""Lightning: the Trainer, and networks trained through a module's steps."""

from __future__ import annotations

from rnnlint.frontend.dispatch import Call, function, method
from rnnlint.frontend.recorder import Update
from rnnlint.frontend.values import Const, Function, Instance, Mapping, Opaque, Sequence, Thing, Value
from rnnlint.program.value import Known, Setting, Unknown


@function("lightning.Trainer", "lightning.trainer.Trainer", "lightning.trainer.trainer.Trainer", "lightning.Fabric")
def trainer(call: Call) -> Value:
    """A Trainer with its clipping, or none."""
    clip: Setting = call.setting(None, "gradient_clip_val", Known(None))
    if "**" in call.keywords and "gradient_clip_val" not in call.keywords:
        clip = Unknown("it may be among arguments that are not known")
    return Thing("trainer", call.site, clip=clip)


@method("trainer", "fit")
def fit(call: Call) -> Value:
    """Trainer.fit: the module's steps are run on a batch of its loader."""
    module = call.get(0, "model")
    assert isinstance(call.receiver, Thing)
    if isinstance(module, Instance):
        call.machine.record.trained.append(module)
        call.machine.happen("fit", call.node, module)
        call.machine.record.updates.append(
            Update(
                call.receiver.site,
                None,
                (module,),
                trainer_clip=call.receiver.slots["clip"],
                offered=call.machine.offering,
            )
        )
        for hook in ("configure_gradient_clipping", "on_before_optimizer_step", "on_after_backward"):
            body = module.cls.lookup(hook)
            if isinstance(body, Function):
                call.machine.call(body, (module, Opaque("an optimizer")), {}, call.node)
        with call.machine.looping(call.node):
            _epoch(call, module)
    return Const(None)


def _epoch(call: Call, module: Instance) -> None:
    """What Lightning runs in one epoch, in its order."""
    train, valid = call.get(1, "train_dataloaders"), call.get(2, "val_dataloaders")
    call.machine.happen("train", call.node, module)
    _hook(call, module, "on_train_epoch_start")
    with call.machine.looping(module.cls.node):
        _run(call, module, "training_step", train, "train_dataloader")
    call.machine.happen("eval", call.node, module)
    call.machine.no_gradient.append(call.site)
    try:
        _hook(call, module, "on_validation_epoch_start")
        with call.machine.looping(module.cls.node):
            _run(call, module, "validation_step", valid, "val_dataloader")
        _hook(call, module, "on_validation_epoch_end")
    finally:
        call.machine.no_gradient.pop()
    _hook(call, module, "on_train_epoch_end")


def _hook(call: Call, module: Instance, name: str) -> None:
    body = module.cls.lookup(name)
    if isinstance(body, Function):
        call.machine.call(body, (module,), {}, call.node)


def _run(call: Call, module: Instance, name: str, loader: Value | None, own: str) -> None:
    from rnnlint.frontend.iteration import element_of

    step = module.cls.lookup(name)
    if not isinstance(step, Function):
        return
    maker = module.cls.lookup(own)
    if loader is None and isinstance(maker, Function):
        loader = call.machine.call(maker, (module,), {}, call.node)
    if isinstance(loader, Mapping | Sequence) or loader is None:
        batch: Value = Opaque("a batch of a loader that is not known")
    else:
        batch = element_of(call.machine, loader, call.node)
    call.machine.call(step, (module, batch, Const(0)), {}, call.node)


@method("module", "clip_gradients")
def clip_gradients(call: Call) -> Value:
    """LightningModule.clip_gradients."""
    call.machine.happen("clip", call.node, call.receiver, by=Known("clip_gradients"))
    return Const(None)


@method("trainer", "test", "validate", "predict", "tune")
def silent(call: Call) -> Value:
    """Calls without effect on what is known."""
    return Opaque("results of a trainer")
