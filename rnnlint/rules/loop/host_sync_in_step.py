"""RNN616: a loop inside the training step brings a tensor to the host in each of its turns."""

from __future__ import annotations

from collections.abc import Iterator

from rnnlint.finding import Confidence, Severity
from rnnlint.program.events import Event
from rnnlint.program.network import Layer
from rnnlint.program.program import Program
from rnnlint.program.value import known
from rnnlint.rules.base import Found, Remark, Rule, RuledOut, Undecided, Verdict


class HostSyncInStep(Rule):
    """A loop inside the training step reads a tensor back from the GPU in each turn, which waits for all it computes.

    ## What it does
    Looks for `item()`, `cpu()`, `numpy()`, `tolist()`, `float()`, `int()` or `print()` of what a network on CUDA
    computed, in a loop that computes a part of the loss, such as one over time steps: nested in the loop over batches.

    ## Why it is bad
    Kernels are queued and run behind the program's back; a value that Python wants to see makes it wait until the queue
    is empty, and the GPU then waits for Python. Once for each batch that hardly matters; in a loop over 100 time
    steps it happens 100 times as often, and cells launch only small kernels. How much time is lost depends on
    the machine: it was not measured here, where no GPU is at hand, and on a CPU there is nothing to wait for.

    ## Example
    ```python
    import torch
    from torch import nn

    cell = nn.LSTMCell(8, 16).to("cuda")
    optimizer = torch.optim.SGD(cell.parameters(), lr=0.1)
    total = 0
    for x, y in loader:
        optimizer.zero_grad()
        state, loss = None, 0
        for step in range(100):
            state = cell(x[:, step], state)
            part = nn.functional.mse_loss(state[0], y[:, step])
            total += part.item()
            loss = loss + part
        loss.backward()
        nn.utils.clip_grad_norm_(cell.parameters(), 1.0)
        optimizer.step()
    ```

    ## Use instead
    ```python
    import torch
    from torch import nn

    cell = nn.LSTMCell(8, 16).to("cuda")
    optimizer = torch.optim.SGD(cell.parameters(), lr=0.1)
    total = 0
    for x, y in loader:
        optimizer.zero_grad()
        state, loss = None, 0
        for step in range(100):
            state = cell(x[:, step], state)
            loss = loss + nn.functional.mse_loss(state[0], y[:, step])
        loss.backward()
        nn.utils.clip_grad_norm_(cell.parameters(), 1.0)
        optimizer.step()
        total += loss.item()
    ```

    ## How it is confirmed
    `torch.cuda.set_sync_debug_mode("warn")` warns in each turn.

    ## When it is silent
    Once for each batch, the ordinary `loss.item()`; loops of validation, under no_grad or apart from the loss; loops
    that only list what a step computed; every k-th turn; tensors that are on the host already; networks
    that no line moves to CUDA.

    ## Fix safety
    None is offered: a condition may need the value.

    ## References
    - https://docs.pytorch.org/docs/stable/notes/cuda.html#asynchronous-execution
    """

    code = "RNN616"
    name = "host-sync-in-step"
    severity = Severity.ADVICE
    symptoms = ("slow",)
    frameworks = ("torch",)
    preview = True

    def check(self, program: Program) -> Iterator[Verdict]:
        layers = frozenset(layer for move in program.accelerated for layer in move.layers)
        found = set()
        for fetch in program.events:
            if fetch.how == "fetch" and fetch.site not in found and _of_network(fetch, layers):
                verdict = _judge(program, fetch)
                found |= {fetch.site} if isinstance(verdict, Found) else set()
                yield verdict


def _of_network(fetch: Event, layers: frozenset[Layer]) -> bool:
    """Whether it brings back what layers on the GPU computed, for the first time."""
    earlier = list(fetch.array.ancestry()) if fetch.array is not None else []
    return any(one.layer in layers for one in earlier) and not any(known(one.settings.get("host")) for one in earlier)


def _judge(program: Program, fetch: Event) -> Verdict:
    step = program.trace.turn_with(fetch, "backward")
    if fetch.no_grad or step is None:
        return RuledOut(fetch.site, "it is not part of a training step")
    if step == fetch.turns[-1]:
        return RuledOut(fetch.site, "it is done once for each step")
    inner = fetch.turns[fetch.turns.index(step) + 1]
    backwards = program.trace.concerning(fetch, step, "backward")
    backward = next((one for one in backwards if one.turns[-1] == step), None)
    if backward is None:
        return RuledOut(fetch.site, "the training steps are done in another loop")
    if backward.array is None:
        return Undecided(fetch.site, "what the gradients are taken of is not known")
    if not any(one.number > inner.began for one in backward.array.ancestry() if one.op == "apply"):
        return RuledOut(fetch.site, "the loop computes no part of the loss")
    if any(branch.period is not None for branch in fetch.branches):
        return RuledOut(fetch.site, "it is done in some turns only")
    return Found(
        fetch.site,
        "each turn of this loop, inside the training step, waits here for all that the GPU computes",
        help="keep it a tensor, and read it after the loop",
        remarks=(Remark("the step ends here", backward.site),),
        confidence=Confidence.MEDIUM,
    )
