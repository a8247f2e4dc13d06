"""Edits that put whole statements in, and take them out."""

from __future__ import annotations

import libcst as cst
from libcst.metadata import CodePosition

from rnnlint.finding import Edit, Span
from rnnlint.fix.places import NotFixableError, Places


def insert_before(places: Places, place: Span, code: str) -> Edit:
    """A line before the statement around a place, as far to the right."""
    start = places.range_of(places.statement(place)).start
    return places.edit(start, start, f"{code}\n{_indentation(places, start)}")


def insert_behind(places: Places, place: Span, *code: str) -> Edit:
    """Lines behind the statement around a place and what is said of it on its line."""
    statement = places.statement(place)
    if isinstance(statement.body[0], cst.Return | cst.Raise | cst.Break | cst.Continue):
        raise NotFixableError("nothing behind that statement is reached")
    at = places.range_of(statement)
    end = CodePosition(at.end.line, len(places.lines[at.end.line - 1]))
    indentation = _indentation(places, at.start)
    return places.edit(end, end, "".join(f"\n{indentation}{line}" for line in code))


def remove_statement(places: Places, place: Span) -> Edit:
    """The lines of the statement around a place; `pass` where a block would be left empty."""
    statement = places.statement(place)
    at = places.range_of(statement)
    if any(isinstance(node, cst.IndentedBlock) and list(node.body) == [statement] for node in places.syntax.positions):
        return places.edit(at.start, at.end, "pass")
    first, behind = CodePosition(at.start.line, 0), CodePosition(at.end.line + 1, 0)
    if at.end.line == len(places.lines) or _in_another_cell(places, at.end.line):
        return places.edit(first, CodePosition(at.end.line, len(places.lines[at.end.line - 1])), "")
    return places.edit(first, behind, "")


def in_one_block(places: Places, place: Span, target: Span) -> tuple[cst.SimpleStatementLine, cst.SimpleStatementLine]:
    """The statements around two places, which stand in one block."""
    statement, other = places.statement(place), places.statement(target)
    blocks = (node.body for node in places.syntax.positions if isinstance(node, cst.IndentedBlock | cst.Module))
    if statement is other or not any(statement in block and other in block for block in blocks):
        raise NotFixableError("the two statements do not stand in one block")
    return statement, other


def move(places: Places, place: Span, target: Span, behind: bool) -> tuple[Edit, ...]:
    """The statement around a place, with what is said of it on its line, in front of another one of its block."""
    statement, other = in_one_block(places, place, target)
    if not isinstance(statement.body[0], cst.Expr):
        raise NotFixableError("the statement binds a name")
    at, there = places.range_of(statement), places.range_of(other)
    text = "\n".join(places.lines[at.start.line - 1 : at.end.line])
    if _cell(places, at.start.line) != _cell(places, there.start.line):
        raise NotFixableError("the two statements stand in two cells")
    _indentation(places, at.start)
    line = there.end.line if behind else there.start.line
    start = CodePosition(line, len(places.lines[line - 1]) if behind else 0)
    return (places.edit(start, start, f"\n{text}" if behind else f"{text}\n"), remove_statement(places, place))


def _in_another_cell(places: Places, line: int) -> bool:
    return _cell(places, line) != _cell(places, line + 1)


def _cell(places: Places, line: int) -> int:
    return places.document.span(line, 1, line, 1).cell


def _indentation(places: Places, start: CodePosition) -> str:
    before = places.lines[start.line - 1][: start.column]
    if before.strip():
        raise NotFixableError("the statement does not begin its line")
    document = places.document
    return " " * (document.span(start.line, 1, start.line, 1).column - 1) + before
