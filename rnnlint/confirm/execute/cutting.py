"""The part of a program that its network needs: imports, constants, classes and functions."""

from __future__ import annotations

import ast
from collections.abc import Iterator

HARMLESS_CALLS = frozenset({"dict", "float", "int", "list", "range", "tuple"})
Definition = ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef


class CannotCutError(Exception):
    """The network cannot be cut out of its program; the message says why."""


def cut(text: str, line: int, column: int) -> tuple[str, str]:
    """The definitions of a program, and the expression at a place (1-based) that makes the network.

    Raises CannotCutError where the arguments of that expression are not constants of the program.
    """
    tree = ast.parse(text)
    kept = [statement for statement in tree.body if _stands_for_itself(statement)]
    call = next((node for node in ast.walk(tree) if _is_at(node, line, column)), None)
    if not isinstance(call, ast.Call):
        raise CannotCutError("the network is not made by one call")
    missing = _names_read(call) - _names_bound(kept)
    if missing:
        raise CannotCutError(f"the network's arguments depend on `{min(missing)}`, which the program computes")
    return "\n".join(ast.unparse(statement) for statement in kept), ast.unparse(call)


def _is_at(node: ast.AST, line: int, column: int) -> bool:
    return isinstance(node, ast.Call) and (node.lineno, node.col_offset + 1) == (line, column)


def _stands_for_itself(statement: ast.stmt) -> bool:
    """Whether it defines something and does nothing else."""
    if isinstance(statement, ast.Import | ast.ImportFrom | Definition):
        return True
    if isinstance(statement, ast.Try):
        parts = (*statement.body, *statement.orelse, *(s for handler in statement.handlers for s in handler.body))
        return all(isinstance(part, ast.Import | ast.ImportFrom | ast.Pass) for part in parts)
    if isinstance(statement, ast.Assign | ast.AnnAssign):
        return statement.value is not None and all(_harmless(node) for node in ast.walk(statement.value))
    return False


def _harmless(node: ast.AST) -> bool:
    if isinstance(node, ast.Call):
        return isinstance(node.func, ast.Name) and node.func.id in HARMLESS_CALLS
    return not isinstance(node, ast.Await | ast.Yield | ast.YieldFrom | ast.NamedExpr)


def _names_read(node: ast.AST) -> set[str]:
    return {name.id for name in ast.walk(node) if isinstance(name, ast.Name)}


def _names_bound(statements: list[ast.stmt]) -> set[str]:
    return {name for statement in statements for name in _bound(statement)} | set(HARMLESS_CALLS)


def _bound(statement: ast.stmt) -> Iterator[str]:
    if isinstance(statement, ast.Import | ast.ImportFrom):
        yield from (alias.asname or alias.name.split(".")[0] for alias in statement.names)
    elif isinstance(statement, Definition):
        yield statement.name
    elif isinstance(statement, ast.Try):
        yield from (name for part in statement.body for name in _bound(part))
    else:
        yield from (node.id for node in ast.walk(statement) if isinstance(node, ast.Name))
