"""How a file writes things: a library's name with what it imports, texts in its quotes."""

from __future__ import annotations

import libcst as cst

from rnnlint.fix.places import NotFixableError
from rnnlint.frontend.modules import dotted


def written(tree: cst.Module, name: str) -> str:
    """The shortest way; imports count that stand at the top level of the module."""
    ways = [local + name[len(path) :] for path, local in imported(tree) if name == path or name.startswith(f"{path}.")]
    if not ways:
        raise NotFixableError(f"nothing that is imported leads to {name}")
    return min(ways, key=len)


def quoted_like(node: cst.BaseExpression, code: str) -> str:
    """A text in the quotes of the one that it takes the place of."""
    simple = isinstance(node, cst.SimpleString) and node.quote == "'" and not node.prefix
    plain = code[:1] == code[-1:] == '"' and not set(code[1:-1]) & set("\"'\\")
    return f"'{code[1:-1]}'" if simple and plain else code


def original(tree: cst.Module, name: str) -> str:
    """What a name is called where it is imported from; the name itself if it is not imported."""
    return next((path.rsplit(".", 1)[-1] for path, local in imported(tree) if local == name), name)


def imports(tree: cst.Module) -> frozenset[str]:
    """The names that the module gives to what it imports at its top level."""
    return frozenset(local for _, local in imported(tree))


def imported(tree: cst.Module) -> list[tuple[str, str]]:
    """The dotted paths that the module imports, each with the name that it has there."""
    found: list[tuple[str, str]] = []
    for line in tree.body:
        for statement in line.body if isinstance(line, cst.SimpleStatementLine) else ():
            if isinstance(statement, cst.Import):
                found.extend(_plain(alias) for alias in statement.names)
            elif isinstance(statement, cst.ImportFrom) and not isinstance(statement.names, cst.ImportStar):
                found.extend(_from(statement, alias) for alias in statement.names)
    return [(path, local) for path, local in found if path]


def _plain(alias: cst.ImportAlias) -> tuple[str, str]:
    path = dotted(alias.name)
    if alias.asname is not None:
        return path, alias.evaluated_alias or ""
    first = path.split(".", 1)[0]
    return first, first


def _from(statement: cst.ImportFrom, alias: cst.ImportAlias) -> tuple[str, str]:
    if statement.module is None or statement.relative:
        return "", ""
    local = alias.evaluated_alias or "" if alias.asname is not None else alias.evaluated_name
    return f"{dotted(statement.module)}.{alias.evaluated_name}", local
