"""What Keras, PyTorch and torchtext had and gave up, with the version, held against the installed ones by a test.

Names are written as `keras.…`, whichever way a program imports Keras; `ONLY` lists those that only one of its
namespaces has lost. Names that work with a warning do not belong here.
"""

from __future__ import annotations

from functools import partial

from rnnlint.program.interface import Change, Removal, Version

LIBRARIES = frozenset({"keras", "tensorflow", "torch", "torchtext"})
_OLDEST_IN_USE: dict[str, Version] = {"keras": (3, 0), "torch": (2, 0), "torchtext": (0, 15)}


_TITLES = {"keras": "Keras", "torch": "PyTorch", "torchtext": "torchtext"}


def _removal(
    library: str, since: Version, instead: str = "", change: Change = Change.NONE, ignored: bool = False
) -> Removal:
    release = f"{_TITLES[library]} {since[0]}.{since[1]}"
    return Removal(library, since, release, instead, ignored, since > _OLDEST_IN_USE[library], change)


_keras = partial(_removal, "keras")
_torch = partial(_removal, "torch")
_torchtext = partial(_removal, "torchtext")
RENAME, MOVE, DROP = Change.RENAME, Change.MOVE, Change.DROP


# Modules of which nothing is left, and single names.
NAMES: dict[str, Removal] = {
    "keras.layers.recurrent": _keras((2, 9), "keras.layers", MOVE),
    "keras.layers.core": _keras((2, 13), "keras.layers", MOVE),
    "keras.layers.embeddings": _keras((2, 9), "keras.layers", MOVE),
    "keras.layers.normalization": _keras((2, 13), "keras.layers", MOVE),
    "keras.layers.convolutional": _keras((2, 13), "keras.layers", MOVE),
    "keras.layers.convolutional_recurrent": _keras((2, 9), "keras.layers", MOVE),
    "keras.layers.pooling": _keras((2, 13), "keras.layers", MOVE),
    "keras.layers.merge": _keras((2, 9), "keras.layers", MOVE),
    "keras.layers.wrappers": _keras((2, 9), "keras.layers", MOVE),
    "keras.layers.noise": _keras((2, 13), "keras.layers", MOVE),
    "keras.layers.local": _keras((2, 9)),
    "keras.layers.advanced_activations": _keras((2, 9), "keras.layers", MOVE),
    "keras.layers.cudnn_recurrent": _keras((2, 9), "keras.layers", MOVE),
    "keras.layers.experimental": _keras((3, 0), "keras.layers", MOVE),
    "keras.layers.CuDNNLSTM": _keras((3, 0), "keras.layers.LSTM", RENAME),
    "keras.layers.CuDNNGRU": _keras((3, 0), "keras.layers.GRU", RENAME),
    "keras.layers.Merge": _keras((2, 2), "keras.layers.concatenate"),
    "keras.layers.TimeDistributedDense": _keras((2, 0), "keras.layers.TimeDistributed"),
    "keras.layers.Highway": _keras((2, 4)),
    "keras.layers.MaxoutDense": _keras((2, 4)),
    "keras.layers.AtrousConvolution1D": _keras((2, 4), "keras.layers.Conv1D"),
    "keras.layers.Recurrent": _keras((2, 4), "keras.layers.RNN"),
    "keras.layers.LocallyConnected1D": _keras((3, 0)),
    "keras.models.Graph": _keras((2, 0), "keras.models.Model"),
    "keras.models.model_from_yaml": _keras((3, 0), "keras.models.model_from_json"),
    "keras.engine": _keras((2, 13), "keras.layers", MOVE),
    "keras.legacy.layers": _keras((2, 4)),
    "keras.legacy.interfaces": _keras((2, 4)),
    "keras.objectives": _keras((2, 6), "keras.losses", MOVE),
    "keras.initializations": _keras((2, 0), "keras.initializers"),
    "keras.wrappers.scikit_learn": _keras((2, 13), "keras.wrappers"),
    "keras.utils.np_utils": _keras((2, 13), "keras.utils", MOVE),
    "keras.utils.data_utils": _keras((2, 13), "keras.utils", MOVE),
    "keras.utils.generic_utils": _keras((2, 13), "keras.utils", MOVE),
    "keras.utils.layer_utils": _keras((2, 13), "keras.utils", MOVE),
    "keras.utils.vis_utils": _keras((2, 13), "keras.utils", MOVE),
    "keras.utils.visualize_util": _keras((2, 0), "keras.utils", MOVE),
    "keras.utils.io_utils": _keras((2, 13)),
    "keras.utils.training_utils": _keras((2, 4)),
    "keras.utils.multi_gpu_model": _keras((2, 4)),
    "keras.utils.HDF5Matrix": _keras((2, 4)),
    "keras.utils.print_summary": _keras((2, 4)),
    "keras.preprocessing.text": _keras((3, 0), "keras.layers.TextVectorization"),
    "keras.preprocessing.sequence.TimeseriesGenerator": _keras((3, 0), "keras.utils.timeseries_dataset_from_array"),
    "keras.preprocessing.image.ImageDataGenerator": _keras((3, 0), "keras.utils.image_dataset_from_directory"),
    "keras.optimizers.legacy": _keras((3, 0), "keras.optimizers", MOVE),
    "keras.optimizers.experimental": _keras((3, 0), "keras.optimizers", MOVE),
    "keras.optimizers.TFOptimizer": _keras((2, 13)),
    "keras.optimizers.adam_v2": _keras((2, 12), "keras.optimizers", MOVE),
    "keras.optimizers.rmsprop_v2": _keras((2, 12), "keras.optimizers", MOVE),
    "keras.optimizers.gradient_descent_v2": _keras((2, 12), "keras.optimizers", MOVE),
    "keras.regularizers.WeightRegularizer": _keras((2, 0), "keras.regularizers.L1L2"),
    "keras.constraints.maxnorm": _keras((2, 13), "keras.constraints.MaxNorm", RENAME),
    "keras.constraints.nonneg": _keras((2, 13), "keras.constraints.NonNeg", RENAME),
    "keras.backend.tensorflow_backend": _keras((2, 4), "keras.backend"),
    "keras.callbacks.BaseLogger": _keras((3, 0)),
    "torch._six": _torch((2, 0)),
    "torch.legacy": _torch((1, 0)),
    "torch.utils.ffi": _torch((1, 0), "torch.utils.cpp_extension"),
    "torch.utils.trainer": _torch((1, 0)),
    "torch.utils.serialization.load_lua": _torch((1, 0)),
    "torch.nn._functions": _torch((1, 2)),
    "torch.autograd.gradcheck.zero_gradients": _torch((1, 9)),
    "torch.utils.data.dataloader._use_shared_memory": _torch((1, 2), "torch.utils.data.get_worker_info"),
    "torch.utils.data.dataloader._DataLoaderIter": _torch((1, 2)),
    "torch.utils.data.dataloader.string_classes": _torch((2, 0)),
    "torch.rfft": _torch((1, 8), "torch.fft.rfft"),
    "torch.irfft": _torch((1, 8), "torch.fft.irfft"),
    "torch.ifft": _torch((1, 8), "torch.fft.ifft"),
    "torch.gels": _torch((1, 5), "torch.linalg.lstsq"),
    "torch.gesv": _torch((1, 2), "torch.linalg.solve"),
    "torch.potrf": _torch((1, 2), "torch.linalg.cholesky"),
    "torch.symeig": _torch((2, 0), "torch.linalg.eigh"),
    "torch.eig": _torch((2, 0), "torch.linalg.eig"),
    "torch.lstsq": _torch((2, 0), "torch.linalg.lstsq"),
    "torch.solve": _torch((2, 0), "torch.linalg.solve"),
    "torch.matrix_rank": _torch((2, 0), "torch.linalg.matrix_rank"),
    "torchtext.legacy": _torchtext((0, 12)),
    **{
        f"torchtext.data.{name}": _torchtext((0, 9))
        for name in ("Batch", "BPTTIterator", "BucketIterator", "Dataset", "Example", "Field", "Iterator", "LabelField",
                     "NestedField", "RawField", "ReversibleField", "SubwordField", "TabularDataset")
    },
}  # fmt: skip

