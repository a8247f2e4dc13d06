"""Keras: gates, stacks, shapes and read-outs of recurrent layers."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from tests.numerical.support import share_of_zeros

tf: Any = pytest.importorskip("tensorflow")
keras: Any = tf.keras
layers: Any = tf.keras.layers
pytestmark = pytest.mark.keras

SAMPLES, STEPS, FEATURES, UNITS = 5, 7, 3, 4


@pytest.fixture(autouse=True)
def seed() -> None:
    keras.utils.set_random_seed(1)


def noise(*shape: int) -> Any:
    return tf.random.normal(shape, seed=1)


def slope(network: Callable[[Any], Any], inputs: Any) -> Any:
    """How the first sample's output depends on its own steps."""
    inputs = tf.Variable(inputs)
    with tf.GradientTape() as tape:
        output = tf.reduce_sum(network(inputs)[0])
    return tape.gradient(output, inputs).numpy()[0]


@pytest.mark.parametrize("gate", ["relu", "elu", "linear", "softplus"])
def test_rnn102_unbounded_gate_multiplies_the_state_of_an_lstm(gate: str) -> None:
    batch = noise(4, 100, FEATURES)
    states = []
    for recurrent_activation in (gate, "sigmoid"):
        keras.utils.set_random_seed(1)
        layer = layers.LSTM(32, recurrent_activation=recurrent_activation, return_state=True)
        states.append(abs(layer(batch)[2].numpy()).max())
    assert states[0] > 8.0
    assert states[1] < 2.0


@pytest.mark.parametrize("gate", ["relu", "elu", "linear", "tanh"])
def test_rnn102_state_of_a_gru_leaves_its_bounds(gate: str) -> None:
    batch = 3.0 * noise(4, 10, FEATURES)
    states = []
    for recurrent_activation in (gate, "sigmoid"):
        keras.utils.set_random_seed(1)
        layer = layers.GRU(32, recurrent_activation=recurrent_activation, return_sequences=True)
        states.append(abs(layer(batch).numpy()).max())
    assert states[0] > 1.2
    assert states[1] <= 1.0


def stack(first: Any, second: Any) -> Any:
    return keras.Sequential([layers.Input((STEPS, FEATURES)), first, layers.Dropout(0.1), second])


@pytest.mark.parametrize(
    "second",
    [
        lambda: layers.LSTM(UNITS),
        lambda: layers.Bidirectional(layers.GRU(UNITS)),
        lambda: layers.Conv1D(UNITS, 2),
        lambda: layers.TimeDistributed(layers.Dense(1)),
    ],
    ids=["LSTM", "Bidirectional", "Conv1D", "TimeDistributed"],
)
def test_rnn103_layer_over_steps_behind_a_last_step_raises(second: Callable[[], Any]) -> None:
    with pytest.raises(ValueError, match=r"ndim=3|at least 3 dimensions"):
        stack(layers.LSTM(UNITS), second())
    assert stack(layers.LSTM(UNITS, return_sequences=True), second()).built


def echo(return_sequences: bool) -> Any:
    """A network that returns its input: a perfect prediction where every step holds the target."""
    recurrent = layers.SimpleRNN(1, activation=None, use_bias=False, return_sequences=return_sequences)
    model = keras.Sequential([layers.Input((STEPS, 1)), recurrent, layers.Dense(1)])
    model.set_weights([tf.constant(values) for values in ([[1.0]], [[0.0]], [[1.0]], [0.0])])
    model.compile("sgd", "mse")
    return model


def test_rnn104_output_of_every_step_broadcasts_against_one_target() -> None:
    target = noise(SAMPLES).numpy()
    batch = target[:, None, None].repeat(STEPS, axis=1)
    assert echo(return_sequences=True).evaluate(batch, target, verbose=0) > target.var()
    assert echo(return_sequences=False).evaluate(batch, target, verbose=0) == 0.0


@pytest.mark.parametrize("kind", ["SimpleRNN", "GRU", "LSTM"])
def test_rnn106_last_step_of_the_backward_half_has_seen_one_step(kind: str) -> None:
    batch = noise(SAMPLES, STEPS, FEATURES)
    every_step = layers.Bidirectional(getattr(layers, kind)(UNITS, return_sequences=True))
    final_state = layers.Bidirectional(getattr(layers, kind)(UNITS))
    bad = abs(slope(lambda inputs: every_step(inputs)[:, -1, UNITS:], batch))
    good = abs(slope(lambda inputs: final_state(inputs)[:, UNITS:], batch))
    assert bad[:-1].max() == 0.0
    assert bad[-1].max() > 0.0
    assert good[:-1].sum() / good.sum() > 0.5


