"""RNN101: the cell of an LSTM grows without bound during training."""

from __future__ import annotations

from collections.abc import Iterator

from rnnlint.finding import Applicability, Confidence, Severity
from rnnlint.program.data import Kind, Quantity
from rnnlint.program.network import UNBOUNDED_ACTIVATIONS, Layer
from rnnlint.program.program import Program
from rnnlint.program.training import Fit
from rnnlint.program.value import confidence_of, possible
from rnnlint.repair import RemoveArgument, Repair
from rnnlint.rules.base import Found, Rule, RuledOut, Undecided, Verdict
from rnnlint.rules.repairs import applications_at, stated_in

LONG, SHORT = 50, 20
SMALL = 3  # values up to which data count as scaled


class UnboundedCellActivation(Rule):
    """An unbounded activation such as relu in a recurrent cell lets its state blow up during training.

    ## What it does
    Looks at the cell activation of every LSTM, GRU and simple recurrent layer (`activation=` in Keras,
    `nonlinearity=` of `nn.RNN`), wherever its value comes from.

    ## Why it is bad
    An LSTM multiplies and adds its state at every step; tanh keeps what it emits within ±1. With relu nothing does.
    It does not blow up at the start of training (the largest state of a fresh network is 0.38 to 0.50 at 20 to 500
    steps) but while it learns: at 60 steps and Adam's default rate 5 of 5 runs diverged, with losses up to 3.5e10;
    at 20 steps and below 0 of 20 did. In a sweep over sizes and tasks, 67 % of the configurations with 50 steps and
    100 % of those with 100 or more had a loss spike of over a hundred times; tanh had none. Nor does relu help
    gradients over long ranges: it lowers them 10 to 1000 times. A sigmoid in the cell is bounded but did not learn
    a ten-step memory in 5 of 5 runs that tanh learned.

    Relu sometimes hides another fault. On raw prices tanh predicts a constant and relu does not, so change both:
    use tanh and scale inputs and targets.

    ## Example
    ```python
    from keras import Sequential
    from keras.layers import LSTM, Dense, Input

    model = Sequential([Input((60, 4)), LSTM(50, activation="relu"), Dense(1)])
    ```

    ## Use instead
    ```python
    from keras import Sequential
    from keras.layers import LSTM, Dense, Input

    model = Sequential([Input((60, 4)), LSTM(50), Dense(1)])
    ```
    with inputs and targets scaled by statistics of the training rows.

    ## How it is confirmed
    `rnnlint --confirm` trains a small network of the same cell, activation and length at a raised learning rate and
    watches for a loss over 100 times its first values: of 100 random faulty layers (30 to 500 steps) 96 were confirmed
    and 2 refuted, of 100 bounded ones 1 was confirmed. Below 30 steps and for an unknown length it does not decide. A
    sigmoid cell is compared with its tanh twin by the gradient that reaches the first step (0 wrong in 200).

    ## When it is silent
    Relu on dense or convolutional layers; a relu cell whose recurrent kernel starts as the identity (an IRNN); an
    activation that is the user's own function or not known. Sequences of 20 steps or fewer, GRU and simple
    recurrent cells are advice; 21 to 49 steps a warning of medium confidence.

    ## Fix safety
    Unsafe: in Keras the argument is removed, so that the cell uses tanh, where all data that train the network are
    known to be scaled, inputs and targets. Elsewhere no fix is offered: replacing relu alone makes a network on raw
    data worse. Scale inputs and targets as well.

    ## References
    - Le, Jaitly and Hinton, A Simple Way to Initialize Recurrent Networks of Rectified Linear Units (2015)
    - https://keras.io/api/layers/recurrent_layers/lstm/
    """

    code = "RNN101"
    name = "unbounded-cell-activation"
    severity = Severity.WARNING
    symptoms = ("explode", "flat")
    frameworks = ("keras", "torch")
    about_recurrence = True
    fixes = (Applicability.UNSAFE,)

    def check(self, program: Program) -> Iterator[Verdict]:
        for layer in program.layers:
            if layer.recurs:
                yield self._judge(program, layer)

    def _judge(self, program: Program, layer: Layer) -> Verdict:
        setting = layer.setting("activation")
        activations = possible(setting)
        if activations is None:
            return Undecided(layer.site, f"the activation of {layer.type_name} is not known")
        faults = [name for name in activations if name in UNBOUNDED_ACTIVATIONS or name == "sigmoid"]
        if len(faults) < len(activations) or not faults:
            return RuledOut(layer.site, f"the cell activation is {' or '.join(map(str, activations))}")
        if layer.identity_start:
            return RuledOut(layer.site, "the recurrent kernel starts as the identity, as relu cells need")
        severity, confidence, steps = _risk(layer, program.steps_of(layer), faults[0])
        return Found(
            layer.site,
            _message(layer, str(faults[0]), steps),
            help="use tanh, the default, and scale inputs and targets: with raw targets relu only hides that fault",
            severity=severity,
            confidence=confidence.and_(confidence_of(setting)),
            repair=_repair(program, layer),
            subject=layer,
        )


def _repair(program: Program, layer: Layer) -> Repair | None:
    """None unless inputs and targets are small whatever trains it: with raw targets relu hides that they are."""
    if layer.framework != "keras" or not stated_in(layer.site, layer.setting("activation")):
        return None
    fits = {fit for array in applications_at(program, layer) for fit in program.trained_for(array)}
    if not fits or not all(fit.inputs and fit.target is not None and _scaled(fit) for fit in fits):
        return None
    verb = RemoveArgument(layer.site.span, "activation")
    return Repair("leave the activation at tanh", Applicability.UNSAFE, (verb,))


def _scaled(fit: Fit) -> bool:
    regression = fit.loss is not None and fit.loss.regression
    quantities = [array.quantity for array in (fit.arrays if regression else fit.inputs)]
    return all(quantity.kind is Kind.STANDARDISED or _is_small(quantity) for quantity in quantities)


def _is_small(quantity: Quantity) -> bool:
    return quantity.kind is not Kind.RAW and quantity.magnitude is not None and quantity.magnitude <= SMALL


def _risk(layer: Layer, steps: int | None, activation: object) -> tuple[Severity, Confidence, int | None]:
    if activation == "sigmoid":
        return Severity.WARNING, Confidence.HIGH, steps
    if layer.kind not in {"lstm", "lstm_cell"} or (steps is not None and steps <= SHORT):
        return Severity.ADVICE, Confidence.HIGH, steps
    if steps is not None and steps < LONG:
        return Severity.WARNING, Confidence.MEDIUM, steps
    return Severity.WARNING, Confidence.HIGH, steps


def _message(layer: Layer, activation: str, steps: int | None) -> str:
    length = f" over {steps} step{'s' if steps != 1 else ''}" if steps is not None else ""
    if activation == "sigmoid":
        return f"`{layer.type_name}` uses sigmoid as its cell activation{length}: it forgets within a few steps"
    return f"`{layer.type_name}` uses {activation} as its cell activation{length}: the state is not bounded"
