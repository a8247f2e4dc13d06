"""What a training program does to gradients, weights and modes, in the order in which it does it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from rnnlint.program.data import Array
from rnnlint.program.network import Layer
from rnnlint.program.training import Optimizer
from rnnlint.program.value import Known, OneOf, Setting, Site


def may_be_gpu(device: Setting) -> bool:
    """Whether it names a GPU, or one of several devices of which one is a GPU."""
    options = device.options if isinstance(device, OneOf) else (device,)
    return any(isinstance(option, Known) and str(option.value).startswith("cuda") for option in options)


@dataclass(frozen=True, slots=True)
class Turn:
    """One pass through the body of a loop.

    `loop` numbers the loop as it is written, `run` one execution of it from start to end, `number` the pass. What is
    done in it has numbers above `began`.
    """

    loop: int
    run: int
    number: int
    began: int = field(default=0, compare=False)


@dataclass(frozen=True, slots=True)
class Branch:
    """One arm of a choice that the program does not settle. `period` is the k of a condition like `i % k == 0`."""

    choice: int
    arm: int
    period: Setting | None = field(default=None, compare=False)


@dataclass(frozen=True, eq=False, slots=True)
class Event:
    """Something done while a network is trained or judged.

    `how` is one of

    - "backward", "zero_grad", "gradient", "step", "clip", "unscale": gradients computed, cleared, set by hand, used by
      an optimizer, limited, and divided by the factor of mixed precision;
    - "update": weights changed by hand;
    - "train", "eval", "mode": a module's mode set, "mode" where the program does not settle which;
    - "forward": a network applied;
    - "judge": a loss taken without gradients, on the output `array`;
    - "optimizer", "scheduler", "layer": one of these made;
    - "reset": weights loaded, copied or initialised again;
    - "schedule": a scheduler's step;
    - "fit": a network trained by a call of its library, in the loops around that call;
    - "device": a network moved to the device that its settings name;
    - "fetch": `array` brought from its device to the host, which waits for it;
    - "keep": `array` added to a sum that outlives the turn;
    - "unknown step": a step() of an object that is not known;
    - "escape": a network, its parameters or an optimizer handed to code that cannot be seen, which may do any of these;
    - "cut": the rest is not in the trace.

    `number` orders events and arrays alike. `subjects` number the objects it is done to, several where it is one of
    them; `layers` are those whose weights it concerns, none where that is not known. `turns` are the passes of loops
    around it, the outermost first, `branches` the choices it stands under. `origin` numbers the code that it was
    reached from: 0 is the program itself, every other a function or class that nobody is seen to call. It is
    `doubtful` if it is done to one of several objects.
    """

    how: str
    site: Site
    number: int
    subjects: frozenset[int] = frozenset()
    layers: frozenset[Layer] = frozenset()
    optimizer: Optimizer | None = None
    turns: tuple[Turn, ...] = ()
    branches: tuple[Branch, ...] = ()
    origin: int = 0
    no_grad: bool = False
    doubtful: bool = False
    array: Array | None = None
    settings: Mapping[str, Setting] = field(default_factory=dict)

    def concerns(self, other: Event) -> bool:
        """Whether both may be about the same weights or the same object; what is not known may be."""
        if self.subjects & other.subjects or not self.layers or not other.layers:
            return True
        return bool(self.layers & other.layers)

    def same_weights(self, other: Event) -> bool:
        """Whether it is done to the same object, or to all the weights that the other concerns."""
        return bool(self.subjects & other.subjects or (other.layers and self.layers >= other.layers))

    def goes_with(self, other: Event) -> bool:
        """Whether it concerns the other and does not stand in another arm of the same choice."""
        arms = {branch.choice: branch.arm for branch in other.branches}
        return self.concerns(other) and all(arms.get(b.choice, b.arm) == b.arm for b in self.branches)

    def other_turn(self, other: Event) -> bool:
        """Whether both stand in one run of a loop, in different turns."""
        runs = {(turn.loop, turn.run): turn.number for turn in other.turns}
        return any(runs.get((turn.loop, turn.run), turn.number) != turn.number for turn in self.turns)

    def certain_with(self, other: Event) -> bool:
        """Whether it is done whenever the other is: it stands under no choice that the other does not stand under."""
        return not self.doubtful and set(self.branches) <= set(other.branches)
