"""RNN501: nothing limits the gradients of a recurrent network."""

from __future__ import annotations

from collections.abc import Iterator

from rnnlint.finding import Applicability, Severity
from rnnlint.program.network import UNBOUNDED_ACTIVATIONS
from rnnlint.program.program import Program
from rnnlint.program.scales import excess
from rnnlint.program.training import TrainingStep
from rnnlint.program.value import known, possible
from rnnlint.repair import Called, InsertBefore, Qualified, Repair, Replace, SetArgument, Verb
from rnnlint.rules.base import Found, Remark, Rule, RuledOut, Undecided, Verdict

LONG, VERY_LONG = 50, 100
MATTERS = (
    "; measured to matter for an unbounded LSTM over 50 steps or more, a linear simple RNN, and SGD with momentum or "
    "unscaled targets; it does not cure constant predictions"
)


class UnclippedRecurrentGradient(Rule):
    """A recurrent network is trained and nothing limits its gradients.

    ## What it does
    Looks for clipping in the optimizer (`clipnorm`, `clipvalue`, `global_clipnorm`), in the loop
    (`clip_grad_norm_`, `clip_grad_value_`, gradients changed by hand), in a gradient tape, and in a Trainer
    (`gradient_clip_val`).

    ## Why it is bad
    Usually it is not: in 83 runs of tanh networks (20 to 300 steps, Adam up to 1e-2, SGD up to 0.1) no gradient
    norm went above 8.73, none diverged, and clipping changed the final loss by a factor of 1.01. So this is advice.
    It matters where a measurement says so, and is a warning there:

    - an LSTM with an unbounded activation over 50 steps or more: norms up to 7e34, losses that overflow;
    - SGD on unscaled targets: norms of 1.5e6 to 6.6e6 for targets of a scale of 100;
    - a linear simple recurrent network, whose state grows with every step;
    - a simple recurrent network over 100 steps or more, SGD with momentum 0.9 and a rate of 0.1: NaN in 3 of 3
      runs.

    Clipping cures neither constant predictions nor vanishing gradients: it leaves the ratio of early to late
    gradients as it is, and with unscaled targets it makes learning ten times slower.

    ## Example
    ```python
    from keras import Sequential
    from keras.layers import LSTM, Dense

    model = Sequential([LSTM(32), Dense(1)])
    model.compile(optimizer="adam", loss="mse")
    model.fit(x, y)
    ```

    ## Use instead
    ```python
    from keras import Sequential
    from keras.layers import LSTM, Dense
    from keras.optimizers import Adam

    model = Sequential([LSTM(32), Dense(1)])
    model.compile(optimizer=Adam(clipnorm=1.0), loss="mse")
    model.fit(x, y)
    ```

    ## How it is confirmed
    By training a small network of the same kind and watching the gradient norm at each step.

    ## When it is silent
    Any clipping that the program shows, also in a helper or in another loop; networks that are not trained here; an
    optimizer that is not known.

    ## Fix safety
    Unsafe: clipping changes the training. `clipnorm=1.0` is added to the optimizer; one that is given by its name is
    written as an object where the file's imports lead to its class. In PyTorch `clip_grad_norm_` comes before `step()`,
    and a Lightning Trainer gets `gradient_clip_val=1.0`.

    No fix is offered where the optimizer's name is stated elsewhere, where the network is not applied in the same
    function as the step, under mixed precision and for L-BFGS.

    ## References
    - Pascanu, Mikolov and Bengio, On the difficulty of training recurrent neural networks (2013)
    """

    code = "RNN501"
    name = "unclipped-recurrent-gradient"
    severity = Severity.ADVICE
    symptoms = ("explode",)
    frameworks = ("keras", "torch")
    fixes = (Applicability.UNSAFE,)
    about_recurrence = True

    def check(self, program: Program) -> Iterator[Verdict]:
        for step in program.steps:
            if step.model.recurrent_layers:
                yield _judge(program, step)


def _judge(program: Program, step: TrainingStep) -> Verdict:
    if step.clips:
        clip = step.clips[0]
        return RuledOut(step.site, f"{clip.how} limits the gradients", (Remark("clipped here", clip.site),))
    if step.hidden:
        return Undecided(step.site, step.hidden)
    layer = step.model.recurrent_layers[0]
    risk, remark = _risk(program, step)
    name = f"`{step.model.name}` " if step.model.name else "a network "
    clip_with = (
        "clipnorm=1.0 in the optimizer" if step.framework == "keras" else "clip_grad_norm_ between backward and step"
    )
    return Found(
        step.site,
        f"nothing limits the gradients of {name}({layer.type_name}){': ' + risk if risk else ''}",
        help=f"limit them with {clip_with}" + ("" if risk else MATTERS),
        remarks=remark,
        severity=Severity.WARNING if risk else Severity.ADVICE,
        repair=_repair(program, step),
    )


