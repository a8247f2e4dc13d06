"""What an expression can evaluate to while a program is run abstractly."""

from __future__ import annotations

import itertools
from collections.abc import Callable, Hashable
from collections.abc import Mapping as MappingOf
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from rnnlint.finding import Confidence, Span
from rnnlint.program.size import Linear, Size, add
from rnnlint.program.value import Site

if TYPE_CHECKING:
    import libcst as cst

    from rnnlint.frontend.parse import Syntax
    from rnnlint.program.data import Array, ScalerFit
    from rnnlint.program.network import Layer
    from rnnlint.program.training import Loss


class Value:
    """Anything an expression evaluates to."""

    __slots__ = ()


@dataclass(frozen=True, slots=True)
class Const(Value):
    """A settled Python constant."""

    value: Any
    site: Place | None = field(default=None, compare=False)
    confidence: Confidence = field(default=Confidence.HIGH, compare=False)

    def where(self, otherwise: Site) -> Site:
        """Where the constant is stated."""
        return self.site.site() if self.site is not None else otherwise


@dataclass(frozen=True, slots=True)
class Place:
    """A node that may be asked for its site later: most never are."""

    syntax: Syntax
    node: cst.CSTNode
    via: Span | None

    def site(self) -> Site:
        """Where the node stands."""
        return Site(self.syntax.span(self.node), self.via)


@dataclass(frozen=True, slots=True)
class LazyImport(Value):
    """A name of another module of the project, or the module itself where `name` is empty, until it is used."""

    path: str
    level: int
    name: str
    node: cst.CSTNode


@dataclass(frozen=True, slots=True)
class Symbol(Value):
    """A number known only by a symbolic size."""

    size: Linear


@dataclass(frozen=True, slots=True)
class Opaque(Value):
    """A value that the program does not show.

    `holder` is the object that it is an attribute of. `period` is the k of `i % k`, and of a condition on that.
    """

    reason: str = "its value is not known"
    holder: Value | None = field(default=None, compare=False, repr=False)
    period: Value | None = field(default=None, compare=False, repr=False)


@dataclass(frozen=True, slots=True)
class ParameterTensor(Opaque):
    """A tensor that is trained, of which nothing else is known."""

    site: Site | None = None


@dataclass(frozen=True, slots=True)
class Union(Value):
    """One of several values, by branches that are not settled."""

    options: tuple[Value, ...]


@dataclass(frozen=True, slots=True)
class External(Value):
    """A name of an installed library, by its full dotted path."""

    path: str


@dataclass(frozen=True, slots=True)
class Slice(Value):
    """`low:high:step` as a value."""

    low: Value | None
    high: Value | None
    step: Value | None


@dataclass(frozen=True, slots=True)
class BoundMethod(Value):
    """A method looked up on a value that the dialects know, or a user's function bound to its instance."""

    receiver: Value
    name: str
    function: Function | None = None


@dataclass(frozen=True, slots=True)
class Native(Value):
    """A function of the frontend itself, such as a functools.partial."""

    run: Callable[[Any], Value]


@dataclass(frozen=True, slots=True)
class SuperProxy(Value):
    """`super()` inside a method."""

    instance: Instance
    owner: Class


@dataclass(frozen=True, slots=True)
class LayerValue(Value):
    """A layer ready to be applied."""

    layer: Layer
    function: Value | None = None  # what a Lambda layer applies


@dataclass(frozen=True, slots=True)
class LossValue(Value):
    """A loss ready to be called."""

    loss: Loss


@dataclass(frozen=True, slots=True)
class Parameters(Value):
    """The parameters of networks, as given to an optimizer or to a clipping function."""

    owners: tuple[Value, ...]


births = itertools.count(1)


class Cell(Value):
    """A value with state. Slots are written through the machine, so that branches can be undone and joined.

    `born` orders cells by age: a branch never undoes what happens to cells younger than itself.
    """

    __slots__ = ("born", "slots")

    def __init__(self, **slots: Any) -> None:
        self.slots: dict[Hashable, Any] = {}
        self.slots.update(slots)
        self.born = next(births)


class Scope(Cell):
    """Names of a module, class body, function call or comprehension."""

    __slots__ = ("module", "nonlocals", "parent", "stars")

    def __init__(self, module: ModuleValue | None, parent: Scope | None = None) -> None:
        super().__init__()
        self.module = module
        self.parent = parent
        self.nonlocals: dict[str, Scope] = {}
        self.stars: list[LazyImport] = []


class ModuleValue(Cell):
    """A module of the user's project; its names are those of `scope`."""

    __slots__ = ("name", "scope", "syntax")

    def __init__(self, name: str, syntax: Syntax) -> None:
        super().__init__()
        self.name = name
        self.syntax = syntax
        self.scope = Scope(self)


class Function(Cell):
    """A user's function, with the scope it closes over. Slots hold its attributes.

    It is `wrapped` if a decorator that is not known may give it arguments.
    """

    __slots__ = ("defaults", "kind", "name", "node", "owner", "scope", "wrapped")

    def __init__(self, name: str, node: cst.FunctionDef | cst.Lambda, scope: Scope) -> None:
        super().__init__()
        self.name = name
        self.node = node
        self.scope = scope
        self.defaults: dict[str, Value] = {}
        self.kind = "function"  # or staticmethod, classmethod, property
        self.owner: Class | None = None
        self.wrapped = False


