"""Keras: shapes, masks, graphs with data in the place of their inputs, training."""

from __future__ import annotations

import pytest

from rnnlint.program.data import Array, MaskState
from rnnlint.program.value import known
from tests.frontend.support import build, settings_of

HEAD = "import keras\nimport numpy as np\nfrom keras import layers, Sequential, Model, Input\n"


def outputs_of(code: str) -> tuple[Array, ...]:
    """The outputs of the one training call."""
    return tuple(output for fit in build(f"{HEAD}{code}").fits for output in fit.outputs)


def output_of(layers: str, data: str) -> Array:
    """The output of layers in a row for some data."""
    (output,) = outputs_of(f"m = Sequential([{layers}])\nm.compile('adam', 'mse')\nm.fit({data}, None)\n")
    return output


@pytest.mark.parametrize(
    "layers, shape",
    [
        ("layers.LSTM(7)", (50, 7)),
        ("layers.LSTM(7, return_sequences=True)", (50, 12, 7)),
        ("layers.Bidirectional(layers.LSTM(7))", (50, 14)),
        ("layers.Bidirectional(layers.LSTM(7), merge_mode='sum')", (50, 7)),
        ("layers.Bidirectional(layers.GRU(7, return_sequences=True))", (50, 12, 14)),
        ("layers.RNN(layers.LSTMCell(7))", (50, 7)),
        ("layers.RNN([layers.GRUCell(5), layers.GRUCell(7)])", (50, 7)),
        ("layers.Dense(4)", (50, 12, 4)),
        ("layers.TimeDistributed(layers.Dense(4))", (50, 12, 4)),
        ("layers.Dropout(0.5)", (50, 12, 3)),
        ("layers.Conv1D(6, 3)", (50, 10, 6)),
        ("layers.MaxPooling1D(2)", (50, 6, 3)),
        ("layers.GlobalAveragePooling1D()", (50, 3)),
        ("layers.Flatten()", (50, 36)),
        ("layers.Reshape((4, 9))", (50, 4, 9)),
        ("layers.LSTM(7), layers.RepeatVector(5)", (50, 5, 7)),
        ("layers.Input((12, 3)), layers.LSTM(7), layers.Dense(1)", (50, 1)),
        ("layers.InputLayer((12, 3)), layers.LSTM(7)", (50, 7)),
        ("Sequential([layers.LSTM(7)]), layers.Dense(2)", (50, 2)),
    ],
)
def test_shape_behind_a_layer(layers: str, shape: tuple[int | None, ...]) -> None:
    assert output_of(layers, "np.zeros((50, 12, 3))").shape == shape


def test_declared_shape_stands_in_for_unknown_data() -> None:
    for code in ("layers.LSTM(7, input_shape=(12, 3))", "layers.LSTM(7, batch_input_shape=(8, 12, 3))"):
        for data in ("np.load('x.npy')", "load()"):
            program = build(f"{HEAD}m = Sequential([{code}])\nm.compile('adam', 'mse')\nm.fit({data}, None)\n")
            assert program.steps_of(program.layers[0]) == 12


def test_settings_have_the_defaults_of_keras() -> None:
    program = build(f"{HEAD}layers.LSTM(7)\nlayers.Dense(2)\n")
    assert settings_of(program, "activation") == ["tanh", "linear"]
    assert settings_of(program, "recurrent_activation")[0] == "sigmoid"
    assert settings_of(program, "return_sequences")[0] is False


def test_activation_is_known_in_every_form() -> None:
    forms = ("'relu'", "keras.activations.relu", "layers.ReLU()", "None", "lambda x: x")
    found = [settings_of(build(f"{HEAD}layers.LSTM(7, activation={form})\n"), "activation")[-1] for form in forms]
    assert found == ["relu", "relu", "relu", "linear", "?"]


MASKED = "layers.Embedding(50, 4, mask_zero=True)"


