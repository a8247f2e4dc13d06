"""RNN611: layers assigned to a network that is not initialised."""

from __future__ import annotations

from collections.abc import Iterator

from rnnlint.finding import Applicability, Severity
from rnnlint.program.network import Premature
from rnnlint.program.program import Program
from rnnlint.repair import InsertBefore, MoveBefore, Repair
from rnnlint.rules.base import Found, Rule, Verdict


class MissingSuperInit(Rule):
    """A network's `__init__` assigns layers, but the library class it derives from is not initialised.

    ## What it does
    Runs the `__init__` of each class that derives from `nn.Module`, a Lightning module, or a Keras `Model` or
    `Layer`, and reports the first layer that is assigned before the library's own `__init__` has run. In Keras, which
    accepts layers early, it reports a class whose `__init__` never gets there.

    ## Why it is bad
    The library's `__init__` makes the tables in which layers are registered. Without them torch 2.13 raises
    `AttributeError: cannot assign module before Module.__init__() call` at the assignment, and Keras 3.15 raises
    `RuntimeError: In layer ..., you forgot to call super().__init__()` at the first call. The class cannot be used.

    ## Example
    ```python
    from torch import nn

    class Reader(nn.Module):
        def __init__(self, width):
            self.rnn = nn.GRU(8, width, batch_first=True)
            self.head = nn.Linear(width, 1)

        def forward(self, x):
            out, _ = self.rnn(x)
            return self.head(out[:, -1])
    ```

    ## Use instead
    ```python
    from torch import nn

    class Reader(nn.Module):
        def __init__(self, width):
            super().__init__()
            self.rnn = nn.GRU(8, width, batch_first=True)
            self.head = nn.Linear(width, 1)

        def forward(self, x):
            out, _ = self.rnn(x)
            return self.head(out[:, -1])
    ```

    ## How it is confirmed
    By making an object of the class.

    ## When it is silent
    `super().__init__()` in any form, also `nn.Module.__init__(self)` and through base classes of the project;
    classes without an `__init__` of their own; a base class that is not known, a metaclass, `__new__`, or a decorator
    that may initialise it; numbers, tensors and other attributes set before.

    ## Fix safety
    Safe: `super().__init__()` is put first in `__init__`, or moved there; the program cannot run without it. No fix is
    offered where a base class of the program has an `__init__` of its own.

    ## References
    - https://docs.pytorch.org/docs/stable/generated/torch.nn.Module.html
    - https://keras.io/guides/making_new_layers_and_models_via_subclassing/
    """

    code = "RNN611"
    name = "missing-super-init"
    severity = Severity.ERROR
    symptoms = ("crash",)
    frameworks = ("keras", "torch")
    fixes = (Applicability.SAFE,)

    def check(self, program: Program) -> Iterator[Verdict]:
        for early in program.premature:
            when = "comes later" if early.later else "is never called"
            yield Found(
                early.site,
                f"`{early.owner}` is given the layer `{early.attribute}` ({early.type_name}) before it is initialised: "
                f"`super().__init__()` {when}",
                help=f"call `super().__init__()` first in `{early.owner}.__init__`",
                repair=_repair(early),
            )


def _repair(early: Premature) -> Repair | None:
    """None where several classes have an `__init__`, of which another one may be at fault."""
    if early.start is None or early.later != (early.call is not None):
        return None
    first = early.start.span
    options = f"**{early.options}" if early.options and early.framework == "keras" else ""
    insert = InsertBefore(first, (f"super().__init__({options})",))
    verb = MoveBefore(early.call.span, first) if early.call is not None else insert
    return Repair("initialise the library class first", Applicability.SAFE, (verb,))
