"""The edit that lets a scaler see the training rows alone."""

from __future__ import annotations

import libcst as cst
from libcst.metadata import CodeRange

from rnnlint.finding import Edit, Span
from rnnlint.fix import statements
from rnnlint.fix.places import NotFixableError, Places

READING = frozenset({"describe", "head", "hist", "info", "plot", "tail"})


def fit_behind_split(places: Places, fit: Span, split: Span) -> tuple[Edit, ...]:
    """`fit_transform` of all rows taken out; the training part is fitted behind the split, the other transformed."""
    scaled, scaler, rows = _fitted(places, places.call(fit))
    call = places.call(split)
    argument, targets = _divided(places, call, scaled)
    statements.in_one_block(places, fit, split)
    _require_unchanged(places, (scaler, rows), fit, split)
    _require_unused(places, scaled.value, [scaled, argument, *([rows] if isinstance(rows, cst.Name) else [])], fit)
    source, receiver = places.code(rows), places.code(scaler)
    if "\n" in source:
        raise NotFixableError("what is fitted does not fit on one line")
    train, test = targets
    lines = f"{train} = {receiver}.fit_transform({train})", f"{test} = {receiver}.transform({test})"
    at = places.range_of(argument)
    return (
        statements.remove_statement(places, fit),
        places.edit(at.start, at.end, source),
        statements.insert_behind(places, split, *lines),
    )


def fit_on_slice(places: Places, fit: Span, part: Span) -> tuple[Edit, ...]:
    """`fit_transform` of all rows as a fit on their first part, right before that part is taken."""
    scaled, scaler, rows = _fitted(places, places.call(fit))
    bound = _bound(places, places.expression(part), scaled.value)
    _, taken = statements.in_one_block(places, fit, part)
    _require_unchanged(places, (scaler, rows), fit, part)
    source, receiver = places.code(rows), places.code(scaler)
    sliced = source if isinstance(rows, cst.Name | cst.Attribute | cst.Call | cst.Subscript) else f"({source})"
    line = f"{scaled.value} = {receiver}.fit({sliced}[:{bound}]).transform({source})"
    if "\n" in line:
        raise NotFixableError("what is fitted does not fit on one line")
    own = [scaled, *([rows] if isinstance(rows, cst.Name) else [])]
    lengths = _lengths(places, scaled.value, own, places.range_of(places.statement(fit)), places.range_of(taken))
    return (
        statements.remove_statement(places, fit),
        *(places.edit(places.range_of(name).start, places.range_of(name).end, source) for name in lengths),
        statements.insert_before(places, part, line),
    )


def _bound(places: Places, node: cst.BaseExpression, name: str) -> str:
    """Where `name[:bound]` ends."""
    part = node.slice[0].slice if isinstance(node, cst.Subscript) else None
    if not isinstance(node, cst.Subscript) or not isinstance(node.value, cst.Name) or node.value.value != name:
        raise NotFixableError("it is no slice of what was scaled")
    if not isinstance(part, cst.Slice) or part.upper is None or part.step is not None:
        raise NotFixableError("it is no slice with an end")
    if part.lower is not None and places.code(part.lower) != "0":
        raise NotFixableError("the slice does not begin at the start")
    return places.code(part.upper)


def _lengths(places: Places, name: str, own: list[cst.Name], start: CodeRange, end: CodeRange) -> list[cst.Name]:
    """Where the name is read between two statements, which may only ask for its length."""
    counted = {
        id(node.args[0].value)
        for node in places.syntax.positions
        if isinstance(node, cst.Call) and isinstance(node.func, cst.Name) and node.func.value == "len" and node.args
    }
    names = (node for node in places.syntax.positions if isinstance(node, cst.Name) and node.value == name)
    between = [
        node
        for node in names
        if start.start.line <= places.range_of(node).start.line < end.start.line and node not in own
    ]
    if any(id(node) not in counted for node in between):
        raise NotFixableError(f"{name} is used before the slice is taken")
    return between


