"""RNN412: fewer than 50 sequences to learn from."""

from __future__ import annotations

from collections.abc import Iterator

from rnnlint.finding import Severity
from rnnlint.program.data import Array
from rnnlint.program.program import Program
from rnnlint.program.size import known_int
from rnnlint.program.training import Fit
from rnnlint.program.value import known
from rnnlint.rules.base import Found, Remark, Rule, RuledOut, Undecided, Verdict

FEW = 50
PIECES = frozenset({"item", "batch", "window", "gather", "parameter", "unknown", "join"})


class TooFewSamples(Rule):
    """A recurrent network is trained on fewer than 50 sequences: it will know them by heart, and little else.

    ## What it does
    Looks for training data whose number of sequences the program shows, where each has one target and somebody looks
    at a score or a prediction.

    ## Why it is bad
    A recurrent layer has hundreds of weights for each of these sequences. It learns them all the same: few samples do
    not make a network predict a constant. An LSTM of 32 units that was to say whether a random sequence rises got
    all of 10, 25 or 50 training sequences right, and of 1000 new ones 52 to 78 %, 67 to 74 % and 76 to 85 %; trained
    on 400 it got 84 to 92 % (5 seeds each). A score on a part of so few is luck as well.

    ## Example
    ```python
    import numpy as np
    from keras import Sequential
    from keras.layers import LSTM, Dense
    from keras.optimizers import Adam

    x = np.random.rand(10, 20, 1)
    y = (x[:, -1, 0] > x[:, 0, 0]).astype(int)
    model = Sequential([LSTM(32), Dense(1, activation="sigmoid")])
    model.compile(Adam(clipnorm=1.0), "binary_crossentropy", metrics=["accuracy"])
    model.fit(x, y, epochs=100)
    ```

    ## Use instead
    ```python
    import numpy as np
    from keras import Sequential
    from keras.layers import LSTM, Dense
    from keras.optimizers import Adam

    x = np.random.rand(1000, 20, 1)
    y = (x[:, -1, 0] > x[:, 0, 0]).astype(int)
    model = Sequential([LSTM(32), Dense(1, activation="sigmoid")])
    model.compile(Adam(clipnorm=1.0), "binary_crossentropy", metrics=["accuracy"])
    model.fit(x, y, epochs=100)
    ```

    ## How it is confirmed
    By arithmetic: the number of sequences.

    ## When it is silent
    Numbers that the program does not show; batches of a larger set, and sequences that a loop draws anew; networks
    with a target for every step, for which a few long sequences are many samples; runs whose score nobody looks at.

    ## Fix safety
    No fix: windows that overlap, or recordings of more subjects, are for the author to find.

    ## References
    - https://keras.io/guides/training_with_built_in_methods/
    """

    code = "RNN412"
    name = "too-few-samples"
    severity = Severity.ADVICE
    symptoms = ("optimistic",)
    frameworks = ("data",)
    about_recurrence = True

    def check(self, program: Program) -> Iterator[Verdict]:
        for fit in program.fits:
            if fit.inputs and any(a.layer is not None and a.layer.recurs for o in fit.outputs for a in o.ancestry()):
                yield _judge(program, fit, fit.inputs[0])


def _judge(program: Program, fit: Fit, data: Array) -> Verdict:
    count = known_int(data.shape[0]) if data.shape else None
    if count is None or _may_be_a_piece(data):
        return Undecided(fit.site, "the number of training sequences is not known")
    if count >= FEW:
        return RuledOut(fit.site, f"there are {count:,} sequences")
    if not all(output.shape is not None and len(output.shape) == 2 for output in fit.outputs):
        return Undecided(fit.site, "each sequence may have many targets")
    if not program.scores_of(fit):
        return Undecided(fit.site, "nobody looks at a score: it may be meant to run and no more")
    sequences = f"{count} sequence{'' if count == 1 else 's'}"
    return Found(
        fit.site,
        f"the network is trained on {sequences}: it can learn them by heart, and will guess on new ones",
        help="get more sequences, cut overlapping windows, or take a model with few parameters",
        remarks=(Remark("the sequences come from here", data.site),),
    )


def _may_be_a_piece(data: Array) -> bool:
    """Whether it may be one batch of more, or be drawn anew each time."""
    if data.batch is not None:
        return True
    array = data
    while array.op not in {"stack", "frame"} and array.inputs:
        if array.op in PIECES:
            return True
        array = array.inputs[0]
    return array.op in PIECES or any(known(a.settings.get("again")) for a in data.ancestry())
