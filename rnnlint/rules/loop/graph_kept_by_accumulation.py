"""RNN609: a loss is summed up with the graph that it was computed by."""

from __future__ import annotations

from collections.abc import Iterator

from rnnlint.finding import Applicability, Severity
from rnnlint.program.data import Array
from rnnlint.program.events import Event
from rnnlint.program.loops import Trace
from rnnlint.program.network import ELEMENTWISE_KINDS
from rnnlint.program.program import Program
from rnnlint.repair import Assigned, Repair, Surround
from rnnlint.rules.base import Found, Remark, Rule, RuledOut, Undecided, Verdict


class GraphKeptByAccumulation(Rule):
    """A loss is added up over a loop without item() or detach(): the sum keeps the graph of every turn alive.

    ## What it does
    Looks for `total += loss` where the loss still leads back to the network's weights and no `backward()` is ever
    called on the sum. Where `backward()` has freed the graph before, it is advice only.

    ## Why it is bad
    Each turn's activations stay in memory until the sum is dropped. An evaluation of an LSTM(64) on 300 batches of 32
    series of 50 steps took 785 MB more and ten times as long as one under `no_grad()`. Behind `backward()` only the
    emptied graph stays, 13 kB a turn.

    ## Example
    ```python
    import torch
    from torch import nn

    model = nn.Linear(8, 1)
    total = 0
    for x, y in loader:
        total += nn.functional.mse_loss(model(x), y)
    print(total)
    ```

    ## Use instead
    ```python
    import torch
    from torch import nn

    model = nn.Linear(8, 1)
    total = 0
    with torch.no_grad():
        for x, y in loader:
            total += nn.functional.mse_loss(model(x), y).item()
    print(total)
    ```

    ## How it is confirmed
    The sum has a `grad_fn`, and memory grows with each turn.

    ## When it is silent
    `item()`, `detach()`, `data`, `float()`, `no_grad()`; a sum that `backward()` is called on; a sum in a function
    whose callers are not seen, or that other code calls in front of `backward()`; a `backward()` whose loss is not
    known; numbers of right guesses, and losses written by hand.

    ## Fix safety
    Safe: `.detach()` is called on what is added. The sum is the same tensor with the same value, and no gradient is
    taken of it; `item()` would make it a number, which the code behind the loop may not expect.

    ## References
    - https://docs.pytorch.org/docs/stable/notes/faq.html
    """

    code = "RNN609"
    name = "graph-kept-by-accumulation"
    severity = Severity.WARNING
    symptoms = ("slow", "crash")
    frameworks = ("torch",)
    fixes = (Applicability.SAFE,)

    def check(self, program: Program) -> Iterator[Verdict]:
        trace = program.trace
        for place in trace.of("keep"):
            every = [one for one in trace.events if one.how == "keep" and one.site == place.site and not one.no_grad]
            verdicts = [_judge(trace, one, one.array) for one in every if one.array is not None and _loss(one.array)]
            yield from sorted(verdicts, key=lambda verdict: isinstance(verdict, Found))[:1]


def _judge(trace: Trace, kept: Event, array: Array) -> Verdict:
    freed = None
    if any(_weighted(one) and one.number < kept.turns[-1].run for one in array.graph() if kept.turns):
        return RuledOut(kept.site, "the sum is that of the parts of one batch, which the network read before the loop")
    for backward in (event for event in trace.events if event.how == "backward"):
        behind = set(backward.array.graph()) if backward.array is not None else set()
        if not _trained(*behind) and backward.origin == kept.origin:
            return Undecided(kept.site, "a loss that gradients are computed of is not known")
        if backward.number < kept.number:
            freed = backward if array in behind or backward.array in set(array.graph()) else freed
        elif array in behind:
            return RuledOut(kept.site, "gradients are computed of the sum", (Remark("here", backward.site),))
        elif set(backward.turns) <= set(kept.turns) and freed is None:
            return Undecided(kept.site, "gradients may be computed of the sum")
    if kept.origin and freed is None:
        return Undecided(kept.site, "what becomes of the sum is not known")
    return Found(
        kept.site,
        "the sum keeps the graph of every turn alive" + (", emptied by backward()" if freed else ""),
        help="add loss.item(), and evaluate under torch.no_grad()",
        remarks=(Remark("the loss", array.site),),
        severity=Severity.ADVICE if freed else Severity.WARNING,
        repair=Repair(
            "add it without its graph",
            Applicability.SAFE,
            (Surround(Assigned(kept.site.span), behind=(".detach()",)),),
        ),
    )


def _loss(array: Array) -> bool:
    return any(one.op == "loss" for one in array.graph()) and _trained(array)


def _trained(*arrays: Array) -> bool:
    """Whether weights are behind one of the arrays."""
    return any(_weighted(one) for array in arrays for one in array.graph())


def _weighted(array: Array) -> bool:
    return array.op == "apply" and array.layer is not None and array.layer.kind not in ELEMENTWISE_KINDS
