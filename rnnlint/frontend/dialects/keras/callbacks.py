"""Keras callbacks: what they wait for, and whether fit measures it."""

from __future__ import annotations

from rnnlint.frontend.catalog.activations import snake
from rnnlint.frontend.dispatch import Call, function, instance_kind
from rnnlint.frontend.values import Const, Instance, Mapping, Opaque, Sequence, Thing, Value, settled
from rnnlint.program.training import Callback
from rnnlint.program.value import Known, Setting, Unknown, possible

PLACES = {"EarlyStopping": 0, "ReduceLROnPlateau": 0, "ModelCheckpoint": 1}  # of the argument `monitor`
QUIET = frozenset(
    {"TensorBoard", "CSVLogger", "LearningRateScheduler", "TerminateOnNaN", "ProgbarLogger", "History",
     "BackupAndRestore", "BaseLogger", "RemoteMonitor", "SwapEMAWeights"}
)  # fmt: skip
HIDDEN = "it may be among arguments that are not known"
UNSHOWN = "arguments of fit are not known"

instance_kind("keras_callback", "keras.callbacks.Callback")


@function("keras.callbacks.*")
def callback(call: Call) -> Value:
    """One of Keras' callbacks."""
    name = call.path.rsplit(".", 1)[-1]
    if name not in PLACES and name not in QUIET:
        return Opaque(f"what {name} does is not known")
    made = Callback(snake(name), call.site, name, _monitor(call, name), _restores(call, name))
    return Thing("callback", call.site, callback=made)


for _name in (*PLACES, *QUIET):
    function(f"keras.callbacks.{_name}")(callback)


def _monitor(call: Call, name: str) -> Setting | None:
    """The quantity that it waits for. A checkpoint waits for one only where it keeps the best."""
    if name not in PLACES:
        return None
    missing: Setting = Unknown(HIDDEN) if "**" in call.keywords else Known("")
    if name == "ModelCheckpoint":
        only = call.setting(3, "save_best_only", missing if isinstance(missing, Unknown) else Known(False))
        wanted = possible(only)
        if wanted is None or len(set(wanted)) > 1:
            return Unknown("whether it saves only the best is not known")
        if not wanted[0]:
            return None
    default = missing if isinstance(missing, Unknown) else Known("val_loss", call.site)
    return call.setting(PLACES[name], "monitor", default)


def _restores(call: Call, name: str) -> Setting:
    """Whether the weights of the best epoch come back after the training."""
    missing: Setting = (
        Unknown("it may be among arguments that are not known") if "**" in call.keywords else Known(False)
    )
    return call.setting(6, "restore_best_weights", missing) if name == "EarlyStopping" else Known(False)


def callbacks_of(call: Call, value: Value | None) -> tuple[Callback, ...]:
    """The callbacks that fit is given; one of which nothing is known stands for those that are not shown."""
    if value is None and "**" not in call.keywords:
        return ()
    if isinstance(value, Const) and value.value is None:
        return ()
    if isinstance(value, Thing) and value.kind == "callback":
        made: Callback = value.slots["callback"]
        return (made,)
    items = value.items if isinstance(value, Sequence) else None
    if items is not None:
        return tuple(found for item in items for found in callbacks_of(call, item))
    site = value.site if isinstance(value, Instance) else call.site
    return (Callback("", site, value.cls.name if isinstance(value, Instance) else ""),)


def validated(call: Call, model: Value) -> Setting:
    """Whether fit measures anything on validation data."""
    if "**" in call.keywords or "*" in call.keywords:
        return Unknown(UNSHOWN)
    if isinstance(model, Instance) and any(model.cls.lookup(name) for name in ("train_step", "test_step", "fit")):
        return Unknown("the model has a training step of its own")
    generator = call.path == "fit_generator"
    given = (
        call.get(5 if generator else 7, "validation_data"),
        None if generator else call.get(6, "validation_split"),
        call.get(None, "validation_steps"),
    )
    answers = [_measures(value) for value in given if value is not None]
    if any(answer is True for answer in answers):
        return Known(True)
    return Unknown("the validation data are not known") if None in answers else Known(False)


def _measures(value: Value) -> bool | None:
    """Whether validation data or a share of them are there; None where it is not known."""
    if isinstance(value, Const):
        return bool(value.value)
    if isinstance(value, Sequence | Thing | Mapping):
        return True
    return None if not hasattr(value, "array") else True


def updates_of(call: Call, rows: int | None) -> int | None:
    """How many times fit updates the weights, where epochs, samples and their batches are known."""
    if call.path != "fit" or rows is None or any(name in call.keywords for name in ("*", "**", "steps_per_epoch")):
        return None
    batch, epochs, split = call.get(2, "batch_size"), call.get(3, "epochs"), call.get(6, "validation_split")
    size, rounds = settled(batch, 32 if batch is None else None), settled(epochs, 1 if epochs is None else None)
    share = settled(split, 0.0 if split is None else None)
    if not isinstance(size, int) or not isinstance(rounds, int) or not isinstance(share, int | float) or size < 1:
        return None
    return rounds * -(-int(rows * (1 - share)) // size)
