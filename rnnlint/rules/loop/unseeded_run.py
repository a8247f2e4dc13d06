"""RNN615: nothing seeds the random numbers of a training run."""

from __future__ import annotations

from collections.abc import Iterator

from rnnlint.finding import Confidence, Severity
from rnnlint.program.events import Event
from rnnlint.program.program import Program
from rnnlint.rules.base import Found, Remark, Rule, RuledOut, Undecided, Verdict


class UnseededRun(Rule):
    """Nothing seeds the initial weights and the shuffling, or the split: each run has another score.

    ## What it does
    Looks for a program that trains a network and seeds no generator that the weights and the batches are drawn with;
    and, where they are seeded, for a random split that is not.

    ## Why it is bad
    A change of a hyper-parameter is compared with the score of another run, and the difference may be luck. An LSTM
    of 16 units that predicts a noisy sine (300 windows to learn from, 80 to test on, 12 epochs, 20 seeds) had a test
    error of 0.147 to 0.247 of the target's variance, 0.195 on average; with the same split each time it was 0.166 to
    0.225. A fault that one run shows cannot be looked at again.

    ## Example
    ```python
    from keras import layers, models

    model = models.Sequential([layers.LSTM(16), layers.Dense(1)])
    model.compile(loss="mse", optimizer="adam")
    model.fit(x, y, epochs=20)
    ```

    ## Use instead
    ```python
    import keras
    from keras import layers, models

    keras.utils.set_random_seed(7)
    model = models.Sequential([layers.LSTM(16), layers.Dense(1)])
    model.compile(loss="mse", optimizer="adam")
    model.fit(x, y, epochs=20)
    ```

    ## How it is confirmed
    Two runs of the program differ in their first loss.

    ## When it is silent
    A seed of the library that trains, anywhere in the program; for Keras also one of numpy or of Python, which some
    of its versions draw from; calls of code that cannot be seen whose name says that they seed; a network that is made
    and trained several times in a loop, as in folds and trials; functions that train and that no line of the program
    calls; a split with a `random_state` or a generator of its own, or in the order of its rows.

    ## Fix safety
    None is offered: a seed makes a run repeatable, not its score true. Report the mean of several seeds.

    ## References
    - https://docs.pytorch.org/docs/stable/notes/randomness.html
    - https://keras.io/api/utils/python_utils/#set_random_seed-function
    """

    code = "RNN615"
    name = "unseeded-run"
    severity = Severity.ADVICE
    frameworks = ("keras", "torch", "data")
    preview = True

    def check(self, program: Program) -> Iterator[Verdict]:
        training = next((one for one in program.trace.of("fit", "step") if one.layers and not one.origin), None)
        if training is None:
            return
        if not program.complete or any(not seed.generators for seed in program.seeds):
            yield Undecided(training.site, "code that cannot be seen may seed it")
        elif any(program.trace.concerning(training, turn, "layer") for turn in training.turns):
            yield RuledOut(training.site, "it is trained several times")
        else:
            yield from _judge(program, training)


def _judge(program: Program, training: Event) -> Iterator[Verdict]:
    seeded = {generator for seed in program.seeds for generator in seed.generators}
    splits = list({split.site: split for split in program.splits if split.drawn_from not in {"", *seeded}})
    if {layer.framework for layer in training.layers} <= seeded:
        yield RuledOut(training.site, "its weights and batches are seeded")
        for site in splits:
            yield Found(
                site,
                "nothing seeds this split: the network is seeded, and meets other rows in each run",
                help="give the split a seed of its own",
                confidence=Confidence.MEDIUM,
            )
        return
    remarks = [Remark("this split is drawn anew too", site) for site in splits]
    remarks += [Remark("this seeds other random numbers", seed.site) for seed in program.seeds[:1]]
    yield Found(
        training.site,
        "nothing seeds this training: its initial weights and the order of its samples differ in each run",
        help="set a seed before the network is made, and compare the scores of several",
        remarks=tuple(remarks),
        confidence=Confidence.MEDIUM,
    )
