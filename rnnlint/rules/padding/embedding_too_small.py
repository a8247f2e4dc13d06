"""RNN308: the embedding has no row for the largest index."""

from __future__ import annotations

from collections.abc import Iterator

from rnnlint.finding import Applicability, Severity
from rnnlint.program.data import Array
from rnnlint.program.network import Layer
from rnnlint.program.program import Program
from rnnlint.program.ranges import largest_index
from rnnlint.program.size import Linear, Size, add, known_int
from rnnlint.program.value import Known, confidence_of, known
from rnnlint.repair import Argument, Repair, Replace, Surround
from rnnlint.rules.base import Found, Remark, Rule, RuledOut, Undecided, Verdict
from rnnlint.rules.repairs import applications_at, stated_in

COUNTED = {  # by the kind of a size
    "words": ": it has one for each word, and words count from 1",
    "len": ": it has one for each entry of the vocabulary, and the last has that number",
    "max": ": it has as many as the largest index, and indices count from 0",
}


class EmbeddingTooSmall(Rule):
    """The embedding has fewer rows than the largest index that reaches it plus one.

    ## What it does
    Compares `input_dim` (Keras) or `num_embeddings` (PyTorch) with the indices that the program makes: of a
    tokenizer's `word_index`, a vocabulary, the largest id in the data, or a known range.

    ## Why it is bad
    Rows are counted from 0, word indices mostly from 1. `len(word_index)` words have the indices 1 to
    `len(word_index)`, and the last of them has no row. On a CPU the first batch that contains it stops the program
    (`IndexError: index out of range in self` in PyTorch, `indices[...] is not in [0, n)` in TensorFlow). That word
    is the rarest one, so it may come late, or only in the test data. On a GPU TensorFlow says nothing and returns
    zeros, and PyTorch ends in a device-side assertion that names some later line.

    ## Example
    ```python
    from tensorflow.keras import Sequential
    from tensorflow.keras.layers import LSTM, Dense, Embedding
    from tensorflow.keras.optimizers import Adam
    from tensorflow.keras.preprocessing.sequence import pad_sequences
    from tensorflow.keras.preprocessing.text import Tokenizer

    tokenizer = Tokenizer()
    tokenizer.fit_on_texts(texts)
    x = pad_sequences(tokenizer.texts_to_sequences(texts), padding="post")

    model = Sequential([
        Embedding(len(tokenizer.word_index), 64, mask_zero=True),
        LSTM(32),
        Dense(1, activation="sigmoid"),
    ])
    model.compile(optimizer=Adam(clipnorm=1.0), loss="binary_crossentropy")
    model.fit(x, labels)
    ```

    ## Use instead
    ```python
    from tensorflow.keras import Sequential
    from tensorflow.keras.layers import LSTM, Dense, Embedding
    from tensorflow.keras.optimizers import Adam
    from tensorflow.keras.preprocessing.sequence import pad_sequences
    from tensorflow.keras.preprocessing.text import Tokenizer

    tokenizer = Tokenizer()
    tokenizer.fit_on_texts(texts)
    x = pad_sequences(tokenizer.texts_to_sequences(texts), padding="post")

    model = Sequential([
        Embedding(len(tokenizer.word_index) + 1, 64, mask_zero=True),
        LSTM(32),
        Dense(1, activation="sigmoid"),
    ])
    model.compile(optimizer=Adam(clipnorm=1.0), loss="binary_crossentropy")
    model.fit(x, labels)
    ```

    ## How it is confirmed
    `rnnlint --confirm` sets the largest index against the number of rows, also where both are known only relative to
    each other: arithmetic, 0 wrong in 200.

    ## When it is silent
    A vocabulary counted from 0, or one whose special tokens are among those counted; a tokenizer with `num_words`,
    which never returns an index of `num_words` or more; `get_vocabulary()` and `max_tokens` of TextVectorization;
    hashed ids; a size or ids that are not known.

    ## Fix safety
    Unsafe: 1 is added to the number of rows; a saved embedding keeps its old size. No fix is offered where more than
    one row is missing, where the embedding is given its weights, or where its place makes others that have enough.

    ## References
    - https://keras.io/api/layers/core_layers/embedding/
    - https://docs.pytorch.org/docs/stable/generated/torch.nn.Embedding.html
    - https://www.tensorflow.org/api_docs/python/tf/gather
    """

    code = "RNN308"
    name = "embedding-too-small"
    severity = Severity.ERROR
    symptoms = ("crash",)
    frameworks = ("keras", "torch")
    about_recurrence = True
    fixes = (Applicability.UNSAFE,)

    def check(self, program: Program) -> Iterator[Verdict]:
        for array in program.applications:
            layer = array.layer
            if layer is not None and layer.kind == "embedding" and array.inputs:
                yield _judge(program, layer, array)


def _judge(program: Program, layer: Layer, output: Array) -> Verdict:
    source = output.inputs[0]
    setting = layer.setting("input_dim")
    rows, last = known(setting), largest_index(source, known(setting))
    if not isinstance(rows, int | Linear) or last is None:
        return Undecided(layer.site, "the rows or the largest index are not known")
    spare = _spare(layer, source)
    if spare is None:
        return Undecided(layer.site, "how the rows compare with the largest index is not known")
    if spare > 0:
        return RuledOut(layer.site, "every index has a row")
    return Found(
        layer.site,
        _message(layer, rows, last, 1 - spare),
        help="add 1 to the number of rows: indices count from 0",
        remarks=(Remark("the indices", source.site),) if source.site != layer.site else (),
        confidence=confidence_of(setting),
        repair=_repair(program, layer),
        subject=output,
    )


def _message(layer: Layer, rows: Size, last: Size, missing: int) -> str:
    if not isinstance(rows, Linear) and not isinstance(last, Linear):
        return f"`{layer.type_name}` has {rows} rows, but the indices go up to {last}"
    reason = COUNTED.get(_counted(rows), "") if missing == 1 else ""
    few = f"{missing} row{'' if missing == 1 else 's'} too few"
    return f"`{layer.type_name}` has {few} for the indices{reason}"


def _counted(rows: Size) -> str:
    """What the number of rows is the number of, if it is just that."""
    if not isinstance(rows, Linear) or rows.constant or len(rows.terms) != 1:
        return ""
    ((key, share),) = rows.terms
    return str(key[0]) if isinstance(key, tuple) and key and share == 1 else ""


def _spare(layer: Layer, source: Array) -> int | None:
    """How many rows there are beyond the largest index, which needs one."""
    rows = known(layer.setting("input_dim"))
    last = largest_index(source, rows)
    return known_int(add(rows, last, -1)) if isinstance(rows, int | Linear) and last is not None else None


def _repair(program: Program, layer: Layer) -> Repair | None:
    sources = [source for array in applications_at(program, layer) for source in array.inputs[:1]]
    if any(_spare(layer, source) not in {0, None} for source in sources):
        return None
    if {"weights", "weights_shape", "embeddings_initializer"} & _given(layer):
        return None
    place = Argument(layer.site.span, 0, "input_dim" if layer.framework == "keras" else "num_embeddings")
    setting = layer.setting("input_dim")
    rows = known(setting)
    if isinstance(rows, int) and stated_in(layer.site, setting):
        return Repair("give it one more row", Applicability.UNSAFE, (Replace(place, (str(rows + 1),)),))
    return Repair("give it one more row", Applicability.UNSAFE, (Surround(place, behind=(" + 1",)),))


def _given(layer: Layer) -> set[str]:
    """The settings that its call states."""
    return {
        name for name, setting in layer.settings.items() if not isinstance(setting, Known) or setting.site != layer.site
    }
