"""RNN608: a network is judged in training mode, or trained in evaluation mode."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from rnnlint.finding import Severity
from rnnlint.program.events import Event
from rnnlint.program.loops import Trace
from rnnlint.program.network import Layer
from rnnlint.program.program import Program
from rnnlint.rules.base import Found, Remark, Rule, RuledOut, Undecided, Verdict

MODES = ("train", "eval", "mode", "escape")


class EvaluationInTrainingMode(Rule):
    """A network with dropout or batch normalisation is judged in training mode, or goes on training after eval().

    ## What it does
    Looks for a loss that is taken without gradients on the output of dropout, of batch normalisation or of a
    recurrent stack with dropout, while the network is in training mode; and for `eval()` in a training loop that no
    `train()` undoes.

    ## Why it is bad
    Dropout goes on dropping while the score is taken, and batch normalisation uses the batch at hand. An LSTM with
    dropout of 0.5 in front of its head, trained on a sine, seemed to have an error of 0.014 to 0.020 on new data; in
    evaluation mode it was 0.00005 to 0.0017, 8 to 367 times less (5 seeds). With batch normalisation and batches of 4
    the error came out 1.06 to 1.15 times too large. Without `train()` the dropout that was asked for works in the
    first epoch only.

    ## Example
    ```python
    import torch
    from torch import nn

    model = nn.Sequential(nn.Linear(8, 64), nn.ReLU(), nn.Dropout(0.5), nn.Linear(64, 1))
    optimizer = torch.optim.Adam(model.parameters())
    for epoch in range(20):
        for x, y in loader:
            optimizer.zero_grad()
            nn.functional.mse_loss(model(x), y).backward()
            optimizer.step()
        with torch.no_grad():
            for x, y in held_out:
                print(nn.functional.mse_loss(model(x), y))
    ```

    ## Use instead
    ```python
    import torch
    from torch import nn

    model = nn.Sequential(nn.Linear(8, 64), nn.ReLU(), nn.Dropout(0.5), nn.Linear(64, 1))
    optimizer = torch.optim.Adam(model.parameters())
    for epoch in range(20):
        model.train()
        for x, y in loader:
            optimizer.zero_grad()
            nn.functional.mse_loss(model(x), y).backward()
            optimizer.step()
        model.eval()
        with torch.no_grad():
            for x, y in held_out:
                print(nn.functional.mse_loss(model(x), y))
    ```

    ## How it is confirmed
    Two passes over one batch differ while the score is taken; or none do while training.

    ## When it is silent
    No dropout, or a rate of 0, and no batch normalisation; `train(flag)`; a function whose callers are not seen and
    may set the mode; `train()` right in front of the evaluation, which is meant (Monte Carlo dropout); `eval()` in
    front of all training, which freezes batch normalisation on purpose; a network handed to code that cannot be seen.

    ## Fix safety
    None is offered.

    ## References
    - https://docs.pytorch.org/docs/stable/notes/autograd.html#evaluation-mode-nn-module-eval
    """

    code = "RNN608"
    name = "evaluation-in-training-mode"
    severity = Severity.WARNING
    symptoms = ("zero", "flat")
    frameworks = ("torch",)

    def check(self, program: Program) -> Iterator[Verdict]:
        trace = program.trace
        for score in trace.of("judge"):
            assert score.array is not None
            used = {array.layer for array in score.array.ancestry() if array.layer is not None}
            if active := _active(used):
                yield _judged(trace, score, active)
        for switch in trace.of("eval"):
            yield from _left(trace, switch)


def _judged(trace: Trace, score: Event, active: list[Layer]) -> Verdict:
    sets = (one for one in trace.earlier(score, *MODES) if not one.layers or one.layers.intersection(active))
    mode = next(sets, None)
    if mode is None and score.origin:
        return Undecided(score.site, "the mode is set by whoever calls this")
    if mode is not None and mode.how == "eval":
        return RuledOut(score.site, "the network is in evaluation mode", (Remark("set here", mode.site),))
    if mode is not None and (mode.how != "train" or not mode.certain_with(score)):
        return Undecided(score.site, "the network's mode is not known")
    if mode is not None and next(trace.earlier(score, "backward", "train")).how == "train":
        return Undecided(score.site, "training mode is set for this evaluation")
    remarks = () if mode is None else (Remark("training mode is set here", mode.site),)
    return Found(
        score.site,
        f"the score is taken in training mode: {_names(active)} acts as in training",
        help="call eval() on the network before it is evaluated, and train() before it is trained again",
        remarks=(*remarks, Remark("the layer", active[0].site)),
    )


def _left(trace: Trace, switch: Event) -> Iterator[Verdict]:
    """Evaluation mode that a training loop enters and never leaves."""
    active = _active(switch.layers)
    turn = trace.turn_with(switch, "backward")
    applied = [one for one in trace.concerning(switch, turn, "forward") if one.layers] if turn is not None else []
    trained = next((one for one in applied if not one.no_grad), None)
    if not active or turn is None or trained is None or switch.doubtful:
        return
    before = next((one for one in trace.earlier(trained, "train", "eval", "mode") if one.concerns(switch)), None)
    if trace.concerning(switch, turn, "train", "mode"):
        yield RuledOut(switch.site, "training mode is set again in the loop")
    elif trained.number > switch.number or (before is not None and before.how == "eval"):
        yield RuledOut(switch.site, "all training is done in evaluation mode")
    elif trace.concerning(switch, turn, "layer", "escape", "cut"):
        yield Undecided(switch.site, "code that cannot be seen may set the mode")
    elif any(branch.period is None and branch not in trained.branches for branch in switch.branches):
        yield Undecided(switch.site, "it may be the last thing that the loop does")
    else:
        yield Found(
            switch.site,
            f"nothing undoes eval() in this loop: from its next turn on, {_names(active)} does not act in training",
            help="call train() on the network at the start of each turn",
            remarks=(Remark("applied in training here", trained.site), Remark("the layer", active[0].site)),
        )


def _active(layers: Iterable[Layer]) -> list[Layer]:
    """The layers that act otherwise in training, in the order of the source."""
    found = [layer for layer in layers if layer.knows_training]
    return sorted(found, key=lambda layer: (layer.site.span.path, layer.site.span.cell, layer.site.span.line))


def _names(layers: Iterable[Layer]) -> str:
    return ", ".join(f"`{name}`" for name in sorted({layer.type_name for layer in layers}))