# Functions of keras.backend; tf.keras.backend keeps those of the first group.
_OPERATIONS = """
abs all any arange argmax argmin batch_dot batch_flatten batch_get_value batch_normalization batch_set_value bias_add
binary_crossentropy cast cast_to_floatx categorical_crossentropy clip concatenate constant cos count_params
ctc_batch_cost ctc_decode cumprod cumsum dot dropout dtype elu equal eval exp expand_dims eye flatten foldl foldr gather
get_value gradients greater greater_equal hard_sigmoid in_top_k int_shape is_sparse l2_normalize less less_equal log
map_fn max maximum mean min minimum ndim not_equal one_hot ones ones_like permute_dimensions pow prod random_normal
random_uniform relu repeat repeat_elements reshape reverse rnn round set_value shape sigmoid sign sin softmax softplus
softsign sparse_categorical_crossentropy sqrt square squeeze stack std stop_gradient sum switch tanh tile transpose
truncated_normal update update_add update_sub var variable zeros zeros_like
"""
_SESSIONS = """
function get_session in_test_phase in_train_phase is_placeholder is_tensor is_variable learning_phase
manual_variable_initialization placeholder print_tensor set_learning_phase set_session
"""
BACKEND = "keras.backend"
NAMES |= {f"{BACKEND}.{name}": _keras((3, 0), "keras.ops") for name in _OPERATIONS.split()}
NAMES |= {f"{BACKEND}.{name}": _keras((3, 0)) for name in _SESSIONS.split()}

