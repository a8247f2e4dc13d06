"""RNN601: gradients are never cleared, so each step uses the sum of all gradients so far."""

from __future__ import annotations

from collections.abc import Iterator

from rnnlint.finding import Applicability, Severity
from rnnlint.program.events import Event, Turn
from rnnlint.program.loops import Trace
from rnnlint.program.program import Program
from rnnlint.repair import Argument, Code, InsertBefore, Receiver, Repair
from rnnlint.rules.base import Found, Remark, Rule, RuledOut, Undecided, Verdict


class MissingZeroGrad(Rule):
    """A loop computes gradients and steps without clearing them, so each step uses the sum of all gradients so far.

    ## What it does
    Looks for a loop with `backward()` and an optimizer's `step()` in which nothing clears the gradients that the
    optimizer uses: no `zero_grad()` of it or of its network, no `p.grad = None`, no `p.grad.zero_()`.

    ## Why it is bad
    PyTorch adds to the gradients that are there. On one batch with a learning rate of 0 the norm of the gradient is
    exactly 1, 2, 3 ... 8 times that of the first turn. An LSTM on a sine (5 seeds, 150 steps of Adam with 1e-2) ended
    at a loss of 0.39 to 1.34 times the variance of the target, and at 0.00003 to 0.00009 with `zero_grad()`; with
    1e-3 at 0.13 to 0.27 instead of 0.009 to 0.035. It does not fail: the loss falls at first, then swings.

    ## Example
    ```python
    import torch
    from torch import nn

    model = nn.Linear(8, 1)
    optimizer = torch.optim.Adam(model.parameters(), lr=1e-3)
    for x, y in loader:
        loss = nn.functional.mse_loss(model(x), y)
        loss.backward()
        optimizer.step()
    ```

    ## Use instead
    ```python
    import torch
    from torch import nn

    model = nn.Linear(8, 1)
    optimizer = torch.optim.Adam(model.parameters(), lr=1e-3)
    for x, y in loader:
        loss = nn.functional.mse_loss(model(x), y)
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
    ```

    ## How it is confirmed
    `rnnlint --confirm` goes through four steps of the loop, in the program's own order, with a rebuilt network on one
    batch at a rate of 0: the gradients that are used grow to four times the first. 0 wrong in 200 random loops.

    ## When it is silent
    Gradients accumulated over some batches and cleared behind the step; `zero_grad()` of the network, in a helper, in
    a closure, at the end of the loop, or under a condition; gradients set to None or replaced; Lightning's automatic
    optimisation; an optimizer that is not known, or that is handed to code which cannot be seen; a network and an
    optimizer made anew in each turn.

    ## Fix safety
    Unsafe: `optimizer.zero_grad()` is put before `backward()`, which changes the training. No fix is offered where the
    step is taken in another function or under a condition that `backward()` does not stand under.

    ## References
    - https://docs.pytorch.org/tutorials/recipes/recipes/zeroing_out_gradients.html
    """

    code = "RNN601"
    name = "missing-zero-grad"
    severity = Severity.ERROR
    symptoms = ("explode",)
    frameworks = ("torch",)
    fixes = (Applicability.UNSAFE,)

    def check(self, program: Program) -> Iterator[Verdict]:
        for step in program.trace.of("step"):
            turn = program.trace.turn_with(step, "backward")
            if turn is not None:
                yield _judge(program.trace, step, turn)


def _judge(trace: Trace, step: Event, turn: Turn) -> Verdict:
    cleared = trace.concerning(step, turn, "zero_grad", "gradient")
    if cleared:
        return RuledOut(step.site, "the gradients are cleared", (Remark("cleared here", cleared[0].site),))
    if trace.concerning(step, turn, "optimizer"):
        return RuledOut(step.site, "the optimizer is made anew in each turn")
    if step.optimizer is None or step.doubtful:
        return Undecided(step.site, "the optimizer is not known")
    if not step.layers:
        return Undecided(step.site, "the network is not known, and may clear its gradients itself")
    if trace.concerning(step, turn, "escape", "cut"):
        return Undecided(step.site, "code that cannot be seen may clear the gradients")
    backward = trace.concerning(step, turn, "backward")[0]
    return Found(
        step.site,
        "the gradients are never cleared in this loop: each step uses the sum of all gradients so far",
        help="call optimizer.zero_grad() in each turn, before backward()",
        remarks=(Remark("gradients are added up here", backward.site),),
        repair=_repair(step, backward),
        subject=(step, turn),
    )


def _repair(step: Event, backward: Event) -> Repair | None:
    """None where the optimizer does not step behind backward() in the same turn and under the same conditions."""
    if backward.number > step.number or backward.turns != step.turns or backward.branches != step.branches:
        return None
    scaled = backward.array is not None and "scaled" in backward.array.settings
    call = step.site.span
    optimizer = Code(Argument(call, 0, "optimizer")) if scaled else Receiver(call)
    verb = InsertBefore(backward.site.span, (optimizer, ".zero_grad()"))
    return Repair("clear the gradients before backward()", Applicability.UNSAFE, (verb,))
