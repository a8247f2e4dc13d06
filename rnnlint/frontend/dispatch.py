"""Where dialects register what they know of library functions, methods and attributes."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from rnnlint.frontend.names import canonical
from rnnlint.frontend.values import (
    ArrayRef,
    Class,
    Instance,
    LayerValue,
    LossValue,
    Opaque,
    Parameters,
    Place,
    Scaler,
    Sequence,
    Thing,
    Value,
)
from rnnlint.program.value import Setting, Site

if TYPE_CHECKING:
    import libcst as cst

    from rnnlint.frontend.machine import Machine
    from rnnlint.program.data import Array


@dataclass(slots=True)
class Call:
    """A call of a library function, or of a method on a value that a dialect knows."""

    machine: Machine
    node: cst.CSTNode
    args: tuple[Value, ...]
    keywords: Mapping[str, Value]
    receiver: Value = field(default_factory=Opaque)
    path: str = ""
    known_site: Site | None = None

    @property
    def site(self) -> Site:
        """Where the call stands."""
        if self.known_site is None:
            self.known_site = self.machine.site(self.node)
        return self.known_site

    @property
    def place(self) -> Place:
        """The call, to be asked for its site later."""
        return self.machine.place(self.node)

    @property
    def own(self) -> Array:
        """The array whose method or attribute this is."""
        assert isinstance(self.receiver, ArrayRef)
        return self.receiver.array

    def get(self, index: int | None, name: str) -> Value | None:
        """The argument at a position or of a name."""
        if name in self.keywords:
            return self.keywords[name]
        return self.args[index] if index is not None and index < len(self.args) else None

    def array(self, index: int | None, name: str) -> ArrayRef | None:
        """The argument where it is an array."""
        value = self.get(index, name)
        if isinstance(value, Sequence) and "recurrent" in value.slots and self.path.startswith("torch."):
            return self.machine.misused(value, self.site)
        return value if isinstance(value, ArrayRef) else None

    def setting(self, index: int | None, name: str, default: Setting | None = None) -> Setting:
        """The argument as rules see it."""
        return self.machine.setting(self.get(index, name), default)

    def text(self, index: int, name: str = "") -> str:
        """The source of an argument."""
        position = 0
        for argument in getattr(self.node, "args", ()):
            if argument.keyword is None:
                if position == index:
                    return self.machine.text(argument.value)
                position += 1
            elif name and argument.keyword.value == name:
                return self.machine.text(argument.value)
        return ""


Handler = Callable[[Call], Value]
FUNCTIONS: dict[str, Handler] = {}
METHODS: dict[tuple[str, str], Handler] = {}
ATTRIBUTES: dict[tuple[str, str], Handler] = {}
ASSIGNMENTS: dict[tuple[str, str], Handler] = {}
INSTANCE_KINDS: dict[str, str] = {}


def function(*paths: str) -> Callable[[Handler], Handler]:
    """Register a handler for library functions or classes by their canonical paths."""

    def register(handler: Handler) -> Handler:
        for path in paths:
            FUNCTIONS[path] = handler
        return handler

    return register


def method(kind: str, *names: str) -> Callable[[Handler], Handler]:
    """Register a handler for methods of a kind of value."""

    def register(handler: Handler) -> Handler:
        for name in names:
            METHODS[kind, name] = handler
        return handler

    return register


def attribute(kind: str, *names: str) -> Callable[[Handler], Handler]:
    """Register a handler for attributes of a kind of value."""

    def register(handler: Handler) -> Handler:
        for name in names:
            ATTRIBUTES[kind, name] = handler
        return handler

    return register


def assignment(kind: str, *names: str) -> Callable[[Handler], Handler]:
    """Register a handler for attributes of a kind of value that a program sets."""

    def register(handler: Handler) -> Handler:
        for name in names:
            ASSIGNMENTS[kind, name] = handler
        return handler

    return register


def family(path: str) -> Handler | None:
    """The handler of a whole library module, registered as `module.*`."""
    while "." in path:
        path = path.rsplit(".", 1)[0]
        if f"{path}.*" in FUNCTIONS:
            return FUNCTIONS[f"{path}.*"]
    return None


def instance_kind(kind: str, *paths: str) -> None:
    """Instances of user classes that derive from these library classes are of this kind."""
    for path in paths:
        INSTANCE_KINDS[path] = kind


def kind_of(value: Value) -> str:
    """The kind under which methods of a value are registered, or "" for none."""
    if isinstance(value, ArrayRef):
        return "array"
    if isinstance(value, Scaler):
        return "scaler"
    if isinstance(value, Thing):
        return value.kind
    if isinstance(value, LayerValue):
        return f"layer:{value.layer.framework}"
    if isinstance(value, LossValue):
        return f"loss:{value.loss.framework}"
    if isinstance(value, Parameters):
        return "parameters"
    if isinstance(value, Opaque):
        return "unknown"
    if isinstance(value, Instance):
        return class_kind(value.cls)
    return ""


def class_kind(cls: Class) -> str:
    """The kind of a user class' instances, by the library classes it derives from."""
    for path in cls.external_bases():
        kind = INSTANCE_KINDS.get(canonical(path))
        if kind:
            return kind
    return ""
