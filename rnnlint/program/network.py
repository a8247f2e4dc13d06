"""Layers and models, in the terms that Keras and PyTorch share."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from rnnlint.program.data import Array
from rnnlint.program.size import Size
from rnnlint.program.value import Known, Setting, Site, Unknown, known

UNBOUNDED_ACTIVATIONS = frozenset(
    {"relu", "elu", "selu", "leaky_relu", "gelu", "swish", "softplus", "linear", "exponential", "mish"}
)
ELEMENTWISE_KINDS = frozenset(
    {
        "activation", "activity_regularization", "alpha_dropout", "batch_normalization", "dropout", "elu",
        "gaussian_dropout", "gaussian_noise", "group_normalization", "identity", "input", "instance_normalization",
        "layer_normalization",
        "leaky_relu", "masking", "normalization", "p_re_lu", "re_lu", "relu", "gelu", "sigmoid", "softmax",
        "spatial_dropout1d", "tanh", "unit_normalization", "rms_normalization", "rescaling", "log_softmax",
    }
)  # fmt: skip
OPEN_GATES = UNBOUNDED_ACTIVATIONS | {"tanh", "softsign", "hard_tanh"}  # ranges that leave [0, 1]
RECURRENT_KINDS = frozenset({"lstm", "gru", "rnn"})
WEIGHTED_KINDS = frozenset(
    {"lstm", "gru", "rnn", "lstm_cell", "gru_cell", "rnn_cell", "simple_rnn_cell", "dense", "conv1d", "embedding",
     "multihead_attention", "multi_head_attention"}
)  # fmt: skip
CONSTANT_STARTS = frozenset({"zeros", "zero", "ones", "one", "constant"})
CELL_KINDS = frozenset({"lstm_cell", "gru_cell", "rnn_cell", "simple_rnn_cell"})


@dataclass(frozen=True, slots=True)
class Regulariser:
    """A penalty on weights."""

    l1: float
    l2: float

    @property
    def strength(self) -> float:
        """The larger factor."""
        return max(self.l1, self.l2)


def _positive(setting: Setting | None) -> bool:
    value = known(setting)
    return isinstance(value, int | float) and value > 0


@dataclass(frozen=True, eq=False, slots=True)
class Layer:
    """A layer as constructed.

    `kind` is the shared name ("lstm", "dense", "embedding" ...) or "other"; `type_name` the user's
    ("LSTM", "Linear"). Settings bear Keras' names where both frameworks have the thing: units, activation,
    recurrent_activation, return_sequences, bidirectional, num_layers, batch_first, mask_zero ...
    """

    kind: str
    framework: str
    type_name: str
    site: Site
    settings: Mapping[str, Setting] = field(default_factory=dict)

    @property
    def recurrent(self) -> bool:
        """Whether it is an LSTM, GRU or simple recurrent layer."""
        return self.kind in RECURRENT_KINDS

    @property
    def recurs(self) -> bool:
        """Whether it is recurrent, or the cell of a loop written by hand."""
        return self.recurrent or self.kind in CELL_KINDS

    @property
    def constant_start(self) -> bool:
        """Whether all its weights, biases aside, are known to start with one value."""
        names = ["embeddings_initializer" if self.kind == "embedding" else "kernel_initializer"]
        if self.recurs:
            names.append("recurrent_initializer")
        return all(str(known(self.settings.get(name))).lower() in CONSTANT_STARTS for name in names)

    @property
    def identity_start(self) -> bool:
        """Whether its recurrent kernel starts as the identity, as relu cells over long sequences need."""
        initialiser = known(self.settings.get("recurrent_initializer"))
        return isinstance(initialiser, str) and initialiser.lower() in {"identity", "identityinitializer"}

    @property
    def knows_training(self) -> bool:
        """Whether it does in training what it does not do otherwise: dropout, or statistics of each batch."""
        if self.recurrent:
            return _positive(self.settings.get("dropout")) and known(self.settings.get("num_layers")) != 1
        if self.kind == "dropout":
            return _positive(self.settings.get("rate", Known(0.5)))
        return self.kind == "batch_normalization"

    def setting(self, name: str) -> Setting:
        """The setting, or Unknown when nothing is known of it."""
        return self.settings.get(name, Unknown(f"{name} is not known", self.site))

    def is_set(self, name: str, value: object) -> bool:
        """Whether the setting is settled and equal to `value`."""
        setting = self.settings.get(name)
        return isinstance(setting, Known) and setting.value == value


@dataclass(frozen=True, slots=True)
class Unregistered:
    """Weights that a module holds where it does not look for them, so that they are none of its parameters.

    `owner` is the module's class and `attribute` where it holds them; `holder` is "list", "tuple", "set", "dict", or
    "tensor" for a tensor of its own. `type_name` is the layer, and `site` the place where it is made. `held` are the
    lists or dictionaries, where a container that registers its items can take their place.
    """

    site: Site
    owner: str
    attribute: str
    holder: str
    type_name: str
    held: tuple[Site, ...] = ()


@dataclass(frozen=True, slots=True)
class Premature:
    """A layer assigned to `attribute` of a network whose library class was not initialised.

    `later` says that it is initialised afterwards. `owner` is the user's class, `type_name` the layer. Its `__init__`
    begins at `start`, where only one class of the network has an `__init__`; it hands on `options` ("kwargs"), and
    calls that of the library class at `call`.
    """

    site: Site
    owner: str
    attribute: str
    type_name: str
    framework: str
    later: bool
    start: Site | None = None
    options: str = ""
    call: Site | None = None


@dataclass(frozen=True, slots=True)
class Entrance:
    """The shape of input that a model declares, samples included; `strict` where the number of steps counts too."""

    shape: tuple[Size | None, ...]
    site: Site
    strict: bool = False


@dataclass(frozen=True, eq=False, slots=True)
class Model:
    """A network as one object: a Keras model or an nn.Module."""

    name: str
    framework: str
    site: Site
    layers: tuple[Layer, ...]
    outputs: tuple[Array, ...] = ()
    complete: bool = True  # whether every layer it holds is known
    inputs: tuple[Entrance, ...] = ()

    @property
    def recurrent_layers(self) -> tuple[Layer, ...]:
        """Its recurrent layers and cells, in order of construction."""
        return tuple(layer for layer in self.layers if layer.recurs)
