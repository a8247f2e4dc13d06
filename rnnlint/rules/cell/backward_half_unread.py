"""RNN106: a half of the network's recurrence is never read where it ends."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator

from rnnlint.finding import Severity
from rnnlint.program.data import Array
from rnnlint.program.program import Program
from rnnlint.program.value import confidence_of, known
from rnnlint.program.walks import behind_elementwise
from rnnlint.rules.base import Found, Remark, Rule, RuledOut, Verdict


class BackwardHalfUnread(Rule):
    """The read-out of a bidirectional or stacked recurrent layer leaves out what one of its parts has learned.

    ## What it does
    Looks at what a network reads from a recurrent layer before its head: the last step of a bidirectional output
    (`out[:, -1]`, or `out[-1]` without batch_first), one direction's final state alone (`h_n[-1]` of a bidirectional
    layer), and the first layer's state of a stack (`h_n[0]` with num_layers of two or more).

    ## Why it is bad
    The backward half runs from the last step to the first. At the last step it has just begun: it has seen that one
    step and nothing else, so half of the features say almost nothing and their gradient to all earlier steps is
    exactly 0. Read where it ends, all steps count equally or nearly (a share of 0.996 to 1). In Keras, behind a
    mask and with padding at the end, `x[:, -1]` of a Bidirectional is exactly 0 for every padded sample, in both
    halves, so they all get one prediction.

    One state of two leaves the rest without any gradient: of the parameters of a bidirectional layer read by
    `h_n[-1]`, or of a stack of two layers read by `h_n[0]`, 40 % had a gradient of exactly 0. Of 200 networks that
    read everything none had a single one.

    ## Example
    ```python
    import torch
    from torch import nn

    class Net(nn.Module):
        def __init__(self):
            super().__init__()
            self.rnn = nn.LSTM(8, 32, batch_first=True, bidirectional=True)
            self.head = nn.Linear(64, 2)

        def forward(self, x):
            out, _ = self.rnn(x)
            return self.head(out[:, -1])
    ```

    ## Use instead
    ```python
    import torch
    from torch import nn

    class Net(nn.Module):
        def __init__(self):
            super().__init__()
            self.rnn = nn.LSTM(8, 32, batch_first=True, bidirectional=True)
            self.head = nn.Linear(64, 2)

        def forward(self, x):
            _, (h_n, _) = self.rnn(x)
            return self.head(torch.cat([h_n[-2], h_n[-1]], dim=1))
    ```
    In Keras, `Bidirectional(LSTM(32))` without return_sequences joins the two ends itself.

    ## How it is confirmed
    `rnnlint --confirm` rebuilds the layer with what is read of it and looks for recurrent kernels whose gradient is
    exactly 0: 0 wrong in 200 random networks of PyTorch and 200 of Keras. `--confirm=execute` looks in the
    program's own class where it cannot be rebuilt (0 wrong in 200).

    ## When it is silent
    Both directions of `h_n`, side by side, added or reshaped together; the first step's backward half joined to the
    last step's forward half; pooling or attention over the steps; `h_n[-1]` of a stack in one direction and `h_n[0]`
    of a single layer; the state handed on whole, to a decoder for example; a `bidirectional` that isn't known.

    ## Fix safety
    No fix: the head's width may have to change with the read-out.

    ## References
    - https://docs.pytorch.org/docs/stable/generated/torch.nn.LSTM.html
    - https://keras.io/api/layers/recurrent_layers/bidirectional/
    - Schuster and Paliwal, Bidirectional Recurrent Neural Networks (1997)
    """

    code = "RNN106"
    name = "backward-half-unread"
    severity = Severity.ERROR
    symptoms = ("flat", "constant")
    frameworks = ("torch", "keras")
    about_recurrence = True

    def check(self, program: Program) -> Iterator[Verdict]:
        for readout in program.made_by("index"):
            verdict = _last_step(program, readout)
            if verdict is not None:
                yield verdict
        reads: dict[int, list[Array]] = defaultdict(list)
        for array in program.made_by("index"):
            if array.inputs[0].op == "final_state" and known(array.inputs[0].settings.get("state")) == "h":
                reads[array.inputs[0].number].append(array)
        for found in reads.values():
            verdict = _state(program, found)
            if verdict is not None:
                yield verdict


def _last_step(program: Program, readout: Array) -> Verdict | None:
    source = readout.inputs[0]
    output = source.recurrent_output or behind_elementwise(source)
    layer = output.layer if output.op == "apply" else None
    if layer is None or not layer.recurrent or not layer.is_set("bidirectional", True):
        return None
    keys = known(readout.settings.get("keys"), ())
    place = 1 if layer.framework == "keras" or layer.is_set("batch_first", True) else 0
    if layer.framework == "torch" and not layer.is_set("batch_first", True) and not layer.is_set("batch_first", False):
        return None
    if len(keys) <= place or keys[place] != -1 or (place == 1 and keys[0] != ":") or "slice" in keys:
        return None
    if source.op == "unpack" or any(isinstance(key, int) and i > place for i, key in enumerate(keys)):
        return None
    if layer.framework == "keras" and layer.is_set("return_sequences", False):
        return None
    if known(layer.settings.get("merge_mode"), "concat") is None or layer.is_set("go_backwards", True):
        return None
    if any(0 in known(other.settings.get("keys"), ())[: place + 1] for other in program.users_of(source)):
        return RuledOut(readout.site, "the first step is read too, where the backward half ends")
    return Found(
        readout.site,
        f"the last step of the bidirectional `{layer.type_name}` is read: its backward half has seen one step there",
        help="read the final states of both directions, or pool over all steps",
        remarks=(Remark("the bidirectional layer", layer.site),),
        confidence=confidence_of(layer.setting("bidirectional")),
        subject=readout,
    )


def _state(program: Program, reads: list[Array]) -> Verdict | None:
    state = reads[0].inputs[0]
    layer = state.inputs[0].layer if state.inputs else None
    if layer is None:
        return None
    keys = {known(array.settings.get("keys"), ("?",))[0] for array in reads}
    layers, both = known(layer.settings.get("num_layers")), layer.is_set("bidirectional", True)
    if not all(isinstance(key, int) for key in keys) or not isinstance(layers, int):
        return None
    if _read_elsewhere(program, state, len(reads)):
        return RuledOut(reads[0].site, "other parts of the layer's output are read too")
    confidence = confidence_of(layer.setting("num_layers"), layer.setting("bidirectional"))
    count = layers * (2 if both else 1)
    places = {key % count for key in keys if -count <= key < count}
    if both and places <= {count - 1} | {count - 2} and len(places) == 1:
        half = "forward" if places == {count - 1} else "backward"
        message = f"one half of the bidirectional `{layer.type_name}` is read: its {half} half is never trained"
    elif layer.is_set("bidirectional", False) and layers > 1 and places == {0}:
        message = f"only the first of {layers} layers of `{layer.type_name}` is read: the others are never trained"
    else:
        return RuledOut(reads[0].site, "every direction of the last layer is read")
    return Found(
        reads[0].site,
        message,
        help="read h_n[-1], and for a bidirectional layer h_n[-2] and h_n[-1] together",
        remarks=(Remark("the layer", layer.site),),
        confidence=confidence,
        subject=reads[0],
    )


def _read_elsewhere(program: Program, state: Array, reads: int) -> bool:
    """Whether the state is used as a whole, handed on, or the outputs of all steps are read."""
    output = state.inputs[0]
    if len(program.users_of(state)) > reads or state in program.outputs:
        return True
    siblings = [array for array in program.users_of(output) if array is not state]
    return any(program.users_of(array) or array in program.outputs for array in siblings)
