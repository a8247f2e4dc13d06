"""RNN309: an embedding looks up scaled values as if they were ids."""

from __future__ import annotations

from collections.abc import Iterator

from rnnlint.finding import Severity
from rnnlint.program.data import Kind, Quantity
from rnnlint.program.program import Program
from rnnlint.rules.base import Found, Remark, Rule, RuledOut, Undecided, Verdict

FRACTIONS = frozenset({Kind.SCALED, Kind.STANDARDISED, Kind.DIFFERENCED, Kind.LOGGED})


class EmbeddingOnFloats(Rule):
    """An embedding looks up measured, scaled or normalised values as if they were the ids of tokens.

    ## What it does
    Looks at what reaches an `Embedding`: the result of a scaler, of a division, of a normalisation or of a random
    generator of fractions has no ids in it.

    ## Why it is bad
    An embedding is a table, and a table is read at whole numbers. Keras cuts the fraction off without a word; in
    PyTorch `.long()` does it, and without that the lookup raises an error. Of a series scaled to [0, 1] every value
    but the largest becomes index 0: 99.9 % of the steps were the same. The network then predicted a constant in
    five of five runs (its standard deviation 0.003 to 0.022 of the target's, error 100 to 102 % of the variance); a
    dense layer in place of the embedding left 3 to 4 %. Standardised values add negative indices: PyTorch refuses
    them, Keras counts them from the end of the table.

    ## Example
    ```python
    import numpy as np
    from keras import Sequential
    from keras.layers import LSTM, Dense, Embedding
    from keras.optimizers import Adam
    from sklearn.preprocessing import MinMaxScaler

    series = MinMaxScaler().fit_transform(np.loadtxt("flow.txt").reshape(-1, 1))[:, 0]
    x = np.array([series[i:i + 30] for i in range(len(series) - 30)])
    y = series[30:]

    model = Sequential([Embedding(1000, 32), LSTM(32), Dense(1)])
    model.compile(optimizer=Adam(clipnorm=1.0), loss="mse")
    model.fit(x, y)
    ```

    ## Use instead
    ```python
    import numpy as np
    from keras import Input, Sequential
    from keras.layers import LSTM, Dense
    from keras.optimizers import Adam
    from sklearn.preprocessing import MinMaxScaler

    series = MinMaxScaler().fit_transform(np.loadtxt("flow.txt").reshape(-1, 1))[:, 0]
    x = np.array([series[i:i + 30] for i in range(len(series) - 30)])[..., None]
    y = series[30:]

    model = Sequential([Input((30, 1)), LSTM(32), Dense(1)])
    model.compile(optimizer=Adam(clipnorm=1.0), loss="mse")
    model.fit(x, y)
    ```

    ## How it is confirmed
    `rnnlint --confirm` counts how many different indices are left of 1,000 values once their fractions are cut off (0
    wrong in 200).

    ## When it is silent
    Ids in an array of floats that are whole numbers; ids from encoders, `factorize`, `digitize` or binning; values
    multiplied up and rounded on purpose; whole-number columns taken out of a table whose other columns are scaled;
    a layer of the user's own that is only called an embedding; values whose origin is not known.

    ## Fix safety
    No fix is offered: whether the ids should stay unscaled or the embedding should go is the author's choice.

    ## References
    - https://keras.io/api/layers/core_layers/embedding/
    - https://docs.pytorch.org/docs/stable/generated/torch.nn.Embedding.html
    """

    code = "RNN309"
    name = "embedding-on-floats"
    severity = Severity.ERROR
    symptoms = ("constant",)
    frameworks = ("keras", "torch")
    about_recurrence = True

    def check(self, program: Program) -> Iterator[Verdict]:
        for array in program.applications:
            layer = array.layer
            if layer is None or layer.kind != "embedding" or not array.inputs:
                continue
            source = array.inputs[0]
            if source.quantity.kind is Kind.UNKNOWN:
                yield Undecided(layer.site, "what reaches the embedding is not known")
            elif not _fractional(source.quantity):
                yield RuledOut(layer.site, f"it is fed {source.quantity.kind.value} values")
            else:
                what = source.quantity.label or source.name or "its input"
                yield Found(
                    layer.site,
                    f"`{layer.type_name}` looks up {source.quantity.kind.value} values ({what}): cut to whole numbers, "
                    "nearly all of them are one row",
                    help="give it indices; numbers go into the recurrent layer as they are",
                    remarks=(Remark("its input", source.site),) if source.site != layer.site else (),
                    subject=array,
                )


def _fractional(quantity: Quantity) -> bool:
    if quantity.kind in FRACTIONS:
        return True
    small = quantity.high is not None and quantity.high <= 1
    return quantity.kind is Kind.GENERATED and (small or (quantity.mean == 0 and quantity.low is None))
