"""PyTorch: padded batches, packing and embeddings."""

from __future__ import annotations

from typing import Any

import pytest

torch: Any = pytest.importorskip("torch")
nn: Any = torch.nn
pack: Any = torch.nn.utils.rnn.pack_padded_sequence
unpack: Any = torch.nn.utils.rnn.pad_packed_sequence
pytestmark = pytest.mark.torch

LENGTHS = [9, 5, 3]
LONGEST, FEATURES, UNITS = 9, 3, 8


@pytest.fixture(autouse=True)
def seed() -> None:
    torch.manual_seed(1)


@pytest.fixture
def padded() -> Any:
    batch = torch.randn(len(LENGTHS), LONGEST, FEATURES)
    for row, length in enumerate(LENGTHS):
        batch[row, length:] = 0.0
    return batch


def gradient(output: Any, inputs: Any) -> Any:
    return torch.autograd.grad(output.sum(), inputs)[0]


@pytest.mark.parametrize("kind", ["RNN", "GRU", "LSTM"])
def test_rnn304_last_step_of_pad_packed_sequence_is_zero(kind: str, padded: Any) -> None:
    padded.requires_grad_()
    rnn = getattr(nn, kind)(FEATURES, UNITS, batch_first=True)
    packed, state = rnn(pack(padded, LENGTHS, batch_first=True))
    final = (state[0] if kind == "LSTM" else state)[-1]
    out = unpack(packed, batch_first=True)[0]
    assert abs(out[1:, -1]).max() == 0.0
    assert abs(out[0, -1]).max() > 0.05
    assert abs(final[1:]).max() > 0.05

    packed = rnn(pack(padded, LENGTHS, batch_first=True))[0]
    last = unpack(packed, batch_first=True)[0][1:, -1]
    assert abs(gradient(last, padded)).max() == 0.0


def test_rnn304_state_of_a_packed_batch_reaches_every_real_step(padded: Any) -> None:
    padded.requires_grad_()
    rnn = nn.GRU(FEATURES, UNITS, batch_first=True)
    sizes = abs(gradient(rnn(pack(padded, LENGTHS, batch_first=True))[1][-1], padded)).sum(dim=2)
    for row, length in enumerate(LENGTHS):
        assert sizes[row, :length].min() > 0.0
        assert sizes[row, length:].sum() == 0.0


@pytest.mark.parametrize("kind", ["GRU", "LSTM"])
def test_rnn304_last_step_of_a_padded_batch_forgets_the_samples(kind: str) -> None:
    rnn = getattr(nn, kind)(FEATURES, UNITS, batch_first=True)
    real = torch.randn(2, 5, FEATURES)
    longer = torch.cat([real, torch.zeros(2, 40, FEATURES)], dim=1)
    out, unpadded = rnn(longer)[0], rnn(real)[0][:, -1]
    contrast = abs(unpadded[0] - unpadded[1]).max()
    assert abs(out[0, -1] - out[1, -1]).max() / contrast < 1e-2
    assert abs(out[0, 4] - out[1, 4]).max() / contrast > 0.99


def test_rnn305_unsorted_lengths_raise(padded: Any) -> None:
    lengths, rows = LENGTHS[::-1], padded.flip(0)
    with pytest.raises(RuntimeError, match="must be sorted in decreasing order"):
        pack(rows, lengths, batch_first=True)
    rnn = nn.GRU(FEATURES, UNITS, batch_first=True)
    unsorted = rnn(pack(rows, lengths, batch_first=True, enforce_sorted=False))[1][-1]
    in_order = rnn(pack(padded, LENGTHS, batch_first=True))[1][-1]
    assert torch.allclose(unsorted.flip(0), in_order, atol=1e-6)


def test_rnn305_packing_along_the_other_axis_raises(padded: Any) -> None:
    with pytest.raises(RuntimeError, match="Expected `len\\(lengths\\)` to be equal to batch_size"):
        pack(padded, LENGTHS)
    assert pack(padded, LENGTHS, batch_first=True).batch_sizes[0] == len(LENGTHS)


def test_rnn305_packing_a_square_batch_along_the_other_axis_mixes_samples() -> None:
    square = torch.randn(5, 5, FEATURES, requires_grad=True)
    rnn = nn.GRU(FEATURES, UNITS, batch_first=True)
    on_others = []
    for batch_first in (False, True):
        state = rnn(pack(square, [5, 4, 3, 2, 1], batch_first=batch_first))[1][-1]
        sizes = abs(gradient(state[0], square))
        on_others.append(float(sizes[1:].sum() / sizes.sum()))
    assert on_others[0] > 0.5
    assert on_others[1] == 0.0


def test_rnn305_padding_again_without_batch_first_exchanges_the_axes(padded: Any) -> None:
    packed = pack(padded, LENGTHS, batch_first=True)
    assert unpack(packed)[0].shape == (LONGEST, len(LENGTHS), FEATURES)
    assert torch.equal(unpack(packed, batch_first=True)[0], padded)


def test_rnn308_id_beyond_the_table_raises() -> None:
    word_index = {"the": 1, "cat": 2, "sat": 3}
    ids = torch.tensor([[1, 2, 3]])
    with pytest.raises(IndexError, match="index out of range"):
        nn.Embedding(len(word_index), 2)(ids)
    assert nn.Embedding(len(word_index) + 1, 2)(ids).shape == (1, 3, 2)


def test_rnn309_floats_raise_in_an_embedding() -> None:
    with pytest.raises(RuntimeError, match="scalar types: Long, Int"):
        nn.Embedding(50, 4)(torch.rand(2, 5))


def test_rnn309_fractions_cut_off_give_one_output_for_every_series() -> None:
    series = torch.rand(20, 6)
    embedding, projection = nn.Embedding(50, 4), nn.Linear(1, 4)
    rnn = nn.GRU(4, UNITS, batch_first=True)
    bad = rnn(embedding(series.long()))[0][:, -1]
    good = rnn(projection(series[:, :, None]))[0][:, -1]
    assert bad.std(dim=0).max() < 1e-6
    assert good.std(dim=0).max() > 1e-3
