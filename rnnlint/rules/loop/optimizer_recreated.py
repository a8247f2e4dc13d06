"""RNN618: an optimizer or a scheduler is made anew in each turn of a training loop."""

from __future__ import annotations

from collections.abc import Iterator

from rnnlint.finding import Confidence, Severity
from rnnlint.program.events import Event, Turn
from rnnlint.program.loops import Trace
from rnnlint.program.program import Program
from rnnlint.program.value import known
from rnnlint.rules.base import Found, Remark, Rule, RuledOut, Undecided, Verdict


class OptimizerRecreated(Rule):
    """An optimizer or scheduler is made anew in each step or epoch, so it forgets what it has gathered.

    ## What it does
    Looks for an optimizer with moments (Adam, SGD with momentum ...) that is made in the loop in which it takes its
    steps, or in the loop around it, for a network that is older than the loop; and for a scheduler made in the loop
    that steps it.

    ## Why it is bad
    Adam divides by a mean of squared gradients that it has to gather first: made anew, each of its steps has the size
    of the learning rate, whatever the gradient. An LSTM on a sine (5 seeds, 200 steps with 1e-2) ended at a loss of
    0.00001 to 0.00006 of the target's variance with one optimizer, at 0.0009 to 0.005 with one for each 10 steps, and
    at 0.014 to 0.024 with one for each step. With 1e-3 there was no difference yet. A scheduler made anew counts
    from 0 again: the rate never falls.

    ## Example
    ```python
    import torch
    from torch import nn

    model = nn.Linear(8, 1)
    for x, y in loader:
        optimizer = torch.optim.Adam(model.parameters(), lr=1e-3)
        optimizer.zero_grad()
        nn.functional.mse_loss(model(x), y).backward()
        optimizer.step()
    ```

    ## Use instead
    ```python
    import torch
    from torch import nn

    model = nn.Linear(8, 1)
    optimizer = torch.optim.Adam(model.parameters(), lr=1e-3)
    for x, y in loader:
        optimizer.zero_grad()
        nn.functional.mse_loss(model(x), y).backward()
        optimizer.step()
    ```

    ## How it is confirmed
    The optimizer's state is empty at the start of each turn.

    ## When it is silent
    A network that is made, copied, reset or loaded in the same turn (folds, trials, clients), or another one in each;
    SGD without momentum; an optimizer made under a condition, or with a learning rate that changes; two or more loops
    between the optimizer and its steps, as in stages of training.

    ## Fix safety
    None is offered.

    ## References
    - https://docs.pytorch.org/docs/stable/optim.html
    """

    code = "RNN618"
    name = "optimizer-recreated"
    severity = Severity.WARNING
    symptoms = ("flat",)
    frameworks = ("torch",)

    def check(self, program: Program) -> Iterator[Verdict]:
        trace = program.trace
        for made in trace.of("optimizer", "scheduler"):
            if made.turns:
                yield _judge(trace, made, made.turns[-1])


def _judge(trace: Trace, made: Event, turn: Turn) -> Verdict:
    steps = [one for one in trace.concerning(made, turn, "step" if made.how == "optimizer" else "schedule")
             if one.subjects & made.subjects and one.number > made.number]  # fmt: skip
    if not steps:
        return RuledOut(made.site, "it takes no step in this loop")
    inner = len(steps[0].turns) - len(made.turns)
    if made.how == "optimizer" and (made.optimizer is None or not made.optimizer.remembers):
        return RuledOut(made.site, "it has nothing to forget")
    if inner > (1 if made.how == "optimizer" else 0):
        return RuledOut(made.site, "each turn is a training of its own")
    if not all(one.concerns(made) for one in trace.events if one.how == made.how and one.site == made.site):
        return RuledOut(made.site, "each turn trains another network")
    if _renewed(trace, made, turn):
        return RuledOut(made.site, "what it works on is made anew too")
    if not made.layers or not made.certain_with(steps[0]) or not _constant(trace, made):
        return Undecided(made.site, "it may be made anew on purpose")
    return Found(
        made.site,
        f"the {made.how} is made anew in each turn of this loop: it forgets what it has gathered",
        help="make it once, before the loop",
        remarks=(Remark("it takes its steps here", steps[0].site),),
        confidence=Confidence.MEDIUM if inner else Confidence.HIGH,
    )


def _renewed(trace: Trace, made: Event, turn: Turn) -> bool:
    """Whether the network, or the optimizer of a scheduler, is made or set back in the same turn."""
    if made.how == "scheduler" and any(
        one.subjects & made.subjects for one in trace.concerning(made, turn, "optimizer")
    ):
        return True
    return bool(trace.concerning(made, turn, "layer", "reset", "escape"))


def _constant(trace: Trace, made: Event) -> bool:
    """Whether it is made with the same learning rate in each turn."""
    rates = {
        known(one.optimizer.settings["learning_rate"])
        for one in trace.events
        if one.how == made.how and one.site == made.site and one.optimizer is not None
    }
    return len(rates) <= 1 and None not in rates
