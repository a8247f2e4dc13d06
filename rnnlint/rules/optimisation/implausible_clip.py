"""RNN505: gradients are limited so much that SGD hardly moves, or so little that nothing is limited."""

from __future__ import annotations

from collections.abc import Iterator

from rnnlint.finding import Severity
from rnnlint.program.program import Program
from rnnlint.program.training import Clip, TrainingStep
from rnnlint.program.value import confidence_of, known
from rnnlint.rules.base import Found, Rule, RuledOut, Undecided, Verdict

SMALL, LARGE = 0.01, 100.0
READING = 1e5  # limits from here on are a way to read the norm


class ImplausibleClip(Rule):
    """Gradients are limited so much that SGD hardly moves, or so little that nothing is limited.

    ## What it does
    Compares the limit of the gradients' norm with the norms that were measured in recurrent networks. A small limit is
    reported where SGD trains, whose moves are as large as the gradient times the rate.

    ## Why it is bad
    An LSTM of 24 units, 300 updates by SGD at a rate of 0.1, three seeds, errors in shares of the targets' variance:
    0.04 without a limit and with one of 1.0, 0.78 to 0.88 with 0.01, and 0.91 to 1.06 with 0.001; with momentum 0.9 it
    was 0.003 to 0.005, 0.04 to 0.05 and 0.78 to 0.88. With Adam every limit down to 0.0001 left it below 0.01. At the
    other end no gradient norm went above 8.73 in 83 runs of tanh networks on scaled targets (20 to 300 steps, 5 seeds),
    so that a limit of more than 100 does nothing there.

    ## Example
    ```python
    from keras import Sequential
    from keras.layers import LSTM, Dense
    from keras.optimizers import SGD

    model = Sequential([LSTM(32), Dense(1)])
    model.compile(optimizer=SGD(learning_rate=0.1, clipnorm=0.001), loss="mse")
    model.fit(x, y)
    ```

    ## Use instead
    ```python
    from keras import Sequential
    from keras.layers import LSTM, Dense
    from keras.optimizers import SGD

    model = Sequential([LSTM(32), Dense(1)])
    model.compile(optimizer=SGD(learning_rate=0.1, clipnorm=1.0), loss="mse")
    model.fit(x, y)
    ```

    ## How it is confirmed
    By training a small network of the same kind and comparing the gradient norm with the limit at each step.

    ## When it is silent
    Small limits with Adam, RMSprop and their kin, whose moves do not depend on the size of gradients; limits of single
    values; limits that are not known; limits of 100,000 and more, which are a way to read the norm.

    ## Fix safety
    There is no automatic fix: the limit is a hyperparameter.

    ## References
    - Pascanu, Mikolov and Bengio, On the difficulty of training recurrent neural networks (2013)
    """

    code = "RNN505"
    name = "implausible-clip"
    severity = Severity.ADVICE
    symptoms = ("flat",)
    frameworks = ("keras", "torch")

    def check(self, program: Program) -> Iterator[Verdict]:
        clips = {clip.site: clip for step in program.steps for clip in step.clips if "value" not in clip.how}
        for clip in clips.values():
            yield _judge([step for step in program.steps if clip in step.clips], clip)


def _judge(steps: list[TrainingStep], clip: Clip) -> Verdict:
    limit = known(clip.limit)
    if not isinstance(limit, int | float) or isinstance(limit, bool) or limit <= 0:
        return Undecided(clip.site, "the limit is not known")
    plain = all(step.optimizer is not None and step.optimizer.kind == "sgd" for step in steps)
    if limit < SMALL and plain:
        reason = "with SGD so small a limit leaves hardly any movement"
    elif LARGE < limit < READING and all(step.model.recurrent_layers for step in steps):
        reason = "where networks learn, gradients were measured to stay below 9"
    else:
        return RuledOut(clip.site, f"a limit of {limit:g} is usual, or does no harm here")
    return Found(
        clip.site,
        f"{clip.how} limits gradients to {limit:g}: {reason}",
        help="start with 1.0, and print the norm to see how often it is reached",
        confidence=confidence_of(clip.limit),
    )
