"""RNN613: a function is given a model, loader or optimizer, and uses a global one."""

from __future__ import annotations

from collections.abc import Iterator

from rnnlint.finding import Severity
from rnnlint.program.program import Program
from rnnlint.rules.base import Found, Rule, Verdict


class IgnoredArgument(Rule):
    """A function never reads the model, loader or optimizer that it is given, and uses a global of another name.

    ## What it does
    Looks at each call of a function that is handed a model, a loader, a data set or an optimizer, and reports it
    where the function's body never reads that parameter but reads a name of its module that holds another one of the
    same sort.

    ## Why it is bad
    The function does its work on something else than the caller says: it trains the wrong network, or scores the
    training data as if it were the test data. For a GRU(32) that has learnt 200 samples of noise by heart, an
    `evaluate(model, loader)` that loops over the global `train_loader` finds 1.00 of the test samples right instead
    of 0.44 to 0.58 (seeds 0 to 2). Where both names hold the same thing today it is advice: the next caller is misled.

    ## Example
    ```python
    import torch
    from torch import nn
    from torch.utils.data import DataLoader, TensorDataset

    train_loader = DataLoader(TensorDataset(torch.rand(512, 10, 3), torch.rand(512, 8)), batch_size=32)
    test_loader = DataLoader(TensorDataset(torch.rand(128, 10, 3), torch.rand(128, 8)), batch_size=32)
    rnn = nn.GRU(3, 8, batch_first=True)

    def score(model, loader):
        model.eval()
        total = 0.0
        with torch.no_grad():
            for x, y in train_loader:
                total += nn.functional.mse_loss(model(x)[0][:, -1], y).item()
        return total

    print(score(rnn, test_loader))
    ```

    ## Use instead
    ```python
    import torch
    from torch import nn
    from torch.utils.data import DataLoader, TensorDataset

    train_loader = DataLoader(TensorDataset(torch.rand(512, 10, 3), torch.rand(512, 8)), batch_size=32)
    test_loader = DataLoader(TensorDataset(torch.rand(128, 10, 3), torch.rand(128, 8)), batch_size=32)
    rnn = nn.GRU(3, 8, batch_first=True)

    def score(model, loader):
        model.eval()
        total = 0.0
        with torch.no_grad():
            for x, y in loader:
                total += nn.functional.mse_loss(model(x)[0][:, -1], y).item()
        return total

    print(score(rnn, test_loader))
    ```

    ## How it is confirmed
    By reading: the parameter does not occur in the body.

    ## When it is silent
    Parameters that are read anywhere in the body, in inner functions and f-strings too; functions that take nothing
    of the sort from their module; methods, whose parameters an interface may ask for; decorated functions; `locals()`
    and its like; arguments that aren't known.

    ## Fix safety
    None is offered: the argument or the global may be the mistake.

    ## References
    - https://docs.python.org/3/reference/executionmodel.html#naming-and-binding
    """

    code = "RNN613"
    name = "ignored-argument"
    severity = Severity.WARNING
    symptoms = ()
    frameworks = ("torch", "keras")

    def check(self, program: Program) -> Iterator[Verdict]:
        for case in program.disregards:
            yield Found(
                case.site,
                f"`{case.function}` never reads its {case.role} `{case.parameter}`; it uses the global `{case.used}`"
                + ("" if case.differs else ", which is the same today"),
                help=f"use `{case.parameter}` here",
                severity=Severity.WARNING if case.differs else Severity.ADVICE,
            )
