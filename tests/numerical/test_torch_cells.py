"""PyTorch: axes, states, read-outs and stacks of recurrent layers."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from tests.numerical.support import share_of_zeros, share_on_others

torch: Any = pytest.importorskip("torch")
nn: Any = torch.nn
pytestmark = pytest.mark.torch

SAMPLES, STEPS, FEATURES, UNITS = 5, 7, 3, 4
SAME = 1e-5

Network = Callable[[Any], Any]


@pytest.fixture(autouse=True)
def seed() -> None:
    torch.manual_seed(1)


@pytest.fixture
def batch() -> Any:
    return torch.randn(SAMPLES, STEPS, FEATURES)


def gradient(network: Network, inputs: Any, sample: int) -> Any:
    """How one sample's output depends on the whole batch."""
    inputs = inputs.clone().requires_grad_()
    return torch.autograd.grad(network(inputs)[sample].sum(), inputs)[0]


def leak(network: Network, inputs: Any, axis: int = 0) -> float:
    """The larger share of the first and the last output's gradient that lies on other samples."""
    return max(share_on_others(gradient(network, inputs, sample), sample, axis) for sample in (0, -1))


def parameter_gradients(module: Any, output: Any) -> list[Any]:
    parameters = list(module.parameters())
    found = torch.autograd.grad(output.sum(), parameters, allow_unused=True)
    return [torch.zeros(1) if one is None else one for one in found]


@pytest.mark.parametrize("kind", ["RNN", "GRU", "LSTM"])
def test_rnn106_last_step_of_the_backward_half_has_seen_one_step(kind: str, batch: Any) -> None:
    rnn = getattr(nn, kind)(FEATURES, UNITS, bidirectional=True, batch_first=True)

    def last_step(inputs: Any) -> Any:
        return rnn(inputs)[0][:, -1, UNITS:]

    def final_state(inputs: Any) -> Any:
        state = rnn(inputs)[1]
        return (state[0] if kind == "LSTM" else state)[-1]

    bad, good = gradient(last_step, batch, 0)[0], gradient(final_state, batch, 0)[0]
    assert abs(bad[:-1]).max() == 0.0
    assert abs(bad[-1]).max() > 0.0
    assert abs(good[:-1]).sum() / abs(good).sum() > 0.5


def test_rnn106_last_step_leaves_the_backward_recurrence_untrained(batch: Any) -> None:
    rnn = nn.GRU(FEATURES, UNITS, bidirectional=True, batch_first=True)
    out, _ = rnn(batch)
    names = [name for name, _ in rnn.named_parameters()]
    recurrent = names.index("weight_hh_l0_reverse")
    assert abs(parameter_gradients(rnn, out[:, -1])[recurrent]).max() == 0.0
    assert abs(parameter_gradients(rnn, torch.cat(tuple(rnn(batch)[1]), dim=1))[recurrent]).max() > 1e-3


def test_rnn106_state_of_one_direction_leaves_the_other_untrained(batch: Any) -> None:
    rnn = nn.GRU(FEATURES, UNITS, bidirectional=True, batch_first=True)
    assert share_of_zeros(parameter_gradients(rnn, rnn(batch)[1][-1])) == 0.5
    assert share_of_zeros(parameter_gradients(rnn, torch.cat(tuple(rnn(batch)[1]), dim=1))) == 0.0


def test_rnn106_state_of_the_first_layer_leaves_the_second_untrained(batch: Any) -> None:
    rnn = nn.LSTM(FEATURES, UNITS, num_layers=2, batch_first=True)
    assert share_of_zeros(parameter_gradients(rnn, rnn(batch)[1][0][0])) == 0.5
    assert share_of_zeros(parameter_gradients(rnn, rnn(batch)[1][0][-1])) == 0.0


