"""Moves what a script does at module level into a function."""

from __future__ import annotations

import ast
import re

import libcst as cst

from tests.metamorphic.names import after_imports, bound_in_scope, names_read, parse, statement

TRAINS = re.compile(r"\bepochs=|\.backward\(|\.apply_gradients\(|\.fit\(")


def wrap_in_main(module: cst.Module) -> cst.Module | None:
    """Everything behind the last definition goes into `def main_part()`, which is called at the end."""
    first = _behind_definitions(module)
    tail = module.body[first:]
    if not tail or _is_guard(tail[0]):
        return None
    tree = parse(module)
    shared = _shared(tree, first)
    declared = [statement(f"global {', '.join(sorted(shared))}\n")] if shared else []
    return _with_function(module, first, "main_part", [], [*declared, *tail])


def pass_as_arguments(module: cst.Module) -> cst.Module | None:
    """The training and what follows goes into a function that takes what it needs as arguments."""
    tree = parse(module)
    first = next(
        (
            index
            for index in range(_behind_definitions(module), len(module.body))
            if TRAINS.search(module.code_for_node(module.body[index]))
        ),
        None,
    )
    if first is None or _is_guard(module.body[first]):
        return None
    given = bound_in_scope(tree.body[:first]) - bound_in_scope(_not_variables(tree.body))
    needed = set().union(*map(names_read, tree.body[first:])) & given
    if not needed or bound_in_scope(tree.body[first:]) & _read_in_definitions(tree, first):
        return None
    return _with_function(module, first, "train_with", sorted(needed), list(module.body[first:]))


def _not_variables(body: list[ast.stmt]) -> list[ast.stmt]:
    return [node for node in body if isinstance(node, ast.Import | ast.ImportFrom | ast.FunctionDef | ast.ClassDef)]


def _behind_definitions(module: cst.Module) -> int:
    """The place behind the last import, function and class at module level."""
    body = list(module.body)
    definitions = [index for index, node in enumerate(body) if isinstance(node, cst.FunctionDef | cst.ClassDef)]
    return max([after_imports(body), *(index + 1 for index in definitions)])


def _is_guard(node: cst.CSTNode) -> bool:
    return isinstance(node, cst.If) and "__name__" in cst.Module([]).code_for_node(node.test)


def _shared(tree: ast.Module, first: int) -> set[str]:
    """Names bound from `first` on that functions read, or that were bound before: they must stay global."""
    bound = bound_in_scope(tree.body[first:])
    return bound & (_read_in_definitions(tree, len(tree.body)) | bound_in_scope(tree.body[:first]))


def _read_in_definitions(tree: ast.Module, end: int) -> set[str]:
    """Names that functions and classes among the first statements look up and that are not their own."""
    read: set[str] = set()
    for node in tree.body[:end]:
        if isinstance(node, ast.FunctionDef | ast.ClassDef):
            own = {argument.arg for argument in ast.walk(node) if isinstance(argument, ast.arg)}
            read |= names_read(node) - own - bound_in_scope(node.body)
    return read


def _with_function(
    module: cst.Module, first: int, name: str, parameters: list[str], body: list[cst.BaseStatement]
) -> cst.Module:
    listed = ", ".join(parameters)
    function = statement(f"def {name}({listed}):\n    pass\n")
    assert isinstance(function, cst.FunctionDef)
    function = function.with_changes(
        body=cst.IndentedBlock(body), leading_lines=[cst.EmptyLine(indent=False), cst.EmptyLine(indent=False)]
    )
    call = statement(f"\n\n{name}({listed})\n")
    return module.with_changes(body=[*module.body[:first], function, call])
