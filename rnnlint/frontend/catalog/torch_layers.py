"""torch.nn's layers: shared kinds, and parameters in order under their own and their shared names."""

from __future__ import annotations

ACTIVATIONS = ("ReLU", "LeakyReLU", "ELU", "SELU", "GELU", "SiLU", "Sigmoid", "Tanh", "Softmax", "LogSoftmax",
               "Softplus", "Softsign", "Hardsigmoid", "Hardtanh", "PReLU", "Identity", "LogSigmoid")  # fmt: skip
KINDS: dict[str, str] = {
    "LSTM": "lstm",
    "GRU": "gru",
    "RNN": "rnn",
    "LSTMCell": "lstm_cell",
    "GRUCell": "gru_cell",
    "RNNCell": "rnn_cell",
    "Linear": "dense",
    "Embedding": "embedding",
    "Dropout": "dropout",
    "Dropout1d": "dropout",
    "Dropout2d": "dropout",
    "BatchNorm1d": "batch_normalization",
    "BatchNorm2d": "batch_normalization",
    "LayerNorm": "layer_normalization",
    "InstanceNorm1d": "instance_normalization",
    "Conv1d": "conv1d",
    "Flatten": "flatten",
    "MaxPool1d": "max_pooling1d",
    "AvgPool1d": "average_pooling1d",
    "MultiheadAttention": "multihead_attention",
    **dict.fromkeys(ACTIVATIONS, "activation"),
}
_RECURRENT = (
    ("input_size", "input_size"),
    ("hidden_size", "units"),
    ("num_layers", "num_layers"),
    ("bias", "bias"),
    ("batch_first", "batch_first"),
    ("dropout", "dropout"),
    ("bidirectional", "bidirectional"),
    ("proj_size", "proj_size"),
)
PARAMETERS: dict[str, tuple[tuple[str, str], ...]] = {
    "lstm": _RECURRENT,
    "gru": _RECURRENT,
    "rnn": (*_RECURRENT[:3], ("nonlinearity", "activation"), *_RECURRENT[3:]),
    "rnn_cell": (
        ("input_size", "input_size"),
        ("hidden_size", "units"),
        ("bias", "bias"),
        ("nonlinearity", "activation"),
    ),
    "lstm_cell": (("input_size", "input_size"), ("hidden_size", "units"), ("bias", "bias")),
    "gru_cell": (("input_size", "input_size"), ("hidden_size", "units"), ("bias", "bias")),
    "dense": (("in_features", "input_size"), ("out_features", "units")),
    "embedding": (
        ("num_embeddings", "input_dim"),
        ("embedding_dim", "output_dim"),
        ("padding_idx", "padding_idx"),
    ),
    "dropout": (("p", "rate"),),
    "flatten": (("start_dim", "start_dim"), ("end_dim", "end_dim")),
    "conv1d": (("in_channels", "input_size"), ("out_channels", "filters"), ("kernel_size", "kernel_size")),
}
TRAINABLE = frozenset(
    {"LSTM", "GRU", "RNN", "LSTMCell", "GRUCell", "RNNCell", "Linear", "Bilinear", "Embedding", "EmbeddingBag",
     "BatchNorm1d", "BatchNorm2d", "BatchNorm3d", "LayerNorm", "GroupNorm", "RMSNorm", "MultiheadAttention", "PReLU",
     "Transformer", "TransformerEncoder", "TransformerDecoder", "TransformerEncoderLayer", "TransformerDecoderLayer",
     *(f"{name}{axes}d" for name in ("Conv", "ConvTranspose", "LazyConv") for axes in (1, 2, 3)), "LazyLinear"}
)  # fmt: skip  # layers that have weights
