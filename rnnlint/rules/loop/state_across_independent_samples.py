"""RNN606: the state that one shuffled batch leaves is the start of the next."""

from __future__ import annotations

from collections.abc import Iterator

from rnnlint.finding import Severity
from rnnlint.program.data import Array
from rnnlint.program.program import Program
from rnnlint.program.value import known
from rnnlint.program.walks import batch_behind, chain
from rnnlint.rules.base import Found, Remark, Rule, RuledOut, Undecided, Verdict


class StateAcrossIndependentSamples(Rule):
    """A recurrent layer starts a shuffled batch from the state that other samples left.

    ## What it does
    Follows the state that a recurrent layer of PyTorch returns through `detach()` and the loop to the next batch, and
    reports it where the batches come from a `DataLoader` with `shuffle=True`.

    ## Why it is bad
    The samples of the next batch have nothing to do with those that left the state. They start from noise, which
    training has to learn to ignore, and the prediction for a sample depends on who stood before it. An LSTM(24) that
    must recall the first and the last of 10 inputs: after 30 epochs of Adam(1e-2) on 640 samples the error on new
    samples is 0.40 to 0.44 of the variance with the state carried on, and 0.001 to 0.003 where each batch starts from
    zeros; two orders of the same samples give predictions that differ by 0.17 to 0.24 deviations (seeds 0 to 4).

    ## Example
    ```python
    import torch
    from torch import nn
    from torch.utils.data import DataLoader, TensorDataset

    loader = DataLoader(TensorDataset(torch.rand(640, 10, 3), torch.rand(640, 8)), batch_size=32, shuffle=True)
    rnn = nn.GRU(3, 8, batch_first=True)
    optimizer = torch.optim.Adam(rnn.parameters(), lr=1e-3)
    h = torch.zeros(1, 32, 8)
    for x, y in loader:
        optimizer.zero_grad()
        out, h = rnn(x, h.detach())
        nn.functional.mse_loss(out[:, -1], y).backward()
        nn.utils.clip_grad_norm_(rnn.parameters(), 1.0)
        optimizer.step()
    ```

    ## Use instead
    ```python
    import torch
    from torch import nn
    from torch.utils.data import DataLoader, TensorDataset

    loader = DataLoader(TensorDataset(torch.rand(640, 10, 3), torch.rand(640, 8)), batch_size=32, shuffle=True)
    rnn = nn.GRU(3, 8, batch_first=True)
    optimizer = torch.optim.Adam(rnn.parameters(), lr=1e-3)
    for x, y in loader:
        optimizer.zero_grad()
        out, h = rnn(x)
        nn.functional.mse_loss(out[:, -1], y).backward()
        nn.utils.clip_grad_norm_(rnn.parameters(), 1.0)
        optimizer.step()
    ```

    ## How it is confirmed
    By predicting the same samples twice, after different batches.

    ## When it is silent
    Batches in order, as truncated backpropagation through a long text needs; a shuffling that isn't known, or that a
    sampler does; a state made anew for each batch; states handed on within one batch, from an encoder to a decoder or
    from step to step; generation. A state that isn't detached is RNN605's.

    ## Fix safety
    None is offered: leaving the state out and making it anew are both right, and the code behind may read it.

    ## References
    - https://docs.pytorch.org/docs/stable/data.html#torch.utils.data.DataLoader
    - https://docs.pytorch.org/docs/stable/generated/torch.nn.LSTM.html
    """

    code = "RNN606"
    name = "state-across-independent-samples"
    severity = Severity.WARNING
    symptoms = ("flat", "optimistic")
    frameworks = ("torch",)
    about_recurrence = True

    def check(self, program: Program) -> Iterator[Verdict]:
        judged = set()
        for array in program.applications:
            if array.layer is None or not array.layer.recurs or known(array.settings.get("doubtful"), False):
                continue
            origin = next((origin for state in array.inputs[1:] if (origin := _carried(array, state))), None)
            if origin is not None and array.site not in judged:
                judged.add(array.site)
                yield _judge(array, origin)


def _carried(output: Array, state: Array) -> Array | None:
    """The state's origin in the same layer's output on another batch, where it is detached on the way."""
    way = list(chain(state))
    left = next((array for array in way if array.op == "final_state" or array.op == "apply"), None)
    if left is None or not any(array.op == "cast" for array in way[: way.index(left)]):
        return None
    made = left.inputs[0] if left.op == "final_state" and left.inputs else left
    now, before = batch_behind(output.inputs[0]), batch_behind(left)
    same = made.layer is not None and output.layer is not None and made.layer.site == output.layer.site
    if not same or now is None or before is None or now.loader is not before.loader or now.draw == before.draw:
        return None
    return left


def _judge(output: Array, origin: Array) -> Verdict:
    assert output.layer is not None
    batch = batch_behind(output.inputs[0])
    assert batch is not None
    if batch.loader.is_set("shuffle", False):
        return RuledOut(output.site, "the loader hands out the samples in order")
    if not batch.loader.is_set("shuffle", True):
        return Undecided(output.site, "whether the loader shuffles is not known")
    return Found(
        output.site,
        f"`{output.layer.type_name}` starts each shuffled batch from the state that other samples left",
        help="start every batch from zeros: leave the state out, or make it anew",
        remarks=(Remark("the loader shuffles", batch.loader.site), Remark("the state was left here", origin.site)),
    )
