"""Arrays and tensors with what is known of their rows, values, padding and masks, and how they were made."""

from __future__ import annotations

from collections.abc import Hashable, Iterator, Mapping
from dataclasses import dataclass, field
from enum import Enum
from typing import TYPE_CHECKING

from rnnlint.program.size import Linear, Size, add, counts, known_int
from rnnlint.program.value import Known, Setting, Site, Unknown

if TYPE_CHECKING:
    from rnnlint.program.network import Layer


class Kind(Enum):
    """What the numbers of an array are."""

    UNKNOWN = "unknown"
    RAW = "raw"  # as a file or a service gives them
    GENERATED = "generated"  # from a generator or literals, with a known range
    STANDARDISED = "standardised"
    SCALED = "scaled"  # into a known small range, or by hand
    DIFFERENCED = "differenced"
    LOGGED = "logged"
    CLASSES = "classes"  # class labels
    ONE_HOT = "one-hot"
    TOKENS = "tokens"  # indices into a vocabulary
    FEATURES = "features"  # what a layer computed


@dataclass(frozen=True, slots=True)
class Quantity:
    """The values of an array.

    `low`/`high` bound them (None: not known), `mean`/`std` describe them where known. `label` names their
    origin in the user's words ("column 'Close'", "np.random.normal(50, 20)"). `large` says that raw values are
    known to be far from the unit range: prices, counts, temperatures. `nominal` says that whole numbers name classes
    rather than count something; `rarest` is the share of the rarest of them. `last` is
    the largest index into a vocabulary, which may be symbolic.
    """

    kind: Kind = Kind.UNKNOWN
    low: float | None = None
    high: float | None = None
    mean: float | None = None
    std: float | None = None
    label: str = ""
    site: Site | None = None
    large: bool = False
    nominal: bool = False
    rarest: float | None = None
    last: Size | None = None

    @property
    def magnitude(self) -> float | None:
        """The size that values reach, by bounds or by mean and two deviations."""
        if self.low is not None and self.high is not None:
            return max(abs(self.low), abs(self.high))
        if self.mean is not None and self.std is not None:
            return abs(self.mean) + 2 * self.std
        return None


UNKNOWN_QUANTITY = Quantity()


@dataclass(frozen=True, slots=True)
class Part:
    """One selection of rows: `kind` slice (by bounds), split (the `index`-th part), filter or sample."""

    kind: str
    key: Hashable = None
    index: int = 0
    low: Size | None = None
    high: Size | None = None


@dataclass(frozen=True, slots=True)
class Rows:
    """Which rows of which source: the source's number and the selections made since."""

    source: int
    path: tuple[Part, ...] = ()

    def select(self, part: Part) -> Rows:
        """These rows after one more selection."""
        return Rows(self.source, (*self.path, part))

    def covers(self, other: Rows) -> bool:
        """Whether `other` is made of rows that are all among these."""
        return self.source == other.source and other.path[: len(self.path)] == self.path

    def apart_from(self, other: Rows) -> bool:
        """Whether both are different selections of the same source, neither holding the other."""
        return self.source == other.source and not self.covers(other) and not other.covers(self)

    def disjoint(self, other: Rows) -> bool:
        """Whether no row can be in both: parts of one split, or slices that meet at one bound."""
        if self.source != other.source:
            return False
        for mine, theirs in zip(self.path, other.path, strict=False):
            if mine != theirs:
                return _disjoint(mine, theirs)
        return False


def _disjoint(one: Part, two: Part) -> bool:
    if one.kind == two.kind == "split":
        return one.key == two.key and one.index != two.index
    if one.kind == two.kind == "filter":
        return one.key == two.key and one.index != two.index
    if one.kind == two.kind == "slice":
        return any(a.high is not None and a.high == b.low for a, b in ((one, two), (two, one)))
    return False


@dataclass(frozen=True, slots=True)
class Padding:
    """Sequences of different length made equal. `side` is "pre" or "post"."""

    site: Site
    side: Setting
    of_floats: bool
    how: str  # the call as the user wrote it: "pad_sequences"
    value: Setting = field(default_factory=lambda: Unknown("the padding value is not known"))


