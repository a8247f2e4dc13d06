"""RNN110: the initial state has not the shape that the recurrent layer takes."""

from __future__ import annotations

from collections.abc import Iterator

from rnnlint.finding import Severity
from rnnlint.program.data import Array
from rnnlint.program.network import Layer
from rnnlint.program.program import Program
from rnnlint.program.size import Linear, known_int
from rnnlint.program.value import confidence_of, known
from rnnlint.program.walks import chain
from rnnlint.rules.base import Found, Remark, Rule, RuledOut, Undecided, Verdict


class StateShapeMismatch(Rule):
    """The initial state given to a recurrent layer has the wrong leading size, or its axes are exchanged.

    ## What it does
    Compares the `h0` and `c0` that reach an `nn.LSTM`, `nn.GRU` or `nn.RNN` with the shape that the layer takes:
    (layers × directions, batch, units). It reports a first axis that counts fewer or more layers or forgets the
    second direction, and a batch axis that stands first or holds the number of steps.

    ## Why it is bad
    The first forward pass ends in `RuntimeError: Expected hidden size (4, 32, 64), got [2, 32, 64]`. It shows late
    when the state is made in a helper, and it hides as long as the numbers happen to agree: a batch of one, as many
    steps as samples, as many samples as layers. `batch_first=True` invites it, for it moves the batch axis of the
    input and the output, but not of the state.

    ## Example
    ```python
    import torch
    from torch import nn

    class Net(nn.Module):
        def __init__(self):
            super().__init__()
            self.gru = nn.GRU(8, 64, num_layers=2, batch_first=True, bidirectional=True)
            self.head = nn.Linear(128, 1)

        def forward(self, x):
            h0 = torch.zeros(2, x.size(0), 64)
            out, _ = self.gru(x, h0)
            return self.head(out.mean(dim=1))
    ```

    ## Use instead
    ```python
    import torch
    from torch import nn

    class Net(nn.Module):
        def __init__(self):
            super().__init__()
            self.gru = nn.GRU(8, 64, num_layers=2, batch_first=True, bidirectional=True)
            self.head = nn.Linear(128, 1)

        def forward(self, x):
            h0 = torch.zeros(2 * 2, x.size(0), 64)
            out, _ = self.gru(x, h0)
            return self.head(out.mean(dim=1))
    ```
    or leave the state out: the layer starts from zeros by itself.

    ## How it is confirmed
    `rnnlint --confirm` sends one batch with a state of that shape through the rebuilt layer, which raises: 0 wrong in
    200 random layers.

    ## When it is silent
    A first axis or a batch axis whose size isn't known; `nn.LSTMCell`, `nn.GRUCell` and `nn.RNNCell`, whose state
    is (batch, units); a single sequence without a batch axis, whose state is (layers × directions, units); a state
    with a batch axis of 1 that is expanded or repeated; an input that was transposed before its batch size is read;
    a state handed from one layer to another of the same layers and directions, or cut to them.

    ## Fix safety
    No fix: where the state is all zeros the argument can go, but a learned or carried state must be made anew.

    ## References
    - https://docs.pytorch.org/docs/stable/generated/torch.nn.LSTM.html
    - https://docs.pytorch.org/docs/stable/generated/torch.nn.GRU.html
    """

    code = "RNN110"
    name = "state-shape-mismatch"
    severity = Severity.ERROR
    symptoms = ("crash",)
    frameworks = ("torch",)
    about_recurrence = True

    def check(self, program: Program) -> Iterator[Verdict]:
        for array in program.applications:
            layer = array.layer
            if layer is None or known(array.settings.get("doubtful"), False):
                continue
            if layer.framework == "torch" and layer.recurrent:
                for state in array.inputs[1:]:
                    yield _judge(layer, array, state)


def _judge(layer: Layer, output: Array, state: Array) -> Verdict:
    if state.shape is None or len(state.shape) != 3:
        return Undecided(state.site, "the shape of the state is not known")
    confidence = confidence_of(layer.setting("num_layers"), layer.setting("bidirectional"))
    problem = _layers(layer, state) or _batch(output, state)
    if problem is None:
        return RuledOut(state.site, "its known sizes are those that the layer takes")
    origin = next((a for a in chain(state) if a.op in {"zeros", "generate"}), state)
    return Found(
        origin.site,
        f"the initial state of `{layer.type_name}` {problem}",
        help="its shape is (layers × directions, batch, units), whatever batch_first says",
        remarks=(Remark("given to the layer here", output.site),),
        confidence=confidence,
        subject=output,
    )


def _layers(layer: Layer, state: Array) -> str | None:
    assert state.shape is not None
    given = known_int(state.shape[0])
    layers, both = known(layer.settings.get("num_layers")), known(layer.settings.get("bidirectional"))
    if given is None or not isinstance(layers, int) or not isinstance(both, bool):
        return None
    wanted = layers * (2 if both else 1)
    if given == wanted:
        return None
    directions = f" in {2 if both else 1} directions" if both else ""
    return f"has {given} as its first size, but {layers} layer{'s' if layers > 1 else ''}{directions} take {wanted}"


def _batch(output: Array, state: Array) -> str | None:
    assert state.shape is not None
    batch, steps = known(output.settings.get("batch")), known(output.settings.get("steps"))
    if known(output.settings.get("packed")) or batch is None or batch == steps:
        return None
    alike = isinstance(batch, Linear) == isinstance(steps, Linear)
    if alike and state.shape[1] == steps:
        return "has the number of steps where the batch size belongs"
    if isinstance(batch, Linear) and state.shape[0] == batch:
        return "has the batch size as its first size"
    return None
