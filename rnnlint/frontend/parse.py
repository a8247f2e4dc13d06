"""Text to a libcst tree whose nodes know their places."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Mapping
from functools import cached_property
from pathlib import Path

import libcst as cst
from libcst.metadata import CodeRange, MetadataWrapper, PositionProvider, Scope, ScopeProvider

from rnnlint.finding import Span
from rnnlint.frontend import UnparsableError
from rnnlint.frontend.positions import Range, code_range, ranges_of
from rnnlint.source.document import Document

KEPT = 64


class Syntax:
    """A parsed document. Places are worked out when the first one is asked for."""

    def __init__(self, document: Document, wrapper: MetadataWrapper, shifts: Mapping[int, int]) -> None:
        self.document = document
        self._shifts = shifts
        self.tree = wrapper.module
        self._wrapper = wrapper
        self._sources: dict[cst.CSTNode, str] = {}

    @property
    def moved(self) -> bool:
        """Whether lines of the tree are not those of the text, column for column."""
        return bool(self._shifts)

    @cached_property
    def positions(self) -> dict[cst.CSTNode, CodeRange]:
        """The place of every node in the tree's own text; lines from 1, columns from 0."""
        return {node: code_range(place) for node, place in self._ranges.values()}

    @cached_property
    def _ranges(self) -> Mapping[int, tuple[cst.CSTNode, Range]]:
        try:
            return ranges_of(self.tree)
        except (AttributeError, TypeError, KeyError):  # another libcst, which works otherwise inside
            resolved = self._wrapper.resolve(PositionProvider).items()
            return {id(n): (n, (at.start.line, at.start.column, at.end.line, at.end.column)) for n, at in resolved}

    def has(self, node: cst.CSTNode) -> bool:
        """Whether a node is of this tree."""
        return id(node) in self._ranges

    @cached_property
    def scopes(self) -> Mapping[cst.CSTNode, Scope | None]:
        """The scope that each node stands in."""
        return self._wrapper.resolve(ScopeProvider)

    def span(self, node: cst.CSTNode) -> Span:
        """The node's place in the file."""
        line, column, end_line, end_column = self._ranges[id(node)][1]
        column -= self._shifts.get(line, 0)
        return self.document.span(line, column + 1, end_line, end_column - self._shifts.get(end_line, 0) + 1)

    def source(self, node: cst.CSTNode) -> str:
        """The node's own text."""
        found = self._sources.get(node)
        if found is None:
            found = self._sources[node] = self.tree.code_for_node(node)
        return found


_kept: OrderedDict[tuple[str, Path | None], Syntax] = OrderedDict()


def parse(document: Document) -> Syntax:
    """The tree. The last one of each of the files that were parsed lately is kept.

    Raises:
        UnparsableError: libcst cannot read what CPython could, or the text is nested too deeply for it.
    """
    file = document.display, document.path
    syntax = _kept.pop(file, None)
    if syntax is None or syntax.document != document:
        syntax = _parse(document)
    _kept[file] = syntax
    if len(_kept) > KEPT:
        _kept.popitem(last=False)
    return syntax


def _parse(document: Document) -> Syntax:
    try:
        module, shifts = _module(document.text)
    except RecursionError:
        raise UnparsableError("it is nested too deeply to be analysed") from None
    except cst.ParserSyntaxError as error:
        raise UnparsableError(f"libcst cannot parse it: {error.message}") from None
    return Syntax(document, MetadataWrapper(module, unsafe_skip_copy=True), shifts)


def _module(text: str) -> tuple[cst.Module, Mapping[int, int]]:
    """The tree, and by how many columns each line was moved to get it.

    Tabs and spaces may be mixed in indentation as long as tabs stop at every eighth column; libcst counts otherwise.
    """
    try:
        return cst.parse_module(text), {}
    except cst.ParserSyntaxError:
        lines = text.split("\n")
        indents = [line[: len(line) - len(line.lstrip(" \t"))] for line in lines]
        if not any("\t" in indent for indent in indents):
            raise
        expanded = [indent.expandtabs(8) for indent in indents]
        moved = [wide + line[len(indent) :] for wide, indent, line in zip(expanded, indents, lines, strict=True)]
        shifts = {n: len(w) - len(i) for n, (w, i) in enumerate(zip(expanded, indents, strict=True), 1) if w != i}
        return cst.parse_module("\n".join(moved)), shifts
