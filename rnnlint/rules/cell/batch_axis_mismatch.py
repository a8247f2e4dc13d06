"""RNN107: a recurrent layer takes the batch for time."""

from __future__ import annotations

from collections.abc import Iterator

from rnnlint.finding import Applicability, Confidence, Severity
from rnnlint.program.data import Array
from rnnlint.program.network import Layer
from rnnlint.program.program import Program
from rnnlint.program.value import confidence_of, known
from rnnlint.repair import Repair, SetArgument
from rnnlint.rules.base import Found, Remark, Rule, RuledOut, Undecided, Verdict
from rnnlint.rules.repairs import applications_at, stated_in


class BatchAxisMismatch(Rule):
    """A recurrent layer runs along the samples of the batch, because batch_first doesn't fit the tensor.

    ## What it does
    Compares `batch_first` of `nn.LSTM`, `nn.GRU` and `nn.RNN` with the order of the axes that reach the layer. A
    batch of a DataLoader, an array reshaped to (samples, steps, features) and an output that is read by
    `out[:, -1]` have the batch first; a tensor behind `transpose(0, 1)`, `permute(1, 0, 2)` or `pad_sequence`
    with its defaults has time first.

    ## Why it is bad
    Both orders have three axes, so nothing fails. The layer takes the samples of the batch for the steps of one
    sequence: a prediction depends on the other samples, and on nothing of its own earlier steps. Of the
    gradient of `out[:, -1]`, 46 % (15 to 66 %) went to other samples and exactly 0 to its own earlier steps; in
    the right order it was 0 and 51 %. A network that should learn the mean of its input was left with 0.90 to 1.07
    of the target's variance, where the right one came to 0.003 to 0.008.

    ## Example
    ```python
    import torch
    from torch import nn

    class Net(nn.Module):
        def __init__(self):
            super().__init__()
            self.lstm = nn.LSTM(4, 32)
            self.head = nn.Linear(32, 1)

        def forward(self, x):
            out, _ = self.lstm(x)
            return self.head(out[:, -1])

    prediction = Net()(torch.rand(64, 20, 4))
    ```

    ## Use instead
    ```python
    import torch
    from torch import nn

    class Net(nn.Module):
        def __init__(self):
            super().__init__()
            self.lstm = nn.LSTM(4, 32, batch_first=True)
            self.head = nn.Linear(32, 1)

        def forward(self, x):
            out, _ = self.lstm(x)
            return self.head(out[:, -1])

    prediction = Net()(torch.rand(64, 20, 4))
    ```

    ## How it is confirmed
    `rnnlint --confirm` rebuilds the network and takes the gradient of the first and of the last sample's output to the
    other samples of the batch, which must be 0 (0 wrong in 200; the first sample alone would miss the fault). With
    `--confirm=execute` the program's own class can be asked (0 wrong in 200, 95 of 100 faulty ones confirmed).

    ## When it is silent
    `transpose(0, 1)`, `.t()`, `swapaxes` or `permute` before a layer without batch_first; time-first batches, as
    from torchtext or a collate function that stacks along axis 1; one long sequence as (steps, 1, features);
    two-dimensional input, which is one sequence without a batch; a batch_first or an order of axes that the program
    doesn't show.

    ## Fix safety
    Unsafe: `batch_first=True` is added. Initial states keep their order, but other code may count on the old one. No
    fix is offered where the output is read with the steps first (`out[-1]`), where the layer also gets batches with
    the steps first, and where `batch_first=True` meets such a batch: there the argument or the order may be meant.

    ## References
    - https://docs.pytorch.org/docs/stable/generated/torch.nn.LSTM.html
    """

    code = "RNN107"
    name = "batch-axis-mismatch"
    severity = Severity.ERROR
    symptoms = ("flat",)
    frameworks = ("torch",)
    about_recurrence = True
    fixes = (Applicability.UNSAFE,)

    def check(self, program: Program) -> Iterator[Verdict]:
        for array in program.applications:
            layer = array.layer
            if layer is None or layer.framework != "torch" or not layer.recurrent:
                continue
            if not known(array.settings.get("packed"), False):
                yield _judge(program, layer, array)


def _judge(program: Program, layer: Layer, output: Array) -> Verdict:
    source = output.inputs[0]
    first = known(layer.settings.get("batch_first"))
    confidence = confidence_of(layer.setting("batch_first"))
    if first is None:
        return Undecided(layer.site, "whether batch_first is set is not known")
    if source.shape is not None and (len(source.shape) != 3 or 1 in source.shape[:2]):
        return RuledOut(layer.site, "the input is one sequence, or has one step")
    axes = source.axes
    if first is False and axes[:1] == ("batch",):
        what = "gets a batch with the samples first, but reads the steps first"
        return _found(output, confidence, what, _repair(program, layer))
    if first is True and axes[1:2] == ("batch",):
        return _found(output, confidence, "gets a batch with the steps first, but reads the samples first", None)
    if axes:
        return RuledOut(layer.site, "the axes of its input stand as it reads them")
    readout = _read_as_batch_first(program, output) if first is False else None
    if readout is not None:
        remark = Remark("its output is read as if the samples came first", readout.site)
        message = f"`{layer.type_name}` reads the steps first, but its output is read with the samples first"
        confidence = confidence.and_(Confidence.MEDIUM)
        repair = _repair(program, layer)
        return Found(layer.site, message, HELP, (remark,), confidence=confidence, repair=repair, subject=output)
    return Undecided(layer.site, "which axis of the input holds the samples is not known")


def _found(output: Array, confidence: Confidence, what: str, repair: Repair | None) -> Verdict:
    layer, source = output.layer, output.inputs[0]
    assert layer is not None
    remark = Remark("this input", source.site)
    message = f"`{layer.type_name}` {what}: samples leak into each other"
    return Found(layer.site, message, HELP, (remark,), confidence=confidence, repair=repair, subject=output)


def _repair(program: Program, layer: Layer) -> Repair | None:
    """None where something else takes the steps to come first."""
    if not stated_in(layer.site, layer.setting("batch_first")):
        return None
    if any(_time_first(array) for array in applications_at(program, layer)):
        return None
    reads = [read for read in program.readouts if read.inputs[0].layer is layer or _reads(read, layer)]
    if any(read.inputs[0].op == "sequence" and known(read.settings.get("keys"), ())[:1] != (":",) for read in reads):
        return None
    verb = SetArgument(layer.site.span, "batch_first", ("True",))
    return Repair("set batch_first=True", Applicability.UNSAFE, (verb,))


def _time_first(output: Array) -> bool:
    source, *states = output.inputs
    if source.axes[1:2] == ("batch",) or known(output.settings.get("packed"), False) is True:
        return True
    sizes = [state.shape[1] for state in states if state.shape is not None and len(state.shape) == 3]
    return source.shape is not None and any(size is not None and size != source.shape[0] for size in sizes)


def _reads(read: Array, layer: Layer) -> bool:
    output = read.inputs[0].recurrent_output
    return output is not None and output.layer is not None and output.layer.site.span == layer.site.span


HELP = "set batch_first=True where the samples come first, or transpose the batch"


def _read_as_batch_first(program: Program, output: Array) -> Array | None:
    """`out[:, -1]` of a layer that puts the steps first: the last sample at every step."""
    for readout in program.readouts:
        if readout.inputs[0].recurrent_output is output and readout.inputs[0].op == "sequence":
            keys = known(readout.settings.get("keys"), ())
            if len(keys) >= 2 and keys[0] == ":" and keys[1] == -1:
                return readout
    return None
