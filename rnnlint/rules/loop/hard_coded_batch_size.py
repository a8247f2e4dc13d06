"""RNN612: a state made for a full batch, and a loader whose last batch is smaller."""

from __future__ import annotations

from collections.abc import Iterator

from rnnlint.finding import Confidence, Severity
from rnnlint.program.data import Array, Loader
from rnnlint.program.program import Program
from rnnlint.program.size import Linear, likely_int
from rnnlint.program.value import known
from rnnlint.program.walks import batch_behind, chain
from rnnlint.rules.base import Found, Remark, Rule, RuledOut, Undecided, Verdict


class HardCodedBatchSize(Rule):
    """The initial state is made for the loader's batch size, but the loader's last batch is smaller.

    ## What it does
    Compares the batch axis of the initial state that a recurrent layer or cell of PyTorch is given with the size of
    the batches that a `DataLoader` without `drop_last=True` hands out, where the state's size is the same number or
    setting as the loader's `batch_size` and not read from the batch itself.

    ## Why it is bad
    Unless the number of samples is a multiple of the batch size, the epoch's last batch ends in `RuntimeError:
    Expected hidden size (1, 40, 16), got [1, 64, 16]`: 1,000 samples in batches of 64 fail at batch 16 of 16. In
    evaluation it shows after the whole first epoch, and in production with the first single sample.

    ## Example
    ```python
    import torch
    from torch import nn
    from torch.utils.data import DataLoader, TensorDataset

    series, targets = torch.rand(1000, 20, 3), torch.rand(1000, 16)
    rnn = nn.GRU(3, 16, batch_first=True)
    for x, y in DataLoader(TensorDataset(series, targets), batch_size=64):
        out, _ = rnn(x, torch.zeros(1, 64, 16))
        print(nn.functional.mse_loss(out[:, -1], y))
    ```

    ## Use instead
    ```python
    import torch
    from torch import nn
    from torch.utils.data import DataLoader, TensorDataset

    series, targets = torch.rand(1000, 20, 3), torch.rand(1000, 16)
    rnn = nn.GRU(3, 16, batch_first=True)
    for x, y in DataLoader(TensorDataset(series, targets), batch_size=64):
        out, _ = rnn(x, torch.zeros(1, x.size(0), 16))
        print(nn.functional.mse_loss(out[:, -1], y))
    ```
    or leave the state out: the layer starts from zeros by itself.

    ## How it is confirmed
    By arithmetic where the number of samples is known, and by one pass of the rebuilt layer over a smaller batch.

    ## When it is silent
    `drop_last=True`; a batch sampler or settings that aren't known; a number of samples that is a multiple of the
    batch size, or was cut to one; a program that compares the batch's size with something, to skip or to cut; states
    cut or made to the size of the batch; batches of one; single batches taken with `next`; loaders that aren't known.
    Where the number of samples isn't known, the confidence is low.

    ## Fix safety
    No fix: the size can be read from the batch, or the last batch left out with `drop_last=True`.

    ## References
    - https://docs.pytorch.org/docs/stable/data.html#torch.utils.data.DataLoader
    - https://docs.pytorch.org/docs/stable/generated/torch.nn.GRU.html
    """

    code = "RNN612"
    name = "hard-coded-batch-size"
    severity = Severity.WARNING
    symptoms = ("crash",)
    frameworks = ("torch",)
    about_recurrence = True

    def check(self, program: Program) -> Iterator[Verdict]:
        for array in program.applications:
            if array.layer is None or not array.layer.recurs or len(array.inputs) < 2:
                continue
            batch = batch_behind(array.inputs[0])
            if batch is None or batch.loader.batch_size in {None, 1}:
                continue
            if known(array.settings.get("doubtful"), False) or _size_asked_for(program, array.inputs[0]):
                continue
            axis = 1 if array.layer.recurrent else 0
            for state in array.inputs[1:]:
                if state.shape and len(state.shape) > axis and state.shape[axis] == batch.loader.batch_size:
                    yield _judge(state, array, batch.loader)


def _size_asked_for(program: Program, batch: Array) -> bool:
    sizes = {size for source in chain(batch) for size in (source.shape or ())[:2]}
    return not program.compared.isdisjoint(size for size in sizes if isinstance(size, Linear))


def _judge(state: Array, output: Array, loader: Loader) -> Verdict:
    assert loader.batch_size is not None
    size, samples = likely_int(loader.batch_size), likely_int(loader.length)
    if not loader.is_set("drop_last", False):
        return RuledOut(loader.site, "the loader leaves out a last batch that is smaller, or may do so")
    if isinstance(loader.length, Linear) and loader.length.mentions("//"):
        return Undecided(loader.site, "the number of samples may be cut to a multiple of the batch size")
    if size is not None and samples is not None and samples % size == 0:
        return RuledOut(loader.site, f"{samples:,} samples are a multiple of {size}")
    origin = next((array for array in chain(state) if array.op in {"zeros", "generate"}), state)
    held = f"holds {samples % size} of {samples:,}" if size and samples else "holds what is left, unless that is none"
    made = f"{size} samples" if size else "full batches"
    return Found(
        origin.site,
        f"the initial state is made for {made}, but the loader's last batch {held}",
        help="take the size from the batch, `x.size(0)`, or leave the state out, or set `drop_last=True`",
        remarks=(Remark("the loader keeps the smaller last batch", loader.site), Remark("used here", output.site)),
        confidence=Confidence.HIGH if size and samples else Confidence.LOW,
    )
