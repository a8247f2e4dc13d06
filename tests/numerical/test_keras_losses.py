"""Keras on TensorFlow: what an output layer can reach and what a loss makes of it."""

from __future__ import annotations

import math
from typing import Any

import pytest

from tests.numerical.support import floor_of, share_of_zeros

tf: Any = pytest.importorskip("tensorflow")
keras: Any = tf.keras
layers: Any = tf.keras.layers
losses: Any = tf.keras.losses
pytestmark = pytest.mark.keras

SAMPLES, STEPS, FEATURES, UNITS = 16, 6, 3, 4


@pytest.fixture(autouse=True)
def seed() -> None:
    keras.utils.set_random_seed(1)


@pytest.fixture
def batch() -> Any:
    return tf.random.normal((SAMPLES, STEPS, FEATURES), seed=1)


def classifier(outputs: int, activation: str | None = None) -> Any:
    keras.utils.set_random_seed(1)
    return keras.Sequential(
        [layers.Input((STEPS, FEATURES)), layers.LSTM(UNITS), layers.Dense(outputs, activation=activation)]
    )


def slopes(model: Any, loss: Any, batch: Any, labels: Any) -> tuple[float, list[Any]]:
    """The loss that training sees, and its gradient for each of the model's weights."""
    with tf.GradientTape() as tape:
        value = loss(labels, model(batch, training=True))
    weights = [variable.value for variable in model.trainable_variables]
    gradients = tape.gradient(value, weights, unconnected_gradients="zero")
    return float(value), [gradient.numpy() for gradient in gradients]


def slope(loss: Any, labels: Any, outputs: list[list[float]]) -> tuple[float, Any]:
    """A loss and its gradient with respect to the outputs it was given."""
    variable = tf.Variable(outputs)
    with tf.GradientTape() as tape:
        value = loss(labels, variable)
    return float(value), tape.gradient(value, variable).numpy()


def class_numbers(classes: int) -> Any:
    return tf.range(SAMPLES) % classes


def one_hot(classes: int) -> Any:
    return tf.one_hot(class_numbers(classes), classes)


def binary() -> Any:
    return tf.cast(class_numbers(2), tf.float32)[:, None]


def series_and_target() -> tuple[Any, Any]:
    """White noise of three steps, of which the last is to be predicted."""
    series = tf.random.normal((64, 3, 1), seed=1)
    return series, series[:, -1].numpy()


def trained_error(head: str, series: Any, target: Any) -> float:
    """What a small network with this head is left with, as a share of the target's variance."""
    model = keras.Sequential([layers.Input((3, 1)), layers.SimpleRNN(8), layers.Dense(1, activation=head)])
    model.compile(keras.optimizers.Adam(0.05), "mse")
    for _ in range(60):
        model.train_on_batch(series, target)
    return float(((model(series).numpy() - target) ** 2).mean() / target.var())


@pytest.mark.parametrize("head, low, high", [("sigmoid", 0.0, 1.0), ("tanh", -1.0, 1.0)])
def test_rnn201_bounded_head_stays_at_its_floor(head: str, low: float, high: float) -> None:
    series, target = series_and_target()
    floor = floor_of(target, low, high)
    assert floor > 0.05
    assert trained_error(head, series, target) > 0.999 * floor


def test_rnn201_linear_head_and_targets_in_range_have_no_floor() -> None:
    series, target = series_and_target()
    assert trained_error("linear", series, target) < 0.05
    scaled = (target - target.min()) / (target.max() - target.min())
    assert floor_of(scaled, 0.0, 1.0) == 0.0
    assert trained_error("sigmoid", series, scaled) < 0.1


@pytest.mark.filterwarnings("ignore:You are using a softmax")
def test_rnn202_softmax_over_one_unit_is_one_without_gradient(batch: Any) -> None:
    bad, good = classifier(1, "softmax"), classifier(1, "sigmoid")
    loss = losses.MeanSquaredError()
    assert (bad(batch).numpy() == 1.0).all()
    assert good(batch).numpy().std() > 1e-3
    assert share_of_zeros(slopes(bad, loss, batch, binary())[1]) == 1.0
    assert share_of_zeros(slopes(good, loss, batch, binary())[1]) == 0.0


