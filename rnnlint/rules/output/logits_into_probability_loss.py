"""RNN204: raw logits go into a loss that expects probabilities."""

from __future__ import annotations

from collections.abc import Iterator

from rnnlint.finding import Applicability, Severity
from rnnlint.program.heads import Head, head_of
from rnnlint.program.network import Layer
from rnnlint.program.program import Program
from rnnlint.program.training import Fit, Loss
from rnnlint.program.value import known
from rnnlint.repair import Qualified, Recall, Repair, SetArgument
from rnnlint.rules.base import Found, Remark, Rule, RuledOut, Undecided, Verdict
from rnnlint.rules.repairs import heads_at, heads_with, only_compared, read_by_layers, stated_in

CATEGORICAL = frozenset({"categorical_cross_entropy", "sparse_categorical_cross_entropy"})


class LogitsIntoProbabilityLoss(Rule):
    """Raw outputs go into a loss that takes the logarithm of probabilities and expects them to be such.

    ## What it does
    Finds a network that ends in a layer without activation (or with relu) and a loss for probabilities: `BCELoss`,
    `F.binary_cross_entropy`, Keras' binary, categorical and sparse categorical cross-entropy without
    `from_logits=True`; and `NLLLoss` behind anything that is not a log_softmax.

    ## Why it is bad
    `BCELoss` stops with a RuntimeError as soon as a number leaves [0, 1], which may be in the first batch or
    after an hour. `NLLLoss` does not check: on raw logits it is the mean of the negated logit of the true class,
    falls without limit (to -15 after 150 steps) and the network gets 0.32 to 0.64 of the samples right; on a
    softmax without its logarithm it ends at -0.87 where it should end at 0. Keras clips what it takes for
    probabilities, and clipped values have no gradient: a linear layer of 3 classes ended with a loss between 1.1
    and 7.8 and an accuracy of 0.13 to 0.73, depending on the backend and the seed.

    ## Example
    ```python
    from keras import Input, Sequential
    from keras.layers import LSTM, Dense

    model = Sequential([Input((30, 4)), LSTM(32), Dense(3)])
    model.compile(optimizer="adam", loss="sparse_categorical_crossentropy")
    ```

    ## Use instead
    ```python
    from keras import Input, Sequential
    from keras.layers import LSTM, Dense
    from keras.losses import SparseCategoricalCrossentropy

    model = Sequential([Input((30, 4)), LSTM(32), Dense(3)])
    model.compile(optimizer="adam", loss=SparseCategoricalCrossentropy(from_logits=True))
    ```
    or a softmax on the last layer. In PyTorch `BCEWithLogitsLoss` for `BCELoss`, `CrossEntropyLoss` for `NLLLoss`.

    ## How it is confirmed
    `rnnlint --confirm` gives the framework's own loss random outputs of this head: confirmed by its exception, by a
    loss below 0 (NLLLoss), or by outputs without a gradient, because Keras clips them. 0 wrong in 600 random heads.

    ## When it is silent
    Sigmoid, softmax or log_softmax anywhere between the last layer and the loss: in `forward`, a separate
    `Activation` layer, at the call of the loss. Outputs brought into [0, 1] otherwise: clamp, exp of a negative
    distance, (tanh + 1) / 2, a mean of probabilities. `from_logits=True`. The user's own loss or activation. Relu
    in front of a loss that takes logits is rectified-output.

    ## Fix safety
    Unsafe: in Keras the last layer gets the sigmoid or softmax that the loss expects; a loss object gets
    `from_logits=True` where the program applies that activation later. In PyTorch the loss becomes the one for logits
    where only losses and the search for the largest score read the output. Elsewhere no fix is offered: the activation
    or another loss would do, and who reads the output must agree.

    ## References
    - https://docs.pytorch.org/docs/stable/generated/torch.nn.BCELoss.html
    - https://docs.pytorch.org/docs/stable/generated/torch.nn.NLLLoss.html
    - https://keras.io/api/losses/probabilistic_losses/
    """

    code = "RNN204"
    name = "logits-into-probability-loss"
    severity = Severity.ERROR
    symptoms = ("crash", "explode")
    frameworks = ("keras", "torch")
    fixes = (Applicability.UNSAFE,)

    def check(self, program: Program) -> Iterator[Verdict]:
        for fit in program.fits:
            loss = fit.loss
            if loss is None or not _takes_probabilities(loss):
                continue
            head = head_of(fit.outputs[0]) if fit.outputs else None
            if head is None:
                yield Undecided(loss.site, "what ends the network is not known")
            elif not _unfit(loss, head):
                yield RuledOut(loss.site, f"the network ends in {head.activation}")
            else:
                yield _found(program, fit, loss, head)


