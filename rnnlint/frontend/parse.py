"""Text to a libcst tree whose nodes know their places."""

from __future__ import annotations

from dataclasses import dataclass

import libcst as cst
from libcst.metadata import MetadataWrapper, PositionProvider

from rnnlint.finding import Span
from rnnlint.source.document import Document


@dataclass(frozen=True, slots=True)
class Syntax:
    """A parsed document."""

    document: Document
    tree: cst.Module
    positions: dict[cst.CSTNode, object]

    def span(self, node: cst.CSTNode) -> Span:
        """The node's place in the file."""
        at = self.positions[node]
        start, end = at.start, at.end  # type: ignore[attr-defined]
        return self.document.span(start.line, start.column + 1, end.line, end.column + 1)


def parse(document: Document) -> Syntax | None:
    """The tree, or None where libcst cannot read what CPython could."""
    try:
        wrapper = MetadataWrapper(cst.parse_module(document.text), unsafe_skip_copy=True)
        positions = wrapper.resolve(PositionProvider)
    except (cst.ParserSyntaxError, RecursionError, UnicodeError):
        return None
    return Syntax(document, wrapper.module, dict(positions))
