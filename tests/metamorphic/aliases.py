"""Imports the same things under other names, or all at once with a star."""

# ruff: noqa: N802 (libcst names its hooks after the nodes)

from __future__ import annotations

import ast
from collections.abc import Sequence

import libcst as cst

from tests.metamorphic.names import (
    ReplaceNames,
    Statement,
    bound_by_imports,
    bound_names,
    is_import,
    parse,
    statement,
)

STAR_MODULES = frozenset(
    {"keras.layers", "tensorflow.keras.layers", "torch.nn"},
)
NOT_EXPORTED = frozenset({"functional", "init", "utils", "modules", "parameter", "attention"})


def alias_imports(module: cst.Module) -> cst.Module | None:
    """Every imported name gets an alias that means nothing."""
    tree = parse(module)
    bound = set(bound_names(tree))
    renaming = _Alias(bound)
    aliased = module.visit(renaming)
    return aliased.visit(ReplaceNames(renaming.names)) if renaming.names else None


class _Alias(cst.CSTTransformer):
    """Gives imports an alias and collects what was called how before."""

    def __init__(self, bound: set[str]) -> None:
        super().__init__()
        self.bound = bound
        self.names: dict[str, str] = {}

    def leave_ImportAlias(self, original_node: cst.ImportAlias, updated_node: cst.ImportAlias) -> cst.ImportAlias:
        old = original_node.evaluated_alias or original_node.evaluated_name
        if "." in old or old in self.bound:
            return updated_node
        new = self.names.setdefault(old, f"q{len(self.names)}_")
        return updated_node.with_changes(
            asname=cst.AsName(
                name=cst.Name(new),
                whitespace_before_as=cst.SimpleWhitespace(" "),
                whitespace_after_as=cst.SimpleWhitespace(" "),
            )
        )

    def visit_ImportFrom(self, node: cst.ImportFrom) -> bool:
        return not (isinstance(node.module, cst.Name) and node.module.value == "__future__")


def star_imports(module: cst.Module) -> cst.Module | None:
    """`from keras.layers import LSTM` and `layers.LSTM` become a star import and `LSTM`."""
    tree = parse(module)
    homes = _homes(tree)
    taken = set(bound_names(tree)) | (bound_by_imports(tree) - _explicit(tree))
    unfolding = _Unfold(homes, taken)
    unfolded = module.visit(unfolding)
    body: list[Statement] = []
    changed = False
    for node in unfolded.body:
        stars = _stars(node, unfolding.unfolded)
        changed = changed or stars is not None
        body.extend([node] if stars is None else stars)
    return unfolded.with_changes(body=body) if changed else None


def _homes(tree: ast.Module) -> dict[str, str]:
    """Names at module level that stand for a module which may be star-imported."""
    homes: dict[str, str] = {}
    for node in tree.body:
        if isinstance(node, ast.ImportFrom):
            dotted = {alias.asname or alias.name: f"{node.module}.{alias.name}" for alias in node.names}
        elif isinstance(node, ast.Import):
            dotted = {alias.asname: alias.name for alias in node.names if alias.asname}
        else:
            continue
        homes.update({name: path for name, path in dotted.items() if path in STAR_MODULES})
    return homes


def _explicit(tree: ast.Module) -> set[str]:
    """Names imported one by one from a module which may be star-imported."""
    return {
        alias.name
        for node in tree.body
        if isinstance(node, ast.ImportFrom) and node.module in STAR_MODULES
        for alias in node.names
    }


class _Unfold(cst.CSTTransformer):
    """`layers.LSTM` becomes `LSTM` where nothing else has that name."""

    def __init__(self, homes: dict[str, str], taken: set[str]) -> None:
        super().__init__()
        self.homes = homes
        self.taken = taken
        self.unfolded: set[str] = set()

    def leave_Attribute(self, original_node: cst.Attribute, updated_node: cst.Attribute) -> cst.BaseExpression:
        name = original_node.attr.value
        if not isinstance(original_node.value, cst.Name) or original_node.value.value not in self.homes:
            return updated_node
        if name in self.taken or name in NOT_EXPORTED or not name[0].isupper():
            return updated_node
        self.unfolded.add(self.homes[original_node.value.value])
        return cst.Name(name)


def _stars(node: Statement, unfolded: set[str]) -> Sequence[Statement] | None:
    """What an import statement becomes, or None if it stays as it is."""
    if not is_import(node):
        return None
    code = cst.Module([node]).code.strip()
    imported = ast.parse(code).body[0]
    assert isinstance(imported, ast.Import | ast.ImportFrom)
    if isinstance(imported, ast.ImportFrom) and imported.module in STAR_MODULES:
        if any(alias.asname for alias in imported.names):
            return None
        return [statement(f"from {imported.module} import *\n")]
    prefix = f"{imported.module}." if isinstance(imported, ast.ImportFrom) else ""
    modules = [f"{prefix}{alias.name}" for alias in imported.names]
    stars = [statement(f"from {name} import *\n") for name in modules if name in unfolded]
    return [node, *stars] if stars else None