@pytest.mark.filterwarnings("ignore:You are using a softmax")
def test_rnn202_loss_of_softmax_over_one_unit_is_not_that_of_its_predictions(batch: Any) -> None:
    loss = losses.BinaryCrossentropy()
    in_training = [slopes(classifier(1, head), loss, batch, binary())[0] for head in ("softmax", "sigmoid")]
    predicted = [float(loss(binary(), classifier(1, head)(batch).numpy())) for head in ("softmax", "sigmoid")]
    assert in_training[0] == pytest.approx(in_training[1], abs=1e-5)
    assert predicted[0] > 5.0
    assert predicted[1] == pytest.approx(in_training[1], abs=1e-4)


def test_rnn203_perfect_probabilities_cost_more_than_nothing() -> None:
    perfect = tf.eye(3)
    floor = math.log(math.e + 2) - 1
    assert float(losses.CategoricalCrossentropy(from_logits=True)(perfect, perfect)) == pytest.approx(floor, abs=1e-5)
    assert float(losses.CategoricalCrossentropy(from_logits=True)(perfect, 100.0 * perfect)) < 1e-6


def test_rnn203_tensorflow_recognises_the_softmax_of_the_last_layer(batch: Any) -> None:
    loss = losses.CategoricalCrossentropy(from_logits=True)
    with pytest.warns(UserWarning, match="from_logits=True"):
        hidden = slopes(classifier(3, "softmax"), loss, batch, one_hot(3))[0]
    correct = slopes(classifier(3), loss, batch, one_hot(3))[0]
    assert hidden == pytest.approx(correct, abs=1e-6)


def test_rnn203_tensorflow_misses_the_softmax_behind_a_reshape(batch: Any) -> None:
    bad = keras.Sequential([*classifier(3, "softmax").layers, layers.Reshape((3,))])
    good = keras.Sequential([*classifier(3).layers, layers.Reshape((3,))])
    loss = losses.CategoricalCrossentropy(from_logits=True)
    sizes = [
        sum(float(abs(gradient).sum()) for gradient in slopes(model, loss, batch, one_hot(3))[1])
        for model in (bad, good)
    ]
    assert 2.0 < sizes[1] / sizes[0] < 4.5


def test_rnn204_outputs_outside_the_unit_interval_have_no_gradient_in_bce() -> None:
    labels, outputs = tf.constant([[1.0], [0.0], [1.0]]), [[-2.0], [2.0], [0.5]]
    bad = slope(losses.BinaryCrossentropy(), labels, outputs)[1]
    good = slope(losses.BinaryCrossentropy(from_logits=True), labels, outputs)[1]
    assert (bad == 0.0).ravel().tolist() == [True, True, False]
    assert abs(good[:2]).min() > 0.2


@pytest.mark.parametrize("loss", ["CategoricalCrossentropy", "SparseCategoricalCrossentropy"])
def test_rnn204_mistaken_scores_have_no_gradient_in_a_categorical_loss(loss: str) -> None:
    labels = tf.constant([0]) if loss.startswith("Sparse") else tf.constant([[1.0, 0.0, 0.0]])
    scores = [[-1.0, 2.0, 0.5]]
    bad = slope(getattr(losses, loss)(), labels, scores)
    good = slope(getattr(losses, loss)(from_logits=True), labels, scores)
    assert bad[1][0, 0] == 0.0
    assert bad[0] > 10.0
    assert good[1][0, 0] < -0.9


def test_rnn206_binary_loss_of_a_softmax_is_not_that_of_its_predictions(batch: Any) -> None:
    gaps = []
    for loss in (losses.BinaryCrossentropy(), losses.CategoricalCrossentropy()):
        model = classifier(3, "softmax")
        in_training = slopes(model, loss, batch, one_hot(3))[0]
        gaps.append(abs(in_training - float(loss(one_hot(3), model(batch).numpy()))))
    assert gaps[0] > 0.03
    assert gaps[1] < 1e-4


def test_rnn206_categorical_loss_leaves_the_height_of_sigmoids_open() -> None:
    loss = losses.CategoricalCrossentropy()
    heights = [float(loss(one_hot(3), tf.fill((SAMPLES, 3), height))) for height in (0.1, 0.5, 0.9)]
    assert max(heights) - min(heights) < 1e-5
    per_class = losses.BinaryCrossentropy()
    heights = [float(per_class(one_hot(3), tf.fill((SAMPLES, 3), height))) for height in (0.1, 0.5, 0.9)]
    assert max(heights) - min(heights) > 0.5