@pytest.mark.parametrize("kind", ["RNN", "GRU", "LSTM"])
def test_rnn107_batch_axis_mismatch_leaks_between_samples(kind: str, batch: Any) -> None:
    bad = getattr(nn, kind)(FEATURES, UNITS).eval()
    good = getattr(nn, kind)(FEATURES, UNITS, batch_first=True).eval()
    assert leak(lambda inputs: bad(inputs)[0][:, -1], batch) > 0.1
    assert leak(lambda inputs: good(inputs)[0][:, -1], batch) < SAME


def test_rnn107_batch_axis_mismatch_hides_a_samples_own_past(batch: Any) -> None:
    bad, good = nn.LSTM(FEATURES, UNITS), nn.LSTM(FEATURES, UNITS, batch_first=True)
    for sample in (0, -1):
        assert abs(gradient(lambda inputs: bad(inputs)[0][:, -1], batch, sample)[sample, :-1]).max() == 0.0
        assert abs(gradient(lambda inputs: good(inputs)[0][:, -1], batch, sample)[sample, :-1]).max() > 1e-3


def test_rnn107_batch_first_with_time_first_data_leaks_between_samples(batch: Any) -> None:
    time_first = batch.transpose(0, 1).contiguous()
    bad, good = nn.LSTM(FEATURES, UNITS, batch_first=True), nn.LSTM(FEATURES, UNITS)
    assert leak(lambda inputs: bad(inputs)[0][-1], time_first, axis=1) > 0.1
    assert leak(lambda inputs: good(inputs)[0][-1], time_first, axis=1) < SAME


def test_rnn107_state_of_a_mismatched_layer_has_one_row_a_step(batch: Any) -> None:
    assert nn.GRU(FEATURES, UNITS)(batch)[1][-1].shape == (STEPS, UNITS)
    assert nn.GRU(FEATURES, UNITS, batch_first=True)(batch)[1][-1].shape == (SAMPLES, UNITS)


@pytest.mark.parametrize("how", ["reshape", "view"])
def test_rnn109_reshape_of_the_batch_axis_leaks_between_samples(how: str, batch: Any) -> None:
    time_first = batch.transpose(0, 1).contiguous()
    rnn = nn.GRU(FEATURES, UNITS, batch_first=True).eval()

    def scrambled(inputs: Any) -> Any:
        return rnn(getattr(inputs, how)(SAMPLES, STEPS, FEATURES))[0][:, -1]

    def permuted(inputs: Any) -> Any:
        return rnn(inputs.permute(1, 0, 2))[0][:, -1]

    assert leak(scrambled, time_first, axis=1) > 0.1
    assert leak(permuted, time_first, axis=1) < SAME


def test_rnn109_reshape_of_features_and_steps_mixes_steps(batch: Any) -> None:
    features_first = batch.transpose(1, 2).contiguous()
    rnn = nn.GRU(FEATURES, UNITS, batch_first=True)

    def scrambled(inputs: Any) -> Any:
        return rnn(inputs.reshape(SAMPLES, STEPS, FEATURES))[0][:, 0]

    def permuted(inputs: Any) -> Any:
        return rnn(inputs.permute(0, 2, 1))[0][:, 0]

    bad, good = gradient(scrambled, features_first, 0)[0], gradient(permuted, features_first, 0)[0]
    assert abs(bad[:, 1:]).sum() / abs(bad).sum() > 0.1
    assert abs(good[:, 1:]).max() == 0.0


def test_rnn109_view_of_layers_and_samples_leaks_between_samples(batch: Any) -> None:
    rnn = nn.GRU(FEATURES, UNITS, num_layers=2, batch_first=True).eval()
    assert leak(lambda inputs: rnn(inputs)[1].view(SAMPLES, 2 * UNITS), batch) > 0.1
    assert leak(lambda inputs: rnn(inputs)[1].transpose(0, 1).reshape(SAMPLES, 2 * UNITS), batch) < SAME


