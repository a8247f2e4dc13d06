"""Notes where a program uses what a framework has given up: names, arguments, members and meanings."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from typing import TYPE_CHECKING

from rnnlint.frontend import upkeep
from rnnlint.frontend.catalog import removed_names as catalog
from rnnlint.frontend.catalog.versions import LEGACY, NAMESPACES
from rnnlint.frontend.dispatch import Call, kind_of
from rnnlint.frontend.values import ArrayRef, Const, Sequence, Thing, Value, settled
from rnnlint.program.data import Array
from rnnlint.program.interface import Removal, RemovedUse
from rnnlint.program.value import known
from rnnlint.repair import Verb
from rnnlint.source.requirements import brings

if TYPE_CHECKING:
    import libcst as cst

    from rnnlint.frontend.machine import Machine

FAILURES = frozenset(
    {"ImportError", "ModuleNotFoundError", "AttributeError", "TypeError", "ValueError", "KeyError", "IndexError",
     "Exception", "BaseException"}
)  # fmt: skip
VERSIONS = frozenset({"__version__", "version", "version_info", "VERSION"})


def namespace_of(path: str) -> str:
    """Where an object of Keras was imported from, or "" for other libraries."""
    for prefix, namespace in NAMESPACES.items():
        if path == prefix or path.startswith(f"{prefix}."):
            return namespace
    return ""


def _catalogued(path: str) -> tuple[str, str]:
    """A path as the catalogue writes it, and the namespace of Keras that it was written with."""
    for prefix, namespace in NAMESPACES.items():
        if namespace not in LEGACY and path.startswith(f"{prefix}."):
            return "keras" + path[len(prefix) :], namespace
    return ("", "") if namespace_of(path) in LEGACY else (path, "")


@contextmanager
def guarded(m: Machine, on: bool) -> Iterator[None]:
    """What runs inside is one of several ways to say something, for one version each."""
    m.guards += 1 if on else 0
    try:
        yield
    finally:
        m.guards -= 1 if on else 0


@contextmanager
def choosing(m: Machine, before: int, settled_choice: bool) -> Iterator[None]:
    """What runs inside was chosen by a test; `before` is what `versions_read` was when the test began."""
    with guarded(m, m.versions_read > before or (m.versions_held and not settled_choice)):
        yield


def note_import(m: Machine, path: str, node: cst.CSTNode) -> None:
    """A module or a name that is imported, alone or as part of a module that is gone."""
    parts = path.split(".")
    for length in range(2, len(parts) + 1):
        if note_name(m, ".".join(parts[:length]), node, path):
            return


def note_name(m: Machine, path: str, node: cst.CSTNode, whole: str = "") -> bool:
    """A name of a library, as it stands in an expression; whether it is gone."""
    if path.rpartition(".")[2] in VERSIONS and path.split(".", 1)[0] in catalog.LIBRARIES:
        m.versions_read += 1
    name, namespace = _catalogued(path)
    removal = catalog.NAMES.get(name)
    if removal is None or catalog.ONLY.get(name, namespace) != namespace:
        return False
    topic = catalog.BACKEND if name.startswith(f"{catalog.BACKEND}.") else name
    _note(m, removal, whole or path, topic, node, upkeep.of_name(m, removal, path, namespace, node))
    return True


def note_call(m: Machine, call: Call, path: str) -> None:
    """A call of a library function: its arguments, and the place from which a Keras object comes."""
    namespace = namespace_of(path)
    if namespace:
        m.record.namespaces[call.site] = namespace
    if namespace in LEGACY:
        return
    name = call.path
    _note_arguments(m, call, (name, *_families(name)), name.rpartition(".")[2])
    _note_ending(m, call, name)


def note_method(m: Machine, call: Call) -> None:
    """A call of a method: its arguments."""
    kind = _kind(call.receiver)
    if kind:
        called = f"{kind}.{call.path}"
        _note_arguments(m, call, (called,), call.path)
        _note_ending(m, call, called)


def note_member(m: Machine, value: Value, name: str, node: cst.CSTNode) -> None:
    """An attribute or a method of a library object."""
    removal = catalog.MEMBERS.get((_kind(value), name))
    if removal is not None:
        _note(m, removal, m.text(node), f".{name}", node, upkeep.of_member(m, removal, node))


def note_assigned(m: Machine, value: Value, name: str, node: cst.CSTNode) -> None:
    """An attribute of a library object that is set."""
    removal = catalog.ASSIGNED.get((_kind(value), name))
    if removal is not None:
        _note(m, removal, f"{m.text(node)} = ...", f".{name} =", node, upkeep.of_member(m, removal, node))


def note_history(m: Machine, value: Thing, key: Value, node: cst.CSTNode) -> None:
    """An entry of what fit returns, by a key that a metric no longer has."""
    name, metrics = settled(key), value.slots.get("metrics", ())
    long = catalog.SHORTENED.get(name) if isinstance(name, str) else None
    if long is not None and long.removeprefix("val_") in metrics and str(name).removeprefix("val_") not in metrics:
        removal = replace(catalog.HISTORY_KEY, instead=f'"{long}"')
        _note(m, removal, f'history["{name}"]', "history", node, upkeep.of_key(m, long, node))


def note_item(m: Machine, value: ArrayRef, key: Value, node: cst.CSTNode) -> None:
    """An item of a loss that is one number, or of a sum of such losses."""
    if settled(key) == 0 and _is_loss(value.array):
        _note(m, catalog.ITEM_OF_LOSS, m.text(node), "item of a loss", node, upkeep.of_item(m, node))


def _is_loss(array: Array) -> bool:
    """Whether an array is surely one number without an axis that a loss is a part of."""
    parts, losses = [array], 0
    while parts:
        part = parts.pop()
        if part.op == "loss" and known(part.settings.get("reduced")):
            losses += 1
        elif part.inputs and (part.op == "cast" or _is_elementwise(part)):
            parts.extend(part.inputs)
        elif part.shape != ():
            return False
    return losses > 0


def _is_elementwise(array: Array) -> bool:
    """Whether it is calculated of its inputs and of plain numbers."""
    return array.op == "arithmetic" and known(array.settings.get("symbol")) in {*"+-*/"} and not array.mixed


def _kind(value: Value) -> str:
    if isinstance(value, Thing) and value.kind == "optimizer":
        return f"optimizer:{value.slots['optimizer'].framework}"
    if isinstance(value, Sequence):
        return f"iterator:{value.slots['iterator']}" if "iterator" in value.slots else ""
    return kind_of(value)


def _families(name: str) -> Iterator[str]:
    """The modules of a class, as families of callables."""
    while "." in name:
        name = name.rpartition(".")[0]
        yield f"{name}.*"


def _note_arguments(m: Machine, call: Call, names: Iterable[str], shown: str) -> None:
    called = tuple(names)
    for argument in call.keywords:
        removal = next((found for name in called if (found := catalog.ARGUMENTS.get((name, argument)))), None)
        if removal is not None and not (removal.ignored and _is_off(call.keywords[argument])):
            place = _argument(call.node, argument) or call.node
            verbs = upkeep.of_argument(m, removal, argument, call.node)
            _note(m, removal, f"{shown}({argument}=...)", f"{argument}=", place, verbs)


def _is_off(value: Value) -> bool:
    return isinstance(value, Const) and not value.value


def _argument(node: cst.CSTNode, name: str) -> cst.CSTNode | None:
    given = (one for one in getattr(node, "args", ()) if one.keyword is not None and one.keyword.value == name)
    return next(given, None)


def _note_ending(m: Machine, call: Call, called: str) -> None:
    if called not in catalog.ENDINGS:
        return
    index, argument, endings = catalog.ENDINGS[called]
    if settled(call.get(None, "save_weights_only")) is True:
        endings = (".weights.h5",)
    value = call.get(index, argument)
    if isinstance(value, Const) and isinstance(value.value, str) and not value.value.endswith(endings):
        removal = replace(catalog.ENDING, instead=f"a name that ends in {endings[0]}")
        _note(m, removal, f'{call.path.rpartition(".")[2]}("{value.value}")', called, call.node)


def _note(m: Machine, removal: Removal, text: str, topic: str, node: cst.CSTNode, verbs: tuple[Verb, ...] = ()) -> None:
    if not m.guards and not m.doubts:
        m.record.removed_uses.append(RemovedUse(removal, text, topic, m.site(node), verbs))


def uses_legacy_keras(m: Machine) -> bool:
    """Whether the program tells TensorFlow to bring the old Keras."""
    return str(m.record.environment.get("TF_USE_LEGACY_KERAS", "")).lower() in {"1", "true"}


def in_force(m: Machine) -> tuple[RemovedUse, ...]:
    """The uses that count: not those of Keras in a program that asks for the old one, or that brings a copy of it."""
    copied = bool(m.record.removed_uses) and brings(m.entry.document.path, "keras")
    legacy = copied or uses_legacy_keras(m) or not LEGACY.isdisjoint(m.record.namespaces.values())
    return tuple(use for use in m.record.removed_uses if not (legacy and use.removal.library == "keras"))
