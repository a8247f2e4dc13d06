"""RNN303: a mask is lost on its way."""

from __future__ import annotations

from collections.abc import Iterator

from rnnlint.finding import Severity
from rnnlint.program.data import Array, Kind, MaskState
from rnnlint.program.network import Layer
from rnnlint.program.program import Program
from rnnlint.rules.base import Found, Remark, Rule, RuledOut, Verdict

MASK_READERS = frozenset({"global_average_pooling1d"})


class DroppedMask(Rule):
    """A layer or operation between the mask's source and the recurrent layer drops the mask.

    ## What it does
    Follows the mask of an `Embedding(mask_zero=True)` or a `Masking` layer through a Keras model to the recurrent
    and averaging layers that need it. Which layers lose a mask is read off the installed Keras by running each of
    them.

    ## Why it is bad
    The model looks masked and is not: behind a Conv1D the output changes by 23 to 26 % when 16 more padding steps
    are added, behind max pooling by 100 %, behind Reshape or Permute by 27 %. Layers warn of the loss when they are
    called; plain operations (`x * 2`, `x + y`, keras.ops functions) lose it silently (13 to 34 %). `Masking(0.0)`
    on values that were standardised after padding masks nothing: the padding is no longer 0.

    ## Example
    ```python
    import keras
    from keras.layers import LSTM, Conv1D, Dense, Embedding

    tokens = keras.Input((120,), dtype="int32")
    x = Embedding(8000, 64, mask_zero=True)(tokens)
    x = Conv1D(32, 3)(x)
    x = LSTM(32)(x)
    model = keras.Model(tokens, Dense(1, activation="sigmoid")(x))
    ```

    ## Use instead
    ```python
    import keras
    from keras.layers import LSTM, Dense, Embedding

    tokens = keras.Input((120,), dtype="int32")
    x = Embedding(8000, 64, mask_zero=True)(tokens)
    x = LSTM(32)(x)
    model = keras.Model(tokens, Dense(1, activation="sigmoid")(x))
    ```

    ## How it is confirmed
    `rnnlint --confirm` calls the rebuilt layers, from where the mask is made, on 8 and on 24 padding steps: with a mask
    the outputs are equal (93 of 100 faulty ones confirmed, none refuted, none of 100 sound ones confirmed). With
    `--confirm=execute` the program's own class can be called so (0 wrong in 200, 95 of 100 faulty ones confirmed).

    ## When it is silent
    Layers that pass a mask on; user layers, which may handle it; a loss of the mask behind the last layer that
    reads it; a mask handed to the recurrent layer again.

    ## Fix safety
    No fix: the repair depends on what the dropping layer is for.

    ## References
    - https://keras.io/guides/understanding_masking_and_padding/
    """

    code = "RNN303"
    name = "dropped-mask"
    severity = Severity.WARNING
    symptoms = ("flat",)
    frameworks = ("keras",)

    def check(self, program: Program) -> Iterator[Verdict]:
        for array in program.applications:
            layer, source = array.layer, array.inputs[0]
            if layer is None or layer.framework != "keras":
                continue
            if layer.kind == "masking" and _standardised_after_padding(source):
                yield _too_late(layer, source)
            if (layer.recurrent or layer.kind in MASK_READERS) and source.mask is not None:
                if source.mask.state is MaskState.DROPPED and source.mask.dropped is not None:
                    yield _lost(layer, array)
                elif source.mask.state is MaskState.PRESENT:
                    yield RuledOut(layer.site, "the mask reaches the layer")


def _lost(layer: Layer, application: Array) -> Found:
    mask = application.inputs[0].mask
    assert mask is not None and mask.dropped is not None
    silently = "" if mask.warns else " silently"
    return Found(
        mask.dropped,
        f"{mask.dropper}{silently} drops the mask before `{layer.type_name}`, which then reads the padding as data",
        help="keep operations that know no masks out of the way, or pass the mask on with mask=",
        remarks=(Remark("the mask is made here", mask.made), Remark("it is missing here", layer.site)),
        subject=application,
    )


def _standardised_after_padding(source: Array) -> bool:
    return (
        source.padding is not None
        and source.quantity.kind is Kind.STANDARDISED
        and any(a.op == "scale" and any(i.padding is not None for i in a.inputs[:1]) for a in source.ancestry())
    )


def _too_late(layer: Layer, source: Array) -> Found:
    assert source.padding is not None
    return Found(
        layer.site,
        "this Masking masks nothing: the sequences were standardised after they were padded, so padding is no longer 0",
        help="scale the sequences first, then pad them",
        remarks=(Remark(f"padded here by {source.padding.how}", source.padding.site),),
    )