@pytest.mark.parametrize("size", [(1, SAMPLES, UNITS), (2, SAMPLES, UNITS), (SAMPLES, 4, UNITS), (4, STEPS, UNITS)])
def test_rnn110_state_of_another_shape_raises(size: tuple[int, ...], batch: Any) -> None:
    rnn = nn.LSTM(FEATURES, UNITS, num_layers=2, bidirectional=True, batch_first=True)
    with pytest.raises(RuntimeError, match=r"Expected hidden\[0\] size"):
        rnn(batch, (torch.zeros(size), torch.zeros(size)))
    good = torch.zeros(4, SAMPLES, UNITS)
    assert rnn(batch, (good, good))[0].shape == (SAMPLES, STEPS, 2 * UNITS)


@pytest.mark.parametrize("kind", ["RNN", "GRU", "LSTM"])
def test_rnn111_tuple_in_a_sequential_raises(kind: str, batch: Any) -> None:
    rnn = getattr(nn, kind)(FEATURES, UNITS, batch_first=True)
    with pytest.raises(TypeError, match="must be Tensor, not tuple"):
        nn.Sequential(rnn, nn.Linear(UNITS, 1))(batch)
    assert nn.Linear(UNITS, 1)(rnn(batch)[0]).shape == (SAMPLES, STEPS, 1)


def run_stack(cells: Any, inputs: Any) -> Any:
    for cell in cells:
        inputs = cell(inputs)[0]
    return inputs


def test_rnn117_repeated_cell_has_the_weights_of_one() -> None:
    shared = nn.ModuleList([nn.LSTMCell(UNITS, UNITS)] * 3)
    apart = nn.ModuleList([nn.LSTMCell(UNITS, UNITS) for _ in range(3)])
    one = sum(weights.numel() for weights in apart[0].parameters())
    assert sum(weights.numel() for weights in shared.parameters()) == one
    assert sum(weights.numel() for weights in apart.parameters()) == 3 * one


def test_rnn117_repeated_cell_stays_equal_in_training() -> None:
    inputs = torch.randn(SAMPLES, UNITS)
    distances = []
    for cells in (
        nn.ModuleList([nn.LSTMCell(UNITS, UNITS)] * 2),
        nn.ModuleList([nn.LSTMCell(UNITS, UNITS) for _ in range(2)]),
    ):
        cells[1].load_state_dict(cells[0].state_dict())
        run_stack(cells, inputs).square().mean().backward()
        with torch.no_grad():
            for weights in cells.parameters():
                weights.sub_(weights.grad)
            distances.append(float(abs(cells[0].weight_ih - cells[1].weight_ih).max()))
    assert distances[0] == 0.0
    assert distances[1] > 1e-5


def test_rnn118_head_that_forgets_the_second_direction_raises(batch: Any) -> None:
    out = nn.LSTM(FEATURES, UNITS, bidirectional=True, batch_first=True)(batch)[0][:, -1]
    with pytest.raises(RuntimeError, match="shapes cannot be multiplied"):
        nn.Linear(UNITS, 1)(out)
    assert nn.Linear(2 * UNITS, 1)(out).shape == (SAMPLES, 1)


def test_rnn118_input_size_other_than_the_embedding_raises() -> None:
    words = nn.Embedding(10, 6)(torch.zeros(SAMPLES, STEPS, dtype=torch.long))
    with pytest.raises(RuntimeError, match=r"input.size\(-1\) must be equal to input_size"):
        nn.LSTM(8, UNITS, batch_first=True)(words)
    assert nn.LSTM(6, UNITS, batch_first=True)(words)[0].shape == (SAMPLES, STEPS, UNITS)


@pytest.mark.filterwarnings("ignore:Using a target size")
def test_rnn118_target_of_another_width_raises() -> None:
    with pytest.raises(RuntimeError, match="must match the size"):
        nn.MSELoss()(torch.zeros(SAMPLES, 3), torch.zeros(SAMPLES, 2))
    assert nn.MSELoss()(torch.zeros(SAMPLES, 2), torch.zeros(SAMPLES, 2)) == 0.0
