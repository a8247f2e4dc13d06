"""RNN301: padded word numbers reach a recurrent layer without a mask."""

from __future__ import annotations

from collections.abc import Iterator

from rnnlint.finding import Applicability, Severity
from rnnlint.program.data import Array, Kind, MaskState, Padding
from rnnlint.program.network import ELEMENTWISE_KINDS, Layer
from rnnlint.program.program import Program
from rnnlint.program.value import Known, confidence_of, known
from rnnlint.repair import Repair, SetArgument
from rnnlint.rules.base import Found, Remark, Rule, RuledOut, Undecided, Verdict
from rnnlint.rules.repairs import applications_at, stated_in

FILLED_WITH_ZEROS = frozenset({"adding zeros", "np.zeros", "TextVectorization"})
LOSE_MASKS = frozenset({"rms_normalization", "rescaling", "group_normalization", "instance_normalization"})
KEEP_MASKS = frozenset({"dense", "global_average_pooling1d", "attention", "additive_attention"})


class UnmaskedPadding(Rule):
    """Padded token sequences go through an Embedding without a mask into a recurrent layer.

    ## What it does
    Follows sequences that were padded to one length through `Embedding` to the recurrent layers of a Keras model
    and looks whether a mask tells them where the padding is.

    ## Why it is bad
    A recurrent layer without a mask reads the padding like words. Behind the sequence that washes out what was
    read: the difference between two texts falls to 4 % of itself after 10 to 20 padding steps in an LSTM, to 0.06 %
    in a GRU, and to 1e-4 and less from 40 steps on. In a bidirectional layer half of the features suffer whichever
    side is padded. Padding before the sequence, Keras' default, costs little (96 to 100 % of the contrast is left).
    With a mask the outputs are the same as without padding, to the last digit.

    ## Example
    ```python
    from keras import Sequential
    from keras.layers import LSTM, Dense, Embedding
    from keras.optimizers import Adam
    from keras.utils import pad_sequences

    x = pad_sequences(word_numbers, maxlen=200, padding="post")
    model = Sequential([Embedding(20000, 64), LSTM(32), Dense(1, activation="sigmoid")])
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
    `rnnlint --confirm` compares two random sequences behind the rebuilt layer with and without padding of half their
    length: less than a tenth of the difference left confirms (0 wrong in 200, with 20 pads and more; sound is padding
    before the tokens).

    ## When it is silent
    Sequences of one length by construction; `mask_zero=True`; a `Masking` layer or a mask handed to the layer;
    models that read the embedding by convolution or pooling. Padding before the sequence into one direction is
    advice.

    ## Fix safety
    Unsafe: `mask_zero=True` is added, which is right only where index 0 stands for nothing but padding. It is only
    shown, not applied, where the padding stands before the sequence: there a mask costs the fused kernel of the GPU,
    which padding behind would keep. No fix is offered where sequences are padded with something else than 0, where
    index 0 is known to be a token, or where a layer that loses masks stands behind the embedding.

    ## References
    - https://keras.io/guides/understanding_masking_and_padding/
    """

    code = "RNN301"
    name = "unmasked-padding"
    severity = Severity.WARNING
    symptoms = ("constant", "flat")
    frameworks = ("keras",)
    about_recurrence = True
    fixes = (Applicability.UNSAFE, Applicability.DISPLAY)

    def check(self, program: Program) -> Iterator[Verdict]:
        for array in program.applications:
            layer, source = array.layer, array.inputs[0]
            if layer is None or not layer.recurrent or layer.framework != "keras" or source.padding is None:
                continue
            embedding = _embedding(source)
            if embedding is not None:
                yield _judge(program, array, embedding, source.padding)


def _judge(program: Program, application: Array, embedding: Layer, padding: Padding) -> Verdict:
    layer, source = application.layer, application.inputs[0]
    assert layer is not None
    if source.mask is not None and source.mask.state is MaskState.PRESENT:
        return RuledOut(layer.site, "a mask reaches the layer")
    if source.mask is not None:
        return Undecided(layer.site, "whether a mask reaches the layer is not known")
    side = known(padding.side, "unknown")
    both = layer.is_set("bidirectional", True)
    mild = side == "pre" and not both
    where = {"pre": "before", "post": "behind"}.get(side, "around")
    reader = f"a bidirectional `{layer.type_name}`" if both else f"`{layer.type_name}`"
    return Found(
        embedding.site,
        f"sequences padded {where} their tokens reach {reader} without a mask",
        help="set mask_zero=True here and keep index 0 free for padding",
        remarks=(Remark(f"padded here by {padding.how}", padding.site), Remark("read here", layer.site)),
        severity=Severity.ADVICE if mild else Severity.WARNING,
        confidence=confidence_of(padding.side, embedding.settings.get("mask_zero")),
        repair=_repair(program, application, embedding, side == "pre"),
        subject=application,
    )


def _repair(program: Program, application: Array, embedding: Layer, before: bool) -> Repair | None:
    """None where a mask would cover tokens, or get lost."""
    if not stated_in(embedding.site, embedding.setting("mask_zero")):
        return None
    looked_up = [source for array in applications_at(program, embedding) for source in array.inputs[:1]]
    if not all(_pads_with_free_zero(ids) for ids in looked_up):
        return None
    if not _keeps_masks_since(application.inputs[0], embedding) or not _keeps_masks_from(program, application):
        return None
    verb = SetArgument(embedding.site.span, "mask_zero", ("True",))
    return Repair("set mask_zero=True", Applicability.DISPLAY if before else Applicability.UNSAFE, (verb,))


def _pads_with_free_zero(ids: Array) -> bool:
    """Whether what pads these sequences is 0, and no token has that index as far as is known."""
    if ids.padding is None:
        return ids.op in {"parameter", "input"}  # of the model itself, before data reach it
    value = ids.padding.value
    zero = known(value) == 0 if isinstance(value, Known) else ids.padding.how in FILLED_WITH_ZEROS
    quantity = ids.quantity
    taken = quantity.kind is Kind.TOKENS and quantity.low is not None and quantity.low <= 0
    return zero and not taken


def _keeps_masks_since(array: Array, embedding: Layer) -> bool:
    """Whether all that stands between the embedding and this array passes a mask on."""
    while array.layer is not embedding:
        if not _keeps_masks(array) or not array.inputs:
            return False
        array = array.inputs[0]
    return True


def _keeps_masks_from(program: Program, array: Array) -> bool:
    """Whether nothing behind a recurrent layer loses its mask before the steps are gone."""
    if array.layer is None or not array.layer.is_set("return_sequences", True):
        return True
    users = program.users_of(array)
    return all(_keeps_masks(user) and _keeps_masks_from(program, user) for user in users)


def _keeps_masks(array: Array) -> bool:
    layer = array.layer
    if array.op == "dropout":
        return True
    if array.op != "apply" or layer is None:
        return False
    if layer.kind == "global_max_pooling1d":  # over padding the last state is repeated, by one direction only
        return array.inputs[0].layer is not None and array.inputs[0].layer.is_set("bidirectional", False)
    return layer.recurrent or layer.kind in (ELEMENTWISE_KINDS - LOSE_MASKS) | KEEP_MASKS


def _embedding(source: Array) -> Layer | None:
    """The embedding that the sequence went through on its way here, on the path that carries the padding."""
    array: Array | None = source
    while array is not None:
        if array.layer is not None and array.layer.kind == "embedding":
            return array.layer
        array = next((a for a in array.inputs if a.padding is not None), None)
    return None
