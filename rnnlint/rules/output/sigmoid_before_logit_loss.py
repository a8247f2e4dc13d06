"""RNN205: a sigmoid is applied twice, by the network and by its loss."""

from __future__ import annotations

from collections.abc import Iterator

from rnnlint.finding import Applicability, Severity
from rnnlint.program.heads import Head, head_of
from rnnlint.program.program import Program
from rnnlint.program.training import Loss
from rnnlint.program.value import known
from rnnlint.program.walks import chain
from rnnlint.repair import Qualified, Recall, Repair, Unapply
from rnnlint.rules.base import Found, Remark, Rule, RuledOut, Undecided, Verdict
from rnnlint.rules.repairs import heads_at, heads_with, only_compared, without_from_logits


class SigmoidBeforeLogitLoss(Rule):
    """A sigmoid output meets a loss that applies the sigmoid itself, so the loss sees it twice.

    ## What it does
    Finds a sigmoid that ends the network in front of `BCEWithLogitsLoss` or `binary_cross_entropy_with_logits`, or
    in front of Keras' `BinaryCrossentropy(from_logits=True)`, also where it is applied between network and loss.

    ## Why it is bad
    The sigmoid of a number between 0 and 1 lies between 0.50 and 0.73. The loss can never believe that a sample is
    negative, and it stays high: 0.53 where the correct program reached 0.11. The classes are still told apart
    (accuracy 0.91 to 0.965 against 0.965 to 0.977), but slowly, and a probability computed by applying sigmoid to
    the output once more is wrong for every sample.

    Keras on TensorFlow recognises a sigmoid output, uses its logits and warns: training is the same as without the
    fault. On the PyTorch and JAX backends the loss ends at 0.55 to 0.57 instead of 0.07 to 0.15, without a warning.

    ## Example
    ```python
    import torch
    from torch import nn

    class Net(nn.Module):
        def __init__(self):
            super().__init__()
            self.rnn = nn.GRU(8, 32, batch_first=True)
            self.head = nn.Linear(32, 1)

        def forward(self, x):
            _, h_n = self.rnn(x)
            return torch.sigmoid(self.head(h_n[-1]))

    x = torch.randn(64, 20, 8)
    y = (x.mean(dim=(1, 2)) > 0).float().unsqueeze(1)
    net = Net()
    loss = nn.BCEWithLogitsLoss()(net(x), y)
    ```

    ## Use instead
    ```python
    import torch
    from torch import nn

    class Net(nn.Module):
        def __init__(self):
            super().__init__()
            self.rnn = nn.GRU(8, 32, batch_first=True)
            self.head = nn.Linear(32, 1)

        def forward(self, x):
            _, h_n = self.rnn(x)
            return self.head(h_n[-1])

    x = torch.randn(64, 20, 8)
    y = (x.mean(dim=(1, 2)) > 0).float().unsqueeze(1)
    net = Net()
    loss = nn.BCEWithLogitsLoss()(net(x), y)
    ```
    and sigmoid where probabilities are read. In Keras drop `from_logits=True` or the activation.

    ## How it is confirmed
    `rnnlint --confirm` takes the loss of outputs that leave no doubt, relative to a guess's: about 0.7 behind two
    sigmoids, 0 behind one. Refuted where Keras on TensorFlow looks behind the head. 0 wrong in 400 random heads.

    ## When it is silent
    Sigmoid that only inference reaches: a `predict` method, `if not self.training`, thresholds and metrics. Sigmoid
    as a gate or in a hidden layer. Sigmoid with `BCELoss`. Softmax and categorical losses have their own rules. A
    loss or output that is not known.

    ## Fix safety
    Unsafe: in Keras `from_logits=True` is removed. In PyTorch the loss becomes `BCELoss`, so that the output stays what
    it is; a sigmoid that only the loss reads is removed. No fix is offered where the network ends in a sigmoid and the
    loss has a `pos_weight`, which `BCELoss` lacks, or runs under autocast, which refuses `BCELoss`.

    ## References
    - https://docs.pytorch.org/docs/stable/generated/torch.nn.BCEWithLogitsLoss.html
    - https://keras.io/api/losses/probabilistic_losses/#binarycrossentropy-class
    """

    code = "RNN205"
    name = "sigmoid-before-logit-loss"
    severity = Severity.WARNING
    symptoms = ("flat",)
    frameworks = ("keras", "torch")
    fixes = (Applicability.UNSAFE,)

    def check(self, program: Program) -> Iterator[Verdict]:
        for fit in program.fits:
            loss = fit.loss
            if loss is None or not _takes_logits(loss):
                continue
            head = head_of(fit.outputs[0]) if fit.outputs else None
            if head is None:
                yield Undecided(loss.site, "what ends the network is not known")
            elif head.activation not in {"sigmoid", "hard_sigmoid"}:
                yield RuledOut(head.site, f"the network ends in {head.activation}")
            else:
                yield Found(
                    head.site,
                    f"{head.activation} stands in front of `{loss.type_name}`, which applies a sigmoid itself: "
                    "no probability leaves the range from 0.5 to 0.73",
                    help="give the loss the logits, or use the loss for probabilities",
                    remarks=(Remark("the loss", loss.site),),
                    confidence=head.confidence,
                    repair=_repair(program, loss, head),
                    subject=fit,
                )


def _repair(program: Program, loss: Loss, head: Head) -> Repair | None:
    if loss.framework == "keras":
        return without_from_logits(program, loss, ("sigmoid", "hard_sigmoid"))
    losses = [fit.loss for fit, _ in heads_at(program, head.layer)]
    alone = only_compared(program, head.layer) and all(one is not None and _takes_logits(one) for one in losses)
    if alone and not _returned(program, head):
        verb = Unapply(head.layer.site.span, head.array.site.span)
        return Repair("leave the sigmoid out", Applicability.UNSAFE, (verb,))
    same = all(one is not None and one.activation == "sigmoid" for one in heads_with(program, loss))
    if "pos_weight" in loss.settings or program.autocast or not same:
        return None
    name = "BCELoss" if loss.type_name == "BCEWithLogitsLoss" else "functional.binary_cross_entropy"
    recall = Recall(loss.site.span, (Qualified(f"torch.nn.{name}"),))
    return Repair("use the loss for probabilities", Applicability.UNSAFE, (recall,))


def _returned(program: Program, head: Head) -> bool:
    """Whether a network returns what the sigmoid makes, so that code elsewhere may read it."""
    return any(head.array in (one, *one.inputs) for output in program.outputs for one in chain(output))


def _takes_logits(loss: Loss) -> bool:
    if loss.framework == "torch":
        return loss.kind == "binary_cross_entropy_with_logits"
    return loss.kind == "binary_cross_entropy" and known(loss.settings.get("from_logits"), False) is True
