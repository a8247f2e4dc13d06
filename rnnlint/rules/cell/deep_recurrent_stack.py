"""RNN119: six or more recurrent layers in a row without a residual connection."""

from __future__ import annotations

from collections.abc import Iterator

from rnnlint.finding import Severity
from rnnlint.program.data import Array
from rnnlint.program.network import Layer
from rnnlint.program.program import Program
from rnnlint.program.value import confidence_of, known
from rnnlint.rules.base import Found, Rule, RuledOut, Verdict

DEEP = 6
WAYS_PAST = frozenset({"arithmetic", "join", "stack"})
MERGING = frozenset({"add", "concatenate", "average", "multiply"})


class DeepRecurrentStack(Rule):
    """Six or more recurrent layers stand on each other with nothing that leads past them.

    ## What it does
    Counts the recurrent layers on each way through the network: layers that feed one another, `num_layers` of a
    PyTorch layer and the cells of a Keras RNN. A sum or a concatenation that leads past a layer ends the count.

    ## Why it is bad
    Each layer squashes what it passes on. After 150 training steps on a sine wave the predictions of 1 to 4 layers
    varied by 0.77 to 0.89 of the target; of 6 Keras layers by 0.45, of 8 layers by 0.45 (Keras) and 0.47 (PyTorch),
    with an error of 0.8 of the target's variance: nearly a constant. With PyTorch's initialisation the gradient of
    the first of 4 layers is 0.03 of the last one's, of 8 layers 0.0002.

    ## Example
    ```python
    from keras import Sequential
    from keras.layers import LSTM, Dense, Input

    model = Sequential([Input((48, 3))])
    for _ in range(6):
        model.add(LSTM(32, return_sequences=True))
    model.add(LSTM(32))
    model.add(Dense(1))
    ```

    ## Use instead
    ```python
    from keras import Sequential
    from keras.layers import LSTM, Dense, Input

    model = Sequential([Input((48, 3)), LSTM(32, return_sequences=True), LSTM(32), Dense(1)])
    ```

    ## How it is confirmed
    By training the rebuilt stack for 150 steps on a sine wave, and again with two layers, and comparing the spread
    of the predictions.

    ## When it is silent
    Five layers or fewer; residual, highway and dense connections; recurrent layers side by side; an encoder and a
    decoder that only hands its state over, which are counted apart; a depth that the program does not show.

    ## Fix safety
    No fix: fewer layers, residual connections or a longer training are for the author to choose from.

    ## References
    - Wu et al., Google's Neural Machine Translation System (2016), section 3.1
    - Pascanu et al., How to Construct Deep Recurrent Neural Networks (2014)
    """

    code = "RNN119"
    name = "deep-recurrent-stack"
    severity = Severity.ADVICE
    symptoms = ("constant",)
    frameworks = ("keras", "torch")
    about_recurrence = True

    def check(self, program: Program) -> Iterator[Verdict]:
        reported: set[object] = set()
        for array in reversed(program.applications):
            if array.layer is None or not array.layer.recurrent:
                continue
            stack = list(_stack(array))
            first, depth = stack[-1], sum(_layers(layer) for layer in stack)
            if any(layer.site in reported for layer in stack):
                continue
            if depth < DEEP:
                yield RuledOut(
                    array.layer.site,
                    "one recurrent layer stands on this way"
                    if depth == 1
                    else f"{depth} recurrent layers stand on this way",
                )
                continue
            reported.update(layer.site for layer in stack)
            yield Found(
                first.site,
                f"{depth} recurrent layers feed one another without a way past them: deep stacks learn slowly",
                help="use two or three layers, or residual connections",
                confidence=confidence_of(*(layer.settings.get("num_layers") for layer in stack)),
            )


def _layers(layer: Layer) -> int:
    count = known(layer.settings.get("num_layers"), 1)
    return count if isinstance(count, int) else 1


def _stack(output: Array) -> Iterator[Layer]:
    """The recurrent layers that feed one another, the last first; a merge of several ways ends it."""
    array: Array | None = output
    while array is not None:
        if array.op in WAYS_PAST and len(array.inputs) > 1:
            return
        layer = array.layer if array.op == "apply" else None
        if layer is not None:
            if layer.kind in MERGING:
                return
            if layer.recurrent:
                yield layer
        array = array.inputs[0] if array.inputs else None
