"""The edit that lets a scaler see the training rows alone."""

from __future__ import annotations

import libcst as cst

from rnnlint.finding import Edit, Span
from rnnlint.fix import statements
from rnnlint.fix.places import NotFixableError, Places


def fit_behind_split(places: Places, fit: Span, split: Span) -> tuple[Edit, ...]:
    """`fit_transform` of all rows taken out; the training part is fitted behind the split, the other transformed."""
    scaled, scaler, rows = _fitted(places, places.call(fit))
    call = places.call(split)
    argument, targets = _divided(places, call, scaled)
    statements.in_one_block(places, fit, split)
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


def _require_unused(places: Places, name: str, own: list[cst.Name], fit: Span) -> None:
    """Nothing else may read a name, unless that was before the fit."""
    line = places.range_of(places.statement(fit)).start.line
    names = (node for node in places.syntax.positions if isinstance(node, cst.Name) and node.value == name)
    later = (node for node in names if places.range_of(node).start.line >= line)
    if any(node not in own for node in later):
        raise NotFixableError(f"{name} is used elsewhere")