@pytest.mark.parametrize(
    "layers, state",
    [
        ("layers.Embedding(50, 4)", None),
        (MASKED, MaskState.PRESENT),
        ("layers.Embedding(50, 4), layers.Masking(0.0)", MaskState.PRESENT),
        (f"{MASKED}, layers.LSTM(3, return_sequences=True)", MaskState.PRESENT),
        (f"{MASKED}, layers.LSTM(3)", None),
        (f"{MASKED}, layers.Dropout(0.1)", MaskState.PRESENT),
        (f"{MASKED}, layers.Conv1D(4, 3)", MaskState.DROPPED),
        (f"{MASKED}, layers.Conv1D(4, 3), layers.Dropout(0.1)", MaskState.DROPPED),
        ("layers.Embedding(50, 4, mask_zero=bool(input()))", MaskState.UNKNOWN),
    ],
)
def test_mask_behind_layers(layers: str, state: MaskState | None) -> None:
    mask = output_of(layers, "np.load('ids.npy')").mask
    assert (mask.state if mask is not None else None) is state


def test_operator_drops_a_mask_without_a_warning() -> None:
    (output,) = outputs_of(
        f"i = Input((None,))\nx = {MASKED}(i)\nx = x * 2.0\nm = Model(i, x)\nm.compile('adam', 'mse')\nm.fit(a, b)\n"
    )
    assert output.mask is not None
    assert (output.mask.state, output.mask.warns) == (MaskState.DROPPED, False)


def test_mask_given_in_the_call() -> None:
    (output,) = outputs_of(
        "i = Input((9, 3))\nx = layers.LSTM(4, return_sequences=True)(i, mask=layers.Input((9,)))\n"
        "m = Model(i, x)\nm.compile('adam', 'mse')\nm.fit(a, b)\n"
    )
    assert output.mask is not None
    assert output.mask.state is MaskState.PRESENT


def test_functional_graph_is_replayed_with_the_data() -> None:
    program = build(
        f"{HEAD}i = Input((None, 3))\nx = layers.LSTM(4)(i)\no = layers.Dense(1)(x)\nm = Model(inputs=i, outputs=o)\n"
        "m.compile('adam', 'mse')\ndata = np.random.randn(80, 20, 3)\nm.fit(data, data[:, 0, 0])\n"
    )
    (fit,) = program.fits
    assert fit.outputs[0].shape == (80, 1)
    assert fit.outputs[0].rows == fit.inputs[0].rows
    lstm = next(layer for layer in program.layers if layer.recurrent)
    assert program.steps_of(lstm) == 20


def test_several_inputs_keep_their_order() -> None:
    program = build(
        f"{HEAD}a = Input((9, 1))\nb = Input((5,))\nx = layers.Concatenate()([layers.LSTM(4)(a), b])\n"
        "m = Model([a, b], layers.Dense(1)(x))\nm.compile('adam', 'mse')\n"
        "one = np.zeros((30, 9, 1))\ntwo = np.ones((30, 5))\nm.fit([one, two], np.zeros(30))\n"
    )
    assert [array.name for array in program.fits[0].inputs] == ["one", "two"]
    lstm = next(layer for layer in program.layers if layer.recurrent)
    assert program.inputs_of(lstm)[-1].shape == (30, 9, 1)


def test_each_output_has_its_own_loss_and_target() -> None:
    program = build(
        f"{HEAD}i = Input((9, 1))\nx = layers.LSTM(4)(i)\nm = Model(i, [layers.Dense(1)(x), layers.Dense(2)(x)])\n"
        "m.compile('adam', loss=['mse', 'binary_crossentropy'])\n"
        "first = np.random.randn(30)\nsecond = np.random.randint(0, 2, (30, 2))\n"
        "m.fit(np.zeros((30, 9, 1)), [first, second])\n"
    )
    assert [fit.loss.regression for fit in program.fits if fit.loss] == [True, False]
    assert [fit.target.name for fit in program.fits if fit.target] == ["first", "second"]
    assert [fit.outputs[0].shape for fit in program.fits] == [(30, 1), (30, 2)]


def test_states_that_a_layer_returns() -> None:
    program = build(
        f"{HEAD}i = Input((9, 1))\nout, h, c = layers.LSTM(4, return_state=True)(i)\n"
        "d = layers.LSTM(4, return_sequences=True)(Input((5, 2)), initial_state=[h, c])\n"
    )
    assert [array.layer.type_name for array in program.applications if array.layer] == ["LSTM", "LSTM"]


