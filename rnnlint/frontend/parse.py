"""Text to a libcst tree whose nodes know their places."""

from __future__ import annotations

from functools import cached_property, lru_cache

import libcst as cst
from libcst.metadata import CodeRange, MetadataWrapper, PositionProvider

from rnnlint.finding import Span
from rnnlint.frontend import UnparsableError
from rnnlint.source.document import Document

KEPT = 64


class Syntax:
    """A parsed document. Places are worked out when the first one is asked for."""

    def __init__(self, document: Document, wrapper: MetadataWrapper) -> None:
        self.document = document
        self.tree = wrapper.module
        self._wrapper = wrapper

    @cached_property
    def _positions(self) -> dict[cst.CSTNode, CodeRange]:
        provider = PositionProvider()
        try:  # the provider alone: resolving it through the wrapper visits the tree once more for nothing
            provider._gen_impl(self.tree)
            return {node: at for node, at in provider._computed.items() if isinstance(at, CodeRange)}
        except AttributeError:
            return dict(self._wrapper.resolve(PositionProvider))

    def span(self, node: cst.CSTNode) -> Span:
        """The node's place in the file."""
        at = self._positions[node]
        return self.document.span(at.start.line, at.start.column + 1, at.end.line, at.end.column + 1)


@lru_cache(maxsize=KEPT)
def parse(document: Document) -> Syntax:
    """The tree.

    Raises:
        UnparsableError: libcst cannot read what CPython could, or the text is nested too deeply for it.
    """
    try:
        return Syntax(document, MetadataWrapper(cst.parse_module(document.text), unsafe_skip_copy=True))
    except RecursionError:
        raise UnparsableError("it is nested too deeply to be analysed") from None
    except (cst.ParserSyntaxError, UnicodeError) as error:
        raise UnparsableError(f"libcst cannot parse it: {str(error).splitlines()[0]}") from None
