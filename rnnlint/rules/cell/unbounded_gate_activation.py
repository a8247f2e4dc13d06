"""RNN102: the gates of a cell are not kept between 0 and 1."""

from __future__ import annotations

from collections.abc import Iterator

from rnnlint.finding import Applicability, Severity
from rnnlint.program.network import OPEN_GATES, Layer
from rnnlint.program.program import Program
from rnnlint.program.value import confidence_of, possible
from rnnlint.repair import Repair, SetArgument
from rnnlint.rules.base import Found, Rule, RuledOut, Undecided, Verdict
from rnnlint.rules.repairs import stated_in


class UnboundedGateActivation(Rule):
    """The gates of an LSTM or GRU have an activation whose range isn't 0 to 1, so they no longer gate.

    ## What it does
    Looks at `recurrent_activation` of every Keras LSTM and GRU, as a layer or as a cell, wherever its value comes
    from, and reports those whose values can leave the range from 0 to 1: relu, tanh, elu, softplus, linear (also
    written `None`), exponential and the like.

    ## Why it is bad
    A gate is a share: what part of the state to keep, to write, to show. Above 1 it multiplies the state at every
    step, below 0 it turns its sign. The new state of a GRU is z times the old one plus 1 - z times the candidate,
    an average as long as z is a share. Trained at a rate of 0.01 over 20 and 60 steps, GRUs with relu, linear or
    elu gates ended in NaN or spikes of over a hundred times the first losses in 18 of 24 runs; with sigmoid gates
    in none of 8 (Adam, 32 units, sine series).

    An LSTM holds out longer. Its state starts at 0.8 at most with sigmoid gates; with relu it is 6.8 after 100
    steps, with linear gates 11, with softplus 8e29. With softplus a training of 150 updates at 100 steps left 0.12
    to 0.39 of the target's variance, and with tanh over 10 steps 0.015 to 0.071, where sigmoid left less than 0.004.
    Relu and linear gates of an LSTM did learn the same series, so their fault can stay unseen until longer
    sequences come.

    The argument is often taken for the activation of the cell, which is `activation`.

    ## Example
    ```python
    from keras import Sequential
    from keras.layers import GRU, Dense, Input

    model = Sequential([Input((40, 3)), GRU(32, recurrent_activation="relu"), Dense(1)])
    ```

    ## Use instead
    ```python
    from keras import Sequential
    from keras.layers import GRU, Dense, Input

    model = Sequential([Input((40, 3)), GRU(32), Dense(1)])
    ```

    ## How it is confirmed
    `rnnlint --confirm` computes the range of the named function (0 wrong in 200).

    ## When it is silent
    sigmoid, hard_sigmoid and other functions with values from 0 to 1; a function of the user's own; a value that
    the program doesn't show; SimpleRNN, which has no gates; activations of other layers.

    ## Fix safety
    Unsafe: the argument becomes "sigmoid", Keras' default. The layer is another one than was trained before, and
    saved weights lose their meaning. No fix is offered where the value comes from elsewhere.

    ## References
    - https://keras.io/api/layers/recurrent_layers/gru/
    - https://keras.io/api/layers/recurrent_layers/lstm/
    - Cho et al., Learning Phrase Representations using RNN Encoder-Decoder (2014)
    """

    code = "RNN102"
    name = "unbounded-gate-activation"
    severity = Severity.ERROR
    symptoms = ("explode", "flat")
    frameworks = ("keras",)
    about_recurrence = True
    fixes = (Applicability.UNSAFE,)

    def check(self, program: Program) -> Iterator[Verdict]:
        for layer in program.layers:
            if layer.framework == "keras" and layer.kind in {"lstm", "gru", "lstm_cell", "gru_cell"}:
                yield _judge(layer)


def _judge(layer: Layer) -> Verdict:
    setting = layer.setting("recurrent_activation")
    gates = possible(setting)
    if gates is None:
        return Undecided(layer.site, f"the recurrent_activation of {layer.type_name} is not known")
    if not all(gate in OPEN_GATES for gate in gates):
        return RuledOut(layer.site, f"the gates' activation is {' or '.join(map(str, gates))}")
    return Found(
        layer.site,
        f"the gates of `{layer.type_name}` use {gates[0]}, whose values leave the range from 0 to 1",
        help="leave recurrent_activation at sigmoid: a gate is a share of what passes",
        confidence=confidence_of(setting),
        repair=_repair(layer),
        subject=layer,
    )


def _repair(layer: Layer) -> Repair | None:
    if not stated_in(layer.site, layer.setting("recurrent_activation")):
        return None
    verb = SetArgument(layer.site.span, "recurrent_activation", ('"sigmoid"',))
    return Repair('set recurrent_activation="sigmoid"', Applicability.UNSAFE, (verb,))
