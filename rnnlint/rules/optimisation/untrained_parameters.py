"""RNN503: weights that gradients reach, and that nothing ever updates."""

from __future__ import annotations

from collections.abc import Iterator

from rnnlint.finding import Severity
from rnnlint.program.gradients import reach
from rnnlint.program.network import WEIGHTED_KINDS, Layer
from rnnlint.program.program import Program
from rnnlint.rules.base import Found, Rule, RuledOut, Undecided, Verdict


class UntrainedParameters(Rule):
    """Weights that gradients reach are held by no optimizer and keep their random values.

    ## What it does
    Follows the gradients of each loss to the layers they reach, and looks whether an optimizer holds the parameters of
    each: those of a second network that nobody gave to the optimizer are missing, and so are those of layers made anew
    in each forward pass. Layers in plain lists, which no module registers, are RNN610's.

    ## Why it is bad
    Nothing fails: the layers that are trained learn what random features allow. An LSTM of 24 units whose parameters
    were not among the optimizer's predicted the next value of sums of sine waves with an error of 0.70 to 0.75 of their
    variance after 200 updates by Adam, against 0.002 to 0.005 for one that was trained (5 seeds each).

    ## Example
    ```python
    import torch
    from torch import nn

    encoder = nn.GRU(3, 16, batch_first=True)
    head = nn.Linear(16, 1)
    optimizer = torch.optim.Adam(head.parameters(), lr=1e-3)
    for x, y in batches:
        optimizer.zero_grad()
        loss = nn.functional.mse_loss(head(encoder(x)[0][:, -1]), y)
        loss.backward()
        nn.utils.clip_grad_norm_(head.parameters(), 1.0)
        optimizer.step()
    ```

    ## Use instead
    ```python
    import torch
    from torch import nn

    encoder = nn.GRU(3, 16, batch_first=True)
    head = nn.Linear(16, 1)
    optimizer = torch.optim.Adam([*encoder.parameters(), *head.parameters()], lr=1e-3)
    for x, y in batches:
        optimizer.zero_grad()
        loss = nn.functional.mse_loss(head(encoder(x)[0][:, -1]), y)
        loss.backward()
        nn.utils.clip_grad_norm_(head.parameters(), 1.0)
        optimizer.step()
    ```

    ## How it is confirmed
    By the facts alone: an optimizer updates the tensors that it was given.

    ## When it is silent
    Weights that are loaded, copied or frozen; a part of a network that the optimizer is given on purpose, as its head;
    networks handed to code that is not known; optimizers that may hold parameters which are not known.

    ## Fix safety
    There is no automatic fix: which parameters are to be trained is the author's to say.

    ## References
    - PyTorch, torch.optim: constructing an optimizer
    """

    code = "RNN503"
    name = "untrained-parameters"
    severity = Severity.ERROR
    symptoms = ("flat",)
    frameworks = ("torch",)

    def check(self, program: Program) -> Iterator[Verdict]:
        learning = {layer.site.span: layer for layer in reach(program).learning if layer.kind in WEIGHTED_KINDS}
        held = {layer.site.span for layer in program.optimized}
        if not learning.keys() & held:
            return
        loaded = {layer.site.span for layer in program.loaded}
        for span, layer in learning.items():
            if span in held:
                yield RuledOut(layer.site, "an optimizer holds its parameters")
            elif layer in program.trained:
                yield RuledOut(layer.site, "no module registers it, which is a fault of its own")
            elif span in loaded or not program.complete:
                yield Undecided(layer.site, "it may be loaded, kept as it is, or trained by code that is not known")
            elif reason := _missing(program, layer):
                yield Found(
                    layer.site,
                    f"no optimizer holds the parameters of this `{layer.type_name}`{reason[0]}",
                    help=reason[1],
                )


def _missing(program: Program, layer: Layer) -> tuple[str, str] | None:
    """Why no optimizer holds it, and what helps; None where a part of a network is left out on purpose."""
    trained = {other.site.span for other in program.trained}
    holders = [model for model in program.models if any(own.site.span == layer.site.span for own in model.layers)]
    if any(own.site.span in trained for model in holders for own in model.layers):
        return None
    if not holders and program.models:
        return ", which belongs to no module that is trained", "make it in __init__, and give its parameters too"
    return ", which the loss depends on", "give the optimizer its parameters too"
