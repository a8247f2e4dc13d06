"""RNN117: one layer object stands several times in a stack."""

from __future__ import annotations

from collections.abc import Iterator

from rnnlint.finding import Applicability, Severity
from rnnlint.program.program import Program
from rnnlint.repair import Repair, RepeatAnew
from rnnlint.rules.base import Found, Remark, Rule, Verdict


class SharedCell(Rule):
    """One layer object is put into a stack several times, so all its layers are the same layer.

    ## What it does
    Looks at what makes up a stack: the list given to a Keras RNN, StackedRNNCells or Sequential, to `nn.ModuleList`
    or `nn.Sequential`, and what `.add` and `append` put there. It reports the expression that repeats one object
    with weights, as `[cell] * 3` does.

    ## Why it is bad
    Multiplying a list copies references. A stack of three `nn.LSTMCell(32, 32)` made that way has 8,448 parameters
    and not 25,344; two `LSTMCell(3)` in a Keras RNN have 84 and not 168. Every layer has the same weights, whatever
    the printed model says, and where the input is not as wide as the cell the network does not run at all.

    ## Example
    ```python
    from torch import nn

    class Stack(nn.Module):
        def __init__(self, width=32, depth=3):
            super().__init__()
            self.cells = nn.ModuleList([nn.LSTMCell(width, width)] * depth)

        def forward(self, x, states):
            for level, cell in enumerate(self.cells):
                states[level] = cell(x, states[level])
                x = states[level][0]
            return x, states
    ```

    ## Use instead
    ```python
    from torch import nn

    class Stack(nn.Module):
        def __init__(self, width=32, depth=3):
            super().__init__()
            self.cells = nn.ModuleList([nn.LSTMCell(width, width) for _ in range(depth)])

        def forward(self, x, states):
            for level, cell in enumerate(self.cells):
                states[level] = cell(x, states[level])
                x = states[level][0]
            return x, states
    ```

    ## How it is confirmed
    By counting the parameters of the rebuilt stack, and again with one object per layer.

    ## When it is silent
    A comprehension or loop that makes each object anew; copies by deepcopy or from the configuration; lists of
    classes, numbers or layers without weights (activations, dropout, pooling); a repetition of one; one layer
    applied to several inputs, or again and again in `forward`: sharing weights over branches, steps or rounds is a
    method of its own; layers that copy what they are given, as `nn.TransformerEncoder` does.

    ## Fix safety
    Unsafe: a comprehension in place of `[cell(...)] * k` makes the layers that were meant, but saved weights no
    longer fit the model. No fix is offered where the object is made somewhere else, or shared in another way.

    ## References
    - https://docs.python.org/3/faq/programming.html#how-do-i-create-a-multidimensional-list
    - https://docs.pytorch.org/docs/stable/generated/torch.nn.ModuleList.html
    - https://keras.io/api/layers/recurrent_layers/stacked_rnn_cell/
    """

    code = "RNN117"
    name = "shared-cell"
    severity = Severity.ERROR
    symptoms = ()
    frameworks = ("keras", "torch")
    fixes = (Applicability.UNSAFE,)

    def check(self, program: Program) -> Iterator[Verdict]:
        for repeat in program.repeats:
            yield Found(
                repeat.site,
                f"one `{repeat.layer.type_name}` stands several times in this stack: its layers share their weights",
                help="make each layer anew, in a comprehension or a loop",
                remarks=(Remark("the one object is made here", repeat.layer.site),),
                repair=Repair(
                    "make each layer anew in a comprehension", Applicability.UNSAFE, (RepeatAnew(repeat.site.span),)
                ),
            )
