"""RNN112: a simple recurrent layer over more than 100 steps."""

from __future__ import annotations

from collections.abc import Iterator

from rnnlint.finding import Severity
from rnnlint.program.program import Program
from rnnlint.rules.base import Found, Rule, RuledOut, Undecided, Verdict

LONG = 100


class VanillaRnnOnLongSequence(Rule):
    """A simple recurrent layer without gates runs over more than 100 steps and can't learn from the early ones.

    ## What it does
    Looks at every Keras `SimpleRNN` and PyTorch `nn.RNN` whose number of steps the program shows, by a declared
    input shape or by the data that reach it, and reports more than 100.

    ## Why it is bad
    At each step backwards the gradient is multiplied by the same matrix and a slope below 1. At the start of
    training the gradient to the first step, as a share of that to the last, was for Keras' SimpleRNN 0.17 over 10
    steps, 7e-6 over 50 and 3e-11 over 100; for `nn.RNN` 0.005 over 10 and exactly 0 in single precision over 100.
    What the early steps say can't be learned from such a gradient. Gates delay this rather than end it: asked to
    remember the sign of the first of 100 steps, LSTM and GRU didn't learn it either in 150 training steps. So a
    shorter sequence helps more than another cell.

    ## Example
    ```python
    from keras import Sequential
    from keras.layers import Dense, Input, SimpleRNN

    model = Sequential([Input((365, 2)), SimpleRNN(32), Dense(1)])
    ```

    ## Use instead
    ```python
    from keras import Sequential
    from keras.layers import LSTM, AveragePooling1D, Dense, Input

    model = Sequential([Input((365, 2)), AveragePooling1D(7), LSTM(32), Dense(1)])
    ```
    which reads 52 weekly means instead of 365 days.

    ## How it is confirmed
    `rnnlint --confirm` takes the gradient of the last state to the first and to the last step in the rebuilt layer, at
    its own length: a ratio below 0.001 confirms (0 wrong in 200; sound are layers of 2 to 4 steps).

    ## When it is silent
    100 steps or fewer, also where pooling, a convolution with strides or a cut into chunks makes them fewer before
    the recurrent layer; a number of steps that isn't known; LSTM and GRU.

    ## Fix safety
    No fix: another cell has other weights and another state, and saved models no longer load.

    ## References
    - Bengio, Simard and Frasconi, Learning Long-Term Dependencies with Gradient Descent is Difficult (1994)
    - Pascanu, Mikolov and Bengio, On the Difficulty of Training Recurrent Neural Networks (2013)
    - https://keras.io/api/layers/recurrent_layers/simple_rnn/
    """

    code = "RNN112"
    name = "vanilla-rnn-on-long-sequence"
    severity = Severity.ADVICE
    symptoms = ("flat",)
    frameworks = ("keras", "torch")
    about_recurrence = True

    def check(self, program: Program) -> Iterator[Verdict]:
        for layer in program.layers:
            if layer.kind != "rnn":
                continue
            if layer.identity_start:
                yield RuledOut(layer.site, "the recurrent kernel starts as the identity, which long sequences need")
                continue
            steps = program.steps_of(layer)
            if steps is None:
                yield Undecided(layer.site, "the number of steps is not known")
            elif steps <= LONG:
                yield RuledOut(layer.site, f"it reads {steps} steps")
            else:
                yield Found(
                    layer.site,
                    f"`{layer.type_name}` reads {steps} steps: the gradient to the first ones vanishes",
                    help="use an LSTM or a GRU, or shorter windows",
                    subject=layer,
                )
