"""RNN210: predictions of shape (N, 1) are compared with targets of shape (N,)."""

from __future__ import annotations

from collections.abc import Iterator

from rnnlint.finding import Applicability, Severity
from rnnlint.program.data import Array
from rnnlint.program.program import Program
from rnnlint.program.size import Size
from rnnlint.program.training import Fit
from rnnlint.program.value import Site
from rnnlint.repair import Argument, Operand, Place, Repair, Surround
from rnnlint.rules.base import Found, Remark, Rule, RuledOut, Undecided, Verdict


class TargetBroadcast(Rule):
    """A loss between (N, 1) and (N,) compares every prediction with every target, so the network learns their mean.

    ## What it does
    Compares the shapes of prediction and target where a regression loss meets them: `MSELoss`, `L1Loss`,
    `SmoothL1Loss`, `HuberLoss` and their functions in PyTorch, and differences written by hand
    (`tf.square(y - model(x))`) in a Keras training loop.

    ## Why it is bad
    The two shapes broadcast to (N, N). The mean over all pairs is smallest when each prediction is the mean of all
    targets, so the network is trained to be constant: after 30 steps the predictions' spread was 0.010 to 0.026 of
    the targets', where equal shapes reached 0.57 to 0.99, and the loss stayed near the targets' variance. PyTorch
    only warns, once. A perfect prediction gives a loss far from 0 (2.87 for standard normal targets).

    Keras' own losses remove the spare axis, and so does `compile` for a function of the user's own; a difference
    in a `GradientTape` loop or in `train_step` is taken as it is written.

    ## Example
    ```python
    import torch
    from torch import nn

    class Net(nn.Module):
        def __init__(self):
            super().__init__()
            self.lstm = nn.LSTM(3, 16, batch_first=True)
            self.head = nn.Linear(16, 1)

        def forward(self, x):
            return self.head(self.lstm(x)[0][:, -1])

    x = torch.randn(500, 20, 3)
    y = x.mean(dim=(1, 2))
    net, criterion = Net(), nn.MSELoss()
    optimizer = torch.optim.Adam(net.parameters())
    for _ in range(50):
        optimizer.zero_grad()
        criterion(net(x), y).backward()
        nn.utils.clip_grad_norm_(net.parameters(), 1.0)
        optimizer.step()
    ```

    ## Use instead
    ```python
    import torch
    from torch import nn

    class Net(nn.Module):
        def __init__(self):
            super().__init__()
            self.lstm = nn.LSTM(3, 16, batch_first=True)
            self.head = nn.Linear(16, 1)

        def forward(self, x):
            return self.head(self.lstm(x)[0][:, -1]).squeeze(-1)

    x = torch.randn(500, 20, 3)
    y = x.mean(dim=(1, 2))
    net, criterion = Net(), nn.MSELoss()
    optimizer = torch.optim.Adam(net.parameters())
    for _ in range(50):
        optimizer.zero_grad()
        criterion(net(x), y).backward()
        nn.utils.clip_grad_norm_(net.parameters(), 1.0)
        optimizer.step()
    ```

    ## How it is confirmed
    `rnnlint --confirm` takes the loss of the targets with themselves, in the prediction's shape: it must be 0 and is
    about the targets' variance (0 wrong in 200).

    ## When it is silent
    Equal shapes, however they were made (`squeeze`, `view(-1)`, `flatten`, `unsqueeze`, `view_as`, a column kept by
    `[["Close"]]`); batches of one sample, where (1, 1) and (1,) give the same number; losses that refuse unequal
    shapes (the binary cross-entropies) or want them (`CrossEntropyLoss`); Keras' own losses; shapes that are not
    known on either side.

    ## Fix safety
    Unsafe: `squeeze(-1)`, in Keras `[:, 0]`, on the side with two axes, where the loss or the difference is written.
    It changes what the network is trained on, which is the purpose. No fix is offered where the same line also
    compares equal shapes.

    ## References
    - https://docs.pytorch.org/docs/stable/generated/torch.nn.MSELoss.html
    - https://docs.pytorch.org/docs/stable/notes/broadcasting.html
    """

    code = "RNN210"
    name = "target-broadcast"
    severity = Severity.ERROR
    symptoms = ("constant",)
    frameworks = ("torch", "keras")
    fixes = (Applicability.UNSAFE,)

    def check(self, program: Program) -> Iterator[Verdict]:
        for fit in program.fits:
            if fit.framework == "torch" and fit.loss is not None and fit.loss.regression:
                yield _judge(program, fit)
        for array in program.made_by("arithmetic"):
            if len(array.inputs) == 2:
                verdict = _by_hand(program, array)
                if verdict is not None:
                    yield verdict


