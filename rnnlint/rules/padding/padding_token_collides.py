"""RNN307: the index that pads sequences also stands for a real token."""

from __future__ import annotations

from collections.abc import Iterator

from rnnlint.finding import Severity
from rnnlint.program.data import Kind, Quantity
from rnnlint.program.program import Program
from rnnlint.program.size import Size, add, known_int
from rnnlint.program.value import Site, known
from rnnlint.rules.base import Found, Rule, RuledOut, Undecided, Verdict


class PaddingTokenCollides(Rule):
    """The index that fills up short sequences also stands for a real token or for unknown words.

    ## What it does
    Compares the value that sequences are padded with, or that `mask_zero` and `padding_idx` reserve, with the
    indices that the vocabulary of the program gives to its tokens.

    ## Why it is bad
    Whatever is done about padding is then done to a token as well. `padding_idx` fixes its vector at zero: the
    gradient of that row is exactly 0, it never learns. A mask skips the token: two sentences that differ in it only
    have the same output, to the last digit. And without either, the network cannot tell the token from the filling.
    It is rarely noticed, for nothing fails; a vocabulary sorted by frequency loses its most frequent word.

    ## Example
    ```python
    import torch
    from torch import nn
    from torch.nn.utils.rnn import pack_padded_sequence, pad_sequence

    orders = open("orders.txt").read().splitlines()
    words = sorted({word for order in orders for word in order.split()})
    vocabulary = {word: index for index, word in enumerate(words)}

    ids = [torch.tensor([vocabulary[word] for word in order.split()]) for order in orders]
    lengths = torch.tensor([len(order) for order in ids])
    batch = pad_sequence(ids, batch_first=True, padding_value=0)

    embedding, gru = nn.Embedding(len(vocabulary), 16, padding_idx=0), nn.GRU(16, 16, batch_first=True)
    packed = pack_padded_sequence(embedding(batch), lengths, batch_first=True, enforce_sorted=False)
    _, h_n = gru(packed)
    ```

    ## Use instead
    ```python
    import torch
    from torch import nn
    from torch.nn.utils.rnn import pack_padded_sequence, pad_sequence

    orders = open("orders.txt").read().splitlines()
    words = sorted({word for order in orders for word in order.split()})
    vocabulary = {word: index for index, word in enumerate(words, start=1)}

    ids = [torch.tensor([vocabulary[word] for word in order.split()]) for order in orders]
    lengths = torch.tensor([len(order) for order in ids])
    batch = pad_sequence(ids, batch_first=True, padding_value=0)

    embedding, gru = nn.Embedding(len(vocabulary) + 1, 16, padding_idx=0), nn.GRU(16, 16, batch_first=True)
    packed = pack_padded_sequence(embedding(batch), lengths, batch_first=True, enforce_sorted=False)
    _, h_n = gru(packed)
    ```

    ## How it is confirmed
    By arithmetic: the padding value is looked up among the indices of the vocabulary.

    ## When it is silent
    Vocabularies that start at 1 or with a padding token of their own, wherever it stands; the tokenizers and data
    sets of Keras, which keep 0 free; a padding value one past the last token; tokens that are never padded nor
    masked; padded features and padded labels; vocabularies read from a file.

    ## Fix safety
    No fix is offered: shifting the indices touches the vocabulary, the embedding's size and every saved model.

    ## References
    - https://keras.io/api/layers/core_layers/embedding/
    - https://docs.pytorch.org/docs/stable/generated/torch.nn.Embedding.html
    """

    code = "RNN307"
    name = "padding-token-collides"
    severity = Severity.WARNING
    frameworks = ("keras", "torch")
    about_recurrence = True

    def check(self, program: Program) -> Iterator[Verdict]:
        for array in program.arrays:
            if array.padding is not None and array.op == "pad" and array.quantity.kind is Kind.TOKENS:
                yield _judge(array.padding.site, array.quantity, known(array.padding.value))
        for array in program.applications:
            layer = array.layer
            if layer is None or layer.kind != "embedding" or not layer.is_set("mask_zero", True):
                continue
            source = array.inputs[0]
            if source.padding is None and source.quantity.kind is Kind.TOKENS:
                yield _judge(layer.site, source.quantity, 0)


def _judge(site: Site, quantity: Quantity, value: Size | None) -> Verdict:
    low = quantity.low
    if value is None or low is None or quantity.last is None:
        return Undecided(site, "the padding value or the indices of the tokens are not known")
    zero = known_int(value) == 0
    if zero and low <= 0:
        what = "is also the index of a token, or of words outside the vocabulary"
    elif not zero and known_int(add(quantity.last, value, -1)) in {0, 1, 2} and low <= 0:
        what = "is also the index of one of the last tokens"
    elif not zero and known_int(add(quantity.last, value, -1)) == 0:
        what = "is also the index of the last token"
    else:
        return RuledOut(site, f"the tokens count from {low:g} and leave the padding value free")
    shown = known_int(value)
    return Found(
        site,
        f"the padding value{'' if shown is None else f' {shown}'} {what}: masking or muting it hits real tokens too",
        help="let the vocabulary count from 1, and keep 0 for padding",
    )