def _repair(program: Program, step: TrainingStep) -> Repair | None:
    """None where the same place trains other networks, too, or where what clips cannot be written."""
    shared = [other for other in program.steps if other.site.span == step.site.span]
    if not all(other.model.recurrent_layers and not other.clips for other in shared):
        return None
    verb = _in_optimizer(program, step) if step.framework == "keras" else _before_step(program, step)
    return Repair("limit the norm of the gradients to 1", Applicability.UNSAFE, (verb,)) if verb is not None else None


def _in_optimizer(program: Program, step: TrainingStep) -> Verb | None:
    optimizer, origin = step.optimizer, program.origins.get(step.model.site)
    if optimizer is None or optimizer.framework != "keras":
        return None
    if not optimizer.named:
        return SetArgument(optimizer.site.span, "clipnorm", ("1.0",)) if optimizer.site.span != step.site.span else None
    if origin is None or origin.private or not step.site.span.holds(optimizer.site.span):
        return None
    made = Qualified(f"{origin.written}.optimizers.{optimizer.named}")
    return Replace(optimizer.site.span, (made, "(clipnorm=1.0)"))


def _before_step(program: Program, step: TrainingStep) -> Verb | None:
    """Between backward and the optimizer's step, where the network is applied in the same code; or in a Trainer."""
    trace = program.trace
    taken = next((event for event in trace.of("step") if event.site.span == step.site.span), None)
    if taken is None:
        return SetArgument(step.site.span, "gradient_clip_val", ("1.0",)) if step.optimizer is None else None
    if step.optimizer is None or step.optimizer.kind == "lbfgs" or not taken.layers:
        return None
    before = next(trace.earlier(taken, "backward", "step", "unscale"), None)
    factor = before.array.settings.get("scaled") if before is not None and before.array is not None else None
    applied = next((one for one in trace.earlier(taken, "forward") if one.layers == taken.layers), None)
    if before is None or before.how != "backward" or factor is not None or applied is None or applied.no_grad:
        return None
    model = (Called(applied.site.span), ".parameters()")
    return InsertBefore(taken.site.span, (Qualified("torch.nn.utils.clip_grad_norm_"), "(", *model, ", 1.0)"))


def _risk(program: Program, step: TrainingStep) -> tuple[str, tuple[Remark, ...]]:
    """The measured situation in which clipping matters, if this is one."""
    for layer in step.model.recurrent_layers:
        steps = program.steps_of(layer)
        activations = possible(layer.setting("activation")) or ("tanh",)
        unbounded = all(name in UNBOUNDED_ACTIVATIONS for name in activations)
        if layer.kind == "lstm" and unbounded and (steps is None or steps >= LONG):
            return f"its cell is not bounded ({activations[0]})", (Remark("this layer", layer.site),)
        if layer.kind == "rnn" and "linear" in activations:
            return "its linear state grows with every step", (Remark("this layer", layer.site),)
        if layer.kind == "rnn" and steps is not None and steps >= VERY_LONG and _fast_sgd(step):
            return f"SGD with momentum over {steps} steps diverged in every measured run", (
                Remark("this layer", layer.site),
            )
    return _unscaled_sgd(step)


def _fast_sgd(step: TrainingStep) -> bool:
    if step.optimizer is None or step.optimizer.kind != "sgd":
        return False
    rate, momentum = (known(step.optimizer.settings.get(name), 0.0) for name in ("learning_rate", "momentum"))
    return isinstance(rate, float | int) and isinstance(momentum, float | int) and rate >= 0.1 and momentum >= 0.9


def _unscaled_sgd(step: TrainingStep) -> tuple[str, tuple[Remark, ...]]:
    if step.optimizer is None or step.optimizer.kind != "sgd":
        return "", ()
    for fit in step.fits:
        target = fit.target
        found = excess(target.quantity) if target is not None and fit.loss is not None and fit.loss.regression else None
        if found is not None and found.large and found.confidence.rank and target is not None:
            return f"SGD on an unscaled target ({target.quantity.label})", (Remark("trained here", fit.site),)
    return "", ()