# Losses as functions: keras has the long names alone, tf.keras the short ones.
_LOSSES = {
    "mean_squared_error": ("mse", "MSE"),
    "mean_absolute_error": ("mae", "MAE"),
    "mean_absolute_percentage_error": ("mape", "MAPE"),
    "mean_squared_logarithmic_error": ("msle", "MSLE"),
    "kl_divergence": ("kld", "KLD", "kullback_leibler_divergence"),
    "log_cosh": ("logcosh",),
}
_LONG = [f"keras.{module}.{name}" for module in ("losses", "metrics") for name in _LOSSES]
_SHORT = {
    f"keras.{module}.{short}": f"keras.{module}.{name}"
    for module in ("losses", "metrics")
    for name, shorts in _LOSSES.items()
    for short in shorts
}
NAMES |= {name: _keras((3, 0), _LOSSES[name.rpartition(".")[2]][0], RENAME) for name in _LONG}
NAMES |= {short: _keras((3, 0), name, RENAME) for short, name in _SHORT.items()}
NAMES |= {f"keras.{module}.cosine_proximity": _keras((3, 0)) for module in ("losses", "metrics")}

# Names that are gone in one namespace of Keras, which is given, and work in the other.
ONLY: dict[str, str] = {
    **dict.fromkeys(_LONG, "tensorflow.keras"),
    **dict.fromkeys(_SHORT, "keras"),
    **{f"{BACKEND}.{name}": "keras" for name in _OPERATIONS.split()},
    "keras.preprocessing.text": "keras",
    "keras.preprocessing.sequence.TimeseriesGenerator": "keras",
    "keras.preprocessing.image.ImageDataGenerator": "keras",
}

_LAYER = {
    "init": "kernel_initializer",
    "inner_init": "recurrent_initializer",
    "inner_activation": "recurrent_activation",
    "W_regularizer": "kernel_regularizer",
    "U_regularizer": "recurrent_regularizer",
    "b_regularizer": "bias_regularizer",
    "W_constraint": "kernel_constraint",
    "U_constraint": "recurrent_constraint",
    "b_constraint": "bias_constraint",
    "dropout_W": "dropout",
    "dropout_U": "recurrent_dropout",
    "border_mode": "padding",
    "nb_filter": "filters",
    "filter_length": "kernel_size",
    "subsample_length": "strides",
    "pool_length": "pool_size",
}

# Arguments of calls, by what is called: a name, every name of a module (".*"), or a kind of object and its method.
ARGUMENTS: dict[tuple[str, str], Removal] = {
    **{("keras.layers.*", old): _keras((2, 4), new, RENAME) for old, new in _LAYER.items()},
    ("keras.layers.*", "forget_bias_init"): _keras((2, 4), "unit_forget_bias"),
    ("keras.layers.*", "consume_less"): _keras((2, 4), change=DROP),
    ("keras.layers.Embedding", "init"): _keras((2, 4), "embeddings_initializer", RENAME),
    ("keras.layers.Embedding", "W_regularizer"): _keras((2, 4), "embeddings_regularizer", RENAME),
    ("keras.layers.Embedding", "W_constraint"): _keras((2, 4), "embeddings_constraint", RENAME),
    ("keras.layers.*", "batch_input_shape"): _keras((3, 0), "keras.Input(batch_shape=...)"),
    ("keras.layers.*", "time_major"): _keras((3, 0)),
    **{
        (f"keras.layers.{name}", "output_dim"): _keras((2, 4), "units", RENAME)
        for name in ("Dense", "LSTM", "GRU", "SimpleRNN", "CuDNNLSTM", "CuDNNGRU")
    },
    **{
        (f"keras.layers.{name}", "input_length"): _keras((3, 0), "keras.Input")
        for name in ("Dense", "LSTM", "GRU", "SimpleRNN")
    },
    ("keras.layers.Dropout", "p"): _keras((2, 4), "rate", RENAME),
    ("keras.layers.Embedding", "dropout"): _keras((2, 4), "keras.layers.SpatialDropout1D"),
    ("keras.layers.RepeatVector", "input_length"): _keras((3, 0)),
    ("keras.models.Model", "input"): _keras((2, 4), "inputs", RENAME),
    ("keras.models.Model", "output"): _keras((2, 4), "outputs", RENAME),
    ("keras.optimizers.*", "lr"): _keras((3, 0), "learning_rate", RENAME),
    ("keras.optimizers.*", "decay"): _keras((3, 0), "keras.optimizers.schedules.InverseTimeDecay", ignored=True),
    ("keras.optimizers.Nadam", "schedule_decay"): _keras((3, 0)),
    ("keras.utils.to_categorical", "nb_classes"): _keras((2, 0), "num_classes", RENAME),
    ("keras.callbacks.ModelCheckpoint", "period"): _keras((3, 0), "save_freq"),
    ("keras.callbacks.TensorBoard", "write_grads"): _keras((3, 0), change=DROP),
    ("keras.callbacks.TensorBoard", "batch_size"): _keras((3, 0), change=DROP),
    ("keras.callbacks.TensorBoard", "embeddings_layer_names"): _keras((3, 0)),
    **{(f"keras_model.{method}", "show_accuracy"): _keras((2, 0), "metrics") for method in ("fit", "evaluate")},
    ("keras_model.fit", "nb_epoch"): _keras((2, 4), "epochs", RENAME),
    **{
        (f"keras_model.{method}", name): _keras((3, 0), change=DROP)
        for method in ("fit", "evaluate", "predict")
        for name in ("workers", "use_multiprocessing", "max_queue_size")
    },
    ("keras_model.train_on_batch", "reset_metrics"): _keras((3, 0)),
    ("keras_model.compile", "class_mode"): _keras((2, 0), "metrics"),
    ("keras_model.compile", "sample_weight_mode"): _keras((3, 0)),
    ("keras_model.compile", "target_tensors"): _keras((3, 0)),
    ("keras_model.compile", "experimental_run_tf_function"): _keras((3, 0), change=DROP),
    ("keras_model.save_weights", "save_format"): _keras((3, 0)),
    ("torch.optim.lr_scheduler.*", "verbose"): _torch((2, 7), "get_last_lr()", DROP),
    ("torch.autograd.Variable", "volatile"): _torch((0, 4), "torch.no_grad", ignored=True),
}

