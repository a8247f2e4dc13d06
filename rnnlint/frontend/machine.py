"""The state of one abstract run: heap, frames, budget, places, and the facts recorded so far."""

from __future__ import annotations

import itertools
from abc import ABC, abstractmethod
from collections.abc import Iterator
from collections.abc import Mapping as MappingOf
from collections.abc import Sequence as SequenceOf
from contextlib import contextmanager
from dataclasses import dataclass, field, fields, replace
from functools import reduce
from typing import TYPE_CHECKING, Any

import libcst as cst

from rnnlint.finding import Confidence, Span
from rnnlint.frontend.heap import Delta, Heap
from rnnlint.frontend.parse import Syntax
from rnnlint.frontend.recorder import Happening, Recorder
from rnnlint.frontend.values import (
    ArrayRef,
    Class,
    Const,
    External,
    Function,
    LayerValue,
    ModuleValue,
    Opaque,
    Parameters,
    Place,
    Scope,
    Sequence,
    Symbol,
    Union,
    Value,
)
from rnnlint.program.data import UNKNOWN_QUANTITY, Array, Misuse, Rows
from rnnlint.program.events import Branch, Turn
from rnnlint.program.size import Linear, Size, term
from rnnlint.program.value import Known, OneOf, Setting, Site, Unknown

if TYPE_CHECKING:
    from rnnlint.frontend.modules import Library
    from rnnlint.program.network import Layer

MAX_DEPTH = 24
MAX_STEPS = 40_000
MAX_OPTIONS = 4
NAMING_LIBRARIES = frozenset({"keras", "tensorflow", "torch", "numpy", "jax", "tf_keras"})  # whose names are settings
_OWN_FACTS = frozenset({"op", "site", "number", "inputs", "settings", "cut", "mixed"})  # that a derived array has not
ARRAY_FACTS = tuple(f.name for f in fields(Array) if f.name not in _OWN_FACTS)


class BudgetError(Exception):
    """The program is too large to be run to its end; what was recorded so far stands."""


@dataclass(slots=True)
class Frame:
    """A running module or function."""

    module: ModuleValue
    function: Function | None = None
    owner: Class | None = None
    returned: list[Value] = field(default_factory=list)
    yielded: list[Value] = field(default_factory=list)
    left: list[Delta] = field(default_factory=list)  # states of the branches that returned early
    open_loops: int = 0  # loops around whose number of iterations is not known


