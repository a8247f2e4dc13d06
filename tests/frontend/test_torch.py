"""PyTorch: forward passes, states, packing, loaders, splits, hand-written loops."""

from __future__ import annotations

import pytest

from rnnlint.program.program import Program
from rnnlint.program.value import known
from tests.frontend.support import array_after, build, settings_of

HEAD = """
import numpy as np
import torch
from torch import nn
from torch.utils.data import DataLoader, Dataset, TensorDataset, random_split
from torch.nn.utils.rnn import pack_padded_sequence, pad_packed_sequence, pad_sequence
import torch.nn.functional as F
"""
NET = """
class Net(nn.Module):
    def __init__(self, hidden=6):
        super().__init__()
        self.rnn = nn.LSTM(2, hidden, batch_first=True)
        self.head = nn.Linear(hidden, 1)
    def forward(self, x):
        out, (h, c) = self.rnn(x)
        return self.head(out[:, -1])
net = Net()
"""


def built(code: str) -> Program:
    return build(f"{HEAD}{code}")


def test_parameters_have_shared_names_and_defaults() -> None:
    program = built("nn.LSTM(3, 8, 2, batch_first=True)\nnn.RNN(3, 8, nonlinearity='relu')\nnn.GRU(3, hidden_size=5)\n")
    assert settings_of(program, "units") == [8, 8, 5]
    assert settings_of(program, "num_layers") == [2, 1, 1]
    assert settings_of(program, "batch_first") == [True, False, False]
    assert settings_of(program, "activation") == ["tanh", "relu", "tanh"]


def test_forward_is_run_with_the_data() -> None:
    program = built(f"{NET}net(torch.randn(16, 12, 2))\n")
    lstm = program.layers[0]
    assert [array.shape for array in program.inputs_of(lstm)] == [(16, 12, 2)]
    assert program.steps_of(lstm) == 12
    assert [known(array.settings["keys"]) for array in program.readouts] == [(":", -1)]


def test_forward_of_a_module_that_nobody_calls_is_run_with_unknown_tensors() -> None:
    program = built(
        "class Net(nn.Module):\n    def __init__(self):\n        super().__init__()\n        self.rnn = nn.GRU(2, 3)\n"
        "    def forward(self, x, scale=1):\n        return self.rnn(x)[0][-1]\n"
    )
    assert [array.op for array in program.inputs_of(program.layers[0])] == ["parameter"]
    assert [known(array.settings["keys"]) for array in program.readouts] == [(-1,)]


@pytest.mark.parametrize(
    "layer, batch_first, steps", [("nn.LSTM(2, 3)", False, 16), ("nn.LSTM(2, 3, batch_first=True)", True, 12)]
)
def test_axis_of_time_depends_on_batch_first(layer: str, batch_first: bool, steps: int) -> None:
    program = built(f"rnn = {layer}\nrnn(torch.randn(16, 12, 2))\n")
    assert settings_of(program, "batch_first") == [batch_first]
    assert program.steps_of(program.layers[0]) == steps


def test_final_state_is_no_step_of_the_output() -> None:
    program = built("rnn = nn.LSTM(2, 3)\nout, (h, c) = rnn(torch.randn(16, 12, 2))\na = h[-1]\nb = out[-1]\n")
    assert len(program.readouts) == 1


def test_width_of_both_directions() -> None:
    array = array_after(f"{HEAD}rnn = nn.GRU(2, 3, bidirectional=True)\nout, h = rnn(torch.randn(16, 12, 2))", "out")
    assert array.shape == (16, 12, 6)


def test_packed_batch_has_no_padding_and_an_unpacked_output() -> None:
    program = built(
        "rnn = nn.LSTM(2, 3, batch_first=True)\n"
        "x = pad_sequence([torch.randn(n, 2) for n in lengths], batch_first=True)\n"
        "packed = pack_padded_sequence(x, lengths, batch_first=True)\nout, (h, c) = rnn(packed)\n"
        "full, sizes = pad_packed_sequence(out, batch_first=True)\nlast = full[:, -1]\n"
    )
    assert len(program.paddings) == 1
    assert [array.padding for array in program.inputs_of(program.layers[0])] == [None]
    (readout,) = program.readouts
    assert readout.inputs[0].op == "unpack"


def test_sequential_and_module_list_are_called_layer_by_layer() -> None:
    program = built(
        "body = nn.Sequential(nn.Linear(2, 5), nn.ReLU())\nmore = nn.ModuleList([nn.Linear(5, 4), nn.Linear(4, 3)])\n"
        "x = body(torch.randn(16, 2))\nfor layer in more:\n    x = layer(x)\n"
    )
    assert [array.shape for array in program.applications] == [(16, 5), (16, 5), (16, 4), (16, 3)]


def test_loader_gives_a_batch_of_items() -> None:
    code = """
class Windows(Dataset):
    def __init__(self, series, steps):
        self.series, self.steps = series, steps
    def __len__(self):
        return len(self.series) - self.steps
    def __getitem__(self, i):
        return self.series[i:i + self.steps], self.series[i + self.steps]
series = torch.randn(900, 2)
for x, y in DataLoader(Windows(series, 24), batch_size=8):
    pass
"""
    array = array_after(HEAD + code, "x")
    series = array_after(HEAD + code, "series")
    assert array.shape is not None
    assert (len(array.shape), array.shape[-1]) == (3, 2)
    assert array.rows is not None
    assert series.rows is not None
    assert series.rows.covers(array.rows)


