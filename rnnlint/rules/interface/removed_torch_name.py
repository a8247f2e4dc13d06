"""RNN703: a name or an argument that PyTorch no longer has."""

from __future__ import annotations

from collections.abc import Iterator

from rnnlint.finding import Applicability, Severity
from rnnlint.program.program import Program
from rnnlint.rules.base import Rule, Verdict
from rnnlint.rules.removals import verdicts


class RemovedTorchName(Rule):
    """The program uses a name, an argument or a meaning that PyTorch or torchtext no longer has.

    ## What it does
    Compares imports, attributes, arguments and uses of a loss with what PyTorch and torchtext had and gave up, and
    with the versions that the project asks for. Each thing is reported once in a file, at its first use.

    ## Why it is bad
    The program stops there. `loss.data[0]` raises an IndexError after the first forward pass, `iterator.next()` an
    AttributeError, and the Field and BucketIterator of torchtext cannot be imported; each was run under PyTorch 2.13.
    `volatile=True` is worse: it is accepted with a warning and switches nothing off, so that an evaluation keeps the
    graph of every batch.

    ## Example
    ```python
    import torch
    from torch import nn

    model = nn.LSTM(8, 32, batch_first=True)
    optimizer = torch.optim.Adam(model.parameters())
    for x, y in torch.load("batches.pt"):
        output, _ = model(x)
        loss = nn.functional.mse_loss(output, y)
        optimizer.zero_grad()
        loss.backward()
        nn.utils.clip_grad_norm_(model.parameters(), 1.0)
        optimizer.step()
        print(loss.data[0])
    ```

    ## Use instead
    ```python
    import torch
    from torch import nn

    model = nn.LSTM(8, 32, batch_first=True)
    optimizer = torch.optim.Adam(model.parameters())
    for x, y in torch.load("batches.pt"):
        output, _ = model(x)
        loss = nn.functional.mse_loss(output, y)
        optimizer.zero_grad()
        loss.backward()
        nn.utils.clip_grad_norm_(model.parameters(), 1.0)
        optimizer.step()
        print(loss.item())
    ```

    ## How it is confirmed
    By looking the name up in the installed PyTorch. The table behind the rule is held against it in the tests.

    ## When it is silent
    Where the project asks for a version that still has the name; where the program chooses by version, by `hasattr`
    or by catching the error; names that work, with or without a warning: `Variable`, `functional.tanh`,
    `clip_grad_norm`, `size_average=`; a loss that is not reduced to one number. What a release after PyTorch 2.0
    removed is reported with low confidence unless the project asks for such a release.

    ## Fix safety
    Safe: `loss.data[0]` becomes `loss.item()`, `iterator.next()` becomes `next(iterator)`, and a scheduler's `verbose=`
    is left out; each raised an error.

    No fix is offered for what has no equal: solvers and transforms, whose results have another form now, torchtext's
    fields and iterators, and `volatile=`, whose place `torch.no_grad()` takes around the whole evaluation.

    ## References
    - https://github.com/pytorch/pytorch/releases
    - https://pytorch.org/blog/pytorch-0_4_0-migration-guide/
    """

    code = "RNN703"
    name = "removed-torch-name"
    severity = Severity.ERROR
    symptoms = ("crash",)
    frameworks = ("torch",)
    fixes = (Applicability.SAFE,)

    def check(self, program: Program) -> Iterator[Verdict]:
        yield from verdicts(program, "torch")
        yield from verdicts(program, "torchtext")
