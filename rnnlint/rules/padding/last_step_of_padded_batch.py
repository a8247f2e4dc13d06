"""RNN304: the last step of a padded batch is padding."""

from __future__ import annotations

from collections.abc import Iterator

from rnnlint.finding import Severity
from rnnlint.program.data import Array
from rnnlint.program.network import Layer
from rnnlint.program.program import Program
from rnnlint.program.value import confidence_of, known
from rnnlint.rules.base import Found, Remark, Rule, RuledOut, Undecided, Verdict


class LastStepOfPaddedBatch(Rule):
    """The last time step of a padded batch is read as if it were each sequence's own last step.

    ## What it does
    Looks at what a PyTorch network reads from the output of a recurrent layer: `out[:, -1]` (or `out[-1]` without
    batch_first) of a batch that was padded, or of what `pad_packed_sequence` returns.

    ## Why it is bad
    For every sequence but the longest that step is padding. Of an unpacked batch it holds 2.5e-5 of the difference
    between two samples (LSTM: 16 % after 5 padding steps, 0.016 % after 20). Of `pad_packed_sequence` it is exactly
    0, and the gradient to the real tokens is exactly 0 as well: the network predicts one constant for them.

    ## Example
    ```python
    import torch
    from torch import nn
    from torch.nn.utils.rnn import pack_padded_sequence, pad_packed_sequence

    class Net(nn.Module):
        def __init__(self):
            super().__init__()
            self.rnn = nn.GRU(16, 32, batch_first=True)
            self.head = nn.Linear(32, 1)

        def forward(self, x, lengths):
            packed = pack_padded_sequence(x, lengths, batch_first=True, enforce_sorted=False)
            out, _ = pad_packed_sequence(self.rnn(packed)[0], batch_first=True)
            return self.head(out[:, -1])
    ```

    ## Use instead
    ```python
    import torch
    from torch import nn
    from torch.nn.utils.rnn import pack_padded_sequence

    class Net(nn.Module):
        def __init__(self):
            super().__init__()
            self.rnn = nn.GRU(16, 32, batch_first=True)
            self.head = nn.Linear(32, 1)

        def forward(self, x, lengths):
            packed = pack_padded_sequence(x, lengths, batch_first=True, enforce_sorted=False)
            _, h_n = self.rnn(packed)
            return self.head(h_n[-1])
    ```

    ## How it is confirmed
    `rnnlint --confirm` takes the gradient of the last step to the real steps of a short sequence in a padded batch:
    exactly 0 behind pad_packed_sequence, below a tenth behind many pads (0 wrong in 200).

    ## When it is silent
    Padding on the left; `gather` at length - 1; `h_n` of a packed batch; pooling over steps; sequences of one
    length, or whose padding the program does not show.

    ## Fix safety
    No fix: reading `h_n` or gathering at length - 1 needs the lengths.

    ## References
    - https://docs.pytorch.org/docs/stable/generated/torch.nn.utils.rnn.pad_packed_sequence.html
    """

    code = "RNN304"
    name = "last-step-of-padded-batch"
    severity = Severity.ERROR
    symptoms = ("constant",)
    frameworks = ("torch",)
    about_recurrence = True

    def check(self, program: Program) -> Iterator[Verdict]:
        for readout in program.readouts:
            source = readout.inputs[0]
            output = source.recurrent_output
            if output is None or output.layer is None or output.layer.framework != "torch":
                continue
            if _reads_last_step(readout, source, output.layer):
                yield _judge(readout, source, output)


def _judge(readout: Array, source: Array, output: Array) -> Verdict:
    unpacked = next((array for array in _from_output(source) if array.op == "unpack"), None)
    if unpacked is not None:
        return Found(
            readout.site,
            "the last step of pad_packed_sequence is 0 for every sequence but the longest",
            help="read h_n instead, or gather each sequence's step at length - 1",
            remarks=(Remark("padded again here", unpacked.site),),
            subject=readout,
        )
    padding = output.inputs[0].padding if output.inputs else None
    if padding is None:
        return Undecided(readout.site, "whether the batch is padded is not known")
    if known(padding.side) == "pre":
        return RuledOut(readout.site, "the padding stands before the sequences")
    if known(padding.side) != "post":
        return Undecided(readout.site, "the side of the padding is not known")
    return Found(
        readout.site,
        "the last step of a padded batch is padding for every sequence but the longest",
        help="pack the batch and read h_n, or gather each sequence's step at length - 1",
        remarks=(Remark(f"padded here by {padding.how}", padding.site),),
        confidence=confidence_of(padding.side),
        subject=readout,
    )


def _from_output(source: Array) -> Iterator[Array]:
    """From the array that is indexed back to the recurrent layer's output."""
    array: Array | None = source
    while array is not None and array is not source.recurrent_output:
        yield array
        array = array.inputs[0] if array.inputs else None


def _reads_last_step(readout: Array, source: Array, layer: Layer) -> bool:
    keys = known(readout.settings.get("keys"), ())
    unpacked = next((array for array in _from_output(source) if array.op == "unpack"), None)
    setting = unpacked.settings.get("batch_first") if unpacked is not None else layer.settings.get("batch_first")
    first = known(setting)
    if first is True:
        return len(keys) >= 2 and keys[0] == ":" and keys[1] == -1
    return first is False and bool(keys) and keys[0] == -1
