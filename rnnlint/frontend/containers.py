"""Methods of lists, dictionaries and texts."""

from __future__ import annotations

from collections.abc import Callable

from rnnlint.frontend.dispatch import Call
from rnnlint.frontend.iteration import element_in, items_of
from rnnlint.frontend.sequences import generic
from rnnlint.frontend.sorting import note_sort
from rnnlint.frontend.values import (
    Const,
    Mapping,
    Opaque,
    Sequence,
    Symbol,
    Value,
    settled,
)
from rnnlint.frontend.vocabularies import complete_numbering, token

Handler = Callable[[Call], Value]
METHODS: dict[tuple[str, str], Handler] = {}


def _method(kind: str, *names: str) -> Callable[[Handler], Handler]:
    def register(handler: Handler) -> Handler:
        for name in names:
            METHODS[kind, name] = handler
        return handler

    return register


@_method("Sequence", "append", "add")
def _append(call: Call) -> Value:
    from rnnlint.frontend.statements import grow

    sequence = call.receiver
    assert isinstance(sequence, Sequence)
    if call.args:
        _grow_by(call, sequence, Sequence("list", (call.args[0],)), grow)
    return Const(None)


@_method("Sequence", "extend", "update")
def _extend(call: Call) -> Value:
    from rnnlint.frontend.statements import grow

    sequence = call.receiver
    assert isinstance(sequence, Sequence)
    items = items_of(call, call.get(0, "iterable"))
    addition = (
        Sequence("list", items) if items is not None else Sequence("list", None, element_in(call, call.get(0, "")))
    )
    _grow_by(call, sequence, addition, grow)
    return Const(None)


def _grow_by(call: Call, sequence: Sequence, addition: Sequence, grow: Callable[..., None]) -> None:
    from rnnlint.frontend.sequences import union

    if sequence.items is not None and addition.items is not None:
        grow(call.machine, sequence, Sequence("list", sequence.items + addition.items))
        return
    known = [*(sequence.items or ()), *(addition.items or ()), sequence.element, addition.element]
    element = union(call.machine, [value for value in known if value is not None])
    grow(call.machine, sequence, Sequence("list", None, element))


@_method("Sequence", "insert")
def _insert(call: Call) -> Value:
    sequence = call.receiver
    assert isinstance(sequence, Sequence)
    index, items = settled(call.get(0, "index")), sequence.items
    if items is not None and isinstance(index, int) and len(call.args) == 2:
        call.machine.heap.write(sequence, "items", (*items[:index], call.args[1], *items[index:]))
    elif items is None and len(call.args) == 2:
        element = call.machine.join(sequence.element or call.args[1], call.args[1])
        call.machine.heap.write(sequence, "element", element)
    return Const(None)


@_method("Sequence", "pop", "popleft")
def _pop(call: Call) -> Value:
    sequence = call.receiver
    assert isinstance(sequence, Sequence)
    items, index = sequence.items, settled(call.get(0, "index"), -1)
    if items and isinstance(index, int) and -len(items) <= index < len(items) and not call.machine.frame.open_loops:
        rest = list(items)
        taken = rest.pop(index)
        call.machine.heap.write(sequence, "items", tuple(rest))
        return taken
    return generic(call.machine, sequence) or Opaque("an item of an empty list")


@_method("Sequence", "copy")
def _copy(call: Call) -> Value:
    assert isinstance(call.receiver, Sequence)
    return Sequence(call.receiver.kind, call.receiver.items, call.receiver.element)


@_method("Sequence", "sort")
def _sort(call: Call) -> Value:
    note_sort(call, call.receiver)
    return Const(None)


@_method("Sequence", "reverse", "clear", "remove")
def _in_place(call: Call) -> Value:
    return Const(None)


@_method("Sequence", "index", "count")
def _position(call: Call) -> Value:
    return Symbol(call.machine.fresh("unknown"))


@_method("Mapping", "get", "setdefault", "pop")
def _get(call: Call) -> Value:
    mapping, key = call.receiver, settled(call.get(0, "key"))
    assert isinstance(mapping, Mapping)
    if isinstance(key, str | int) and key in mapping.slots:
        value: Value = mapping.slots[key]
        return value
    numbering = complete_numbering(mapping) if key is None else None
    if numbering is not None:
        return token(numbering, call.get(1, "default"))
    if not mapping.complete or key is None:
        return Opaque("an entry that is not known")
    return call.get(1, "default") or Const(None)


@_method("Mapping", "items")
def _entries(call: Call) -> Value:
    mapping = call.receiver
    assert isinstance(mapping, Mapping)
    pairs = tuple(Sequence("tuple", (Const(key), value)) for key, value in mapping.slots.items())
    if mapping.complete:
        return Sequence("list", pairs)
    return Sequence("list", None, Sequence("tuple", (Opaque("a key"), Opaque("a value"))))


@_method("Mapping", "values")
def _values(call: Call) -> Value:
    mapping = call.receiver
    assert isinstance(mapping, Mapping)
    if mapping.complete:
        return Sequence("list", tuple(mapping.slots.values()))
    return Sequence("list", None, Opaque("a value of a dictionary"))


@_method("Mapping", "keys")
def _keys(call: Call) -> Value:
    mapping = call.receiver
    assert isinstance(mapping, Mapping)
    if mapping.complete:
        return Sequence("list", tuple(Const(key) for key in mapping.slots))
    return Sequence("list", None, Opaque("a key"))


@_method("Mapping", "update")
def _update(call: Call) -> Value:
    mapping, other = call.receiver, call.get(0, "other")
    assert isinstance(mapping, Mapping)
    entries = dict(call.keywords)
    if isinstance(other, Mapping):
        entries.update({str(key): value for key, value in other.slots.items()})
    elif other is not None:
        mapping.complete = False
    for key, value in entries.items():
        call.machine.heap.write(mapping, key, value)
    return Const(None)


@_method("Mapping", "copy")
def _copy_mapping(call: Call) -> Value:
    assert isinstance(call.receiver, Mapping)
    return Mapping(dict(call.receiver.slots), call.receiver.complete)


_TEXT_METHODS = (
    "lower",
    "upper",
    "strip",
    "lstrip",
    "rstrip",
    "title",
    "capitalize",
    "replace",
    "removeprefix",
    "split",
)


@_method("Const", *_TEXT_METHODS, "startswith", "endswith", "format", "join")
def _text(call: Call) -> Value:
    text = settled(call.receiver)
    args = [settled(value) for value in call.args]
    if call.path == "join" and call.args:
        items = items_of(call, call.args[0])
        args = [[settled(item) for item in items]] if items is not None else [None]
    if (
        not isinstance(text, str)
        or None in args
        or call.keywords
        or any(isinstance(arg, list) and None in arg for arg in args)
    ):
        return Opaque("a text")
    try:
        result = getattr(text, call.path)(*args)
    except (TypeError, ValueError, LookupError):
        return Opaque("a text")
    if isinstance(result, list):
        return Sequence("list", tuple(Const(part) for part in result))
    return Const(result, call.place)


@_method("Const", "item")
def _item(call: Call) -> Value:
    return call.receiver
