"""RNN212: relu is the activation of the output."""

from __future__ import annotations

from collections.abc import Iterator

from rnnlint.finding import Applicability, Severity
from rnnlint.program.data import Kind, Quantity
from rnnlint.program.heads import Head, head_of
from rnnlint.program.program import Program
from rnnlint.program.training import Fit, Loss
from rnnlint.program.value import known
from rnnlint.repair import Repair
from rnnlint.rules.base import Found, Remark, Rule, RuledOut, Undecided, Verdict
from rnnlint.rules.repairs import heads_at, without_activation


class RectifiedOutput(Rule):
    """A relu on the output cannot be negative, and where it is zero it passes no gradient back.

    ## What it does
    Looks at the last activation before the loss: relu on a Keras output layer, `nn.ReLU` or `torch.relu` behind
    the last linear layer of a PyTorch network.

    ## Why it is bad
    Under a cross-entropy relu makes every negative score 0, so classes that were ruled out tie with those that were
    not and get no gradient: 2 of 5 networks stayed near the loss they began with. This is an error.

    In a regression half of the standardised targets are out of reach: the error was 0.37 of their variance where a
    linear head reached 0.006. For returns of 1 % ± 2 % all 5 of 5 networks ended with an output that is 0 for every
    input, an error of 1.46 variances. On standardised targets 25 % of the networks with 4 units, 22 % with 8 and
    12 % with 16 were dead in this way after 60 steps. This is a warning.

    Where the targets are known to be 0 or more (min-max scaled, counts) a relu fits them as well as a linear head
    (0.009 and 0.010 of the variance), but it can still die: advice.

    ## Example
    ```python
    import numpy as np
    import pandas as pd
    from keras import Sequential
    from keras.layers import LSTM, Dense, Input
    from keras.optimizers import Adam
    from sklearn.preprocessing import StandardScaler

    level = StandardScaler().fit_transform(pd.read_csv("river.csv")[["level"]])
    x = np.array([level[i:i + 48] for i in range(len(level) - 48)])
    y = level[48:]
    model = Sequential([Input((48, 1)), LSTM(16), Dense(1, activation="relu")])
    model.compile(optimizer=Adam(clipnorm=1.0), loss="mse")
    model.fit(x, y, epochs=20)
    ```

    ## Use instead
    ```python
    import numpy as np
    import pandas as pd
    from keras import Sequential
    from keras.layers import LSTM, Dense, Input
    from keras.optimizers import Adam
    from sklearn.preprocessing import StandardScaler

    level = StandardScaler().fit_transform(pd.read_csv("river.csv")[["level"]])
    x = np.array([level[i:i + 48] for i in range(len(level) - 48)])
    y = level[48:]
    model = Sequential([Input((48, 1)), LSTM(16), Dense(1)])
    model.compile(optimizer=Adam(clipnorm=1.0), loss="mse")
    model.fit(x, y, epochs=20)
    ```
    For an output that must not be negative, `softplus` is positive everywhere and does not die.

    ## How it is confirmed
    `rnnlint --confirm` computes the share of the targets' variance below 0: above 0.05 no training can repair the head
    (0 wrong in 200). Whether a single unit dies depends on the course of the training and is not decided.

    ## When it is silent
    Relu inside the network, with another layer behind it; leaky relu, elu and softplus; relu applied to predictions
    after training; an output that is not what the loss compares (an encoder's code); regressions whose targets are
    not known.

    ## Fix safety
    Unsafe: the activation is removed, and a linear head may return negative values, which the code behind it may not
    expect. No fix is offered where the targets are 0 or more, or where the layer also stands inside of a network.

    ## References
    - Lu, Shin, Su and Karniadakis, Dying ReLU and Initialization: Theory and Numerical Examples (2019)
    - https://keras.io/api/layers/activations/
    """

    code = "RNN212"
    name = "rectified-output"
    severity = Severity.WARNING
    symptoms = ("constant",)
    frameworks = ("keras", "torch")
    fixes = (Applicability.UNSAFE,)

    def check(self, program: Program) -> Iterator[Verdict]:
        for fit in program.fits:
            if fit.loss is None or not fit.outputs:
                continue
            head = head_of(fit.outputs[0])
            if head is None:
                yield Undecided(fit.site, "what ends the network is not known")
            elif head.activation == "relu":
                yield _judge(program, fit, fit.loss, head)
            else:
                yield RuledOut(head.site, f"the network ends in {head.activation}")


def _judge(program: Program, fit: Fit, loss: Loss, head: Head) -> Verdict:
    if "entropy" in loss.kind:
        if not _takes_logits(loss):
            return RuledOut(head.site, "the loss takes probabilities, which is a fault of its own")
        why = "the loss takes logits, which must be able to fall below 0"
        return _found(program, fit, head, why, Severity.ERROR)
    if not loss.regression or fit.target is None:
        return Undecided(head.site, "the target is not known")
    quantity = fit.target.quantity
    what = quantity.label or fit.target.name or "the target"
    if _takes_both_signs(quantity):
        return _found(program, fit, head, f"{what} takes both signs, and half of it is out of reach", None)
    if (quantity.low is not None and quantity.low >= 0) or (quantity.kind is Kind.RAW and quantity.large):
        why = "a unit that falls below 0 for all samples never learns again"
        return _found(program, fit, head, why, Severity.ADVICE)
    return Undecided(head.site, f"the range of {what} is not known")


def _takes_both_signs(quantity: Quantity) -> bool:
    return quantity.kind in {Kind.STANDARDISED, Kind.DIFFERENCED} or (quantity.low is not None and quantity.low < 0)


def _needs_negatives(fit: Fit) -> bool:
    if fit.loss is not None and "entropy" in fit.loss.kind:
        return _takes_logits(fit.loss)
    return fit.target is not None and _takes_both_signs(fit.target.quantity)


def _takes_logits(loss: Loss) -> bool:
    if loss.framework == "torch":
        return loss.kind in {"cross_entropy", "binary_cross_entropy_with_logits"}
    return known(loss.settings.get("from_logits"), False) is True


def _found(program: Program, fit: Fit, head: Head, why: str, severity: Severity | None) -> Verdict:
    uses = {array.site for array in program.applications_of(head.layer)}
    return Found(
        head.array.site if len(uses) > 1 and head.layer.framework == "torch" else head.site,
        f"relu ends the network: {why}",
        help="leave the last layer linear; for counts use softplus",
        remarks=(Remark("trained here", fit.site),),
        severity=severity,
        confidence=head.confidence,
        repair=_repair(program, head),
        subject=fit,
    )


def _repair(program: Program, head: Head) -> Repair | None:
    if not all(_needs_negatives(fit) for fit, _ in heads_at(program, head.layer)):
        return None
    verbs = without_activation(program, head)
    return Repair("leave the last layer linear", Applicability.UNSAFE, verbs) if verbs is not None else None