def test_loader_over_tensors_keeps_their_rows() -> None:
    code = "x = torch.randn(90, 9, 2)\ny = torch.rand(90)\nfor a, b in DataLoader(TensorDataset(x, y), 8):\n    pass"
    one, two = array_after(HEAD + code, "a"), array_after(HEAD + code, "x")
    assert one.rows == two.rows
    assert one.name == "x"


def test_collate_function_makes_the_batch() -> None:
    code = """
def collate(items):
    return pad_sequence([item for item, _ in items], batch_first=True), torch.tensor([label for _, label in items])
data = TensorDataset(torch.randn(90, 9, 2), torch.randint(0, 2, (90,)))
for x, y in DataLoader(data, batch_size=8, collate_fn=collate):
    pass
"""
    padding = array_after(HEAD + code, "x").padding
    assert padding is not None
    assert (known(padding.side), padding.how) == ("post", "pad_sequence")


def test_random_split_divides_the_items() -> None:
    code = """
data = TensorDataset(torch.randn(90, 9, 2), torch.rand(90))
train, test = random_split(data, [70, 20])
for a, b in DataLoader(train, 8):
    pass
for c, d in DataLoader(test, 8):
    pass
"""
    program = built(code)
    (split,) = {split.site: split for split in program.splits}.values()
    assert split.how == "random_split"
    one, two = array_after(HEAD + code, "a").rows, array_after(HEAD + code, "c").rows
    assert one is not None
    assert two is not None
    assert one.disjoint(two)


LOOP = """
x = torch.randn(90, 9, 2)
y = torch.rand(90, 1)
criterion = nn.MSELoss()
optimizer = torch.optim.SGD(net.parameters(), lr=0.1, momentum=0.9)
for epoch in range(50):
    optimizer.zero_grad()
    loss = criterion(net(x), y)
    loss.backward()
    CLIP
    optimizer.step()
"""


@pytest.mark.parametrize(
    "clip, hows",
    [
        ("pass", []),
        ("nn.utils.clip_grad_norm_(net.parameters(), 1.0)", ["clip_grad_norm_"]),
        ("torch.nn.utils.clip_grad_value_(net.parameters(), 0.5)", ["clip_grad_value_"]),
        ("for p in net.parameters():\n        p.grad.data.clamp_(-1, 1)", ["grad.clamp_"]),
    ],
)
def test_hand_written_loop_is_a_training_step(clip: str, hows: list[str]) -> None:
    program = built(NET + LOOP.replace("CLIP", clip))
    steps = {step.site: step for step in program.steps}
    (step,) = steps.values()
    assert {found.how for found in step.clips} == set(hows)
    assert step.optimizer is not None
    assert (step.optimizer.kind, known(step.optimizer.settings["momentum"])) == ("sgd", 0.9)
    assert step.model.recurrent_layers


def test_loss_is_a_fit_of_inputs_and_target() -> None:
    program = built(NET + LOOP.replace("CLIP", "pass"))
    fit = program.fits[0]
    assert fit.loss is not None
    assert fit.loss.kind == "mse"
    assert [array.name for array in fit.inputs] == ["x"]
    assert fit.target is not None
    assert fit.target.name == "y"


def test_functional_loss_and_no_grad() -> None:
    program = built(
        f"{NET}x, y = torch.randn(90, 9, 2), torch.rand(90, 1)\nF.mse_loss(net(x), y)\n"
        "with torch.no_grad():\n    F.l1_loss(net(x), y)\n"
    )
    assert [fit.loss.kind for fit in program.fits if fit.loss] == ["mse"]
    assert [score.how for score in program.evaluations] == ["l1_loss"]


def test_network_moved_wrapped_and_compiled_is_the_same() -> None:
    for wrapping in ("net.to('cuda')", "net.cuda().train()", "nn.DataParallel(net)", "torch.compile(net)"):
        program = built(f"{NET}net = {wrapping}\nnet(torch.randn(16, 12, 2))\n")
        assert program.steps_of(program.layers[0]) == 12


def test_activation_functions_are_layers() -> None:
    program = built("x = torch.randn(9, 2)\ntorch.sigmoid(x)\nF.relu(x)\nx.tanh()\nnn.Sigmoid()(x)\n")
    found = [known(array.layer.settings["activation"]) for array in program.applications if array.layer]
    assert found == ["sigmoid", "relu", "tanh", "sigmoid"]


def test_shapes_of_tensor_methods() -> None:
    code = HEAD + "x = torch.randn(16, 12, 2)\n"
    assert array_after(code, "x.unsqueeze(0)").shape == (1, 16, 12, 2)
    assert array_after(code, "x.view(-1, 24)").shape == (16, 24)
    assert array_after(code, "x[:, -1]").shape == (16, 2)
    assert array_after(code, "x[..., None]").shape == (16, 12, 2, 1)
    assert array_after(code, "torch.mean(x, 1)").shape == (16, 2)
    assert array_after(code, "x.float().detach().cpu().numpy()").shape == (16, 12, 2)


def test_a_dataset_that_cuts_windows_gives_their_length() -> None:
    program = build(
        """
        import pandas as pd
        import torch
        from torch import nn
        from torch.utils.data import DataLoader, Dataset

        class Windows(Dataset):
            def __init__(self, rows):
                self.rows = rows

            def __len__(self):
                return len(self.rows) - 24

            def __getitem__(self, start):
                return self.rows[start:start + 24], self.rows[start + 24]

        rows = torch.tensor(pd.read_csv("a.csv")[["x", "y"]].values)
        gru = nn.GRU(2, 8, batch_first=True)
        for window, after in DataLoader(Windows(rows), batch_size=16):
            gru(window)
        """
    )
    assert program.steps_of(program.layers[0]) == 24
