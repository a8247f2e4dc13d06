"""RNN104: a prediction for each step meets one target a sample."""

from __future__ import annotations

from collections.abc import Iterator

from rnnlint.finding import Severity
from rnnlint.program.data import Array
from rnnlint.program.program import Program
from rnnlint.program.training import Fit
from rnnlint.program.value import confidence_of
from rnnlint.program.walks import behind_elementwise
from rnnlint.rules.base import Found, Remark, Rule, RuledOut, Undecided, Verdict

_COMPARED = {
    "keras": "the loss compares every step with it, and from Keras 3 on with the targets of other samples as well",
    "torch": "the loss compares every step of every sample with every target",
}


class SequenceForSingleTarget(Rule):
    """The network predicts a value for every step, while each sample has one target.

    ## What it does
    Looks at the last recurrent layer before the output. When it returns the whole sequence, nothing behind it
    reduces the steps, and the head is a Dense or Linear layer, the output has the shape (samples, steps, 1); the
    rule reports it when the targets are known to be one value for each sample.

    ## Why it is bad
    The loss doesn't compare the two sample by sample. With targets of shape (samples,) it spreads both to (samples,
    steps, samples): every prediction is compared with the targets of all samples of the batch, and their mean is
    the best answer for all. Nothing fails and the loss falls a little. A perfect prediction cost 3.47 where it
    should cost 0, the predictions of a trained network had a standard deviation of 0.07, and an accuracy beside it
    read exactly 0.0. In Keras the cross-entropies raise a ValueError instead; PyTorch warns once of the shapes.

    ## Example
    ```python
    import numpy as np
    from keras import Sequential
    from keras.layers import LSTM, Dense, Input
    from keras.optimizers import Adam

    x = np.random.default_rng(0).uniform(-1, 1, size=(500, 12, 3))
    y = x[:, :, 0].mean(axis=1)

    model = Sequential([Input((12, 3)), LSTM(16, return_sequences=True), Dense(1)])
    model.compile(optimizer=Adam(clipnorm=1.0), loss="mse")
    model.fit(x, y, epochs=10)
    ```

    ## Use instead
    ```python
    import numpy as np
    from keras import Sequential
    from keras.layers import LSTM, Dense, Input
    from keras.optimizers import Adam

    x = np.random.default_rng(0).uniform(-1, 1, size=(500, 12, 3))
    y = x[:, :, 0].mean(axis=1)

    model = Sequential([Input((12, 3)), LSTM(16), Dense(1)])
    model.compile(optimizer=Adam(clipnorm=1.0), loss="mse")
    model.fit(x, y, epochs=10)
    ```
    In PyTorch, give the head the last step, `out[:, -1]`, or the final state `h_n[-1]`.

    ## How it is confirmed
    By the shapes, and by the loss of a perfect prediction, which must be 0: targets repeated in the shape of the
    output are compared with the targets themselves.

    ## When it is silent
    Targets for each step (tagging, forecasts of a horizon as long as the input, autoencoders, language models);
    Flatten, pooling, attention or an index between the recurrent layer and the head; targets whose shape the
    program doesn't show.

    ## Fix safety
    No fix: whether the last step, a pool or a target for each step is meant is the author's decision.

    ## References
    - https://keras.io/guides/working_with_rnns/
    - https://docs.pytorch.org/docs/stable/generated/torch.nn.LSTM.html
    """

    code = "RNN104"
    name = "sequence-for-single-target"
    severity = Severity.ERROR
    symptoms = ("constant", "zero")
    frameworks = ("keras", "torch")
    about_recurrence = True

    def check(self, program: Program) -> Iterator[Verdict]:
        for fit in program.fits:
            if fit.loss is not None and (fit.framework == "keras" or fit.loss.regression):
                for output in fit.outputs[:1]:
                    verdict = _judge(fit, output)
                    if verdict is not None:
                        yield verdict


def _judge(fit: Fit, output: Array) -> Verdict | None:
    array = behind_elementwise(output)
    dense = 0
    while array.op == "apply" and array.layer is not None and array.layer.kind == "dense" and array.inputs:
        dense += 1
        array = behind_elementwise(array.inputs[0])
    if array.op == "sequence":
        array = array.inputs[0]
    layer = array.layer
    if not dense or array.op != "apply" or layer is None or not layer.recurrent:
        return None
    if layer.framework == "torch" and (output.shape is None or len(output.shape) != 3):
        return Undecided(layer.site, "the shape of the output is not known")
    setting = layer.setting("return_sequences")
    if not layer.is_set("return_sequences", True):
        return RuledOut(layer.site, f"`{layer.type_name}` returns its last step only")
    if fit.target is None or fit.target.shape is None:
        return Undecided(layer.site, "the shape of the target is not known")
    if len(fit.target.shape) != 1:
        return RuledOut(layer.site, "the target has a value for each step, or an axis that keeps the loss defined")
    return Found(
        layer.site,
        f"the last recurrent layer `{layer.type_name}` returns all steps, but the target has one value a sample: "
        + _COMPARED[layer.framework],
        help="give the head one step or a mean over the steps; in Keras leave out return_sequences on the last layer",
        remarks=(Remark("trained here", fit.site),),
        confidence=confidence_of(setting),
    )
