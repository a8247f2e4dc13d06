"""A rule's page, where a comment names the rule."""

from __future__ import annotations

import re

from lsprotocol import types

from rnnlint.lsp.positions import Text
from rnnlint.report.rule_page import rule_page
from rnnlint.rulebook import rule_named
from rnnlint.source.document import Document
from rnnlint.source.reading import normalize_newlines
from rnnlint.source.statements import comments_of

_NAMED = re.compile(r"\bRNN\d{3}\b|(?<![\w-])[a-z][a-z0-9]*(?:-[a-z0-9]+)+(?![\w-])", re.IGNORECASE)


def hover(text: Text, position: types.Position) -> types.Hover | None:
    """The page of the rule whose code or name stands in a comment at a position."""
    line, column = position.line + 1, text.column_at(position) + 1
    for comment in comments_of(Document("", normalize_newlines("".join(text.lines)))):
        if comment.line != line or not comment.column <= column <= comment.column + len(comment.text):
            continue
        for match in _NAMED.finditer(comment.text):
            start, end = (comment.column + offset for offset in match.span())
            if start <= column < end and (page := _page(match[0])):
                place = Document("", "").span(line, start, line, end)
                return types.Hover(types.MarkupContent(types.MarkupKind.Markdown, page), text.range_of(place))
    return None


def _page(named: str) -> str:
    rule = rule_named(named)
    return rule_page(rule) if rule is not None else ""
