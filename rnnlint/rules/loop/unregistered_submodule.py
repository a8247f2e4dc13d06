"""RNN610: layers in a plain list or dictionary, which the module does not know as its own."""

from __future__ import annotations

from collections.abc import Iterator

from rnnlint.finding import Applicability, Severity
from rnnlint.program.network import Unregistered
from rnnlint.program.program import Program
from rnnlint.repair import Qualified, Repair, Surround
from rnnlint.rules.base import Found, Rule, Verdict

_CONTAINERS = {"dict": ("nn.ModuleDict", "nn.ParameterDict"), "list": ("nn.ModuleList", "nn.ParameterList")}


class UnregisteredSubmodule(Rule):
    """A module holds its layers in a plain list or dictionary, so they are none of its parameters.

    ## What it does
    Looks at every attribute of an `nn.Module` and reports weights in a list, tuple, set or dictionary: layers,
    modules and `nn.Parameter`s that the module made itself and registers nowhere. It also reports a tensor made with
    `requires_grad=True` that a module holds as if it were an `nn.Parameter`, where an optimizer gets the module's
    parameters.

    ## Why it is bad
    `parameters()`, `to()`, `state_dict()`, `train()` and `eval()` pass such layers by. They keep the weights they were
    born with, are not saved, and stay on the CPU. Two GRU layers of width 24 and a linear head that must recall the
    first of 12 inputs: after 150 steps of Adam(1e-2) the error is 1.00 of the variance with the layers in a list (25
    trained parameters), and 0.002 to 0.006 with the same layers in `nn.ModuleList` (5,785 parameters; seeds 0 to 4).

    ## Example
    ```python
    from torch import nn

    class Tagger(nn.Module):
        def __init__(self, width=32, depth=3, tags=9):
            super().__init__()
            self.levels = [nn.GRU(width, width, batch_first=True) for _ in range(depth)]
            self.head = nn.Linear(width, tags)

        def forward(self, x):
            for level in self.levels:
                x, _ = level(x)
            return self.head(x)
    ```

    ## Use instead
    ```python
    from torch import nn

    class Tagger(nn.Module):
        def __init__(self, width=32, depth=3, tags=9):
            super().__init__()
            self.levels = nn.ModuleList(nn.GRU(width, width, batch_first=True) for _ in range(depth))
            self.head = nn.Linear(width, tags)

        def forward(self, x):
            for level in self.levels:
                x, _ = level(x)
            return self.head(x)
    ```

    ## How it is confirmed
    `rnnlint --confirm=execute` builds the module in its cage and looks for weights behind its output that are none of
    its parameters: 0 wrong in 200 random classes.

    ## When it is silent
    `nn.ModuleList`, `nn.ModuleDict`, `nn.Sequential`, `add_module`, `register_module` and `setattr`, before or after
    the list is filled; layers without weights; a list of one module, the usual way to keep one out of the
    parameters on purpose; modules that others made and handed in; layers that are frozen, or whose own parameters an
    optimizer gets; a class with `parameters` of its own; whatever a library function received.

    ## Fix safety
    Unsafe: the layers are trained from then on, and saved weights have more entries. The list or dictionary is put into
    an `nn.ModuleList`, `nn.ModuleDict`, `nn.ParameterList` or `nn.ParameterDict`. No fix is offered for lists of lists,
    for lists that also hold other things, where the module uses what those containers lack (`get`, `remove`), and for
    tensors.

    ## References
    - https://docs.pytorch.org/docs/stable/generated/torch.nn.ModuleList.html
    - https://docs.pytorch.org/docs/stable/generated/torch.nn.parameter.Parameter.html
    """

    code = "RNN610"
    name = "unregistered-submodule"
    severity = Severity.ERROR
    symptoms = ("flat",)
    frameworks = ("torch",)
    fixes = (Applicability.UNSAFE,)

    def check(self, program: Program) -> Iterator[Verdict]:
        for held in program.unregistered:
            yield Found(held.site, _message(held), help=_help(held), repair=_repair(held), subject=held)


def _message(held: Unregistered) -> str:
    if held.holder == "tensor":
        return f"`{held.attribute}` of `{held.owner}` is a plain tensor: the optimizer does not get it"
    return (
        f"this `{held.type_name}` stands in a plain {held.holder}, `{held.attribute}` of `{held.owner}`, and is not "
        "registered: it is neither trained nor moved nor saved with the module"
    )


def _help(held: Unregistered) -> str:
    if held.holder == "tensor":
        return f"make it an nn.Parameter: `self.{held.attribute} = nn.Parameter(...)`"
    return f"make `{held.attribute}` an {_container(held)}"


def _container(held: Unregistered) -> str:
    layers, parameters = _CONTAINERS.get(held.holder, _CONTAINERS["list"])
    return parameters if held.type_name == "Parameter" else layers


def _repair(held: Unregistered) -> Repair | None:
    if not held.held:
        return None
    container = _container(held)
    before = (Qualified(f"torch.{container}"), "(")
    verbs = tuple(Surround(site.span, before, (")",)) for site in held.held)
    return Repair(f"make it an {container}", Applicability.UNSAFE, verbs)
