"""From places in a file to nodes of its tree, and back."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterator
from functools import cached_property

import libcst as cst
from libcst.metadata import CodePosition, CodeRange, Scope

from rnnlint.finding import Edit, Span
from rnnlint.frontend.parse import Syntax
from rnnlint.repair import Argument, Assigned, Operand, Place

COMPOUND = (cst.If, cst.For, cst.While, cst.With, cst.Try, cst.TryStar, cst.FunctionDef, cst.ClassDef, cst.Match)


class NotFixableError(Exception):
    """The text stands in a form that cannot be edited with certainty."""


class Places:
    """A parsed document, asked for nodes by their places."""

    def __init__(self, syntax: Syntax) -> None:
        if syntax.moved:
            raise NotFixableError("tabs and spaces are mixed")
        self.syntax = syntax
        self.document = syntax.document

    @cached_property
    def lines(self) -> list[str]:
        """The lines of the text, without their ends."""
        return self.document.text.split("\n")

    @cached_property
    def _starts(self) -> list[int]:
        starts = [0]
        for line in self.lines:
            starts.append(starts[-1] + len(line) + 1)
        return starts

    def offset(self, at: CodePosition) -> int:
        """Where a position of the tree stands in the text."""
        return self._starts[at.line - 1] + at.column

    def range_of(self, node: cst.CSTNode) -> CodeRange:
        """The node's place in the text."""
        return self.syntax.positions[node]

    def nodes(self, span: Span) -> Iterator[cst.CSTNode]:
        """The nodes that take up exactly this place, the outermost first."""
        wanted = self._range(span)
        return (node for node, at in self.syntax.positions.items() if at == wanted)

    def expression(self, place: Place) -> cst.BaseExpression:
        """The expression at a place."""
        if isinstance(place, Argument):
            return self._argument(place)
        if isinstance(place, Operand):
            return self._operand(place)
        if isinstance(place, Assigned):
            return self._assigned(place)
        node = next((node for node in self.nodes(place) if isinstance(node, cst.BaseExpression)), None)
        if node is None:
            raise NotFixableError("no expression stands there")
        return node

    def _argument(self, place: Argument) -> cst.BaseExpression:
        given = self.call(place.call).args
        named = [one for one in given if one.keyword is not None and one.keyword.value == place.name]
        found = named or [one for one in given[place.index : place.index + 1] if one.keyword is None]
        if not found or any(one.star for one in (*given[: place.index], *found)):
            raise NotFixableError(f"the call does not show its {place.name}")
        return found[0].value

    def _assigned(self, place: Assigned) -> cst.BaseExpression:
        found = (node for node in self.nodes(place.statement) if isinstance(node, cst.Assign | cst.AugAssign))
        node = next(found, None)
        if node is None:
            raise NotFixableError("nothing is assigned there")
        return node.value

    def _operand(self, place: Operand) -> cst.BaseExpression:
        found = (node for node in self.nodes(place.operation) if isinstance(node, cst.BinaryOperation))
        node = next(found, None)
        if node is None:
            raise NotFixableError("no operator with two sides stands there")
        return node.right if place.index else node.left

    def call(self, span: Span) -> cst.Call:
        """The call at a place."""
        node = next((node for node in self.nodes(span) if isinstance(node, cst.Call)), None)
        if node is None:
            raise NotFixableError("no call stands there")
        return node

    def call_of(self, called: cst.BaseExpression) -> cst.Call:
        """The call that calls an expression."""
        call = next(
            (node for node in self.syntax.positions if isinstance(node, cst.Call) and node.func is called), None
        )
        if call is None:
            raise NotFixableError("it is not called")
        return call

    def inside(self, string: cst.SimpleString) -> tuple[CodePosition, CodePosition]:
        """What stands between the quotes of a string."""
        start = self.offset(self.range_of(string).start) + len(string.prefix) + len(string.quote)
        return self.position(start), self.position(start + len(string.raw_value))

    def statement(self, span: Span) -> cst.SimpleStatementLine:
        """The statement around a place, which has its line to itself."""
        wanted = self._range(span)
        around = [
            (self.offset(at.start), node)
            for node, at in self.syntax.positions.items()
            if isinstance(node, (cst.SimpleStatementLine, *COMPOUND)) and _holds(at, wanted)
        ]
        node = max(around, key=lambda entry: entry[0])[1] if around else None
        if not isinstance(node, cst.SimpleStatementLine) or len(node.body) != 1:
            raise NotFixableError("no statement stands there that has its line to itself")
        return node

    def scope(self, node: cst.CSTNode) -> Scope | None:
        """The scope whose names a statement or an expression reads."""
        inner = node.body[0] if isinstance(node, cst.SimpleStatementLine) else node
        return self.syntax.scopes.get(inner)

    def code(self, node: cst.CSTNode) -> str:
        """The text that a node takes up."""
        at = self.range_of(node)
        return self.document.text[self.offset(at.start) : self.offset(at.end)]

    def edit(self, start: CodePosition, end: CodePosition, content: str) -> Edit:
        """Content in place of what stands between two positions."""
        return Edit(self.document.span(start.line, start.column + 1, end.line, end.column + 1), content)

    def position(self, offset: int) -> CodePosition:
        """The position of an offset in the text."""
        line = bisect_right(self._starts, offset, hi=len(self.lines))
        return CodePosition(line, offset - self._starts[line - 1])

    def _range(self, span: Span) -> CodeRange:
        line, column, end_line, end_column = self.document.locate(span)
        return CodeRange(CodePosition(line, column - 1), CodePosition(end_line, end_column - 1))


def _holds(outer: CodeRange, inner: CodeRange) -> bool:
    start, end = (outer.start.line, outer.start.column), (outer.end.line, outer.end.column)
    return start <= (inner.start.line, inner.start.column) and (inner.end.line, inner.end.column) <= end
