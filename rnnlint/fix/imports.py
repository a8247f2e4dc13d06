"""Edits of imports, with all that uses what they bind."""

from __future__ import annotations

from collections.abc import Iterator

import libcst as cst
from libcst.metadata import ImportAssignment, Scope

from rnnlint.finding import Edit, Span
from rnnlint.fix.names import imported
from rnnlint.fix.places import NotFixableError, Places
from rnnlint.frontend.catalog.public_names import PUBLIC
from rnnlint.frontend.modules import dotted


def rename_import(places: Places, place: Span, new: str) -> tuple[Edit, ...]:
    """Another name of the same module, imported and used."""
    statement, alias = _import_at(places, place)
    name = places.range_of(alias.name)
    if alias.asname is not None:
        return (places.edit(name.start, name.end, new),)
    scope, local = _scope(places, alias), dotted(alias.name)
    if any(not isinstance(assignment, ImportAssignment) for assignment in scope[local]):
        raise NotFixableError(f"{local} is bound otherwise too")
    uses = tuple(_replaced(places, node, new) for node in _references(scope, local))
    known = f"{dotted(statement.module)}.{new}"
    if (known, new) in imported(places.syntax.tree):
        return (*_without(places, statement, alias), *uses)
    if new in scope or new in _bound(places):
        raise NotFixableError(f"{new} means something else")
    return (places.edit(name.start, name.end, new), *uses)


def move_import(places: Places, place: Span, old: str, module: str, names: frozenset[str]) -> tuple[Edit, ...]:
    """The same names from another module; for a module as a whole, the names that are used of it."""
    statement, alias = _import_at(places, place)
    source, name = dotted(statement.module), dotted(alias.name)
    if source == old or source.startswith(f"{old}."):
        assert statement.module is not None and not isinstance(statement.names, cst.ImportStar)
        if any(dotted(one.name) not in names for one in statement.names):
            raise NotFixableError(f"{module} has not all of these names")
        at = places.range_of(statement.module)
        return (places.edit(at.start, at.end, module),)
    if f"{source}.{name}" != old:
        raise NotFixableError("the import is part of a longer path")
    return _members(places, statement, alias, module, names)


def reimport(places: Places, used: cst.BaseExpression, old: str, new: str) -> tuple[Edit, ...]:
    """The statement that binds what is used, from another copy of Keras that has all of its names."""
    root, scope = used, places.scope(used)
    while isinstance(root, cst.Attribute):
        root = root.value
    if not isinstance(root, cst.Name) or scope is None:
        raise NotFixableError("what is called has no name")
    made = [assignment.node if isinstance(assignment, ImportAssignment) else None for assignment in scope[root.value]]
    if not made:
        raise NotFixableError("it is imported with a star, or not at all")
    return tuple(_from_copy(places, node, old, new) for node in made)


def _from_copy(places: Places, statement: cst.CSTNode | None, old: str, new: str) -> Edit:
    if not isinstance(statement, cst.ImportFrom) or statement.module is None or statement.relative:
        raise NotFixableError("it is not imported by its name")
    source, at = dotted(statement.module), places.range_of(statement.module)
    names = [] if isinstance(statement.names, cst.ImportStar) else [dotted(one.name) for one in statement.names]
    parent, _, last = new.rpartition(".")
    if [f"{source}.{name}" for name in names] == [old] and names == [last] and parent:
        return places.edit(at.start, at.end, parent)
    known = PUBLIC.get("keras" + source.removeprefix(old)) if source == old or source.startswith(f"{old}.") else None
    if known is None or not names or not known.issuperset(names):
        raise NotFixableError(f"{new} may not have all of these names")
    return places.edit(at.start, at.end, new + source.removeprefix(old))


