"""RNN508: predictions or scores of a network whose weights are still those it started with."""

from __future__ import annotations

from collections.abc import Iterator

from rnnlint.finding import Severity
from rnnlint.program.data import Array
from rnnlint.program.network import ELEMENTWISE_KINDS
from rnnlint.program.program import Program
from rnnlint.program.training import Inference
from rnnlint.rules.base import Found, Remark, Rule, RuledOut, Undecided, Verdict


class PredictWithoutFit(Rule):
    """Predictions or scores are taken of a network whose weights are still those it started with.

    ## What it does
    Follows each network from where it is made to where it predicts or is scored, through functions, classes and files,
    and looks for anything that may have changed its weights on any path: a fit, an optimizer, a gradient tape,
    weights that are loaded or copied, code that is not known.

    ## Why it is bad
    Random weights give nearly the same output for every input. An LSTM of 32 units, asked for the next value of sine
    waves without training, gave predictions whose deviation was 0.05 to 0.15 of the targets' in Keras and 0.01 to
    0.03 in PyTorch, with an error of 0.93 to 1.14 of their variance (5 seeds each). After 150 updates by Adam
    PyTorch's had a deviation of 1.0 and an error below 0.001.

    ## Example
    ```python
    import numpy as np
    from keras import Sequential
    from keras.layers import LSTM, Dense

    series = np.load("series.npy")
    model = Sequential([LSTM(32), Dense(1)])
    model.compile(optimizer="adam", loss="mse")
    forecast = model.predict(series)
    ```

    ## Use instead
    ```python
    import numpy as np
    from keras import Sequential
    from keras.layers import LSTM, Dense

    series = np.load("series.npy")
    model = Sequential([LSTM(32), Dense(1)])
    model.compile(optimizer="adam", loss="mse")
    model.load_weights("trained.weights.h5")
    forecast = model.predict(series)
    ```

    ## How it is confirmed
    By the facts alone: weights that nothing changes are those of the initialiser.

    ## When it is silent
    Networks that share a layer with one that is trained or loaded, or that are made in the same place as one, where
    this may be a look at the loss before training; networks handed to code that is not known; functions and classes
    that nobody in the program is seen to call; Keras models that are not compiled, and networks that are not shown
    data which the program reads, as both are how a shape is tried out.

    ## Fix safety
    There is no automatic fix: whether to train or to load is for the author to say.

    ## References
    - Keras, Model training APIs; PyTorch, Saving and loading models
    """

    code = "RNN508"
    name = "predict-without-fit"
    severity = Severity.ERROR
    symptoms = ("constant", "flat")
    frameworks = ("keras", "torch")

    def check(self, program: Program) -> Iterator[Verdict]:
        for inference in {inference.site: inference for inference in program.inferences}.values():
            if any(layer.kind not in ELEMENTWISE_KINDS for layer in inference.model.layers):
                yield _judge(program, inference)


def _judge(program: Program, inference: Inference) -> Verdict:
    model, site = inference.model, inference.site
    made = {layer.site.span for layer in model.layers}
    if made & {layer.site.span for layer in program.trained}:
        return RuledOut(site, "the program trains this network, or another that is made in the same place")
    if made & {layer.site.span for layer in program.loaded}:
        return RuledOut(site, "its weights are loaded, or may be set by code that is not known")
    reason = _open(program, inference)
    if reason:
        return Undecided(site, reason)
    name = f"`{model.name}`" if model.name else "the network"
    return Found(
        site,
        f"{inference.how} of {name}, which is neither trained nor loaded: its weights are random",
        help="train it first, or load weights that were trained",
        remarks=(Remark("made here", model.site),),
    )


def _open(program: Program, inference: Inference) -> str:
    """Why the network may be trained all the same, or is only tried out."""
    if not program.complete:
        return "the program is too large to be run to its end"
    if inference.offered or not inference.model.complete:
        return "it may be trained by code that is not shown"
    if inference.model.framework == "keras" and not program.compiled & {*inference.model.layers}:
        return "the model is not compiled, so that it may only be tried out"
    if not any(_reads(array) for array in inference.data):
        return "what it is shown is not data that the program reads, so that it may only be tried out"
    return ""


def _reads(array: Array) -> bool:
    return any(source.op == "read" for source in array.ancestry())
