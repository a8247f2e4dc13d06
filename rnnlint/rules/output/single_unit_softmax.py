"""RNN202: a softmax over a single unit is always 1."""

from __future__ import annotations

from collections.abc import Iterator

from rnnlint.finding import Applicability, Severity
from rnnlint.program.data import Array
from rnnlint.program.heads import softmax_width
from rnnlint.program.network import Layer
from rnnlint.program.program import Program
from rnnlint.program.training import Loss
from rnnlint.program.value import confidence_of, known
from rnnlint.program.walks import learns
from rnnlint.repair import Repair, SetArgument
from rnnlint.rules.base import Found, Rule, RuledOut, Undecided, Verdict
from rnnlint.rules.repairs import heads_at, stated_in


class SingleUnitSoftmax(Rule):
    """A softmax over an axis of one element returns 1 for every input and passes no gradient.

    ## What it does
    Finds a softmax whose axis has length 1: `Dense(1, activation="softmax")` in Keras, a `Softmax` layer behind one
    unit, `nn.Softmax(dim=1)` or `F.softmax(..., dim=-1)` on the output of `nn.Linear(n, 1)` in PyTorch.

    ## Why it is bad
    A softmax divides each element by the sum over its axis, and one element divided by itself is 1. The prediction
    is the number 1 for every input, the gradient to every weight below is exactly 0, and accuracy stands still at
    the share of the class called 1. With `BCELoss` in PyTorch, or Keras on its PyTorch and JAX backends, the loss
    is constant as well (8.2 to 55 in the measured runs). Keras on TensorFlow hides it: there the training loss is
    computed from the logits and falls like that of a good model, while `predict` returns 1.0 for everything.

    ## Example
    ```python
    from keras import Input, Sequential
    from keras.layers import LSTM, Dense

    model = Sequential([Input((30, 4)), LSTM(32), Dense(1, activation="softmax")])
    model.compile(optimizer="adam", loss="binary_crossentropy")
    ```

    ## Use instead
    ```python
    from keras import Input, Sequential
    from keras.layers import LSTM, Dense

    model = Sequential([Input((30, 4)), LSTM(32), Dense(1, activation="sigmoid")])
    model.compile(optimizer="adam", loss="binary_crossentropy")
    ```
    or two units with softmax and `sparse_categorical_crossentropy`; for a regression no activation at all.

    ## How it is confirmed
    `rnnlint --confirm` runs the softmax over that many columns: over one the outputs do not differ at all (0 wrong in
    200).

    ## When it is silent
    Softmax over more than one unit, or over another axis: attention weights over the time steps (`dim=1` of scores
    of shape (batch, steps, 1)) are what such scores are for. A number of units or an axis that is not known.

    ## Fix safety
    Unsafe: in a Keras layer that ends a network trained with binary cross-entropy the activation becomes sigmoid.
    Elsewhere no fix is offered: sigmoid, a second unit or no activation, it depends on the target and on the loss.

    ## References
    - https://keras.io/api/layers/activations/#softmax-function
    - https://docs.pytorch.org/docs/stable/generated/torch.nn.Softmax.html
    """

    code = "RNN202"
    name = "single-unit-softmax"
    severity = Severity.ERROR
    symptoms = ("constant", "zero")
    frameworks = ("keras", "torch")
    fixes = (Applicability.UNSAFE,)

    def check(self, program: Program) -> Iterator[Verdict]:
        for array in program.applications:
            layer = array.layer
            if layer is not None and known(layer.settings.get("activation")) == "softmax" and learns(array):
                yield _judge(program, layer, array)


def _judge(program: Program, layer: Layer, array: Array) -> Verdict:
    size = softmax_width(array)
    if size is None:
        return Undecided(layer.site, "the size of the axis that the softmax runs over is not known")
    if size != 1:
        return RuledOut(layer.site, f"the softmax runs over {size} values")
    return Found(
        layer.site,
        "softmax over one unit is 1 whatever the input: the output never changes, and no gradient passes",
        help="use sigmoid for one probability, or one unit for each class",
        confidence=confidence_of(layer.settings.get("activation"), layer.settings.get("units")),
        repair=_repair(program, layer),
        subject=array,
    )


def _repair(program: Program, layer: Layer) -> Repair | None:
    """Sigmoid, where every loss that meets the layer is for two classes and takes probabilities."""
    losses = [fit.loss for fit, _ in heads_at(program, layer)]
    binary = all(loss is not None and _takes_probabilities(loss) for loss in losses)
    stated = stated_in(layer.site, layer.settings.get("activation"))
    own = layer.framework == "keras" and layer.kind in {"dense", "activation"}
    if not losses or not binary or not stated or not own:
        return None
    verb = SetArgument(layer.site.span, "activation", ('"sigmoid"',))
    return Repair("use sigmoid", Applicability.UNSAFE, (verb,))


def _takes_probabilities(loss: Loss) -> bool:
    return loss.kind == "binary_cross_entropy" and loss.is_set("from_logits", False)