def _members(
    places: Places, statement: cst.ImportFrom, alias: cst.ImportAlias, module: str, names: frozenset[str]
) -> tuple[Edit, ...]:
    """What is used of a module that was imported, imported by itself."""
    scope, local = _scope(places, alias), alias.evaluated_alias or dotted(alias.name)
    if any(not isinstance(assignment, ImportAssignment) for assignment in scope[local]):
        raise NotFixableError(f"{local} is bound otherwise too")
    attributes = {id(node.value): node for node in places.syntax.positions if isinstance(node, cst.Attribute)}
    used = [attributes.get(id(node)) for node in _references(scope, local)]
    members = sorted({node.attr.value for node in used if node is not None})
    if None in used or not members or not names.issuperset(members):
        raise NotFixableError(f"{module} has not all that is used of {local}")
    known = imported(places.syntax.tree)
    missing = [member for member in members if (f"{module}.{member}", member) not in known]
    if any(member in scope or member in _bound(places) for member in missing):
        raise NotFixableError("a name that is used of it means something else")
    uses = tuple(_replaced(places, node, node.attr.value) for node in used if node is not None)
    at = places.range_of(alias)
    if not missing:
        return (*_without(places, statement, alias), *uses)
    imports = [places.edit(at.start, at.end, ", ".join(missing))]
    if dotted(statement.module) != module:
        assert statement.module is not None and not isinstance(statement.names, cst.ImportStar)
        if len(statement.names) > 1:
            raise NotFixableError("other names of the statement come from elsewhere")
        source = places.range_of(statement.module)
        imports.append(places.edit(source.start, source.end, module))
    return (*imports, *uses)


def _import_at(places: Places, place: Span) -> tuple[cst.ImportFrom, cst.ImportAlias]:
    alias = next((node for node in places.nodes(place) if isinstance(node, cst.ImportAlias)), None)
    for node in places.syntax.positions:
        if isinstance(node, cst.ImportFrom) and not isinstance(node.names, cst.ImportStar) and alias in node.names:
            assert alias is not None
            return node, alias
    raise NotFixableError("no name is imported there from a module")


def _scope(places: Places, alias: cst.ImportAlias) -> Scope:
    scope = places.syntax.scopes.get(alias)
    if scope is None:
        raise NotFixableError("the import stands in no scope")
    return scope


def _references(scope: Scope, local: str) -> Iterator[cst.BaseExpression]:
    """Where a name is read."""
    nodes = {access.node: None for assignment in scope[local] for access in assignment.references}
    for node in nodes:
        root: cst.BaseExpression = node
        while isinstance(root, cst.Attribute):
            root = root.value
        if not isinstance(root, cst.Name) or root.value != local:
            raise NotFixableError(f"{local} is used in a way that cannot be edited")
        yield root


def _bound(places: Places) -> frozenset[str]:
    """Every name that stands alone anywhere, which a new import could get into the way of."""
    beside = {id(part) for node in places.syntax.positions for part in _beside(node)}
    names = (node for node in places.syntax.positions if isinstance(node, cst.Name) and id(node) not in beside)
    return frozenset(node.value for node in names)


def _beside(node: cst.CSTNode) -> tuple[cst.CSTNode | None, ...]:
    """The names in a node that name a part of something else."""
    if isinstance(node, cst.Attribute):
        return (node.attr,)
    if isinstance(node, cst.Arg):
        return (node.keyword,)
    return (node.name,) if isinstance(node, cst.ImportAlias) and node.asname is not None else ()


def _without(places: Places, statement: cst.ImportFrom, alias: cst.ImportAlias) -> tuple[Edit, ...]:
    """The statement without one of its names."""
    assert not isinstance(statement.names, cst.ImportStar)
    index = list(statement.names).index(alias)
    if len(statement.names) == 1:
        raise NotFixableError("nothing would be left of the import")
    if index + 1 < len(statement.names):
        start, end = places.range_of(alias).start, places.range_of(statement.names[index + 1]).start
    else:
        start, end = places.range_of(statement.names[index - 1]).end, places.range_of(alias).end
    if "#" in places.document.text[places.offset(start) : places.offset(end)]:
        raise NotFixableError("a comment stands between the names")
    return (places.edit(start, end, ""),)


def _replaced(places: Places, node: cst.CSTNode, new: str) -> Edit:
    at = places.range_of(node)
    return places.edit(at.start, at.end, new)
