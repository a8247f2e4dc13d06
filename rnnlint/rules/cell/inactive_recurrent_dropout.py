"""RNN105: the dropout of a one-layer recurrent network does nothing."""

from __future__ import annotations

from collections.abc import Iterator

from rnnlint.finding import Severity
from rnnlint.program.network import Layer
from rnnlint.program.program import Program
from rnnlint.program.value import confidence_of, possible
from rnnlint.rules.base import Found, Rule, RuledOut, Undecided, Verdict


class InactiveRecurrentDropout(Rule):
    """The dropout of a recurrent layer acts between its stacked layers only, and there is just one.

    ## What it does
    Looks at `dropout=` and `num_layers=` of every `nn.LSTM`, `nn.GRU` and `nn.RNN`, wherever their values come
    from, and reports a dropout above 0 where `num_layers` is 1 or left out.

    ## Why it is bad
    PyTorch applies this dropout to the output of each stacked layer but the last. With one layer that is nowhere:
    two passes in training mode over the same batch gave exactly the same output, where two layers with the same
    dropout differed by 0.10. A second direction doesn't count as a layer. The network trains without the
    regularisation that its author tuned, and a search over the rate compares runs that differ by chance alone.
    PyTorch says so in a warning at construction, which is easily lost among others.

    ## Example
    ```python
    from torch import nn

    class Net(nn.Module):
        def __init__(self):
            super().__init__()
            self.lstm = nn.LSTM(8, 64, batch_first=True, dropout=0.3)
            self.head = nn.Linear(64, 1)

        def forward(self, x):
            out, _ = self.lstm(x)
            return self.head(out[:, -1])
    ```

    ## Use instead
    ```python
    from torch import nn

    class Net(nn.Module):
        def __init__(self):
            super().__init__()
            self.lstm = nn.LSTM(8, 64, batch_first=True)
            self.dropout = nn.Dropout(0.3)
            self.head = nn.Linear(64, 1)

        def forward(self, x):
            out, _ = self.lstm(x)
            return self.head(self.dropout(out[:, -1]))
    ```
    or `num_layers=2`, if a second layer was meant.

    ## How it is confirmed
    `rnnlint --confirm` sends one batch twice through the rebuilt layer in training mode: the outputs are equal to the
    last bit (0 wrong in 200 random layers). Where the layer cannot be rebuilt, `--confirm=execute` does the same with
    the program's own class (0 wrong in 200).

    ## When it is silent
    Two or more layers, also where the number comes from a caller, a constant or an option; a dropout of 0, or one
    that is 0 when there is one layer (`dropout if num_layers > 1 else 0`); a number of layers that isn't known; a
    class of the user's own that is called LSTM; Keras, whose `dropout=` acts on the inputs of a single layer.

    ## Fix safety
    No fix is offered: removing the argument keeps what the network does, a dropout layer behind it or a second
    layer does what was meant, and only the author knows which.

    ## References
    - https://docs.pytorch.org/docs/stable/generated/torch.nn.LSTM.html
    - Zaremba, Sutskever and Vinyals, Recurrent Neural Network Regularization (2014)
    """

    code = "RNN105"
    name = "inactive-recurrent-dropout"
    severity = Severity.WARNING
    symptoms = ()
    frameworks = ("torch",)
    about_recurrence = True

    def check(self, program: Program) -> Iterator[Verdict]:
        for layer in program.layers:
            if layer.framework == "torch" and layer.recurrent:
                yield _judge(layer)


def _judge(layer: Layer) -> Verdict:
    dropout, layers = layer.setting("dropout"), layer.setting("num_layers")
    rates, counts = possible(dropout), possible(layers)
    if rates is None or counts is None:
        return Undecided(layer.site, f"the dropout or the number of layers of {layer.type_name} is not known")
    if not all(isinstance(rate, int | float) and rate > 0 for rate in rates):
        return RuledOut(layer.site, "no dropout is asked for")
    if any(count != 1 for count in counts):
        return RuledOut(layer.site, "there are layers for the dropout to stand between")
    return Found(
        layer.site,
        f"`{layer.type_name}` has dropout={rates[0]} and one layer: dropout acts between layers, so nothing is dropped",
        help="use num_layers of 2 or more, or put nn.Dropout behind the layer",
        confidence=confidence_of(dropout, layers),
        subject=layer,
    )
