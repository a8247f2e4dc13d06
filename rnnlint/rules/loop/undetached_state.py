"""RNN605: a hidden state carries the graph of one turn of a training loop into the next."""

from __future__ import annotations

from collections.abc import Iterator

from rnnlint.finding import Severity
from rnnlint.program.data import Array
from rnnlint.program.events import Event
from rnnlint.program.loops import Trace
from rnnlint.program.program import Program
from rnnlint.program.value import known
from rnnlint.rules.base import Found, Remark, Rule, RuledOut, Undecided, Verdict


class UndetachedState(Rule):
    """A hidden state is kept from one turn of a training loop to the next without detach(): backward() fails.

    ## What it does
    Looks for a recurrent layer whose initial state was computed in an earlier turn of the loop, with gradients that
    `backward()` of that turn has already used up, or keeps with `retain_graph=True` while weights change.

    ## Why it is bad
    The second `backward()` goes back into the first turn's graph, which is freed: RuntimeError. With
    `retain_graph=True` it goes through all turns so far, and fails because the optimizer has changed the weights in
    place, at the second turn. Where no step is taken, the graph grows with each turn: 13, 18, 23, 28
    nodes instead of 13.

    ## Example
    ```python
    import torch
    from torch import nn

    rnn = nn.GRU(8, 32, batch_first=True)
    optimizer = torch.optim.Adam(rnn.parameters())
    state = torch.zeros(1, 16, 32)
    for x, y in loader:
        output, state = rnn(x, state)
        loss = nn.functional.mse_loss(output, y)
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
    ```

    ## Use instead
    ```python
    import torch
    from torch import nn

    rnn = nn.GRU(8, 32, batch_first=True)
    optimizer = torch.optim.Adam(rnn.parameters())
    state = torch.zeros(1, 16, 32)
    for x, y in loader:
        output, state = rnn(x, state.detach())
        loss = nn.functional.mse_loss(output, y)
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
    ```

    ## How it is confirmed
    `rnnlint --confirm` hands the state of the rebuilt layer from one turn to the next: the second `backward()` raises.
    0 wrong in 200 random layers. Cells in a loop of the program's own are left open.

    ## When it is silent
    A state that is detached, copied from its `data`, or made anew in each turn, also by a helper or inside the
    network; detached under a condition; `backward()` under a condition; a state that is carried through time inside
    one turn; losses summed over turns with one `backward()` behind the loop; a loss that is not known.

    ## Fix safety
    None is offered: where the state should be cut is for the author to say.

    ## References
    - https://docs.pytorch.org/docs/stable/generated/torch.Tensor.detach.html
    """

    code = "RNN605"
    name = "undetached-state"
    severity = Severity.ERROR
    symptoms = ("crash", "slow")
    frameworks = ("torch",)
    about_recurrence = True

    def check(self, program: Program) -> Iterator[Verdict]:
        trace = program.trace
        seen: set[int] = set()
        for later in trace.events:
            if later.how != "backward" or later.array is None:
                continue
            earlier = next((one for one in trace.earlier(later, "backward") if one.other_turn(later)), None)
            for cell in _carrying(later.array) if earlier is not None else ():
                if cell.number not in seen and earlier is not None and earlier.array is not None:
                    seen.add(cell.number)
                    yield _judge(trace, cell, earlier, later)


def _carrying(loss: Array) -> Iterator[Array]:
    """The recurrent outputs behind a loss that are given a state."""
    for array in loss.graph():
        if array.op == "apply" and array.layer is not None and array.layer.recurs and len(array.inputs) > 1:
            yield array


def _judge(trace: Trace, cell: Array, earlier: Event, later: Event) -> Verdict:
    assert earlier.array is not None
    used = {array.number for array in earlier.array.graph() if array.op == "apply"}
    kept = [one for state in cell.inputs[1:] for one in state.graph() if one.number in used]
    if not kept or cell.number < earlier.number:
        return RuledOut(cell.site, "no gradient flows from this state into an earlier turn")
    if not earlier.certain_with(later) or earlier.no_grad:
        return Undecided(cell.site, "backward() is not called in each turn")
    retained = known(earlier.settings.get("retain_graph"))
    if retained is None:
        return Undecided(cell.site, "whether the graph is retained is not known")
    steps = [one for one in trace.earlier(later, "step") if one.number > earlier.number and one.certain_with(later)]
    if retained and not steps:
        return Undecided(cell.site, "whether the weights change in between is not known")
    remarks = [Remark("the state comes from an earlier turn of the loop", kept[0].site)]
    remarks.append(Remark("the weights change here" if retained else "the graph is freed here", earlier.site))
    return Found(
        cell.site,
        "the state is kept from one turn to the next without detach(): "
        + ("backward() goes back through weights that have changed" if retained else "the second backward() fails"),
        help="detach the state in each turn, or start each turn with a new one",
        remarks=tuple(remarks),
        subject=(cell, retained, bool(steps)),
    )