def test_rnn106_last_step_of_a_masked_bidirectional_layer_is_zero() -> None:
    ids = tf.constant([[3, 1, 4, 1, 5], [2, 7, 0, 0, 0], [1, 8, 2, 0, 0]])
    words = layers.Embedding(10, 6, mask_zero=True)
    bad = layers.Bidirectional(layers.GRU(UNITS, return_sequences=True))(words(ids))[:, -1].numpy()
    good = layers.Bidirectional(layers.GRU(UNITS))(words(ids)).numpy()
    assert abs(bad[1:]).max() == 0.0
    assert abs(bad[0]).max() > 0.001
    assert abs(good).max(axis=1).min() > 0.001


def test_rnn106_state_of_one_direction_leaves_the_other_untrained() -> None:
    batch = noise(SAMPLES, STEPS, FEATURES)
    layer = layers.Bidirectional(layers.GRU(UNITS, return_state=True))
    shares = []
    for directions in (1, 2):
        with tf.GradientTape() as tape:
            output = tf.add_n([tf.reduce_sum(state) for state in layer(batch)[1 : 1 + directions]])
        weights = [variable.value for variable in layer.trainable_variables]
        gradients = tape.gradient(output, weights, unconnected_gradients="zero")
        shares.append(share_of_zeros([gradient.numpy() for gradient in gradients]))
    assert shares == [0.5, 0.0]


@pytest.mark.parametrize("kind", ["GRU", "LSTM"])
def test_rnn111_states_fed_on_raise(kind: str) -> None:
    inputs = layers.Input((STEPS, FEATURES))
    with pytest.raises(ValueError, match=r"expects 1 input\(s\)"):
        keras.Sequential([inputs, getattr(layers, kind)(UNITS, return_state=True), layers.Dense(1)])
    with pytest.raises(ValueError, match=r"expects 1 input\(s\)"):
        layers.Dense(1)(getattr(layers, kind)(UNITS, return_state=True)(inputs))
    output, *_ = getattr(layers, kind)(UNITS, return_state=True)(inputs)
    assert layers.Dense(1)(output).shape == (None, 1)


def test_rnn117_repeated_cell_has_the_weights_of_one() -> None:
    batch = noise(SAMPLES, STEPS, FEATURES)
    sizes = []
    for cells in ([layers.LSTMCell(FEATURES)] * 2, [layers.LSTMCell(FEATURES) for _ in range(2)]):
        layer = layers.RNN(cells)
        layer(batch)
        sizes.append(layer.count_params())
    assert sizes == [84, 168]


def test_rnn117_repeated_cell_raises_where_input_and_units_differ() -> None:
    batch = noise(SAMPLES, STEPS, FEATURES)
    with pytest.raises(tf.errors.InvalidArgumentError):
        layers.RNN([layers.LSTMCell(UNITS)] * 2)(batch)
    assert layers.RNN([layers.LSTMCell(UNITS) for _ in range(2)])(batch).shape == (SAMPLES, UNITS)


def test_rnn118_data_of_another_width_raises() -> None:
    batch = noise(SAMPLES, STEPS, FEATURES)
    bad = keras.Sequential([layers.Input((STEPS, FEATURES + 1)), layers.LSTM(UNITS)])
    good = keras.Sequential([layers.Input((STEPS, FEATURES)), layers.LSTM(UNITS)])
    with pytest.raises((ValueError, tf.errors.InvalidArgumentError)):
        bad(batch)
    assert good(batch).shape == (SAMPLES, UNITS)


def test_rnn118_target_of_another_width_raises() -> None:
    output = layers.Dense(2)(layers.LSTM(UNITS)(noise(SAMPLES, STEPS, FEATURES)))
    loss = keras.losses.MeanSquaredError()
    with pytest.raises(tf.errors.InvalidArgumentError, match="Incompatible shapes"):
        loss(noise(SAMPLES, 3), output)
    assert loss(noise(SAMPLES, 2), output) > 0.0
