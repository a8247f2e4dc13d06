"""RNN302: padded feature sequences reach a recurrent layer without a mask."""

from __future__ import annotations

from collections.abc import Iterator

from rnnlint.finding import Applicability, Severity
from rnnlint.program.data import Array, Kind, MaskState
from rnnlint.program.program import Program
from rnnlint.program.value import confidence_of, known
from rnnlint.repair import Repair, SetArgument
from rnnlint.rules.base import Found, Remark, Rule, RuledOut, Undecided, Verdict

FLOATS = frozenset({Kind.GENERATED, Kind.STANDARDISED, Kind.SCALED, Kind.DIFFERENCED, Kind.LOGGED})


class UnmaskedPaddedFeatures(Rule):
    """Padded sequences of features reach a recurrent layer without Masking, or lose their fractions to int32.

    ## What it does
    Follows float sequences that were padded (`pad_sequences`, `np.pad`, rows written into zeros) to the recurrent
    layers of a Keras model. Also finds `pad_sequences` on fractions without a float dtype.

    ## Why it is bad
    The layer reads the padding as data: behind the sequence the difference between two samples falls to 4 % of
    itself after 10 to 20 steps and to 1e-4 after 40; a bidirectional layer loses a fifth to a third of it on either
    side. Padding by np.pad and by pad_sequences gives bit-identical arrays, so exchanging one for the other repairs
    nothing. `pad_sequences` makes int32 unless told otherwise: numbers between 0 and 1 all become 0.

    ## Example
    ```python
    import numpy as np
    from keras import Sequential
    from keras.layers import LSTM, Dense
    from keras.optimizers import Adam
    from keras.utils import pad_sequences

    recordings = [np.random.rand(np.random.randint(5, 40), 3) for _ in range(200)]
    x = pad_sequences(recordings, padding="post", dtype="float32")
    model = Sequential([LSTM(32), Dense(1, activation="sigmoid")])
    model.compile(optimizer=Adam(clipnorm=1.0), loss="binary_crossentropy")
    model.fit(x, labels)
    ```

    ## Use instead
    ```python
    import numpy as np
    from keras import Sequential
    from keras.layers import LSTM, Dense, Masking
    from keras.optimizers import Adam
    from keras.utils import pad_sequences

    recordings = [np.random.rand(np.random.randint(5, 40), 3) for _ in range(200)]
    x = pad_sequences(recordings, padding="post", dtype="float32")
    model = Sequential([Masking(0.0), LSTM(32), Dense(1, activation="sigmoid")])
    model.compile(optimizer=Adam(clipnorm=1.0), loss="binary_crossentropy")
    model.fit(x, labels)
    ```

    ## How it is confirmed
    `rnnlint --confirm` compares two random sequences behind the rebuilt layer with and without padding of half their
    length: less than a tenth of the difference left confirms (0 wrong in 200). Of fractions cut to whole numbers it
    counts what is left.

    ## When it is silent
    A Masking layer or a mask before the layer; padding of a constant width, the same for every sample; data whose
    padding the program does not show.

    ## Fix safety
    Unsafe: `dtype="float32"` is given to a `pad_sequences` that makes whole numbers of fractions, where a mask reaches
    the layer; the network then trains on other numbers than before. For padding without a mask no fix is offered: a
    step that is truly all zero would be masked too.

    ## References
    - https://keras.io/api/layers/core_layers/masking/
    """

    code = "RNN302"
    name = "unmasked-padded-features"
    severity = Severity.WARNING
    symptoms = ("constant", "flat")
    frameworks = ("keras",)
    about_recurrence = True
    fixes = (Applicability.UNSAFE,)

    def check(self, program: Program) -> Iterator[Verdict]:
        truncated: set[int] = set()
        for array in program.applications:
            layer, source = array.layer, array.inputs[0]
            if layer is None or not layer.recurrent or layer.framework != "keras" or source.padding is None:
                continue
            if not source.padding.of_floats or any(a.layer and a.layer.kind == "embedding" for a in source.ancestry()):
                continue
            if _read_before(source):
                continue
            zeroed = next((a for a in source.ancestry() if _becomes_zero(a)), None)
            if zeroed is not None:
                if zeroed.number not in truncated:
                    truncated.add(zeroed.number)
                    yield _zeroed(zeroed, source)
                continue
            if source.mask is not None and source.mask.state is MaskState.PRESENT:
                yield RuledOut(layer.site, "a mask reaches the layer")
            elif source.mask is not None:
                yield Undecided(layer.site, "whether a mask reaches the layer is not known")
            else:
                yield Found(
                    layer.site,
                    f"padded feature sequences reach `{layer.type_name}` without a mask: it reads the padding as data",
                    help="put a Masking layer before it, with the value that pads",
                    remarks=(Remark(f"padded here by {source.padding.how}", source.padding.site),),
                    confidence=confidence_of(source.padding.side),
                    subject=array,
                )


def _read_before(source: Array) -> bool:
    """Whether another recurrent layer has read the padding already, so that the fault is reported there."""
    array: Array | None = source
    while array is not None and array.padding is not None:
        if array.layer is not None and array.layer.recurrent:
            return True
        array = array.inputs[0] if array.inputs else None
    return False


def _becomes_zero(array: Array) -> bool:
    """pad_sequences of fractions into whole numbers."""
    if array.op != "pad" or not array.inputs or "int" not in str(known(array.settings.get("dtype"), "")):
        return False
    return array.inputs[0].quantity.kind in FLOATS


def _zeroed(array: Array, source: Array) -> Found:
    return Found(
        array.site,
        "pad_sequences turns these fractions into whole numbers (its dtype is int32): values between 0 and 1 become 0",
        help="pass dtype='float32'",
        severity=Severity.ERROR,
        repair=_repair(array) if source.mask is not None else None,
        subject=array,
    )


def _repair(array: Array) -> Repair:
    verb = SetArgument(array.site.span, "dtype", ('"float32"',))
    return Repair('pass dtype="float32"', Applicability.UNSAFE, (verb,))