class Class(Cell):
    """A user's class; slots hold its attributes."""

    __slots__ = ("bases", "fields", "module", "name", "node")

    def __init__(self, name: str, node: cst.ClassDef, module: ModuleValue, bases: tuple[Value, ...]) -> None:
        super().__init__()
        self.name = name
        self.node = node
        self.module = module
        self.bases = bases
        self.fields: dict[str, Value | None] | None = None  # a dataclass' fields with their defaults

    def linearised(self) -> list[Class]:
        """The class and the user's base classes, nearest first."""
        order: list[Class] = [self]
        for base in self.bases:
            if isinstance(base, Class):
                order.extend(found for found in base.linearised() if found not in order)
        return order

    def external_bases(self) -> tuple[str, ...]:
        """Paths of the library classes it derives from."""
        return tuple(base.path for owner in self.linearised() for base in owner.bases if isinstance(base, External))

    def lookup(self, name: str, after: Class | None = None) -> Value | None:
        """The attribute by method resolution order, from the class behind `after` on."""
        order = self.linearised()
        if after in order:
            order = order[order.index(after) + 1 :]
        return next((owner.slots[name] for owner in order if name in owner.slots), None)


class Instance(Cell):
    """An object of a user's class; slots hold its attributes."""

    __slots__ = ("cls", "given", "initialised", "site")

    def __init__(self, cls: Class, site: Site, given: tuple[Value, ...] = ()) -> None:
        super().__init__()
        self.cls = cls
        self.site = site
        self.given = given  # what it was made with
        self.initialised = False  # whether the library class it derives from was, or may have been, initialised


class Sequence(Cell):
    """A list, tuple or set. `items` is None when their number is not known; `element` then stands for all."""

    __slots__ = ("kind",)

    def __init__(
        self, kind: str, items: tuple[Value, ...] | None, element: Value | None = None, grown: bool = False
    ) -> None:
        super().__init__(items=items, element=element, grown=grown)
        self.kind = kind

    @property
    def items(self) -> tuple[Value, ...] | None:
        """The items in order, where all are known."""
        items: tuple[Value, ...] | None = self.slots["items"]
        return items

    @property
    def element(self) -> Value | None:
        """A value that stands for every item, where items are not known one by one."""
        element: Value | None = self.slots["element"]
        return element

    @property
    def members(self) -> tuple[Value, ...]:
        """What is known of its items: each that is, and the value that stands for the others."""
        element = self.element
        return (*(self.items or ()), *(() if element is None else (element,)))


@dataclass(frozen=True, slots=True)
class Numbering:
    """Consecutive indices given to tokens: the first of them, and how many there are."""

    first: int
    count: Size

    @property
    def last(self) -> Size:
        """The largest index."""
        return add(self.count, self.first - 1)


class Mapping(Cell):
    """A dictionary. Slots are its entries; `complete` is false when it may have others.

    `numbering` is set where the values are indices of a vocabulary.
    """

    __slots__ = ("complete", "numbering")

    def __init__(
        self, entries: MappingOf[Any, Value], complete: bool = True, numbering: Numbering | None = None
    ) -> None:
        super().__init__()
        self.slots.update(entries)
        self.complete = complete
        self.numbering = numbering


class ArrayRef(Cell):
    """A variable's array; the array itself is replaced when it is changed in place."""

    __slots__ = ()

    def __init__(self, array: Array) -> None:
        super().__init__(array=array)

    @property
    def array(self) -> Array:
        """The array now."""
        array: Array = self.slots["array"]
        return array


class Scaler(Cell):
    """A scaler, imputer or other transformer that learns statistics; slot `held` has its last fit."""

    __slots__ = ("site", "type_name")

    def __init__(self, type_name: str, site: Site, **settings: Any) -> None:
        super().__init__(held=Const(None), name=type_name, **settings)
        self.type_name = type_name
        self.site = site

    @property
    def fits(self) -> tuple[ScalerFit, ...]:
        """The statistics that it may hold now."""
        return tuple(fit for option in options_of(self.slots["held"]) if (fit := settled(option)) is not None)

    @property
    def fit(self) -> ScalerFit | None:
        """The statistics it now holds, or some of those that it may hold."""
        return self.fits[-1] if self.fits else None


class Thing(Cell):
    """Any other library object with state, by its kind: "model", "optimizer", "loader", "dataset" ..."""

    __slots__ = ("kind", "site")

    def __init__(self, kind: str, site: Site, **slots: Any) -> None:
        super().__init__(**slots)
        self.kind = kind
        self.site = site


def settled(value: Value | None, default: Any = None) -> Any:
    """The constant, else `default`."""
    return value.value if isinstance(value, Const) else default


def options_of(value: Value) -> tuple[Value, ...]:
    """The values it may be."""
    return value.options if isinstance(value, Union) else (value,)
