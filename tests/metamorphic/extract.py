"""Moves functions and classes to a second file, from which the script imports them."""

from __future__ import annotations

import ast

import libcst as cst

from tests.metamorphic.names import (
    BUILTINS,
    after_imports,
    bound_by_imports,
    bound_in_scope,
    bound_names,
    is_docstring,
    is_import,
    names_read,
    parse,
    statement,
)

MODULE_NAME = "definitions_of_it"


def move_definitions(module: cst.Module) -> tuple[cst.Module, cst.Module] | None:
    """The script without the definitions that can stand elsewhere, and the module they stand in."""
    tree = parse(module)
    moved = _movable(tree)
    if not any(isinstance(tree.body[index], ast.FunctionDef | ast.ClassDef) for index in moved):
        return None
    body = list(module.body)
    imports = [node for node in body if is_import(node)]
    names = sorted(name for index in moved for name in bound_in_scope([tree.body[index]]))
    stay = [node for index, node in enumerate(body) if index not in moved]
    place = max(after_imports(stay), 1 if stay and is_docstring(stay[0]) else 0)
    importing = statement(f"from {MODULE_NAME} import {', '.join(names)}\n")
    main = module.with_changes(body=[*stay[:place], importing, *stay[place:]])
    definitions = cst.Module(body=[*imports, *(body[index] for index in sorted(moved))])
    return main, definitions


def _movable(tree: ast.Module) -> set[int]:
    """Definitions that need nothing of the script but imports, each other and plain constants."""
    constants = _constants(tree)
    moved = {index for index, node in enumerate(tree.body) if isinstance(node, ast.FunctionDef | ast.ClassDef)}
    available = BUILTINS | bound_by_imports(tree) | set(constants)
    while True:
        given = available | {name for index in moved for name in bound_in_scope([tree.body[index]])}
        stuck = {index for index in moved if _needs(tree.body[index]) - given}
        if not stuck:
            break
        moved -= stuck
    wanted: set[str] = set().union(*(_needs(tree.body[index]) for index in moved))
    while True:
        needed = {constants[name] for name in wanted & set(constants)}
        more = wanted.union(*(names_read(tree.body[index]) for index in needed))
        if more == wanted:
            return moved | needed
        wanted = more


def _needs(node: ast.stmt) -> set[str]:
    """Names that a definition looks up outside itself."""
    return names_read(node) - set(bound_names(node)) | _globals(node)


def _globals(node: ast.stmt) -> set[str]:
    return {name for child in ast.walk(node) if isinstance(child, ast.Global) for name in child.names}


def _constants(tree: ast.Module) -> dict[str, int]:
    """Names bound once at module level to an expression of imports and other constants."""
    bound = [name for node in tree.body for name in bound_in_scope([node])]
    known = BUILTINS | bound_by_imports(tree)
    constants: dict[str, int] = {}
    for index, node in enumerate(tree.body):
        if not isinstance(node, ast.Assign) or len(node.targets) != 1:
            continue
        target = node.targets[0]
        if not isinstance(target, ast.Name) or bound.count(target.id) != 1:
            continue
        if names_read(node.value) <= known | set(constants) and not _is_changed(tree, target.id):
            constants[target.id] = index
    return constants


def _is_changed(tree: ast.Module, name: str) -> bool:
    """Whether a function declares the name global."""
    return any(name in _globals(node) for node in tree.body)
