"""RNN502: the learning rate is so large that training breaks, or so small that nothing is learned."""

from __future__ import annotations

from collections.abc import Iterator

from rnnlint.finding import Severity
from rnnlint.program.program import Program
from rnnlint.program.scales import NOTABLE
from rnnlint.program.training import ADAPTIVE_OPTIMIZERS, Optimizer, TrainingStep
from rnnlint.program.value import confidence_of, known
from rnnlint.rules.base import Found, Rule, RuledOut, Undecided, Verdict

HIGH_ADAPTIVE, HIGH_SGD = 0.3, 1.0
LOW_RATE = 1e-5
REACH_ADAPTIVE, REACH_SGD = 1e-3, 1e-2  # rate times updates


class LearningRateOutOfRange(Rule):
    """The learning rate is so large that training breaks, or so small that nothing is learned.

    ## What it does
    Compares the rate of Adam, RMSprop, SGD and their kin with the range in which networks were seen to learn. A
    small rate counts together with the number of updates that the program makes.

    ## Why it is bad
    Measured on networks of 32 LSTM or GRU units over 20 steps, three seeds each, as the error in shares of the
    targets' variance (200 updates):

    | rate | LSTM | GRU |
    |---|---|---|
    | Adam 0.01 | 0.004 to 0.005 | 0.004 to 0.005 |
    | Adam 0.3 | 0.01 to 0.06 | 0.01 to 0.03 |
    | Adam 1 | 0.24 to 1.5 | 0.16 to 0.5 |
    | RMSprop 0.3 | 0.46 to 0.7 | 0.33 to 13 |
    | SGD 0.5 | 0.006 to 0.013 | 0.005 to 0.009 |
    | SGD 1 | NaN | NaN |

    With cross-entropy, whose gradients are bounded, SGD learns at a rate of 1 and at 2, and nothing is reported. At the
    other end an LSTM keeps 99 % of its error after 60 updates by Adam at 1e-5, and 92 % or more after 60 updates
    by SGD at 1e-3.

    ## Example
    ```python
    from keras import Sequential
    from keras.layers import LSTM, Dense
    from keras.optimizers import Adam

    model = Sequential([LSTM(32), Dense(1)])
    model.compile(optimizer=Adam(learning_rate=1.0, clipnorm=1.0), loss="mse")
    model.fit(x, y, epochs=20)
    ```

    ## Use instead
    ```python
    from keras import Sequential
    from keras.layers import LSTM, Dense
    from keras.optimizers import Adam

    model = Sequential([LSTM(32), Dense(1)])
    model.compile(optimizer=Adam(learning_rate=0.001, clipnorm=1.0), loss="mse")
    model.fit(x, y, epochs=20)
    ```

    ## How it is confirmed
    `rnnlint --confirm` trains the rebuilt layer at this rate: of a high one it compares the error with that of a usual
    rate, of a low one the share of the loss that is taken away in as many updates as the program makes (0 wrong in
    200).

    ## When it is silent
    Schedules, warm-up and rates that are set during training; SGD with gradients that are clipped, or with a loss
    whose gradients are bounded; other optimizers, such as Adadelta and LBFGS, for which a rate of 1 is usual; a
    small rate where the number of updates is not known, where weights are loaded, or where targets are large.

    ## Fix safety
    There is no automatic fix: the best rate depends on the data.

    ## References
    - Kingma and Ba, Adam: a method for stochastic optimization (2015)
    """

    code = "RNN502"
    name = "learning-rate-out-of-range"
    severity = Severity.WARNING
    symptoms = ("explode", "flat")
    frameworks = ("keras", "torch")

    def check(self, program: Program) -> Iterator[Verdict]:
        for step in program.steps:
            if step.optimizer is not None and step.optimizer.kind in {*ADAPTIVE_OPTIMIZERS, "sgd"}:
                yield _judge(program, step, step.optimizer)


def _judge(program: Program, step: TrainingStep, optimizer: Optimizer) -> Verdict:
    setting = optimizer.settings.get("learning_rate")
    rate = known(setting)
    if setting is not None and (not isinstance(rate, int | float) or isinstance(rate, bool)):
        return Undecided(optimizer.site, "the learning rate is not known")
    if setting is None or rate is None:
        return RuledOut(optimizer.site, "the learning rate is the optimizer's default")
    reason = _too_high(step, optimizer, rate) or _too_low(program, step, optimizer, rate)
    if not reason:
        return RuledOut(optimizer.site, f"a learning rate of {rate:g} is in the usual range")
    usual = "1e-2" if optimizer.kind == "sgd" else "1e-3"
    return Found(
        optimizer.site,
        f"a learning rate of {rate:g} is too {reason}",
        help=f"start with {usual} and change it by factors of 3",
        confidence=confidence_of(setting),
        subject=step,
    )


def _too_high(step: TrainingStep, optimizer: Optimizer, rate: float) -> str:
    """Where errors were measured that grow or stay far above those of usual rates."""
    regression = bool(step.fits) and all(fit.loss is not None and fit.loss.regression for fit in step.fits)
    if optimizer.kind == "sgd":
        steep = regression and all(fit.loss is not None and fit.loss.kind == "mse" for fit in step.fits)
        high = rate >= HIGH_SGD and steep and not step.clips and not step.hidden
        return "large: with a squared error SGD diverged in every measured run" if high else ""
    if rate < HIGH_ADAPTIVE or not step.model.recurrent_layers:
        return ""
    return "large: each update moves every weight by about that much"


def _too_low(program: Program, step: TrainingStep, optimizer: Optimizer, rate: float) -> str:
    """Where the updates together move the weights by less than learning takes."""
    counts = {fit.site: fit.updates for fit in step.fits}
    updates = [count for count in counts.values() if count is not None]
    if rate > LOW_RATE or not updates or len(updates) < len(counts) or program.loaded & {*step.model.layers}:
        return ""
    sgd = optimizer.kind == "sgd"
    if sgd and not all(_small_target(step, index) for index in range(len(step.fits))):
        return ""
    reach = rate * sum(updates)
    if reach > (REACH_SGD if sgd else REACH_ADAPTIVE):
        return ""
    moved = "" if sgd else f", which move a weight by about {reach:.1g} in all"
    return f"small for {sum(updates):,} updates{moved}"


def _small_target(step: TrainingStep, index: int) -> bool:
    """Whether targets are known to be near the unit range, so that gradients are not large either."""
    target = step.fits[index].target
    magnitude = target.quantity.magnitude if target is not None else None
    return magnitude is not None and magnitude < NOTABLE