def _judge(program: Program, fit: Fit) -> Verdict:
    output = fit.outputs[0]
    if fit.target is None or output.shape is None or fit.target.shape is None:
        return Undecided(fit.site, "the shapes of output and target are not known")
    if not _spread(output.shape, fit.target.shape):
        return RuledOut(fit.site, "output and target have as many axes")
    winner = "the median" if fit.loss is not None and fit.loss.kind == "mae" else "the mean"
    others = [one for one in program.fits if one.site.span == fit.site.span]
    same = all(_alike((output, fit.target), (one.outputs[0], one.target)) for one in others)
    column = Argument(fit.site.span, *((0, "input") if _is_column(output) else (1, "target")))
    return _found(fit.site, output, fit.target, winner, _repair(column, ".squeeze(-1)") if same else None)


def _repair(column: Place, behind: str) -> Repair:
    return Repair("take the spare axis off", Applicability.UNSAFE, (Surround(column, behind=(behind,)),))


def _is_column(array: Array) -> bool:
    return array.shape is not None and len(array.shape) == 2


def _alike(pair: tuple[Array, Array], other: tuple[Array, Array | None]) -> bool:
    """Whether the same side has the spare axis in both, as far as is known."""
    two = other[1]
    if two is None or other[0].shape is None or two.shape is None:
        return True
    return [_is_column(array) for array in pair] == [_is_column(other[0]), _is_column(two)]


def _found(site: Site, output: Array, target: Array, winner: str, repair: Repair | None) -> Verdict:
    assert output.shape is not None
    assert target.shape is not None
    return Found(
        site,
        f"{_printed(output)} meets {_printed(target)}: each prediction is compared with every target, {winner} wins",
        help="make the shapes equal: squeeze(-1) the output, or unsqueeze(-1) the target",
        remarks=(Remark("the target", target.site),) if target.site != site else (),
        repair=repair,
        subject=(output, target),
    )


def _spread(one: tuple[Size | None, ...], two: tuple[Size | None, ...]) -> bool:
    """(N, 1) against (N,): both are stretched to (N, N)."""
    longer, shorter = (one, two) if len(one) > len(two) else (two, one)
    return len(longer) == 2 and len(shorter) == 1 and longer[1] == 1 and longer[0] != 1 and shorter[0] != 1


def _printed(array: Array) -> str:
    assert array.shape is not None
    what = "the output" if any(a.op == "apply" for a in array.ancestry()) else "a target"
    return f"{what} of shape " + ("(N, 1)" if len(array.shape) == 2 else "(N,)")


def _by_hand(program: Program, array: Array) -> Verdict | None:
    """A difference between an output and a target, written by hand."""
    one, two = array.inputs
    if one.shape is None or two.shape is None or not _spread(one.shape, two.shape):
        return None
    outputs = [any(a.op == "apply" for a in side.ancestry()) for side in (one, two)]
    if outputs[0] == outputs[1]:
        return None
    output, target = (one, two) if outputs[0] else (two, one)
    others = [made for made in program.made_by("arithmetic") if made.site.span == array.site.span]
    same = all(len(made.inputs) == 2 and _alike((one, two), (made.inputs[0], made.inputs[1])) for made in others)
    torch = any(a.layer is not None and a.layer.framework == "torch" for a in output.ancestry())
    column = Operand(array.site.span, 0 if _is_column(one) else 1)
    repair = _repair(column, ".squeeze(-1)" if torch else "[:, 0]") if same else None
    return _found(array.site, output, target, "one value for all", repair)