def _fitted(places: Places, call: cst.Call) -> tuple[cst.Name, cst.BaseExpression, cst.BaseExpression]:
    """What is scaled, the scaler and its rows: in `scaled = scaler.fit_transform(rows)`."""
    target = _target(places, call)
    method, given = call.func, call.args
    if (
        not isinstance(target, cst.Name)
        or not isinstance(method, cst.Attribute)
        or method.attr.value != "fit_transform"
    ):
        raise NotFixableError("it is no fit_transform that is assigned to a name")
    if not isinstance(method.value, cst.Name | cst.Attribute) or len(given) != 1 or given[0].star or given[0].keyword:
        raise NotFixableError("the scaler has no name, or is given more than its rows")
    return target, method.value, given[0].value


def _divided(places: Places, call: cst.Call, scaled: cst.Name) -> tuple[cst.Name, tuple[str, str]]:
    """The argument of a split that is what was scaled, and the names of its parts."""
    target = _target(places, call)
    parts = [one.value for one in target.elements] if isinstance(target, cst.Tuple) else []
    given = [one.value for one in call.args if one.keyword is None and not one.star]
    found = [node for node in given if isinstance(node, cst.Name) and node.value == scaled.value]
    if len(found) != 1 or len(parts) != 2 * len(given):
        raise NotFixableError("the split is not given what was scaled, or its parts have no names")
    index = 2 * given.index(found[0])
    train, test = parts[index], parts[index + 1]
    if not isinstance(train, cst.Name) or not isinstance(test, cst.Name):
        raise NotFixableError("the parts have no names")
    return found[0], (train.value, test.value)


def _target(places: Places, call: cst.Call) -> cst.BaseExpression | None:
    """What a call is assigned to, if nothing is done to its result before."""
    assignments = (node for node in places.syntax.positions if isinstance(node, cst.Assign) and node.value is call)
    node = next(assignments, None)
    return node.targets[0].target if node is not None and len(node.targets) == 1 else None


def _require_unchanged(places: Places, read: tuple[cst.BaseExpression, ...], fit: Span, later: Span) -> None:
    """No statement in between may change what the fit reads."""
    names = {name for node in read for name in _names(places, node)}
    start, end = (places.range_of(places.statement(place)).start.line for place in (fit, later))
    between = (
        node
        for node in places.syntax.positions
        if isinstance(node, cst.BaseSmallStatement) and start < places.range_of(node).start.line < end
    )
    if any(_root(target) in names for node in between for target in _changed(node)):
        raise NotFixableError("what is fitted changes before the rows are divided")
    scaler = places.code(read[0])
    asked = (node for node in places.syntax.positions if isinstance(node, cst.Name | cst.Attribute))
    if any(start < places.range_of(node).start.line < end and places.code(node) == scaler for node in asked):
        raise NotFixableError("the scaler is used before the rows are divided")


def _changed(statement: cst.BaseSmallStatement) -> list[cst.BaseExpression]:
    """What a statement assigns, or calls a method of that may change it."""
    if isinstance(statement, cst.Assign):
        targets = [target.target for target in statement.targets]
        return [part.value for one in targets if isinstance(one, cst.Tuple) for part in one.elements] + [*targets]
    if isinstance(statement, cst.AugAssign | cst.AnnAssign):
        return [statement.target]
    call = statement.value if isinstance(statement, cst.Expr) else None
    method = call.func if isinstance(call, cst.Call) else None
    return [method.value] if isinstance(method, cst.Attribute) and method.attr.value not in READING else []


def _root(node: cst.BaseExpression) -> str:
    while isinstance(node, cst.Attribute | cst.Subscript):
        node = node.value
    return node.value if isinstance(node, cst.Name) else ""


def _names(places: Places, node: cst.BaseExpression) -> set[str]:
    """The names that stand in an expression."""
    at = places.range_of(node)
    start, end = places.offset(at.start), places.offset(at.end)
    names = (one for one in places.syntax.positions if isinstance(one, cst.Name))
    return {one.value for one in names if start <= places.offset(places.range_of(one).start) < end}


def _require_unused(places: Places, name: str, own: list[cst.Name], fit: Span) -> None:
    """Nothing else may read a name, unless that was before the fit."""
    line = places.range_of(places.statement(fit)).start.line
    names = (node for node in places.syntax.positions if isinstance(node, cst.Name) and node.value == name)
    later = (node for node in names if places.range_of(node).start.line >= line)
    if any(node not in own for node in later):
        raise NotFixableError(f"{name} is used elsewhere")
