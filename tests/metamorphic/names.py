"""Which names a module binds, and replacing names: the ground the rewrites stand on."""

# ruff: noqa: N802 (libcst names its hooks after the nodes)

from __future__ import annotations

import ast
import builtins
from collections.abc import Iterator, Mapping, Sequence

import libcst as cst

BUILTINS = frozenset(dir(builtins))

Statement = cst.SimpleStatementLine | cst.BaseCompoundStatement


def bound_by_imports(tree: ast.AST) -> set[str]:
    """The names that import statements bind, at any depth."""
    return {
        (alias.asname or alias.name).split(".")[0]
        for node in ast.walk(tree)
        if isinstance(node, ast.Import | ast.ImportFrom)
        for alias in node.names
    }


def bound_names(node: ast.AST) -> Iterator[str]:
    """The names that a statement binds anywhere inside it, imports aside."""
    for child in ast.walk(node):
        if isinstance(child, ast.Name) and isinstance(child.ctx, ast.Store | ast.Del):
            yield child.id
        elif isinstance(child, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
            yield child.name
        elif isinstance(child, ast.arg):
            yield child.arg
        elif isinstance(child, ast.ExceptHandler) and child.name:
            yield child.name


def bound_in_scope(statements: list[ast.stmt]) -> set[str]:
    """The names that statements bind in their own scope: nothing of functions, classes, comprehensions."""
    names: set[str] = set()
    waiting: list[ast.AST] = list(statements)
    while waiting:
        node = waiting.pop()
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
            names.add(node.name)
        elif isinstance(node, ast.Import | ast.ImportFrom):
            names |= bound_by_imports(node)
        elif isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store):
            names.add(node.id)
        elif not isinstance(node, ast.Lambda | ast.ListComp | ast.SetComp | ast.DictComp | ast.GeneratorExp):
            waiting.extend(ast.iter_child_nodes(node))
    return names


def names_read(node: ast.AST) -> set[str]:
    """The names that are looked up anywhere inside a node."""
    return {child.id for child in ast.walk(node) if isinstance(child, ast.Name) and isinstance(child.ctx, ast.Load)}


def parse(module: cst.Module) -> ast.Module:
    """The module as Python's own tree."""
    return ast.parse(module.code)


def statement(code: str) -> Statement:
    """One statement from its text."""
    parsed = cst.parse_statement(code)
    assert isinstance(parsed, Statement)
    return parsed


def is_docstring(node: cst.BaseStatement) -> bool:
    """Whether a statement is nothing but a string."""
    return (
        isinstance(node, cst.SimpleStatementLine)
        and isinstance(node.body[0], cst.Expr)
        and isinstance(node.body[0].value, cst.SimpleString)
    )


def is_import(node: cst.BaseStatement) -> bool:
    """Whether a statement imports."""
    return isinstance(node, cst.SimpleStatementLine) and isinstance(node.body[0], cst.Import | cst.ImportFrom)


def after_imports(body: Sequence[cst.BaseStatement]) -> int:
    """The place behind the last import at the top of a module."""
    return max((index + 1 for index, node in enumerate(body) if is_import(node)), default=0)


class ReplaceNames(cst.CSTTransformer):
    """Replaces names where they stand for a variable: not attributes, keywords and imported names."""

    def __init__(self, names: Mapping[str, str]) -> None:
        super().__init__()
        self.names = names

    def visit_Import(self, node: cst.Import) -> bool:
        return False

    def visit_ImportFrom(self, node: cst.ImportFrom) -> bool:
        return False

    def leave_Name(self, original_node: cst.Name, updated_node: cst.Name) -> cst.Name:
        return updated_node.with_changes(value=self.names.get(original_node.value, original_node.value))

    def leave_Attribute(self, original_node: cst.Attribute, updated_node: cst.Attribute) -> cst.BaseExpression:
        return updated_node.with_changes(attr=original_node.attr)

    def leave_Arg(self, original_node: cst.Arg, updated_node: cst.Arg) -> cst.Arg:
        return updated_node.with_changes(keyword=original_node.keyword)
