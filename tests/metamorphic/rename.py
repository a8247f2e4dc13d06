"""Gives every variable, function, class, parameter and own attribute a name that means nothing."""

# ruff: noqa: N802 (libcst names its hooks after the nodes)

from __future__ import annotations

import ast
from collections.abc import Iterable, Mapping

import libcst as cst

from tests.metamorphic.names import BUILTINS, ReplaceNames, bound_by_imports, bound_names, parse

CALLED_BY_FRAMEWORKS = frozenset({"__init__", "forward", "call", "training_step", "__getitem__", "__call__"})
KNOWN_TO_FRAMEWORKS = frozenset({"self", "cls", "training", "mask", "initial_state", "_"})
ATTRIBUTES_OF_FRAMEWORKS = frozenset({"supports_masking", "built", "trainable", "stateful", "name", "hparams"})
READS_NAMES_AS_TEXT = frozenset({"locals", "globals", "vars", "exec", "eval", "getattr", "setattr"})


def rename_everything(module: cst.Module, keep: frozenset[str] = frozenset()) -> cst.Module | None:
    """The module with meaningless names, those in `keep` excepted; None if it reads names as text."""
    tree = parse(module)
    if any(isinstance(node, ast.Name) and node.id in READS_NAMES_AS_TEXT for node in ast.walk(tree)):
        return None
    fixed = keep | KNOWN_TO_FRAMEWORKS | BUILTINS | bound_by_imports(tree)
    fixed |= _class_members(tree) | _keywords_of_methods(tree) | _unpacked_parameters(tree)
    names = sorted(set(bound_names(tree)) - fixed)
    attributes = sorted(_own_attributes(tree) - keep)
    if not names and not attributes:
        return None
    return module.visit(
        _Rename(
            {name: f"v{number}_" for number, name in enumerate(names)},
            {name: f"a{number}_" for number, name in enumerate(attributes)},
            _parameters_of_calls(tree),
        )
    )


class _Rename(ReplaceNames):
    """Replaces names, the attributes of self, and keywords in calls of the module's own functions."""

    def __init__(
        self, names: Mapping[str, str], attributes: Mapping[str, str], parameters: Mapping[str, set[str]]
    ) -> None:
        super().__init__(names)
        self.attributes = attributes
        self.parameters = parameters

    def leave_Attribute(self, original_node: cst.Attribute, updated_node: cst.Attribute) -> cst.BaseExpression:
        name = original_node.attr.value
        on_self = isinstance(original_node.value, cst.Name) and original_node.value.value == "self"
        return updated_node.with_changes(
            attr=cst.Name(self.attributes.get(name, name)) if on_self else original_node.attr
        )

    def leave_Call(self, original_node: cst.Call, updated_node: cst.Call) -> cst.BaseExpression:
        if not isinstance(original_node.func, cst.Name):
            return updated_node
        mine = self.parameters.get(original_node.func.value, set())
        return updated_node.with_changes(args=[self._argument(arg, mine) for arg in updated_node.args])

    def _argument(self, arg: cst.Arg, parameters: set[str]) -> cst.Arg:
        if arg.keyword is None or arg.keyword.value not in parameters:
            return arg
        return arg.with_changes(keyword=cst.Name(self.names.get(arg.keyword.value, arg.keyword.value)))


def _classes(tree: ast.AST) -> Iterable[ast.ClassDef]:
    return (node for node in ast.walk(tree) if isinstance(node, ast.ClassDef))


def _parameters(function: ast.FunctionDef | ast.AsyncFunctionDef) -> set[str]:
    return {node.arg for node in ast.walk(function.args) if isinstance(node, ast.arg)}


def _class_members(tree: ast.AST) -> set[str]:
    """Names bound in class bodies, and parameters of methods that a framework may pass by name."""
    members: set[str] = set()
    for class_ in _classes(tree):
        for node in class_.body:
            if not isinstance(node, ast.FunctionDef):
                members |= set(bound_names(node))
                continue
            members.add(node.name)
            if class_.bases and node.name not in CALLED_BY_FRAMEWORKS:
                members |= _parameters(node)
    return members


def _keywords_of_methods(tree: ast.AST) -> set[str]:
    """Keywords in calls through an attribute that some method of the module takes: whose they are is open."""
    taken = {
        name
        for class_ in _classes(tree)
        for node in class_.body
        if isinstance(node, ast.FunctionDef)
        for name in _parameters(node)
    }
    passed = {
        keyword.arg
        for node in ast.walk(tree)
        if isinstance(node, ast.Call) and not isinstance(node.func, ast.Name)
        for keyword in node.keywords
        if keyword.arg
    }
    return taken & passed


def _parameters_of_calls(tree: ast.AST) -> dict[str, set[str]]:
    """The parameters of each function, and for each class those of any constructor, by its name."""
    found: dict[str, set[str]] = {}
    for node in ast.walk(tree):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            found.setdefault(node.name, set()).update(_parameters(node))
    for class_ in _classes(tree):
        found[class_.name] = found.get("__init__", set())
    return found


def _unpacked_parameters(tree: ast.AST) -> set[str]:
    """Parameters of functions that are called with `**`: their names stand in a dictionary."""
    parameters = _parameters_of_calls(tree)
    return {
        name
        for node in ast.walk(tree)
        if isinstance(node, ast.Call) and any(keyword.arg is None for keyword in node.keywords)
        if isinstance(node.func, ast.Name)
        for name in parameters.get(node.func.id, set())
    }


def _own_attributes(tree: ast.AST) -> set[str]:
    """Attributes that are set on self and never read on anything else."""
    on_self: set[str] = set()
    elsewhere: set[str] = set()
    stored: set[str] = set()
    for node in ast.walk(tree):
        if not isinstance(node, ast.Attribute):
            continue
        mine = isinstance(node.value, ast.Name) and node.value.id == "self"
        (on_self if mine else elsewhere).add(node.attr)
        if mine and isinstance(node.ctx, ast.Store):
            stored.add(node.attr)
    return (on_self & stored) - elsewhere - ATTRIBUTES_OF_FRAMEWORKS - _class_members(tree)
