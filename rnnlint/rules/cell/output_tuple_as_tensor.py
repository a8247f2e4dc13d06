"""RNN111: the tuple that a recurrent layer returns is used as a tensor."""

from __future__ import annotations

from collections.abc import Iterator

from rnnlint.finding import Severity
from rnnlint.program.program import Program
from rnnlint.rules.base import Found, Remark, Rule, Verdict


class OutputTupleAsTensor(Rule):
    """A recurrent layer returns its output together with its state, and the pair is used as if it were the output.

    ## What it does
    Follows what PyTorch's recurrent layers and `nn.LSTMCell` return, and Keras layers with `return_state=True`, to
    the next layer, function, method or index that needs a tensor. In `nn.Sequential` nothing stands between the
    two, so the recurrent layer there is reported unless it is the last.

    ## Why it is bad
    The first forward pass ends with a message that names neither the recurrent layer nor the tuple, such as
    `linear(): argument 'input' (position 1) must be Tensor, not tuple`. Construction succeeds: it fails only after
    the data were loaded and prepared. Keras raises when the network is built.

    ## Example
    ```python
    from torch import nn

    model = nn.Sequential(
        nn.LSTM(8, 64, batch_first=True),
        nn.Linear(64, 1),
    )
    ```

    ## Use instead
    ```python
    from torch import nn

    class Net(nn.Module):
        def __init__(self):
            super().__init__()
            self.lstm = nn.LSTM(8, 64, batch_first=True)
            self.head = nn.Linear(64, 1)

        def forward(self, x):
            out, _ = self.lstm(x)
            return self.head(out[:, -1])

    model = Net()
    ```

    ## How it is confirmed
    `rnnlint --confirm` rebuilds the two layers and gives what the first returns to the second, which raises: 0 wrong in
    200 random pairs. A tuple that a function or an index takes is left open.

    ## When it is silent
    The tuple is unpacked (`out, _ = …`, `out, *state = …`) or indexed with a number; the recurrent layer is the
    last of its `nn.Sequential`, or a module of the user's own stands behind it and takes the tuple apart;
    `nn.GRUCell` and `nn.RNNCell`, which return a tensor; a class of the user's own that is called LSTM; in Keras a
    list given to a layer that takes a list, such as Concatenate, and a part of the list that was picked by index or
    slice.

    ## Fix safety
    No fix: whether the outputs of all steps, the last output or the state was meant, only the author knows.

    ## References
    - https://docs.pytorch.org/docs/stable/generated/torch.nn.LSTM.html
    - https://docs.pytorch.org/docs/stable/generated/torch.nn.Sequential.html
    - https://keras.io/api/layers/recurrent_layers/lstm/
    """

    code = "RNN111"
    name = "output-tuple-as-tensor"
    severity = Severity.ERROR
    symptoms = ("crash",)
    frameworks = ("keras", "torch")

    def check(self, program: Program) -> Iterator[Verdict]:
        for misuse in program.misuses:
            layer = misuse.output.layer
            if layer is None:
                continue
            what = "a list of output and states" if layer.framework == "keras" else "a tuple (output, state)"
            taker = f"`{misuse.consumer.type_name}`" if misuse.consumer is not None else "what follows"
            yield Found(
                misuse.site,
                f"`{layer.type_name}` returns {what}, but {taker} takes it for a tensor",
                help="unpack it: `out, state = layer(x)`; in nn.Sequential put a module that picks the output between",
                remarks=(Remark("the recurrent layer", layer.site),) if layer.site != misuse.site else (),
                subject=misuse,
            )