def _takes_probabilities(loss: Loss) -> bool:
    if loss.framework == "torch":
        return loss.kind in {"binary_cross_entropy", "nll"}
    from_logits = known(loss.settings.get("from_logits"))
    return loss.kind in {"binary_cross_entropy", *CATEGORICAL} and from_logits is False


def _unfit(loss: Loss, head: Head) -> bool:
    if loss.kind == "nll":
        return head.activation in {"linear", "relu", "softmax", "sigmoid"}
    if loss.kind in CATEGORICAL and head.width == 1:
        return False
    return head.activation in {"linear", "relu"}


def _found(program: Program, fit: Fit, loss: Loss, head: Head) -> Verdict:
    ends = "in a layer without activation" if head.activation == "linear" else f"in {head.activation}"
    wants = "the logarithm of probabilities" if loss.kind == "nll" else "probabilities"
    if loss.framework == "torch":
        better = {"nll": "CrossEntropyLoss", "binary_cross_entropy": "BCEWithLogitsLoss"}[loss.kind]
    else:
        better = "from_logits=True"
    return Found(
        loss.site,
        f"`{loss.type_name}` takes {wants}, but the network ends {ends}",
        help=f"use {better}, or end the network in what the loss takes",
        remarks=(Remark("the head", head.site),),
        confidence=head.confidence,
        repair=_for_keras(program, loss, head) if loss.framework == "keras" else _for_torch(program, loss, head),
        subject=fit,
    )


def _for_keras(program: Program, loss: Loss, head: Head) -> Repair | None:
    layer = head.layer
    if not _meets_probabilities_only(program, layer):
        return None
    if _activated_later(program, layer):
        verb = SetArgument(loss.site.span, "from_logits", ("True",))
        return Repair("set from_logits=True", Applicability.UNSAFE, (verb,)) if loss.type_name[:1].isupper() else None
    stated = stated_in(layer.site, layer.setting("activation"))
    if layer.kind != "dense" or read_by_layers(program, layer) or not stated:
        return None
    activation = "sigmoid" if loss.kind == "binary_cross_entropy" else "softmax"
    verb = SetArgument(layer.site.span, "activation", (f'"{activation}"',))
    return Repair(f"end the network in {activation}", Applicability.UNSAFE, (verb,))


def _meets_probabilities_only(program: Program, layer: Layer) -> bool:
    return all(fit.loss is not None and _takes_probabilities(fit.loss) for fit, _ in heads_at(program, layer))


def _activated_later(program: Program, layer: Layer) -> bool:
    """Whether the program makes probabilities of the outputs or of what predict returns."""
    for array in program.applications:
        if array.layer is not None and known(array.layer.settings.get("activation")) in {"softmax", "sigmoid"}:
            behind = array.inputs[0].ancestry()
            if any(one.op == "prediction" or (one.layer and one.layer.site == layer.site) for one in behind):
                return True
    return False


def _for_torch(program: Program, loss: Loss, head: Head) -> Repair | None:
    if not all(one is not None and one.activation == "linear" for one in heads_with(program, loss)):
        return None
    if not _meets_probabilities_only(program, head.layer) or not only_compared(program, head.layer):
        return None
    function = loss.type_name[:1].islower()
    names = ("functional.cross_entropy", "CrossEntropyLoss")
    if loss.kind == "binary_cross_entropy":
        names = ("functional.binary_cross_entropy_with_logits", "BCEWithLogitsLoss")
    callee = Qualified(f"torch.nn.{names[0] if function else names[1]}")
    return Repair("use the loss for logits", Applicability.UNSAFE, (Recall(loss.site.span, (callee,)),))
