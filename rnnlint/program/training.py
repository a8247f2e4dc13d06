"""How networks are trained and judged: losses, optimizers, fits and hand-written steps."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from rnnlint.program.data import Array
from rnnlint.program.network import Model
from rnnlint.program.value import Known, Setting, Site, Unknown, known

ADAPTIVE_OPTIMIZERS = frozenset({"adam", "adamw", "adamax", "nadam", "rmsprop"})  # their rate is the size of a move
REGRESSION_LOSSES = frozenset({"mse", "mae", "huber", "log_cosh", "mape", "msle"})


@dataclass(frozen=True, eq=False, slots=True)
class Optimizer:
    """An optimizer with its settings: kind ("adam", "sgd" ...), learning_rate, momentum, clip.

    `named` is the library's class for one that is given by its name, which then stands at `site`.
    """

    kind: str
    framework: str
    site: Site
    settings: Mapping[str, Setting] = field(default_factory=dict)
    named: str = ""

    @property
    def follows_scale(self) -> bool:
        """Whether gradients twice as large make steps twice as large."""
        return self.kind == "sgd"

    @property
    def remembers(self) -> bool:
        """Whether its steps depend on earlier gradients, as far as is known."""
        return self.kind not in {"sgd", "lbfgs"} or bool(known(self.settings.get("momentum"), 0))


@dataclass(frozen=True, eq=False, slots=True)
class Loss:
    """A loss by its shared name ("mse", "cross_entropy" ...); "" when it is the user's own.

    Settings are those that change what it accepts: from_logits, ignore_index, weight, pos_weight, reduction.
    """

    kind: str
    site: Site
    type_name: str = ""
    settings: Mapping[str, Setting] = field(default_factory=dict)
    framework: str = "keras"

    def is_set(self, name: str, value: object) -> bool:
        """Whether the setting is settled and equal to `value`."""
        setting = self.settings.get(name)
        return isinstance(setting, Known) and setting.value == value

    @property
    def regression(self) -> bool:
        """Whether it measures a distance to a number."""
        return self.kind in REGRESSION_LOSSES


@dataclass(frozen=True, eq=False, slots=True)
class Callback:
    """Something that runs between epochs: kind ("early_stopping" ...), "" when the program does not show it.

    `monitor` names the quantity that it waits for; None where it waits for none. `restores` says whether the weights of
    the best epoch come back after the training.
    """

    kind: str
    site: Site
    type_name: str = ""
    monitor: Setting | None = None
    restores: Setting = field(default_factory=lambda: Known(False))


@dataclass(frozen=True, slots=True)
class Metric:
    """A score by its shared name ("accuracy", "mape" ...), as the user wrote it in `type_name`."""

    kind: str
    site: Site
    type_name: str


@dataclass(frozen=True, eq=False, slots=True)
class Score:
    """A metric taken on arrays in the program's own code; `arrays` are output and target, as far as known."""

    metric: Metric
    site: Site
    arrays: tuple[Array, ...]


@dataclass(frozen=True, slots=True)
class MetricUse:
    """Something done to a metric object that keeps a state: made, update, read or reset.

    `metric` numbers the object, which is of `framework`; `loops` are those around the place, the outermost first.
    """

    metric: int
    how: str
    site: Site
    loops: tuple[int, ...]
    framework: str = ""


@dataclass(frozen=True, eq=False, slots=True)
class Fit:
    """One training call on known or unknown data (Keras' fit, or a PyTorch loss between two arrays).

    `outputs` are the network's outputs with `inputs` as its input, so that data and layers are one graph. `shuffle`
    and `batch_size` say how arrays are cut into batches; None where a data set or the program does that itself.
    """

    site: Site
    framework: str
    model: Model | None
    loss: Loss | None
    outputs: tuple[Array, ...]
    inputs: tuple[Array, ...]
    target: Array | None
    validation: tuple[Array, ...] = ()
    validation_split: Setting | None = None
    metrics: tuple[Metric, ...] = ()
    weighted: bool = False  # class or sample weights are given
    shuffle: Setting | None = None
    batch_size: Setting | None = None
    callbacks: tuple[Callback, ...] = ()
    validated: Setting = field(default_factory=lambda: Unknown("how it is validated is not known"))
    updates: int | None = None  # how many times it updates the weights, where that is known

    @property
    def arrays(self) -> tuple[Array, ...]:
        """The data it trains on: inputs and target."""
        return self.inputs if self.target is None else (*self.inputs, self.target)


@dataclass(frozen=True, eq=False, slots=True)
class Evaluation:
    """Data that a network's score or predictions are taken on: evaluate, predict, validation_data, a loss
    under no_grad."""

    site: Site
    how: str
    data: tuple[Array, ...]


@dataclass(frozen=True, eq=False, slots=True)
class Inference:
    """What a network computes without learning from it: predict, evaluate, a forward pass without gradients.

    `offered` stands for code that nobody in this program is seen to call.
    """

    site: Site
    how: str
    model: Model
    data: tuple[Array, ...]
    offered: bool


@dataclass(frozen=True, eq=False, slots=True)
class Clip:
    """Gradients limited: where, how, and to what norm or value."""

    site: Site
    how: str
    limit: Setting = field(default_factory=lambda: Unknown("the limit is not known"))


@dataclass(frozen=True, slots=True)
class Seed:
    """Random numbers made the same in each run.

    `generators` are those that it seeds: "torch", "keras", "numpy", "python". There are none if it is code that cannot
    be seen, and may seed any.
    """

    site: Site
    generators: frozenset[str]


@dataclass(frozen=True, slots=True)
class Disregard:
    """A model, loader or optimizer that `function` is given as `parameter` and never reads.

    At `site` it reads `used` from its module instead, which has the same `role`; `differs` says that it is another.
    """

    site: Site
    function: str
    parameter: str
    role: str
    used: str
    differs: bool


@dataclass(frozen=True, eq=False, slots=True)
class TrainingStep:
    """Weights updated by gradients: Keras' compile with a fit, an optimizer's step, a Trainer's fit.

    `site` is where the update is stated. `clips` are those that reach it; `hidden` gives the reason when
    clipping could be elsewhere out of sight.
    """

    site: Site
    framework: str
    model: Model
    optimizer: Optimizer | None
    clips: tuple[Clip, ...]
    fits: tuple[Fit, ...] = ()
    hidden: str = ""