class MaskState(Enum):
    """Whether the layers that follow can tell padding from data."""

    PRESENT = "present"
    DROPPED = "dropped"
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True)
class Mask:
    """A Keras mask: where it was made, and what lost it."""

    state: MaskState
    made: Site
    dropped: Site | None = None
    dropper: str = ""
    warns: bool = True  # whether Keras itself warns of the loss


@dataclass(frozen=True, slots=True)
class Reach:
    """The rows that one sample holds: from `low` up to `high`, counted from the sample's number times `stride`.

    `stride` is None where it is not known; the bounds then hold the index of a loop.
    """

    low: Size
    high: Size
    stride: Size | None

    @property
    def width(self) -> Size:
        """The number of rows in a sample."""
        return add(self.high, self.low, -1)

    @property
    def overlaps(self) -> bool:
        """Whether neighbouring samples surely share rows."""
        width = known_int(self.width)
        if width is None:
            return self.stride == 1
        return isinstance(self.stride, int) and 0 < self.stride < width

    def before(self, other: Reach) -> bool:
        """Whether every row of this sample lies before those of the other sample of the same number."""
        gap = add(other.low, self.high, -1) if self.stride == other.stride else -1
        if isinstance(gap, Linear):
            return gap.constant >= 0 and all(share > 0 and counts(key) for key, share in gap.terms)
        return gap >= 0


@dataclass(frozen=True, slots=True)
class Timeline:
    """What the program says that shows its rows to follow one another in time."""

    why: str
    site: Site


@dataclass(frozen=True, eq=False, slots=True)
class ScalerFit:
    """Statistics taken from data: a scaler's fit, or a mean, deviation, minimum or maximum used by hand.

    `scaler` numbers the object that holds them; `layer` is that object where it may stand in a network. A
    `vocabulary` is taken from texts.
    """

    name: str
    type_name: str
    site: Site
    data: Array
    by_hand: bool = False
    method: str = "fit"
    scaler: int = 0
    vocabulary: bool = False
    layer: Layer | None = None

    @property
    def width(self) -> int | None:
        """How many columns they were taken from."""
        shape = self.data.shape
        return known_int(shape[1]) if shape is not None and len(shape) == 2 else None


@dataclass(frozen=True, eq=False, slots=True)
class Loader:
    """What hands out a data set in batches. `length` counts its samples, where that is known, as a size."""

    site: Site
    batch_size: Size | None
    length: Size | None
    drop_last: Setting
    shuffle: Setting
    workers: Setting
    pinned: Setting

    def is_set(self, name: str, value: object) -> bool:
        """Whether the setting is settled and equal to `value`."""
        setting: Setting = getattr(self, name)
        return isinstance(setting, Known) and setting.value == value


@dataclass(frozen=True, slots=True)
class Reading:
    """A file that is read for each sample that a loader hands out; `site` is where it is read."""

    loader: Loader
    site: Site


@dataclass(frozen=True, slots=True)
class Batch:
    """One batch of a loader; `draw` tells it from those before and after."""

    loader: Loader
    draw: Size


