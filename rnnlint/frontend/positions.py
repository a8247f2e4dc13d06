"""The places of a tree's nodes, as libcst's PositionProvider has them, in less than half of its time."""

from __future__ import annotations

from types import TracebackType

import libcst as cst
from libcst.metadata import CodePosition, CodeRange
from libcst.metadata.position_provider import PositionProvidingCodegenState

Range = tuple[int, int, int, int]  # line, column, end line, end column; lines from 1, columns from 0


def ranges_of(tree: cst.Module) -> dict[int, tuple[cst.CSTNode, Range]]:
    """Every node with its place in the tree's own text, by the node's identity: hashing nodes is slow."""
    state = _State(default_indent=tree.default_indent, default_newline=tree.default_newline, provider=None)
    tree._codegen(state)
    return state.found


def code_range(place: Range) -> CodeRange:
    """A place as libcst writes it."""
    line, column, end_line, end_column = place
    return CodeRange(CodePosition(line, column), CodePosition(end_line, end_column))


class _State(PositionProvidingCodegenState):
    """Where libcst stands while it writes a tree, and the places of the nodes that it has written."""

    def __init__(self, **options: object) -> None:
        super().__init__(**options)  # type: ignore[arg-type]
        self.found: dict[int, tuple[cst.CSTNode, Range]] = {}
        self._starts: list[tuple[int, int]] = []

    def add_indent_tokens(self) -> None:
        for token in self.indent_tokens:
            self.tokens.append(token)
            self.column += len(token)

    def add_token(self, value: str) -> None:
        self.tokens.append(value)
        if "\n" in value or "\r" in value:
            self._update_position(value)
        else:
            self.column += len(value)

    def before_codegen(self, node: cst.CSTNode) -> None:
        self._starts.append((self.line, self.column))

    def after_codegen(self, node: cst.CSTNode) -> None:
        start = self._starts.pop()
        if id(node) not in self.found:  # a place without the white space around is better
            self.found[id(node)] = node, (*start, self.line, self.column)

    def record_syntactic_position(  # type: ignore[override]
        self, node: cst.CSTNode, *, start_node: cst.CSTNode | None = None, end_node: cst.CSTNode | None = None
    ) -> _Recorded:
        return _Recorded(self, node, start_node, end_node)


class _Recorded:
    """What is written inside is a node without the white space around it."""

    __slots__ = ("_end", "_node", "_place", "_start", "_state")

    def __init__(self, state: _State, node: cst.CSTNode, start: cst.CSTNode | None, end: cst.CSTNode | None) -> None:
        self._state, self._node, self._start, self._end = state, node, start, end
        self._place = state.line, state.column

    def __enter__(self) -> None:
        return None

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if kind is not None:
            return
        state = self._state
        start, end = self._place, (state.line, state.column)
        if self._start is not None:
            start = state.found[id(self._start)][1][:2]
        if self._end is not None:
            end = state.found[id(self._end)][1][2:]
        state.found[id(self._node)] = self._node, (*start, *end)
