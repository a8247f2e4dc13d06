"""RNN203: a softmax is applied twice, by the network and by its loss."""

from __future__ import annotations

from collections.abc import Iterator

from rnnlint.finding import Applicability, Severity
from rnnlint.program.heads import Head, head_of
from rnnlint.program.program import Program
from rnnlint.program.training import Fit, Loss
from rnnlint.program.value import known
from rnnlint.repair import Repair, Unapply
from rnnlint.rules.base import Found, Remark, Rule, RuledOut, Undecided, Verdict
from rnnlint.rules.repairs import heads_at, only_compared, without_from_logits

SOFTMAX_LOSSES = frozenset({"categorical_cross_entropy", "sparse_categorical_cross_entropy"})


class SoftmaxBeforeSoftmaxLoss(Rule):
    """A softmax output meets a loss that applies softmax itself, so the loss sees it twice.

    ## What it does
    Finds a softmax that ends the network in front of `nn.CrossEntropyLoss` or `F.cross_entropy`, or in front of a
    Keras cross-entropy with `from_logits=True`, also where it is applied between the network and the loss.

    ## Why it is bad
    Both losses expect logits and normalise them. Probabilities lie between 0 and 1, so after the second softmax no
    class can reach a probability near 1: the loss cannot fall below 0.55 with 3 classes (a uniform guess costs
    1.10) or 3.62 with 100 classes. At the start the gradient is smaller by the number of classes, a factor of 3
    with 3 and 987 with 1000; on a confident wrong answer it is 1e-4 where the correct loss gives 1.41. Easy tasks
    are still learned (accuracy 0.89 to 0.94 against 0.91 to 0.95), with many classes training hardly moves.

    Keras on TensorFlow recognises a softmax output, uses its logits and warns, so training is the same as without
    the fault. The same program on the PyTorch or JAX backend applies softmax twice and says nothing: its loss
    stayed at 0.64 to 0.69 where the correct one was 0.17 to 0.25.

    A log_softmax in front of cross-entropy changes nothing, as normalising twice gives the same; it is advice.

    ## Example
    ```python
    import torch
    from torch import nn

    class Net(nn.Module):
        def __init__(self):
            super().__init__()
            self.rnn = nn.GRU(8, 32, batch_first=True)
            self.head = nn.Linear(32, 10)

        def forward(self, x):
            _, h_n = self.rnn(x)
            return torch.softmax(self.head(h_n[-1]), dim=1)

    def cost(net: Net, x, y):
        return nn.functional.cross_entropy(net(x), y)

    loss = cost(Net(), torch.randn(64, 20, 8), torch.arange(64) % 10)
    ```

    ## Use instead
    ```python
    import torch
    from torch import nn

    class Net(nn.Module):
        def __init__(self):
            super().__init__()
            self.rnn = nn.GRU(8, 32, batch_first=True)
            self.head = nn.Linear(32, 10)

        def forward(self, x):
            _, h_n = self.rnn(x)
            return self.head(h_n[-1])

    def cost(net: Net, x, y):
        return nn.functional.cross_entropy(net(x), y)

    loss = cost(Net(), torch.randn(64, 20, 8), torch.arange(64) % 10)
    ```
    and softmax where probabilities are read, after training. In Keras drop `from_logits=True` or the activation.

    ## How it is confirmed
    `rnnlint --confirm` takes the loss of outputs that leave no doubt, relative to a guess's: 0.45 to 0.8 behind two
    softmaxes, 0 behind one. Refuted where Keras on TensorFlow looks behind the head; a reshape in between hides it. 0
    wrong in 600 random heads, by the formula for PyTorch and by Keras' own losses.

    ## When it is silent
    Softmax that only inference reaches: a `predict` method, `if not self.training`, a second model built around the
    trained one, argmax or metrics. Softmax over attention scores. A network that returns logits and probabilities,
    of which the loss takes the logits. `NLLLoss` on a logarithm of softmax. A loss or output that is not known.

    ## Fix safety
    Unsafe: in Keras `from_logits=True` is removed, in PyTorch the softmax, where only losses and the search for the
    largest score read its output. Elsewhere no fix is offered: code may read the output as probabilities.

    ## References
    - https://docs.pytorch.org/docs/stable/generated/torch.nn.CrossEntropyLoss.html
    - https://keras.io/api/losses/probabilistic_losses/
    """

    code = "RNN203"
    name = "softmax-before-softmax-loss"
    severity = Severity.ERROR
    symptoms = ("flat",)
    frameworks = ("keras", "torch")
    fixes = (Applicability.UNSAFE,)

    def check(self, program: Program) -> Iterator[Verdict]:
        for fit in program.fits:
            if fit.loss is not None and _takes_logits(fit.loss):
                yield _judge(program, fit, fit.loss)


def _takes_logits(loss: Loss) -> bool:
    if loss.framework == "torch":
        return loss.kind == "cross_entropy"
    return loss.kind in SOFTMAX_LOSSES and known(loss.settings.get("from_logits"), False) is True


def _judge(program: Program, fit: Fit, loss: Loss) -> Verdict:
    head = head_of(fit.outputs[0]) if fit.outputs else None
    if head is None:
        return Undecided(loss.site, "what ends the network is not known")
    if head.activation not in {"softmax", "log_softmax"} or head.width == 1:
        return RuledOut(head.site, f"the network ends in {head.activation}")
    remarks = (Remark(f"`{loss.type_name}` applies a softmax itself", loss.site),)
    if head.activation == "log_softmax":
        return Found(
            head.site,
            f"log_softmax stands in front of `{loss.type_name}`, which applies it itself: it does nothing",
            help="leave it out, or use NLLLoss",
            remarks=remarks,
            severity=Severity.ADVICE,
            confidence=head.confidence,
            repair=_repair(program, loss, head),
            subject=fit,
        )
    where = "" if loss.framework == "torch" else "; Keras undoes it on TensorFlow only, and there not behind a reshape"
    return Found(
        head.site,
        f"softmax stands in front of `{loss.type_name}`, which applies another: gradients shrink{where}",
        help="give the loss the logits, and apply softmax where probabilities are shown",
        remarks=remarks,
        confidence=head.confidence,
        repair=_repair(program, loss, head),
        subject=fit,
    )


def _repair(program: Program, loss: Loss, head: Head) -> Repair | None:
    if loss.framework == "keras":
        return without_from_logits(program, loss, ("softmax", "log_softmax"))
    losses = [fit.loss for fit, _ in heads_at(program, head.layer)]
    if not only_compared(program, head.layer) or not all(one is not None and _takes_logits(one) for one in losses):
        return None
    verb = Unapply(head.layer.site.span, head.array.site.span)
    return Repair(f"leave {head.activation} out", Applicability.UNSAFE, (verb,))
