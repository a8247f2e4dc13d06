"""RNN411: targets are drawn at random."""

from __future__ import annotations

from collections.abc import Iterator

from rnnlint.finding import Severity
from rnnlint.program.data import Array
from rnnlint.program.program import Program
from rnnlint.program.training import Fit
from rnnlint.rules.base import Found, Remark, Rule, RuledOut, Undecided, Verdict

ARRANGED = frozenset(
    {"cast", "reshape", "squeeze", "unsqueeze", "transpose", "index", "rows", "item", "batch", "stack", "join",
     "gather", "shuffle", "one_hot", "scale", "columns", "frame", "window", "windows", "pad"}
)  # fmt: skip
KNOWN_SOURCES = frozenset({"generate", "read", "literal", "zeros"})


class RandomTargets(Rule):
    """The targets are drawn at random, apart from the inputs: there is nothing to learn.

    ## What it does
    Follows the target of a training call back to a random generator, through rearrangements only, and asks whether
    the inputs come from elsewhere.

    ## Why it is bad
    Whatever the network and its settings, the best prediction is the targets' mean, or the most frequent class: loss
    and accuracy on new data stay at chance, and a network that predicts the same value for every input is right. An
    LSTM on 200 random sequences of 10 steps with two random classes came to 65 to 94 % of them in training, which is
    memory, and to 49 to 54 % of 800 new ones; with classes that depend on the sequence to 88 to 92 % (5 seeds).

    ## Example
    ```python
    import numpy as np
    from keras import Sequential
    from keras.layers import LSTM, Dense
    from keras.optimizers import Adam

    x = np.random.rand(200, 10, 1)
    y = np.random.randint(0, 2, 200)
    model = Sequential([LSTM(16), Dense(1, activation="sigmoid")])
    model.compile(Adam(clipnorm=1.0), "binary_crossentropy")
    model.fit(x, y, validation_split=0.2, epochs=50)
    ```

    ## Use instead
    ```python
    import numpy as np
    from keras import Sequential
    from keras.layers import LSTM, Dense
    from keras.optimizers import Adam

    x = np.random.rand(200, 10, 1)
    y = (x[:, -1, 0] > x[:, 0, 0]).astype(int)
    model = Sequential([LSTM(16), Dense(1, activation="sigmoid")])
    model.compile(Adam(clipnorm=1.0), "binary_crossentropy")
    model.fit(x, y, validation_split=0.2, epochs=50)
    ```

    ## How it is confirmed
    By the two generators: no value of one is used by the other.

    ## When it is silent
    Targets that are computed, also from noise that the inputs hold; a series and its own next values; inputs or
    targets of unknown origin; targets changed after they were drawn; runs whose score nobody looks at: no
    validation data, no evaluation and no metric.

    ## Fix safety
    No fix.

    ## References
    - https://arxiv.org/abs/1611.03530
    """

    code = "RNN411"
    name = "random-targets"
    severity = Severity.ADVICE
    symptoms = ("constant", "flat")
    frameworks = ("data",)

    def check(self, program: Program) -> Iterator[Verdict]:
        for fit in program.fits:
            if fit.target is not None:
                yield _judge(program, fit, fit.target)


def _judge(program: Program, fit: Fit, target: Array) -> Verdict:
    drawn = _sources(target)
    if not drawn:
        return Undecided(fit.site, "where the target comes from is not known")
    if any("drawn" not in source.settings for source in drawn):
        return RuledOut(fit.site, "the target is not drawn at random")
    given = [_sources(array) for array in fit.inputs]
    if not given or not all(given):
        return Undecided(fit.site, "where the inputs come from is not known")
    numbers = {source.number for sources in given for source in sources}
    if any(source.number in numbers for source in drawn):
        return RuledOut(fit.site, "the inputs and the target come from the same numbers")
    if not program.scores_of(fit):
        return Undecided(fit.site, "nobody looks at a score: it may be meant to run and no more")
    origin = drawn[0].quantity.label
    drawn_by = f" by {origin}" if origin else ""
    return Found(
        fit.site,
        f"the targets are drawn at random{drawn_by}, whatever the inputs are: there is nothing to learn",
        help="train on targets that depend on the inputs, if only by a rule of your own",
        remarks=(Remark("drawn here", drawn[0].site),),
    )


def _sources(array: Array) -> list[Array]:
    """What an array is an arrangement of; nothing where that is not known."""
    if array.op in ARRANGED and array.inputs:
        parts = [_sources(source) for source in array.inputs]
        return [source for part in parts for source in part] if all(parts) else []
    return [array] if array.op in KNOWN_SOURCES and not array.inputs else []
