"""RNN506: a learning-rate scheduler is stepped before its optimizer, or without the score that it needs."""

from __future__ import annotations

from collections.abc import Iterator

from rnnlint.finding import Applicability, Severity
from rnnlint.program.events import Event, Turn
from rnnlint.program.loops import Trace
from rnnlint.program.program import Program
from rnnlint.program.value import known
from rnnlint.repair import MoveBehind, Repair
from rnnlint.rules.base import Found, Remark, Rule, RuledOut, Undecided, Verdict


class SchedulerOrder(Rule):
    """A scheduler is stepped before its optimizer, which skips the first rate, or without the score it waits for.

    ## What it does
    Looks for `scheduler.step()` that comes first in a training loop, in front of the optimizer's first step; and for
    `step()` without arguments of a scheduler that lowers the rate when a score stops falling.

    ## Why it is bad
    The first rate of the schedule is never used, and each later one comes a turn early: with `StepLR(step_size=1,
    gamma=0.1)` from 0.1 the first step is taken with 0.01. PyTorch warns of it since 1.1, where the order changed.
    Without its score `ReduceLROnPlateau.step()` raises a TypeError at the end of the first epoch.

    ## Example
    ```python
    import torch
    from torch import nn

    model = nn.Linear(8, 1)
    optimizer = torch.optim.SGD(model.parameters(), lr=0.1)
    scheduler = torch.optim.lr_scheduler.StepLR(optimizer, step_size=30)
    for epoch in range(100):
        scheduler.step()
        for x, y in loader:
            optimizer.zero_grad()
            nn.functional.mse_loss(model(x), y).backward()
            optimizer.step()
    ```

    ## Use instead
    ```python
    import torch
    from torch import nn

    model = nn.Linear(8, 1)
    optimizer = torch.optim.SGD(model.parameters(), lr=0.1)
    scheduler = torch.optim.lr_scheduler.StepLR(optimizer, step_size=30)
    for epoch in range(100):
        for x, y in loader:
            optimizer.zero_grad()
            nn.functional.mse_loss(model(x), y).backward()
            optimizer.step()
        scheduler.step()
    ```

    ## How it is confirmed
    The rate of the first step is not the one that the optimizer was made with.

    ## When it is silent
    A scheduler behind the optimizer's step, or under a condition; an epoch or a score given to `step()`; a step taken
    before the loop; an optimizer or a scheduler that is not known, or handed to code that cannot be seen.

    ## Fix safety
    Unsafe: the scheduler's step is moved behind the optimizer's where both stand in the same block, and the rates are
    others from then on. No fix is offered where the optimizer steps in a loop of its own, and for a missing score.

    ## References
    - https://docs.pytorch.org/docs/stable/optim.html#how-to-adjust-learning-rate
    """

    code = "RNN506"
    name = "scheduler-order"
    severity = Severity.WARNING
    frameworks = ("torch",)
    fixes = (Applicability.UNSAFE,)

    def check(self, program: Program) -> Iterator[Verdict]:
        trace = program.trace
        for schedule in trace.of("schedule"):
            if known(schedule.settings["needs_score"]):
                yield _scored(schedule)
            elif not known(schedule.settings["given"]) and schedule.subjects:
                turn = trace.turn_with(schedule, "step")
                if turn is not None:
                    yield _ordered(trace, schedule, turn)


def _scored(schedule: Event) -> Verdict:
    if known(schedule.settings["given"]) or schedule.doubtful:
        return RuledOut(schedule.site, "the scheduler is given a score")
    return Found(
        schedule.site,
        "this scheduler lowers the rate when a score stops falling, and is given none: step() raises",
        help="pass the validation loss to step()",
    )


def _ordered(trace: Trace, schedule: Event, turn: Turn) -> Verdict:
    steps = [one for one in trace.concerning(schedule, turn, "step") if one.subjects & schedule.subjects]
    if not steps:
        return Undecided(schedule.site, "the optimizer is not known")
    if steps[0].number < schedule.number:
        return RuledOut(schedule.site, "the optimizer steps first", (Remark("here", steps[0].site),))
    if any(one.concerns(schedule) for one in trace.earlier(schedule, "step", "escape")):
        return RuledOut(schedule.site, "the optimizer has taken a step before")
    if not schedule.certain_with(steps[0]) or steps[0].doubtful:
        return Undecided(schedule.site, "it is stepped under a condition")
    return Found(
        schedule.site,
        "the scheduler is stepped before the optimizer: the first rate of the schedule is skipped",
        help="step the scheduler behind the optimizer's steps",
        remarks=(Remark("the optimizer steps here", steps[0].site),),
        severity=Severity.ADVICE,
        repair=_repair(schedule, steps[0]),
    )


def _repair(schedule: Event, step: Event) -> Repair | None:
    if schedule.turns != step.turns or schedule.branches != step.branches:
        return None
    verb = MoveBehind(schedule.site.span, step.site.span)
    return Repair("step the scheduler behind the optimizer", Applicability.UNSAFE, (verb,))
