"""PyTorch: what an output layer can reach and what a loss makes of it."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any

import pytest

from tests.numerical.support import floor_of, share_of_zeros

torch: Any = pytest.importorskip("torch")
nn: Any = torch.nn
pytestmark = pytest.mark.torch

SAMPLES, STEPS, FEATURES, UNITS = 16, 6, 3, 8


@pytest.fixture(autouse=True)
def seed() -> None:
    torch.manual_seed(1)


class Classifier:
    """A small LSTM whose last state a linear layer reads."""

    def __init__(self, outputs: int, features: int = FEATURES) -> None:
        self.rnn = nn.LSTM(features, UNITS, batch_first=True)
        self.linear = nn.Linear(UNITS, outputs)
        self.parameters = [*self.rnn.parameters(), *self.linear.parameters()]

    def __call__(self, inputs: Any) -> Any:
        return self.linear(self.rnn(inputs)[1][0][-1])

    def gradients(self, loss: Any) -> list[Any]:
        return list(torch.autograd.grad(loss, self.parameters))

    def train(self, loss: Callable[[], Any], updates: int, rate: float) -> float:
        """Gradient descent with momentum; the loss it ends with."""
        speeds = [torch.zeros_like(weights) for weights in self.parameters]
        for _ in range(updates):
            for weights, speed, slope in zip(self.parameters, speeds, self.gradients(loss()), strict=True):
                speed.mul_(0.9).add_(slope)
                weights.data.sub_(rate * speed)
        return float(loss().detach())


def slope(loss: Any, scores: Any) -> Any:
    """The gradient of a loss with respect to the scores it was given."""
    return torch.autograd.grad(loss, scores)[0]


def variable(values: list[Any]) -> Any:
    return torch.tensor(values, requires_grad=True)


@pytest.mark.parametrize("head, low, high", [("sigmoid", 0.0, 1.0), ("tanh", -1.0, 1.0)])
def test_rnn201_bounded_head_stays_at_its_floor(head: str, low: float, high: float) -> None:
    batch = torch.randn(64, 4, 1)
    target = batch[:, -1]
    variance = float(target.var(correction=0))
    floor = floor_of(target, low, high)
    bad, good = Classifier(1, features=1), Classifier(1, features=1)
    bad_error = bad.train(lambda: (getattr(torch, head)(bad(batch)) - target).square().mean(), 150, 0.1) / variance
    good_error = good.train(lambda: (good(batch) - target).square().mean(), 150, 0.1) / variance
    assert floor > 0.05
    assert bad_error > 0.999 * floor
    assert good_error < 0.5 * floor


def test_rnn201_sigmoid_learns_targets_scaled_into_its_range() -> None:
    batch = torch.randn(64, 4, 1)
    last = batch[:, -1]
    target = (last - last.min()) / (last.max() - last.min())
    network = Classifier(1, features=1)
    error = network.train(lambda: (torch.sigmoid(network(batch)) - target).square().mean(), 150, 2.0)
    assert floor_of(target, 0.0, 1.0) == 0.0
    assert error / float(target.var(correction=0)) < 0.1


@pytest.mark.parametrize("loss", ["BCELoss", "MSELoss", "L1Loss"])
def test_rnn202_softmax_over_one_unit_is_one_without_gradient(loss: str) -> None:
    batch, labels = torch.randn(SAMPLES, STEPS, FEATURES), torch.arange(SAMPLES)[:, None] % 2.0
    network, criterion = Classifier(1), getattr(nn, loss)()
    bad, good = torch.softmax(network(batch), dim=1), torch.sigmoid(network(batch))
    assert torch.equal(bad, torch.ones(SAMPLES, 1))
    assert good.std() > 1e-3
    assert share_of_zeros(network.gradients(criterion(bad, labels))) == 1.0
    assert share_of_zeros(network.gradients(criterion(good, labels))) == 0.0


@pytest.mark.parametrize("classes", [3, 100])
def test_rnn203_perfect_probabilities_cost_more_than_nothing(classes: int) -> None:
    labels = torch.arange(classes)
    floor = math.log(math.e + classes - 1) - 1
    criterion = nn.CrossEntropyLoss()
    assert float(criterion(torch.eye(classes), labels)) == pytest.approx(floor, abs=1e-5)
    assert float(criterion(100.0 * torch.eye(classes), labels)) < 1e-6


@pytest.mark.parametrize("classes", [10, 100])
def test_rnn203_second_softmax_divides_the_first_gradient_by_the_classes(classes: int) -> None:
    labels = torch.arange(SAMPLES) % classes
    scores = Classifier(classes)(torch.randn(SAMPLES, STEPS, FEATURES))
    criterion = nn.CrossEntropyLoss()
    good = slope(criterion(scores, labels), scores).norm()
    bad = slope(criterion(torch.softmax(scores, dim=1), labels), scores).norm()
    assert 0.5 * classes < good / bad < 2.0 * classes


def test_rnn203_confident_mistake_has_almost_no_gradient() -> None:
    scores, label = variable([[10.0, 0.0, 0.0]]), torch.tensor([1])
    criterion = nn.CrossEntropyLoss()
    assert slope(criterion(torch.softmax(scores, dim=1), label), scores).norm() < 1e-3
    assert slope(criterion(scores, label), scores).norm() > 1.0


@pytest.mark.parametrize("activation", ["relu", "identity"])
def test_rnn204_scores_outside_the_unit_interval_raise_in_bce(activation: str) -> None:
    scores, labels = torch.tensor([[2.5], [-0.5]]), torch.tensor([[1.0], [0.0]])
    outputs = torch.relu(scores) if activation == "relu" else scores
    with pytest.raises(RuntimeError, match="between 0 and 1"):
        nn.BCELoss()(outputs, labels)
    assert nn.BCEWithLogitsLoss()(scores, labels) > 0.0


def test_rnn204_nll_of_raw_scores_has_no_lower_limit() -> None:
    scores, labels = torch.eye(3), torch.arange(3)
    assert [float(nn.NLLLoss()(factor * scores, labels)) for factor in (1.0, 10.0, 1000.0)] == [-1.0, -10.0, -1000.0]
    for factor in (1.0, 10.0, 1000.0):
        assert nn.NLLLoss()(torch.log_softmax(factor * scores, dim=1), labels) >= 0.0


@pytest.mark.filterwarnings("ignore::UserWarning")
def test_rnn206_cross_entropy_over_one_column_is_zero_without_gradient() -> None:
    batch, labels = torch.randn(SAMPLES, STEPS, FEATURES), torch.arange(SAMPLES) % 2
    single, double = Classifier(1), Classifier(2)
    bad = nn.CrossEntropyLoss()(single(batch), labels[:, None].float())
    good = nn.CrossEntropyLoss()(double(batch), labels)
    assert float(bad.detach()) == 0.0
    assert float(good.detach()) > 0.5
    assert share_of_zeros(single.gradients(bad)) == 1.0
    assert share_of_zeros(double.gradients(good)) == 0.0


def test_rnn206_cross_entropy_over_one_column_raises_at_the_second_class() -> None:
    with pytest.raises(IndexError, match="Target 1 is out of bounds"):
        nn.CrossEntropyLoss()(torch.zeros(4, 1), torch.arange(4) % 2)


def test_rnn206_squared_error_settles_between_two_classes() -> None:
    labels = torch.tensor([0, 2, 0, 2])
    between = variable([1.0])
    assert float(slope(nn.MSELoss()(between.expand(4), labels.float()), between)) == 0.0
    scores = variable([[0.0, -20.0, 0.0]])
    assert abs(slope(nn.CrossEntropyLoss()(scores.expand(4, 3), labels), scores)).max() < 1e-6


def test_rnn206_absolute_error_prefers_no_class_to_the_true_shares() -> None:
    one_hot = torch.eye(3)
    nothing, shares = torch.zeros(3, 3), torch.full((3, 3), 1 / 3)
    assert nn.L1Loss()(nothing, one_hot) < 0.8 * nn.L1Loss()(shares, one_hot)
    labels = torch.arange(3)
    wrong = torch.tensor([[0.9, 0.05, 0.05]]).expand(3, 3)
    assert nn.NLLLoss()(shares.log(), labels) < nn.NLLLoss()(wrong.log(), labels)


@pytest.mark.parametrize(
    "labels, error",
    [
        ([0.0, 1.0, 2.0], RuntimeError),
        ([1, 2, 3], IndexError),
        ([[1, 0, 0], [0, 1, 0], [0, 0, 1]], RuntimeError),
    ],
)
def test_rnn207_labels_in_another_form_raise_in_cross_entropy(labels: list[Any], error: type[Exception]) -> None:
    with pytest.raises(error):
        nn.CrossEntropyLoss()(torch.zeros(3, 3), torch.tensor(labels))
    assert float(nn.CrossEntropyLoss()(torch.zeros(3, 3), torch.arange(3))) == pytest.approx(math.log(3))


@pytest.mark.parametrize("bad", [(1.0, 2.0), (-1.0, 1.0)])
def test_rnn207_other_labels_than_0_and_1_make_the_loss_negative(bad: tuple[float, float]) -> None:
    batch = torch.randn(SAMPLES, STEPS, FEATURES)
    second = (batch[:, -1, :1] > 0.0).float()
    ends = []
    for first_label, second_label in (bad, (0.0, 1.0)):
        labels = first_label + (second_label - first_label) * second
        network = Classifier(1)

        def loss(network: Classifier = network, labels: Any = labels) -> Any:
            return nn.BCEWithLogitsLoss()(network(batch), labels)

        ends.append(network.train(loss, 60, 0.3))
    assert ends[0] < -1.0
    assert ends[1] >= 0.0


def test_rnn208_class_without_a_unit_raises() -> None:
    labels = torch.tensor([0, 1, 2])
    batch = torch.randn(3, STEPS, FEATURES)
    with pytest.raises(IndexError, match="Target 2 is out of bounds"):
        nn.CrossEntropyLoss()(Classifier(2)(batch), labels)
    assert nn.CrossEntropyLoss()(Classifier(3)(batch), labels) > 0.0


@pytest.mark.filterwarnings("ignore:Using a target size")
def test_rnn104_output_of_every_step_broadcasts_against_one_target() -> None:
    echo = nn.RNN(1, 1, nonlinearity="relu", bias=False, batch_first=True)
    nn.init.ones_(echo.weight_ih_l0)
    nn.init.zeros_(echo.weight_hh_l0)
    target = torch.rand(SAMPLES)
    out = echo(target[:, None, None].expand(SAMPLES, STEPS, 1))[0]
    assert (out - target).shape == (SAMPLES, STEPS, SAMPLES)
    assert nn.MSELoss()(out, target) > target.var()
    assert nn.MSELoss()(out[:, -1, 0], target) == 0.0


@pytest.mark.parametrize("loss", ["MSELoss", "L1Loss", "HuberLoss", "SmoothL1Loss"])
def test_rnn210_perfect_column_costs_something_against_a_row(loss: str) -> None:
    target = torch.randn(SAMPLES)
    criterion = getattr(nn, loss)()
    with pytest.warns(UserWarning, match="due to broadcasting"):
        bad = criterion(target[:, None], target)
    assert bad > 0.3
    assert criterion(target[:, None].squeeze(-1), target) == 0.0


@pytest.mark.filterwarnings("ignore:Using a target size")
def test_rnn210_broadcast_target_trains_a_constant() -> None:
    batch = torch.randn(SAMPLES, STEPS, FEATURES)
    target = batch[:, -1, 0]
    spreads = []
    for targets in (target, target[:, None]):
        network = Classifier(1)

        def loss(network: Classifier = network, targets: Any = targets) -> Any:
            return nn.MSELoss()(network(batch), targets)

        network.train(loss, 100, 0.1)
        spreads.append(float(network(batch).detach().std() / target.std()))
    assert spreads[0] < 0.1
    assert spreads[1] > 0.5


def test_rnn212_relu_in_front_of_cross_entropy_has_no_gradient_once_dead() -> None:
    batch, labels = torch.randn(SAMPLES, STEPS, FEATURES), torch.arange(SAMPLES) % 3
    network, criterion = Classifier(3), nn.CrossEntropyLoss()
    with torch.no_grad():
        network.linear.bias.sub_(5.0)
    bad, good = criterion(torch.relu(network(batch)), labels), criterion(network(batch), labels)
    assert float(bad.detach()) == pytest.approx(math.log(3))
    assert share_of_zeros(network.gradients(bad)) == 1.0
    assert share_of_zeros(network.gradients(good)) == 0.0


def test_rnn212_relu_in_front_of_cross_entropy_ties_the_classes_ruled_out() -> None:
    scores, label = variable([[-4.0, -1.0, 2.0]]), torch.tensor([0])
    criterion = nn.CrossEntropyLoss()
    assert slope(criterion(torch.relu(scores), label), scores)[0, 0] == 0.0
    assert slope(criterion(scores, label), scores)[0, 0] < -0.5
