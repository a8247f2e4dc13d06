"""Plain lists and dictionaries of layers, which a container that registers them may take the place of."""

from __future__ import annotations

from collections.abc import Iterator

import libcst as cst

from rnnlint.frontend.values import (
    Class,
    Instance,
    LayerValue,
    Mapping,
    ParameterTensor,
    Sequence,
    Thing,
    Value,
    options_of,
)
from rnnlint.program.value import Site

METHODS = frozenset({"append", "extend", "insert", "items", "keys", "pop", "values"})  # that both have
RESERVED = frozenset(
    {"apply", "children", "clear", "cpu", "cuda", "double", "eval", "float", "forward", "half", "items", "keys",
     "modules", "parameters", "pop", "to", "train", "training", "type", "update", "values"}
)  # fmt: skip
DISPLAYS = (cst.List, cst.ListComp, cst.Dict, cst.DictComp)
LAYERS, PARAMETERS = (LayerValue, Instance, Thing), (ParameterTensor,)


def replaceable(cls: Class, attribute: str, value: Value) -> tuple[Site, ...]:
    """Where the list or dictionary is made or handed over that a module holds as `attribute`, one place or several.

    Nowhere unless all of its items are layers, or all parameters, and the module does nothing with it that a container
    of modules cannot.
    """
    found = [(owner, node) for owner in cls.linearised() for node in _assigned(owner.node, attribute)]
    if not _uniform(value) or (len(found) > 1 and not all(isinstance(node.value, DISPLAYS) for _, node in found)):
        return ()
    used = (node for other in cls.linearised() for node in _nodes(other.node) if isinstance(node, cst.Attribute))
    if any(_is_own(node.value, attribute) and node.attr.value not in METHODS for node in used):
        return ()
    if any(_too_early(owner.node, assignment) for owner, assignment in found):
        return ()
    return tuple(Site(owner.module.syntax.span(assignment.value)) for owner, assignment in found)


def _uniform(value: Value) -> bool:
    if isinstance(value, Mapping):
        named = all(isinstance(key, str) and "." not in key and key not in RESERVED for key in value.slots)
        return named and value.complete and _alike([*value.slots.values()])
    if isinstance(value, Sequence) and value.kind in {"list", "tuple"}:
        return _alike([*value.members])
    return False


def _alike(items: list[Value]) -> bool:
    made = [option for item in items for option in options_of(item)]
    return bool(made) and any(all(isinstance(one, kind) for one in made) for kind in (LAYERS, PARAMETERS))


def _assigned(node: cst.CSTNode, attribute: str) -> Iterator[cst.Assign]:
    for inner in _nodes(node):
        if isinstance(inner, cst.Assign) and any(_is_own(target.target, attribute) for target in inner.targets):
            yield inner


def _is_own(node: cst.CSTNode, attribute: str) -> bool:
    return (
        isinstance(node, cst.Attribute)
        and node.attr.value == attribute
        and isinstance(node.value, cst.Name)
        and node.value.value == "self"
    )


def _too_early(cls: cst.ClassDef, assignment: cst.Assign) -> bool:
    """Whether it stands in `__init__` before the library class is initialised."""
    methods = (line for line in cls.body.body if isinstance(line, cst.FunctionDef) and line.name.value == "__init__")
    for line in (line for method in methods for line in method.body.body):
        nodes = list(_nodes(line))
        if assignment in nodes:
            return True
        if any(isinstance(node, cst.Attribute) and node.attr.value == "__init__" for node in nodes):
            return False
    return False


def _nodes(node: cst.CSTNode) -> Iterator[cst.CSTNode]:
    yield node
    for child in node.children:
        yield from _nodes(child)
