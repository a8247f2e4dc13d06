"""RNN213: one class is rare and accuracy alone judges the network."""

from __future__ import annotations

from collections.abc import Iterator

from rnnlint.finding import Severity
from rnnlint.program.data import Kind
from rnnlint.program.program import Program
from rnnlint.program.training import Fit, Loss
from rnnlint.rules.base import Found, Remark, Rule, RuledOut, Undecided, Verdict

RARE = 0.1


class UnweightedImbalance(Rule):
    """A class of a tenth or less is trained without a weight and judged by accuracy, which cannot see it missed.

    ## What it does
    Looks at classifiers whose labels the program itself makes (`[0] * 950 + [1] * 50`, `np.zeros` with a few ones,
    `np.repeat`), when one class has at most 10 % of them, nothing weighs or resamples it and the only metric is
    accuracy.

    ## Why it is bad
    Predicting the common class always gives 90 % accuracy or more. Where the labels are also noisy, that is what a
    network learns: with 5 % or 10 % positives and label noise the share of positive predictions was 0, recall 0 and
    the accuracy exactly the majority's, with predicted probabilities that differed by 0.07 or less. Without noise
    10 % was learned in 60 steps (recall 0.73) and 5 % in 200 (0.91), but 1 % not in 200. So this is a risk, not a
    certain fault; recall shows which of the two it is.

    ## Example
    ```python
    import numpy as np
    from keras import Sequential
    from keras.layers import LSTM, Dense, Input
    from keras.optimizers import Adam

    normal = np.load("normal_beats.npy")[:1900]
    ectopic = np.load("ectopic_beats.npy")[:100]
    x = np.concatenate([normal, ectopic])
    y = np.array([0] * 1900 + [1] * 100)
    model = Sequential([Input((180, 1)), LSTM(32), Dense(1, activation="sigmoid")])
    model.compile(optimizer=Adam(clipnorm=1.0), loss="binary_crossentropy", metrics=["accuracy"])
    model.fit(x, y, epochs=10)
    ```

    ## Use instead
    ```python
    import numpy as np
    from keras import Sequential
    from keras.layers import LSTM, Dense, Input
    from keras.metrics import Precision, Recall
    from keras.optimizers import Adam

    normal = np.load("normal_beats.npy")[:1900]
    ectopic = np.load("ectopic_beats.npy")[:100]
    x = np.concatenate([normal, ectopic])
    y = np.array([0] * 1900 + [1] * 100)
    model = Sequential([Input((180, 1)), LSTM(32), Dense(1, activation="sigmoid")])
    model.compile(optimizer=Adam(clipnorm=1.0), loss="binary_crossentropy", metrics=[Precision(), Recall()])
    model.fit(x, y, epochs=10, class_weight={0: 0.53, 1: 10.0})
    ```

    ## How it is confirmed
    By arithmetic: the share of the rarest class in the labels that the program makes.

    ## When it is silent
    `class_weight`, `sample_weight`, `pos_weight`, a loss with class weights, a focal loss; a weighted sampler,
    oversampling or undersampling; precision, recall, F1, AUC, a confusion matrix or a classification report beside
    the accuracy, or no accuracy at all; a smallest class above 10 %; labels that come from a file; labels that only
    judge an anomaly detector and never train it.

    ## Fix safety
    No fix: whether to weigh, resample or only measure recall depends on what a miss costs.

    ## References
    - He and Garcia, Learning from Imbalanced Data (2009)
    - https://www.tensorflow.org/tutorials/structured_data/imbalanced_data
    - https://docs.pytorch.org/docs/stable/generated/torch.nn.BCEWithLogitsLoss.html
    """

    code = "RNN213"
    name = "unweighted-imbalance"
    severity = Severity.ADVICE
    symptoms = ("constant",)
    frameworks = ("keras", "torch")

    def check(self, program: Program) -> Iterator[Verdict]:
        for fit in program.fits:
            if fit.loss is not None and "entropy" in fit.loss.kind and fit.target is not None:
                yield _judge(program, fit, fit.loss)


def _judge(program: Program, fit: Fit, loss: Loss) -> Verdict:
    assert fit.target is not None
    quantity = fit.target.quantity
    if quantity.kind is not Kind.CLASSES or quantity.rarest is None:
        return Undecided(loss.site, "how often each class occurs is not known")
    if quantity.rarest > RARE:
        return RuledOut(loss.site, f"the rarest class has {quantity.rarest:.0%} of the labels")
    if fit.weighted or any(name in loss.settings for name in ("weight", "pos_weight")):
        return RuledOut(loss.site, "the classes are weighted")
    if program.resamplings:
        return RuledOut(loss.site, "the classes are resampled")
    judged = {metric.kind for metric in fit.metrics} or _scores(program)
    if judged != {"accuracy"}:
        return RuledOut(loss.site, "accuracy is not the only metric")
    return Found(
        loss.site,
        f"the rarest class has {quantity.rarest:.1%} of the labels, nothing weighs it, and accuracy is the only score: "
        f"the constant majority answer already scores {1 - quantity.rarest:.0%}",
        help="weigh the classes (class_weight, pos_weight) and judge by recall, F1 or AUC",
        remarks=(Remark("the labels", quantity.site),) if quantity.site is not None else (),
    )


def _scores(program: Program) -> set[str]:
    by_hand = {"accuracy"} if program.made_by("equality") else set()
    return by_hand | {score.metric.kind for score in program.scores}
