"""RNN201: the head cannot reach the targets."""

from __future__ import annotations

from collections.abc import Iterator

from rnnlint.finding import Applicability, Severity
from rnnlint.program.data import Array, Kind, Quantity
from rnnlint.program.heads import Head, head_of
from rnnlint.program.program import Program
from rnnlint.program.ranges import BOUNDS, floor
from rnnlint.program.training import Fit
from rnnlint.repair import Repair
from rnnlint.rules.base import Found, Remark, Rule, RuledOut, Undecided, Verdict
from rnnlint.rules.repairs import heads_at, without_activation

LIMIT = 0.05
CENTRED = frozenset({Kind.STANDARDISED, Kind.DIFFERENCED})
SMALL = 3  # a size that a linear head learns without scaling


class BoundedOutputForUnboundedTarget(Rule):
    """A bounded output activation with a regression loss cannot reach targets outside its range.

    ## What it does
    Finds the activation that ends the network, the loss, and the range of the target, and computes the part of the
    error that no training can remove: mean(dist(y, range)²) / var(y).

    ## Why it is bad
    A sigmoid emits numbers between 0 and 1, tanh between -1 and 1. For targets around 50 ± 20 the best such a head
    can do is to stick to its upper end: the measured error is 8.08 times the targets' variance, and the
    predictions' spread is 3e-7 of the targets'. For standardised targets the floor is 0.47 of the variance with
    sigmoid and 0.14 with tanh. The trained error was within 10 % of the computed floor.

    ## Example
    ```python
    import pandas as pd
    from keras import Sequential
    from keras.layers import GRU, Dense
    from keras.optimizers import Adam

    frame = pd.read_csv("prices.csv")
    y = frame["Close"].values
    model = Sequential([GRU(32), Dense(1, activation="sigmoid")])
    model.compile(optimizer=Adam(clipnorm=1.0), loss="mse")
    model.fit(windows, y)
    ```

    ## Use instead
    ```python
    from keras import Sequential
    from keras.layers import GRU, Dense
    from keras.optimizers import Adam

    model = Sequential([GRU(32), Dense(1)])
    model.compile(optimizer=Adam(clipnorm=1.0), loss="mse")
    model.fit(windows, scaled_y)
    ```

    ## How it is confirmed
    `rnnlint --confirm` draws targets of the known range and computes the share of their variance that lies outside of
    the head's: above 0.05 confirms (0 wrong in 200).

    ## When it is silent
    Targets that lie in the range: scaled by MinMaxScaler into it, images divided by 255, labels 0 and 1, draws from
    [0, 1). Targets that the program does not show are undecided. Classification losses are another matter.

    ## Fix safety
    Unsafe: where the targets are standardised, differences or small numbers around 0, the activation is removed; code
    behind the network may count on its range. For other targets no fix is offered: whether to drop the activation or
    to scale the target is the author's decision, and raw targets need more than a linear head.

    ## References
    - https://keras.io/api/layers/activations/
    """

    code = "RNN201"
    name = "bounded-output-for-unbounded-target"
    severity = Severity.ERROR
    symptoms = ("constant",)
    frameworks = ("keras", "torch")
    fixes = (Applicability.UNSAFE,)

    def check(self, program: Program) -> Iterator[Verdict]:
        for fit in program.fits:
            if fit.loss is None or not fit.loss.regression:
                continue
            for output in fit.outputs[:1]:
                verdict = _judge(program, fit, output)
                if verdict is not None:
                    yield verdict


def _judge(program: Program, fit: Fit, output: Array) -> Verdict | None:
    head = head_of(output)
    if head is None or head.activation not in BOUNDS:
        return None
    if head.activation == "softmax" and head.width == 1:
        return RuledOut(head.site, "softmax over one unit is a fault of its own")
    site, activation = head.site, head.activation
    low, high = BOUNDS[activation]
    if fit.target is None:
        return Undecided(site, "the target is not known")
    quantity = fit.target.quantity
    what = quantity.label or fit.target.name or "the target"
    remark = Remark(f"trained here with {fit.loss.type_name if fit.loss else 'a loss'} on {what}", fit.site)
    share = floor(quantity, low, high)
    if share is not None and share <= LIMIT:
        return RuledOut(site, f"the target lies in [{low:g}, {high:g}]", (remark,))
    outside = _outside(quantity, share, low)
    if outside is None:
        return Undecided(site, f"the range of {what} is not known")
    limits = f"[{low:g}, {high:g}]"
    return Found(
        site,
        f"{activation} ends the network in {limits}, but its regression target ({what}{_made(quantity)}) {outside}",
        help=f"leave the last layer linear, or scale the target into {limits}",
        remarks=(remark,),
        confidence=head.confidence,
        repair=_repair(program, head),
        subject=fit,
    )


def _is_centred(quantity: Quantity) -> bool:
    """Whether values lie around 0 and are of the size that a linear head learns as they are."""
    size = quantity.magnitude
    return quantity.kind in CENTRED or (quantity.mean == 0 and size is not None and size <= SMALL)


def _repair(program: Program, head: Head) -> Repair | None:
    targets = [fit.target for fit, _ in heads_at(program, head.layer)]
    if not all(target is not None and _is_centred(target.quantity) for target in targets):
        return None
    verbs = without_activation(program, head)
    return Repair("leave the last layer linear", Applicability.UNSAFE, verbs) if verbs is not None else None


def _outside(quantity: Quantity, share: float | None, low: float) -> str | None:
    if share is not None:
        return f"leaves that range: the squared error stays above {share:.2g} times its variance"
    if quantity.kind is Kind.RAW and quantity.label:
        return "is raw, as the source gives it"
    if quantity.kind is Kind.DIFFERENCED and low >= 0:
        return "holds differences or returns, which take both signs"
    return None


def _made(quantity: Quantity) -> str:
    """What was done to the numbers of that origin."""
    if quantity.kind is Kind.STANDARDISED:
        return ", standardised"
    if quantity.kind is Kind.SCALED and quantity.low is not None and quantity.high is not None:
        return f", scaled into [{quantity.low:g}, {quantity.high:g}]"
    return ""
