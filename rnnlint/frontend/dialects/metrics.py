"""Metric objects that keep a state: torchmetrics, keras.metrics."""

from __future__ import annotations

from rnnlint.frontend.catalog.activations import metric_name
from rnnlint.frontend.dispatch import Call, function, method
from rnnlint.frontend.values import ArrayRef, Const, Opaque, Sequence, Thing, Value
from rnnlint.program.data import Array
from rnnlint.program.training import Metric, MetricUse, Score

UPDATES = ("update", "update_state", "__call__", "forward")
READS = ("compute", "result")
RESETS = ("reset", "reset_state", "reset_states")


@function("keras.metrics.*", "torchmetrics.*")
def metric(call: Call) -> Value:
    """A metric object, or a metric function."""
    name = call.path.rsplit(".", 1)[-1]
    if name[:1].islower():
        return score(call)
    made = Thing(
        "metric", call.site, metric=Metric(metric_name(name), call.site, name), framework=call.path.split(".", 1)[0]
    )
    _note(call, made, "made")
    return made


@function("sklearn.metrics.*")
def score(call: Call) -> Value:
    """A metric function on outputs and targets."""
    name = call.path.rsplit(".", 1)[-1]
    metric = Metric(metric_name(name.removesuffix("_score")), call.site, name)
    call.machine.record.scores.append(Score(metric, call.site, _arrays(call)))
    return Opaque("a score")


def _arrays(call: Call) -> tuple[Array, ...]:
    named = [call.keywords[name] for name in ("y_true", "y_pred", "preds", "target") if name in call.keywords]
    return tuple(value.array for value in (*call.args, *named) if isinstance(value, ArrayRef))


@function("torch.utils.data.WeightedRandomSampler", "torch.utils.data.sampler.WeightedRandomSampler", "imblearn.*")
def resampling(call: Call) -> Value:
    """Rare classes drawn more often."""
    call.machine.record.resamplings.append(call.site)
    return Opaque("a sampler")


def _note(call: Call, made: Thing, how: str) -> None:
    loops = tuple(turn.loop for turn in call.machine.turns)
    call.machine.record.metric_uses.append(MetricUse(made.born, how, call.site, loops, made.slots["framework"]))


@method("metric", *UPDATES, *READS, *RESETS)
def use(call: Call) -> Value:
    """An update, a reading or a reset; a call of the object returns the score of its batch."""
    assert isinstance(call.receiver, Thing)
    how = "update" if call.path in UPDATES else "read" if call.path in READS else "reset"
    if not call.path or call.path == "__call__":
        how = "update"
    _note(call, call.receiver, how)
    if how == "update":
        made: Metric = call.receiver.slots["metric"]
        call.machine.record.scores.append(Score(made, made.site, _arrays(call)))
    return Opaque("a score")


@method("metric", "to", "cuda", "cpu", "clone", "add_metrics")
def same(call: Call) -> Value:
    """Calls that return the metric itself; a clone has a state of its own."""
    if call.path == "clone" and isinstance(call.receiver, Thing):
        slots = call.receiver.slots
        made = Thing("metric", call.site, metric=slots["metric"], framework=slots["framework"])
        _note(call, made, "made")
        return made
    return call.receiver if call.path != "add_metrics" else Const(None)


@method("metric", "items", "values")
def members(call: Call) -> Value:
    """The members of a collection, whose resets are those of the collection."""
    return Sequence("list", None, call.receiver)