def test_layers_added_and_taken_away() -> None:
    program = build(
        f"{HEAD}m = Sequential()\nm.add(layers.LSTM(4))\nm.add(layers.Dense(9))\nm.pop()\nm.add(layers.Dense(1))\n"
    )
    assert [known(layer.settings["units"]) for layer in program.models[0].layers] == [4, 1]


def test_training_step_knows_optimizer_and_clips() -> None:
    program = build(
        f"{HEAD}m = Sequential([layers.LSTM(4)])\n"
        "m.compile(keras.optimizers.SGD(0.1, momentum=0.9, clipnorm=1.0), 'mse')\n"
        "m.fit(np.zeros((30, 9, 1)), np.zeros(30))\n"
    )
    (step,) = program.steps
    assert step.optimizer is not None
    assert (step.optimizer.kind, known(step.optimizer.settings["momentum"])) == ("sgd", 0.9)
    assert [clip.how for clip in step.clips] == ["clipnorm"]


def test_model_that_is_never_fit_has_no_training_step() -> None:
    assert build(f"{HEAD}m = Sequential([layers.LSTM(4)])\nm.compile('adam', 'mse')\n").steps == ()


def test_gradient_tape_is_a_training_step() -> None:
    program = build(
        f"{HEAD}import tensorflow as tf\nm = Sequential([layers.LSTM(4)])\no = keras.optimizers.Adam()\n"
        "with tf.GradientTape() as tape:\n    loss = tf.reduce_mean(m(np.zeros((5, 9, 1))))\n"
        "g = tape.gradient(loss, m.trainable_variables)\ng, _ = tf.clip_by_global_norm(g, 1.0)\n"
        "o.apply_gradients(zip(g, m.trainable_variables))\n"
    )
    (step,) = program.steps
    assert [clip.how for clip in step.clips] == ["clip_by_global_norm"]


def test_validation_and_test_data_are_evaluations() -> None:
    program = build(
        f"{HEAD}m = Sequential([layers.LSTM(4)])\nm.compile('adam', 'mse')\n"
        "x = np.zeros((30, 9, 1))\ny = np.zeros(30)\n"
        "m.fit(x[:20], y[:20], validation_data=(x[20:25], y[20:25]), validation_split=0.1)\n"
        "m.evaluate(x[25:], y[25:])\np = m.predict(x)\n"
    )
    assert [score.how for score in program.evaluations] == ["validation_data", "evaluate", "predict"]
    assert known(program.fits[0].validation_split) == 0.1


def test_data_set_of_a_pipeline_reaches_fit() -> None:
    program = build(
        f"{HEAD}import tensorflow as tf\nx = np.random.randn(90, 9, 2)\ny = np.random.rand(90)\n"
        "d = tf.data.Dataset.from_tensor_slices((x, y)).shuffle(9).map(lambda a, b: (a, b)).batch(8).prefetch(1)\n"
        "m = Sequential([layers.GRU(4)])\nm.compile('adam', 'mse')\nm.fit(d.skip(10), validation_data=d.take(10))\n"
    )
    (fit,) = program.fits
    (score,) = program.evaluations
    assert [array.name for array in fit.inputs] == ["x"]
    assert fit.inputs[0].rows is not None
    assert score.data[0].rows is not None
    assert fit.inputs[0].rows.disjoint(score.data[0].rows)


def test_windows_made_by_keras() -> None:
    for maker in (
        "keras.utils.timeseries_dataset_from_array(s, s[:, 0], sequence_length=15)",
        "keras.preprocessing.sequence.TimeseriesGenerator(s, s[:, 0], length=15)",
    ):
        program = build(
            f"{HEAD}s = np.random.randn(500, 2)\nm = Sequential([layers.GRU(4)])\n"
            f"m.compile('adam', 'mse')\nm.fit({maker})\n"
        )
        assert program.steps_of(program.layers[0]) == 15