@dataclass(frozen=True, eq=False, slots=True)
class Array:
    """One array or tensor value and the operation that made it.

    `op` names the operation ("read", "scale", "rows", "columns", "window", "stack", "apply", "activation",
    "index" ...), `inputs` its operands. `columns` maps column names that the program handles apart from the
    rest. `axes` are the roles of its leading axes: "batch", "time", "feature" or "" where it is not known; arrays of
    one `layout` have the same axes. `by_rows` says that the first axis counts its rows.
    `dtype` is "float", "int" or "". `padding` is None when the program shows none. `batch` says that a loader
    handed it out. `cut` is where gradients stop that would go back from it to its inputs; it is `mixed` if something
    that is not known was added to it. `reach` is set where samples were picked from the rows of a series, `timeline`
    where rows are known to be in the order of time. Among `settings`, `names` and `dropped` are columns chosen, written
    or left out by name, `ahead` says how values of later rows come into earlier ones, `leading` that only first rows
    are empty, `moving` that windows move along the rows, `drawn` that the numbers are random and `again` that a loop
    draws them anew.
    """

    op: str
    site: Site
    number: int
    inputs: tuple[Array, ...] = ()
    settings: Mapping[str, Setting] = field(default_factory=dict)
    name: str = ""
    rows: Rows | None = None
    shape: tuple[Size | None, ...] | None = None
    axes: tuple[str, ...] = ()
    layout: int = 0
    by_rows: bool = True
    dtype: str = ""
    quantity: Quantity = UNKNOWN_QUANTITY
    columns: Mapping[str, Quantity] = field(default_factory=dict)
    padding: Padding | None = None
    mask: Mask | None = None
    scaled_by: frozenset[ScalerFit] = frozenset()
    layer: Layer | None = None
    recurrent_output: Array | None = None
    batch: Batch | None = None
    cut: Site | None = None
    mixed: bool = False
    reach: Reach | None = None
    timeline: Timeline | None = None

    @property
    def column_names(self) -> frozenset[str]:
        """The columns of a table that it holds, where they were chosen by name."""
        if self.columns:
            return frozenset(self.columns)
        array = self
        while array.op in {"cast", "reshape", "rows", "index"} and array.inputs:
            array = array.inputs[0]
        chosen = array.settings.get("names")
        return frozenset(chosen.value) if array.op == "columns" and isinstance(chosen, Known) else frozenset()

    @property
    def within_one_window(self) -> bool:
        """Whether it is one window or item of a series, rather than all of them."""
        array = self
        while array.op not in {"stack", "frame", "join", "pad"} and array.inputs:
            if array.op in {"window", "item"}:
                return True
            array = array.inputs[0]
        return False

    def ancestry(self) -> Iterator[Array]:
        """This array and everything it was made from, nearest first."""
        seen: set[int] = set()
        waiting = [self]
        while waiting:
            array = waiting.pop(0)
            if array.number not in seen:
                seen.add(array.number)
                yield array
                waiting.extend(array.inputs)

    def graph(self) -> Iterator[Array]:
        """This array and what gradients flow back to; nothing behind a choice of which one side is cut."""
        seen: set[int] = set()
        waiting = [self]
        while waiting:
            array = waiting.pop(0)
            if array.number in seen or array.cut:
                continue
            seen.add(array.number)
            yield array
            if array.op != "join" or not any(one.cut for one in array.alternatives()):
                waiting.extend(array.inputs)

    def alternatives(self) -> Iterator[Array]:
        """The arrays that it is one of."""
        if self.op != "join":
            yield self
        for one in self.inputs if self.op == "join" else ():
            yield from one.alternatives()


@dataclass(frozen=True, eq=False, slots=True)
class Misuse:
    """The tuple that a recurrent layer returns, used at `site` as if it were a tensor; by `consumer` if by a layer."""

    site: Site
    output: Array
    consumer: Layer | None


@dataclass(frozen=True, slots=True)
class Sort:
    """Data brought into an order; `falling` is None where the direction is not known."""

    site: Site
    falling: bool | None


@dataclass(frozen=True, slots=True)
class Repeat:
    """One layer object that stands several times in a stack; `site` is the expression that repeats it."""

    site: Site
    layer: Layer


@dataclass(frozen=True, eq=False, slots=True)
class Split:
    """Rows divided into parts of which a later one is held out. `how` is the call or "slices".

    `data` are the arrays that it divides, as far as known. `scaled_by` are the statistics that data in its parts are
    put through, before or after it. `drawn_from` names the generator, shared with other code, that its rows are drawn
    with ("numpy", "torch"): none where it has a seed of its own, or draws nothing, or is not known to. A `stratified`
    one keeps the shares of classes, which needs shuffling.
    """

    site: Site
    how: str
    whole: Rows
    parts: tuple[Rows, ...]
    shuffled: Setting | None = None
    scaled_by: frozenset[ScalerFit] = frozenset()
    data: tuple[Array, ...] = ()
    drawn_from: str = ""
    stratified: bool = False


@dataclass(frozen=True, eq=False, slots=True)
class Scaling:
    """An array put through fitted statistics."""

    fit: ScalerFit
    data: Array
    result: Array
    site: Site


@dataclass(frozen=True, eq=False, slots=True)
class ScalerUse:
    """A fitted scaler's `transform` or `inverse_transform`; `fits` are all the statistics that it may hold there."""

    how: str
    name: str
    fits: tuple[ScalerFit, ...]
    data: Array
    result: Array
    site: Site
