"""RNN310: padding in front of masked sequences keeps a GPU from its fused kernel."""

from __future__ import annotations

from collections.abc import Iterator

from rnnlint.finding import Severity
from rnnlint.program.data import Array, MaskState
from rnnlint.program.network import Layer
from rnnlint.program.program import Program
from rnnlint.program.value import confidence_of, known
from rnnlint.rules.base import Found, Remark, Rule, RuledOut, Undecided, Verdict

FUSED = {"activation": "tanh", "recurrent_activation": "sigmoid", "unroll": False, "use_bias": True}


class PrePaddingWithFusedMask(Rule):
    """Sequences are padded in front and masked, which the fused GPU kernel of the recurrent layer refuses.

    ## What it does
    Follows sequences padded in front, which is what `pad_sequences` does unless told otherwise, through a mask to
    an LSTM or GRU whose settings would let it use cuDNN.

    ## Why it is bad
    On a GPU with TensorFlow, Keras runs an LSTM or GRU with its default settings as one fused kernel. The kernel
    takes a mask in one form only: every sequence starts at the first step, and the padding follows it. Keras checks
    this when the model runs. With padding in front the check fails: the layer falls back to the loop over single
    steps, or training stops with "You are passing a RNN mask that does not correspond to right-padded sequences".
    What the layer computes is the same either way: with a mask the padding makes no difference to the output,
    wherever it stands. This is known from the source of Keras 3.15; its cost depends on the GPU. Without a GPU
    there is none.

    ## Example
    ```python
    from keras import Sequential
    from keras.layers import LSTM, Dense, Embedding
    from keras.optimizers import Adam
    from keras.utils import pad_sequences

    x = pad_sequences(word_numbers, maxlen=200)
    model = Sequential([Embedding(20000, 64, mask_zero=True), LSTM(32), Dense(1, activation="sigmoid")])
    model.compile(optimizer=Adam(clipnorm=1.0), loss="binary_crossentropy")
    model.fit(x, labels)
    ```

    ## Use instead
    ```python
    from keras import Sequential
    from keras.layers import LSTM, Dense, Embedding
    from keras.optimizers import Adam
    from keras.utils import pad_sequences

    x = pad_sequences(word_numbers, maxlen=200, padding="post")
    model = Sequential([Embedding(20000, 64, mask_zero=True), LSTM(32), Dense(1, activation="sigmoid")])
    model.compile(optimizer=Adam(clipnorm=1.0), loss="binary_crossentropy")
    model.fit(x, labels)
    ```

    ## How it is confirmed
    It is not run: the claim needs a GPU. The padding side, the mask and the layer's settings decide it.

    ## When it is silent
    Padding behind the sequences; no mask; layers that have no fused kernel (SimpleRNN, `RNN` around a cell) or do
    without it (`use_cudnn=False`, or settings that rule it out); models without a recurrent layer; the JAX and
    PyTorch backends, where any mask leaves the fused kernel; padding whose side is not known.

    ## Fix safety
    No automatic fix yet: `padding="post"` is safe only where the mask reaches every layer, and models trained on
    one side must be fed on the same side.

    ## References
    - https://keras.io/api/layers/recurrent_layers/lstm/
    - https://www.tensorflow.org/guide/keras/working_with_rnns
    """

    code = "RNN310"
    name = "pre-padding-with-fused-mask"
    severity = Severity.ADVICE
    symptoms = ("slow",)
    frameworks = ("keras",)
    about_recurrence = True

    def check(self, program: Program) -> Iterator[Verdict]:
        if program.backend != "tensorflow":
            return
        for array in program.applications:
            layer = array.layer
            if layer is not None and layer.framework == "keras" and layer.type_name in {"LSTM", "GRU"}:
                verdict = _judge(layer, array.inputs[0])
                if verdict is not None:
                    yield verdict


def _judge(layer: Layer, source: Array) -> Verdict | None:
    if source.mask is None or source.mask.state is not MaskState.PRESENT or source.padding is None:
        return None
    side = known(source.padding.side)
    if side is None:
        return Undecided(source.padding.site, "the side of the padding is not known")
    if side != "pre" or not _fusible(layer):
        return RuledOut(source.padding.site, "the padding stands behind, or the layer has no fused kernel")
    return Found(
        source.padding.site,
        f"{source.padding.how} pads in front, and the mask reaches `{layer.type_name}`: the fused GPU kernel wants "
        "padding behind",
        help='pass padding="post", or use_cudnn=False to the layer',
        remarks=(Remark("the recurrent layer", layer.site),),
        confidence=confidence_of(source.padding.side),
    )


def _fusible(layer: Layer) -> bool:
    rate = known(layer.settings.get("recurrent_dropout"), 0)
    plain = all(known(layer.settings.get(name), wanted) == wanted for name, wanted in FUSED.items())
    wanted = layer.kind != "gru" or not layer.is_set("reset_after", False)
    return plain and wanted and not rate and not layer.is_set("use_cudnn", False)