class Machine(ABC):
    """Everything that evaluation shares. The interpreter adds how code is run."""

    def __init__(self, entry: Syntax, library: Library) -> None:
        self.entry = entry
        self.library = library
        self.heap = Heap()
        self.record = Recorder()
        self.frames: list[Frame] = []
        self.steps = 0
        self.limit = MAX_STEPS
        self.via: Span | None = None
        self.naming = ""
        self.no_gradient: list[Site] = []  # where gradients are turned off, the outermost first
        self.origin = 0  # numbers the code that nobody is seen to call and that is running now
        self.guards = 0  # how many checks of a version or of what a library has are open around
        self.versions_read = 0  # how often the program asked a library for its version or for what it has
        self.versions_held = False  # whether a variable may hold such an answer
        self.drawing = 0  # whether single items are taken from an iterable by hand
        self.doubts = 0  # how many choices between values are open where evaluation stands
        self.turns: list[Turn] = []  # the passes of loops that are running, the outermost first
        self.branches: list[Branch] = []  # the choices that are not settled and that evaluation stands under
        self.executed: set[int] = set()  # functions that were called, by identity
        self._numbers = itertools.count(1)
        self._assumed: dict[int, tuple[Opaque, Array]] = {}
        self._members: dict[tuple[int, str], Opaque] = {}

    @abstractmethod
    def evaluate(self, node: cst.CSTNode, scope: Scope) -> Value:
        """The value of an expression."""

    @abstractmethod
    def call(self, callee: Value, args: tuple[Value, ...], keywords: MappingOf[str, Value], node: cst.CSTNode) -> Value:
        """The value of a call."""

    @abstractmethod
    def run(self, body: SequenceOf[cst.CSTNode], scope: Scope) -> None:
        """Execute a function's or a class' body."""

    @abstractmethod
    def attribute(self, value: Value, name: str, node: cst.CSTNode) -> Value:
        """The value of `value.name`."""

    @property
    def frame(self) -> Frame:
        """The innermost frame."""
        return self.frames[-1]

    def step(self) -> None:
        """Count one statement against the budget."""
        self.steps += 1
        if self.steps > self.limit:
            self.happen("cut", self.frame.module.syntax.tree)
            raise BudgetError

    def site(self, node: cst.CSTNode) -> Site:
        """Where a node stands, and from where in the entry file it was reached."""
        syntax = self.frame.module.syntax
        return Site(syntax.span(node), None if syntax is self.entry else self.via)

    def place(self, node: cst.CSTNode) -> Place:
        """The node, to be asked for its site when one is needed."""
        syntax = self.frame.module.syntax
        return Place(syntax, node, None if syntax is self.entry else self.via)

    def text(self, node: cst.CSTNode, limit: int = 48) -> str:
        """The source of a node on one line."""
        code = " ".join(self.frame.module.syntax.source(node).split())
        return code if len(code) <= limit else code[: limit - 1] + "…"

    @contextmanager
    def named(self, name: str) -> Iterator[None]:
        """Arrays made inside bear this name of the user's."""
        before, self.naming = self.naming, name
        try:
            yield
        finally:
            self.naming = before

    @contextmanager
    def doubting(self) -> Iterator[None]:
        """What runs inside is done to one of several values, which may not be the real one."""
        self.doubts += 1
        try:
            yield
        finally:
            self.doubts -= 1

    @contextmanager
    def looping(self, node: cst.CSTNode) -> Iterator[None]:
        """What runs inside is repeated."""
        self.turns.append(Turn(id(node), began := self.unique(), 0, began))
        try:
            yield
        finally:
            self.turns.pop()

    def next_turn(self) -> None:
        """The innermost loop begins another pass."""
        self.turns[-1] = replace(self.turns[-1], number=self.turns[-1].number + 1, began=self.unique())

    @contextmanager
    def branching(self, branch: Branch) -> Iterator[None]:
        """What runs inside is one arm of a choice."""
        self.branches.append(branch)
        try:
            yield
        finally:
            self.branches.pop()

    @contextmanager
    def apart(self) -> Iterator[None]:
        """What runs inside is not reached from the program that was run so far, nor from its loops."""
        before = self.origin, self.turns, self.branches
        self.origin, self.turns, self.branches = self.unique(), [], []
        try:
            yield
        finally:
            self.origin, self.turns, self.branches = before

    @property
    def offering(self) -> bool:
        """Whether code that nobody is seen to call is running."""
        return self.origin > 0

    def happen(
        self, how: str, node: cst.CSTNode, *values: Value, array: Array | None = None, **settings: Setting
    ) -> None:
        """Record an event; `values` are the objects it is done to."""
        self.record.happenings.append(
            Happening(
                how,
                self.place(node),
                self.unique(),
                values,
                tuple(self.turns),
                tuple(self.branches),
                self.origin,
                bool(self.no_gradient),
                self.doubts > 0,
                array,
                settings,
            )
        )

    def member(self, holder: Opaque, name: str) -> Opaque:
        """An attribute of something that is not known: the same each time."""
        key = (id(holder), name)
        if key not in self._members:
            self._members[key] = Opaque(f"the attribute {name} is not known", holder)
        return self._members[key]

    def unique(self) -> int:
        """A number that nothing else has; they rise as the program runs."""
        return next(self._numbers)

    def fresh(self, kind: str) -> Linear:
        """A symbolic number of its own."""
        return term(kind, self.unique())

    def array(self, op: str, site: Site, *inputs: Array, **facts: Any) -> Array:
        """A new array without facts but the given ones."""
        facts.setdefault("name", self.naming)
        number = self.unique()
        facts.setdefault("layout", number)
        if self.no_gradient:
            facts["cut"] = self.no_gradient[-1]
        array = Array(op=op, site=site, number=number, inputs=inputs, **facts)
        self.record.arrays.append(array)
        return array

    def source(self, op: str, site: Site, **facts: Any) -> Array:
        """A new array whose rows are its own."""
        rows = Rows(self.unique())
        return self.array(op, site, **{"rows": rows, **facts})

    def drawn(self) -> dict[str, Setting]:
        """What is known of numbers drawn at random here: `again` where a loop draws them each time anew."""
        return {"drawn": Known(True), "again": Known(bool(self.turns))}

    def assumed(self, value: Opaque, site: Site, name: str = "") -> Array:
        """A value that is not known, taken for a table because it is used as one; the same each time."""
        if id(value) not in self._assumed:
            self._assumed[id(value)] = (value, self.source("parameter", site, name=name))
        return self._assumed[id(value)][1]

    def derive(self, base: Array, op: str, site: Site, *others: Array, **facts: Any) -> Array:
        """An array made from `base` that keeps its facts except the given ones. With another shape it has axes of
        its own, whose roles are not known unless they are given too."""
        kept = {name: getattr(base, name) for name in ARRAY_FACTS}
        if "axes" in facts or ("shape" in facts and (facts["shape"] is None or facts["shape"] != base.shape)):
            kept.pop("layout")
            kept["axes"] = ()
        kept["name"] = self.naming or base.name
        return self.array(op, site, base, *others, **{**kept, **facts})

    def misused(self, value: Sequence, site: Site, consumer: Layer | None = None) -> ArrayRef | None:
        """The output in a recurrent layer's tuple that is used as if it were a tensor, which is recorded."""
        output: Array = value.slots["recurrent"]
        if not self.doubts:
            self.record.misuses.append(Misuse(site, output, consumer))
        first = value.items[0] if value.items else None
        return first if isinstance(first, ArrayRef) else None

    def length(self, array: Array) -> Size:
        """The size of the first axis: known, or the symbol of the array's rows."""
        if array.shape and array.shape[0] is not None:
            return array.shape[0]
        counted = array.rows is not None and array.by_rows
        return term("len", array.rows if counted else ("array", array.layout))

    def dimension(self, array: Array, axis: int) -> Size | None:
        """The size of any axis; None where not even the number of axes is known."""
        if axis == 0:
            return self.length(array)
        if array.shape is None or not -len(array.shape) <= axis < len(array.shape):
            return term("axis", array.layout, axis)
        size = array.shape[axis]
        return size if size is not None else term("axis", array.layout, axis % len(array.shape))

    def setting(self, value: Value | None, missing: Setting | None = None) -> Setting:
        """A value as rules see it."""
        if value is None:
            return missing or Unknown("it is not given")
        if isinstance(value, Const):
            return Known(value.value, value.site.site() if value.site is not None else None, value.confidence)
        if isinstance(value, External):
            library, _, name = value.path.partition(".")
            if library in NAMING_LIBRARIES:
                return Known(name.rsplit(".", 1)[-1])
            return Unknown(f"what {value.path} holds is not known")
        if isinstance(value, LayerValue):
            return Known(value.layer.kind, value.layer.site)
        if isinstance(value, Union):
            return OneOf(tuple(_option(self.setting(option)) for option in value.options))
        if isinstance(value, Opaque):
            return Unknown(value.reason)
        return Unknown("its value is not a constant")

    def join(self, one: Value, two: Value) -> Value:
        """A value that is either."""
        if one is two or one == two:
            return one
        if isinstance(one, ArrayRef) and isinstance(two, ArrayRef):
            return ArrayRef(self.join_arrays(one.array, two.array))
        if isinstance(one, Sequence) and isinstance(two, Sequence):
            return self._join_sequences(one, two)
        if isinstance(one, Parameters) and isinstance(two, Parameters):
            return Parameters(tuple(dict.fromkeys((*one.owners, *two.owners))))
        options: list[Value] = []
        for value in (one, two):
            for option in value.options if isinstance(value, Union) else (value,):
                if option not in options:
                    options.append(option)
        if len(options) > MAX_OPTIONS:
            return Opaque("too many branches set it")
        return Union(tuple(options))

    def _join_sequences(self, one: Sequence, two: Sequence) -> Value:
        mine, theirs = one.items, two.items
        if mine is not None and theirs is not None and len(mine) == len(theirs):
            items = tuple(self.join(a, b) for a, b in zip(mine, theirs, strict=True))
            result = Sequence(one.kind, items)
        else:
            members = [v for s in (one, two) for v in (*(s.items or ()), s.element) if v is not None]
            element = reduce(self.join, members) if members else None
            result = Sequence(one.kind, None, element)
        for name in ("padding", "filler"):
            if name in one.slots and name in two.slots:
                result.slots[name] = one.slots[name]
        return result

    def join_arrays(self, one: Array, two: Array) -> Array:
        """An array that is either: only the facts that both share are kept, and the statistics of each."""
        if one is two:
            return one
        facts = {name: getattr(one, name) for name in ARRAY_FACTS if getattr(one, name) == getattr(two, name)}
        if one.quantity.kind is two.quantity.kind:
            facts.setdefault("quantity", one.quantity)
        facts.setdefault("quantity", UNKNOWN_QUANTITY)
        facts["scaled_by"] = one.scaled_by | two.scaled_by
        facts["name"] = one.name or two.name
        return self.array("join", one.site, one, two, **facts)

    def join_slots(self, one: Any, two: Any) -> Any:
        """The join of two slots' contents."""
        if one is two:
            return one
        if isinstance(one, Value) and isinstance(two, Value):
            return self.join(one, two)
        if isinstance(one, Array) and isinstance(two, Array):
            return self.join_arrays(one, two)
        if isinstance(one, tuple) and isinstance(two, tuple):
            if len(one) == len(two):
                return tuple(self.join_slots(a, b) for a, b in zip(one, two, strict=True))
            return max(one, two, key=len)
        if isinstance(one, tuple) or isinstance(two, tuple):
            return None  # the items of a sequence that are not known on one side
        return two if two is not None else one


def number(size: Size) -> Value:
    """A size as a value."""
    return Symbol(size) if isinstance(size, Linear) else Const(size)


def size_of(value: Value | None) -> Size | None:
    """A value as a size, where it is a number. A default that callers out of sight may override is a symbol."""
    if isinstance(value, Symbol):
        return value.size
    if isinstance(value, Const) and isinstance(value.value, int | float) and not isinstance(value.value, bool):
        return term("default", value.value) if value.confidence is Confidence.LOW else value.value
    return None


def _option(setting: Setting) -> Known | Unknown:
    return setting if isinstance(setting, Known | Unknown) else Unknown("one of several")