def test_rnn206_squared_error_settles_between_two_classes() -> None:
    labels = tf.constant([[0.0], [2.0]])
    assert abs(slope(losses.MeanSquaredError(), labels, [[1.0], [1.0]])[1].sum()) == 0.0
    sparse = losses.SparseCategoricalCrossentropy()
    between, shared = tf.constant([[0.01, 0.98, 0.01]] * 2), tf.constant([[0.5, 0.0, 0.5]] * 2)
    assert sparse(labels, shared) < 0.2 * sparse(labels, between)


@pytest.mark.parametrize("bad, good", [("Categorical", "SparseCategorical"), ("SparseCategorical", "Categorical")])
def test_rnn207_class_numbers_and_one_hot_rows_exchanged_raise(bad: str, good: str, batch: Any) -> None:
    labels = class_numbers(3) if bad == "Categorical" else one_hot(3)
    output = classifier(3, "softmax")(batch)
    with pytest.raises(ValueError, match="rank"):
        getattr(losses, f"{bad}Crossentropy")()(labels, output)
    assert getattr(losses, f"{good}Crossentropy")()(labels, output) > 0.0


@pytest.mark.parametrize("labels, predicted", [((1.0, 2.0), (0.999, 0.999)), ((-1.0, 1.0), (0.001, 0.999))])
def test_rnn207_other_labels_than_0_and_1_make_the_loss_negative(
    labels: tuple[float, float], predicted: tuple[float, float]
) -> None:
    loss = losses.BinaryCrossentropy()
    outputs = tf.constant(predicted)[:, None]
    assert loss(tf.constant(labels)[:, None], outputs) < -1.0
    assert loss(tf.constant([[0.0], [1.0]]), outputs) > 0.0


def test_rnn207_labels_1_and_2_push_every_output_up() -> None:
    outputs = [[0.1], [0.5], [0.9], [0.99]]
    loss = losses.BinaryCrossentropy()
    assert (slope(loss, tf.constant([[1.0], [2.0], [1.0], [2.0]]), outputs)[1] < 0.0).all()
    assert (slope(loss, tf.constant([[0.0], [1.0], [0.0], [1.0]]), outputs)[1] > 0.0).any()


def test_rnn208_class_without_a_unit_raises(batch: Any) -> None:
    loss = losses.SparseCategoricalCrossentropy()
    with pytest.raises(tf.errors.InvalidArgumentError, match="outside the valid range"):
        loss(class_numbers(3), classifier(2, "softmax")(batch))
    assert loss(class_numbers(3), classifier(3, "softmax")(batch)) > 0.0


@pytest.mark.filterwarnings("ignore:In loss categorical_crossentropy")
def test_rnn208_one_unit_in_a_categorical_loss_has_no_loss_and_no_gradient(batch: Any) -> None:
    value, gradients = slopes(classifier(1), losses.CategoricalCrossentropy(), batch, binary())
    assert abs(value) < 1e-6
    assert share_of_zeros(gradients) == 1.0
    value, gradients = slopes(classifier(2, "softmax"), losses.CategoricalCrossentropy(), batch, one_hot(2))
    assert value > 0.3
    assert share_of_zeros(gradients) == 0.0


def test_rnn210_difference_by_hand_broadcasts_a_perfect_prediction() -> None:
    target = tf.random.normal((SAMPLES,), seed=1)
    column = target[:, None]
    assert float(tf.reduce_mean(tf.square(target - column))) > 1.0
    assert float(tf.reduce_mean(tf.square(target - tf.squeeze(column, axis=-1)))) == 0.0
    assert float(losses.MeanSquaredError()(target, column)) == 0.0


def test_rnn212_dead_relu_makes_a_categorical_loss_undefined(batch: Any) -> None:
    values = []
    for head in ("relu", "softmax"):
        model = classifier(3, head)
        model.layers[-1].bias.assign([-5.0, -5.0, -5.0])
        values.append(slopes(model, losses.CategoricalCrossentropy(), batch, one_hot(3))[0])
    assert math.isnan(values[0])
    assert values[1] < 2.0


@pytest.mark.parametrize("outputs, loss", [(1, "BinaryCrossentropy"), (3, "SparseCategoricalCrossentropy")])
def test_rnn212_dead_relu_has_no_gradient(outputs: int, loss: str, batch: Any) -> None:
    labels = binary() if outputs == 1 else class_numbers(3)
    shares = []
    for head in ("relu", "sigmoid" if outputs == 1 else "softmax"):
        model = classifier(outputs, head)
        model.layers[-1].bias.assign([-5.0] * outputs)
        shares.append(share_of_zeros(slopes(model, getattr(losses, loss)(), batch, labels)[1]))
    assert shares == [1.0, 0.0]
