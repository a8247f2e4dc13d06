"""Arguments that a function is given and never reads, while it takes a like thing from its module."""

from __future__ import annotations

from collections.abc import Iterator
from functools import lru_cache

import libcst as cst

from rnnlint.frontend.dispatch import class_kind
from rnnlint.frontend.machine import Machine
from rnnlint.frontend.values import Function, Instance, LayerValue, Place, Scope, Thing
from rnnlint.program.training import Disregard

ROLES = {
    "module": "model",
    "keras_model": "model",
    "container": "model",
    "loader": "loader",
    "tf_dataset": "data set",
    "optimizer": "optimizer",
}
BINDING: dict[type[cst.CSTNode], tuple[str, ...]] = {
    **dict.fromkeys((cst.AssignTarget, cst.AnnAssign, cst.AugAssign, cst.For, cst.CompFor, cst.NamedExpr), ("target",)),
    **dict.fromkeys((cst.Param, cst.AsName, cst.FunctionDef, cst.ClassDef), ("name",)),
}
KEPT = 64
INDIRECT = frozenset({"locals", "vars", "eval", "exec"})  # through which any name may be read


def _names(node: cst.CSTNode) -> Iterator[tuple[cst.Name, bool]]:
    """Each name in a piece of code in its order, and whether it is bound there rather than read."""
    if isinstance(node, cst.Name):
        yield node, False
    elif isinstance(node, cst.Attribute | cst.Arg):
        yield from _names(node.value)
    elif isinstance(node, cst.Import | cst.ImportFrom | cst.Global | cst.Nonlocal):
        yield from ((name, True) for child in node.children for name, _ in _names(child))
    else:
        bound = [getattr(node, field, None) for field in BINDING.get(type(node), ())]
        for child in node.children:
            if isinstance(child, cst.Name | cst.Tuple | cst.List) and any(child is target for target in bound):
                yield from ((name, True) for name, _ in _names(child))
            else:
                yield from _names(child)


@lru_cache(maxsize=KEPT)
def _names_of(body: cst.BaseSuite) -> tuple[tuple[str, cst.Name, bool], ...]:
    return tuple((name.value, name, bound) for name, bound in _names(body))


def note_disregard(m: Machine, function: Function, scope: Scope) -> None:
    """Record the models, loaders and optimizers that a call hands to a function which reads others instead."""
    node = function.node
    module = function.scope.module
    if isinstance(node, cst.Lambda) or function.owner is not None or node.decorators or module is None:
        return
    given = {
        parameter.name.value: role
        for parameter in (*node.params.params, *node.params.kwonly_params)
        if (role := role_of(scope.slots.get(parameter.name.value)))
    }
    if not given:
        return
    names = _names_of(node.body)
    read = {name for name, _, bound in names if not bound}
    local = {name for name, _, bound in names if bound} | scope.slots.keys()
    if read & INDIRECT:
        return
    for parameter, role in given.items():
        free = (at for name, at, bound in names if not bound and name not in local)
        used = next((at for at in free if role_of(module.scope.slots.get(at.value)) == role), None)
        if parameter not in read and used is not None:
            differs = module.scope.slots[used.value] is not scope.slots[parameter]
            site = Place(module.syntax, used, None if module.syntax is m.entry else m.via).site()
            fact = Disregard(site, function.name, parameter, role, used.value, differs)
            m.record.disregards.append(fact)


def role_of(value: object) -> str:
    """What a value is in training: "model", "loader", "data set", "optimizer", or "" for none of them."""
    if isinstance(value, LayerValue):
        return "model"
    if isinstance(value, Instance):
        return ROLES.get(class_kind(value.cls), "")
    return ROLES.get(value.kind, "") if isinstance(value, Thing) else ""
