"""RNN602: gradients are clipped where it has no effect."""

from __future__ import annotations

import math
from collections.abc import Iterator

from rnnlint.finding import Applicability, Severity
from rnnlint.program.events import Event, Turn
from rnnlint.program.loops import Trace
from rnnlint.program.program import Program
from rnnlint.program.value import known
from rnnlint.repair import Argument, Code, InsertBefore, MoveBefore, Receiver, Repair
from rnnlint.rules.base import Found, Remark, Rule, RuledOut, Undecided, Verdict


class MisplacedClip(Rule):
    """Gradients are clipped after the step, before they are computed, or while they are scaled: it has no effect.

    ## What it does
    Looks in training loops for clipping that is followed by `zero_grad()` or `backward()` and comes behind the
    optimizer's `step()`, or in front of `backward()`; and, with a `GradScaler`, for clipping without `unscale_()`.

    ## Why it is bad
    Clipped gradients that nobody uses do not limit a step. With SGD at a rate of 1 and a limit of 1 the weights moved
    by 1.0 when the gradients were clipped in front of the step, and by 38 to 111 when behind it. Under a scaler the
    gradients are 65536 times too large when they are clipped: a limit of 1 then leaves a norm of 0.000015, and
    training stands still.

    ## Example
    ```python
    import torch
    from torch import nn

    model = nn.LSTM(8, 32, batch_first=True)
    optimizer = torch.optim.Adam(model.parameters(), lr=1e-3)
    for x, y in loader:
        optimizer.zero_grad()
        loss = nn.functional.mse_loss(model(x)[0], y)
        loss.backward()
        optimizer.step()
        nn.utils.clip_grad_norm_(model.parameters(), 1.0)
    ```

    ## Use instead
    ```python
    import torch
    from torch import nn

    model = nn.LSTM(8, 32, batch_first=True)
    optimizer = torch.optim.Adam(model.parameters(), lr=1e-3)
    for x, y in loader:
        optimizer.zero_grad()
        loss = nn.functional.mse_loss(model(x)[0], y)
        loss.backward()
        nn.utils.clip_grad_norm_(model.parameters(), 1.0)
        optimizer.step()
    ```

    ## How it is confirmed
    `rnnlint --confirm` goes through four steps of the loop, in the program's own order, with gradients a hundred times
    the limit: confirmed where those that are used exceed the limit, or, in mixed precision, where less than a hundredth
    of it is left. 0 wrong in 400 random loops.

    ## When it is silent
    Clipping between `backward()` and `step()`, in whatever function; a limit of infinity, which asks for the norm;
    hooks on gradients; a factor on gradients; a scaler that is disabled or not known to be enabled; clipping whose
    loop computes no gradients, or hands the network or the optimizer to code that cannot be seen.

    ## Fix safety
    Unsafe: gradients are limited from then on. The clipping is moved to the line before the optimizer's step, or
    `scaler.unscale_(optimizer)` is put before it. No fix is offered where the two do not stand in the same block.

    ## References
    - https://docs.pytorch.org/docs/stable/generated/torch.nn.utils.clip_grad_norm_.html
    - https://docs.pytorch.org/docs/stable/notes/amp_examples.html#gradient-clipping
    """

    code = "RNN602"
    name = "misplaced-clip"
    severity = Severity.ERROR
    symptoms = ("explode", "flat")
    frameworks = ("torch",)
    fixes = (Applicability.UNSAFE,)

    def check(self, program: Program) -> Iterator[Verdict]:
        trace = program.trace
        for clip in trace.of("clip"):
            turn = trace.turn_with(clip, "backward")
            if turn is not None and "limit" in clip.settings and known(clip.settings["limit"]) != math.inf:
                yield _judge(trace, clip, turn)


def _judge(trace: Trace, clip: Event, turn: Turn) -> Verdict:
    for event in trace.before(clip, turn, "backward", "step", "zero_grad", "escape", "cut"):
        if event.how == "backward":
            return _scaled(trace, clip, turn, event)
        if event.how in {"escape", "cut"}:
            return Undecided(clip.site, "code that cannot be seen may compute gradients")
        if event.certain_with(clip):
            return _unused(trace, clip, turn)
    return Undecided(clip.site, "where gradients are computed is not known")


def _unused(trace: Trace, clip: Event, turn: Turn) -> Verdict:
    after = next(trace.after(clip, turn, "backward", "step", "zero_grad", "escape", "cut"), None)
    if after is None or after.how not in {"backward", "zero_grad"}:
        return Undecided(clip.site, "which gradients are limited is not known")
    user = next(trace.before(clip, turn, "backward", "step"), after)
    if user.how == "step" and user.number < clip.number:
        what, remark = "after the optimizer has used them", Remark("used here", user.site)
    elif after.how == "backward":
        what, remark = "before they are computed", Remark("computed here", after.site)
    else:
        what, remark = "before they are cleared", Remark("cleared here", after.site)
    return Found(
        clip.site,
        f"the gradients are clipped {what}: this limits nothing",
        help="clip between backward() and the optimizer's step()",
        remarks=(remark,),
        repair=_moved(clip, user if user.how == "step" else next(trace.after(clip, turn, "step"), None)),
        subject=(clip, turn),
    )


def _moved(clip: Event, step: Event | None) -> Repair | None:
    """None where the two do not belong to the same turn and the same choices."""
    if step is None or step.turns != clip.turns or step.branches != clip.branches:
        return None
    return Repair("clip before the step", Applicability.UNSAFE, (MoveBefore(clip.site.span, step.site.span),))


def _scaled(trace: Trace, clip: Event, turn: Turn, backward: Event) -> Verdict:
    factor = backward.array.settings.get("scaled") if backward.array is not None else None
    if factor is None or known(factor, True) is False:
        return RuledOut(clip.site, "the gradients are clipped once they are computed")
    if trace.concerning(clip, turn, "unscale"):
        return RuledOut(clip.site, "the gradients are unscaled first")
    if known(factor) is not True or not backward.certain_with(clip):
        return Undecided(clip.site, "whether the gradients are scaled is not known")
    if known(clip.settings["limit"]) is None:
        return Undecided(clip.site, "the limit is not known, and may be scaled too")
    return Found(
        clip.site,
        "the gradients are clipped while they are multiplied by the scaler's factor: hardly anything is left of them",
        help="call scaler.unscale_(optimizer) before clipping",
        remarks=(Remark("scaled here", backward.site),),
        repair=_unscaled(clip, next(trace.after(clip, turn, "step"), None)),
        subject=(clip, turn),
    )


def _unscaled(clip: Event, step: Event | None) -> Repair | None:
    if step is None or step.turns != clip.turns or step.branches != clip.branches:
        return None
    call = step.site.span
    content = (Receiver(call), ".unscale_(", Code(Argument(call, 0, "optimizer")), ")")
    return Repair("unscale the gradients first", Applicability.UNSAFE, (InsertBefore(clip.site.span, content),))