# Methods and attributes, by the kind of object.
MEMBERS: dict[tuple[str, str], Removal] = {
    ("keras_model", "fit_generator"): _keras((3, 0), "fit", Change.CALL),
    ("keras_model", "evaluate_generator"): _keras((3, 0), "evaluate", Change.CALL),
    ("keras_model", "predict_generator"): _keras((3, 0), "predict", Change.CALL),
    ("keras_model", "predict_classes"): _keras((2, 6), "predict(x).argmax(axis=-1), or predict(x) > 0.5"),
    ("keras_model", "predict_proba"): _keras((2, 6), "predict", RENAME),
    ("keras_model", "reset_states"): _keras((3, 0), "layer.reset_states() for each recurrent layer"),
    ("keras_model", "to_yaml"): _keras((3, 0), "to_json"),
    ("keras_model", "updates"): _keras((3, 0)),
    ("keras_model", "state_updates"): _keras((3, 0)),
    ("keras_model", "total_loss"): _keras((2, 4)),
    ("keras_model", "_make_predict_function"): _keras((2, 4), "make_predict_function"),
    ("layer:keras", "input_shape"): _keras((3, 0), "layer.input.shape"),
    ("layer:keras", "output_shape"): _keras((3, 0), "layer.output.shape"),
    ("layer:keras", "get_input_at"): _keras((3, 0), "layer.input"),
    ("layer:keras", "get_output_at"): _keras((3, 0), "layer.output"),
    ("optimizer:keras", "lr"): _keras((3, 0), "learning_rate", RENAME),
    ("optimizer:keras", "decay"): _keras((3, 0)),
    ("optimizer:keras", "weights"): _keras((3, 0), "variables"),
    ("optimizer:keras", "get_weights"): _keras((3, 0), "variables"),
    ("optimizer:keras", "get_updates"): _keras((3, 0), "apply_gradients"),
    ("optimizer:keras", "minimize"): _keras((3, 0), "apply_gradients"),
    ("iterator:loader", "next"): _torch((1, 13), "next(iterator)", Change.FUNCTION),
}

# Attributes that may be set without an error and have lost their effect.
ASSIGNED: dict[tuple[str, str], Removal] = {
    ("optimizer:keras", "lr"): _keras((3, 0), "learning_rate", RENAME, ignored=True),
}

# The keys of a history where `accuracy` is the metric: they used to be shortened.
SHORTENED = {"acc": "accuracy", "val_acc": "val_accuracy"}
HISTORY_KEY = _keras((2, 3), change=RENAME)

# File names that saving accepts: by call, the position and the name of the argument, and the endings.
ENDINGS: dict[str, tuple[int, str, tuple[str, ...]]] = {
    "keras_model.save": (0, "filepath", (".keras", ".h5", ".hdf5")),
    "keras_model.save_weights": (0, "filepath", (".weights.h5",)),
    "keras.callbacks.ModelCheckpoint": (0, "filepath", (".keras", ".h5")),
}
ENDING = _keras((3, 0))

# An item of a loss: the loss was once a vector of one number.
ITEM_OF_LOSS = _torch((1, 0), "item()")
