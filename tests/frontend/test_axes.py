"""Shapes, and which axis holds samples, steps or features, through what programs do to arrays."""

from __future__ import annotations

import pytest

from rnnlint.program.data import Array
from rnnlint.program.size import known_int
from tests.frontend.support import array_after, build

HEAD = """
import numpy as np
import torch
from torch import nn
from torch.utils.data import DataLoader, TensorDataset
from torch.nn.utils.rnn import pad_sequence
x = torch.rand(500, 30, 4)
for batch, target in DataLoader(TensorDataset(x, x.mean(dim=1)), batch_size=20):
    pass
"""


def sizes(array: Array) -> tuple[int | None, ...] | None:
    return None if array.shape is None else tuple(known_int(size) for size in array.shape)


@pytest.mark.parametrize(
    "expression, shape",
    [
        ("x.permute(0, 2, 1)", (500, 4, 30)),
        ("x.transpose(0, 1)", (30, 500, 4)),
        ("x.transpose(1, 2).unsqueeze(1)", (500, 1, 4, 30)),
        ("x.reshape(500, -1)", (500, 120)),
        ("x.reshape(-1, 2, 15, 4)", (500, 2, 15, 4)),
        ("x.view(x.size(0), -1, 2)", (500, 60, 2)),
        ("x.flatten(1)", (500, 120)),
        ("x.mean(dim=1)", (500, 4)),
        ("x.sum(dim=(1, 2))", (500,)),
        ("x[:, -1]", (500, 4)),
        ("x[:, None].squeeze(1)", (500, 30, 4)),
        ("torch.cat([x, x], dim=-1)", (500, 30, 8)),
        ("torch.stack([x[:, 0], x[:, 1]], dim=1)", (500, 2, 4)),
        ("x @ x.transpose(1, 2)", (500, 30, 30)),
        ("x[:, :, 0].argmax(dim=1)", (500,)),
        ("x[:, :, 0].unsqueeze(-1).expand(-1, -1, 7)", (500, 30, 7)),
        ("torch.arange(100).unfold(0, 11, 1)", (90, 11)),
        ("np.pad(np.zeros((5, 6)), ((0, 0), (2, 1)))", (5, 9)),
        ("np.expand_dims(np.zeros((5, 6)), axis=1)", (5, 1, 6)),
        ("np.zeros((5, 6))[:, np.newaxis, :]", (5, 1, 6)),
        ("np.zeros((5, 6)).T", (6, 5)),
    ],
)
def test_shape_of_an_expression(expression: str, shape: tuple[int | None, ...]) -> None:
    assert sizes(array_after(HEAD, expression)) == shape


@pytest.mark.parametrize(
    "expression, axes",
    [
        ("batch", ("batch",)),
        ("batch.permute(1, 0, 2)", ("", "batch", "")),
        ("batch.transpose(0, 1)", ("", "batch", "")),
        ("batch.view(batch.size(0), -1)", ("batch",)),
        ("batch.unsqueeze(0)", ("", "batch")),
        ("batch[:, -1]", ("batch",)),
        ("batch.mean(dim=0)", ()),
        ("pad_sequence([torch.rand(3), torch.rand(4)], batch_first=True)", ("batch", "time")),
        ("pad_sequence([torch.rand(3), torch.rand(4)])", ("time", "batch")),
    ],
)
def test_roles_of_axes(expression: str, axes: tuple[str, ...]) -> None:
    found = array_after(HEAD, expression).axes
    assert found[: len(axes)] == axes
    assert not any(found[len(axes) :])


def test_windows_collected_in_a_loop_are_samples_of_steps() -> None:
    code = "import numpy as np\nseries = np.load('a.npy')\nx = np.array([series[i:i + 12] for i in range(200)])\n"
    assert array_after(code, "x").axes[:2] == ("batch", "time")


def test_sizes_of_a_forward_pass_are_symbols_of_one_layout() -> None:
    code = """
from torch import nn
class Net(nn.Module):
    def __init__(self):
        super().__init__()
        self.rnn = nn.GRU(4, 8, batch_first=True)
    def forward(self, x):
        same = x.float()
        return self.rnn(same.view(x.size(0), x.size(1), -1))
"""
    (applied,) = build(code).applications
    before, after = applied.inputs[0].inputs[0], applied.inputs[0]
    assert before.shape is None
    assert after.shape is not None
    assert after.shape[0] != after.shape[1]


def test_final_state_counts_layers_and_directions() -> None:
    code = HEAD + "rnn = nn.LSTM(4, 8, 3, bidirectional=True, batch_first=True)\nout, (h, c) = rnn(x)\n"
    assert sizes(array_after(code, "h")) == (6, 500, 8)
    assert sizes(array_after(code, "out")) == (500, 30, 16)


def test_projection_narrows_the_output_and_not_the_memory() -> None:
    code = HEAD + "rnn = nn.LSTM(4, 8, proj_size=3, batch_first=True)\nout, (h, c) = rnn(x)\n"
    assert [sizes(array_after(code, name)) for name in ("out", "h", "c")] == [(500, 30, 3), (1, 500, 3), (1, 500, 8)]


def test_data_types_follow_conversions() -> None:
    kinds = [array_after(HEAD, code).dtype for code in ("x", "x.long()", "torch.LongTensor([1])", "x.to(torch.int64)")]
    assert kinds == ["float", "int", "int", "int"]
