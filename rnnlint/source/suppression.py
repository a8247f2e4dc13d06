"""Comments that silence findings: `# noqa`, `# flake8: noqa`, `# rnnlint: ignore[...]` and `file-ignore`."""

from __future__ import annotations

import re
from dataclasses import dataclass

from rnnlint.finding import Span
from rnnlint.source.document import Document
from rnnlint.source.statements import Comment, comments_of

_CODE = r"[A-Za-z]+[0-9]+"
_NAME = r"[a-z][a-z0-9]*(?:-[a-z0-9]+)+"
_LIST = rf"(?:{_CODE}|{_NAME}|RNN)(?:\s*,\s*(?:{_CODE}|{_NAME}|RNN)|\s+[A-Z]+[0-9]+\b)*"
_WORD = r"(?:[A-Za-z][A-Za-z0-9]*(?:[-_][A-Za-z0-9]+)+|[A-Za-z]+[0-9]\w*|(?i:RNN))(?!\w)"
_WORDS = rf"{_WORD}(?:\s*,\s*{_WORD}|\s+RNN[0-9]+\b)*"
_SUPPRESSION = re.compile(
    rf"""
      \#\s*(?P<flake8>flake8)\s*[:=]\s*noqa(?:\s*:\s*(?P<flake8_rules>{_LIST}))?
    | \#\s*(?i:noqa)\b(?:\s*:\s*(?P<noqa_rules>{_LIST}))?
    | \#\s*(?i:rnnlint)\s*:\s*(?P<own>[\w-]*)
      (?:\s*\[(?P<bracketed>[^\]\#]*)(?P<closed>\])?|[^\w\[\#]*(?P<own_rules>{_WORDS}))?
    """,
    re.VERBOSE,
)
_LISTS = ("flake8_rules", "noqa_rules", "bracketed", "own_rules")
_LINE, _FILE = "ignore", "file-ignore"
_SEPARATOR = re.compile(r"[\s,]+")
_MARK = re.compile("noqa|rnnlint", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Suppression:
    """One comment: what it silences, where, and the places to edit when it turns out to be idle.

    `rules` are selectors as written (code, prefix or name); none means every rule. `lines` is the range
    it covers in `span.cell`, both ends included, or None for the whole file. `native` comments are
    rnnlint's own; the selectors of the others may belong to another tool. A comment with a `fault`, which
    says what is wrong with it and how to write it, silences nothing.
    """

    span: Span
    rules: tuple[str, ...]
    lines: tuple[int, int] | None
    native: bool
    rules_span: Span | None
    removal: Span
    fault: str = ""

    def covers(self, span: Span) -> bool:
        """True when a finding that starts at `span` lies in this comment's reach."""
        if self.lines is None:
            return True
        return span.cell == self.span.cell and self.lines[0] <= span.line <= self.lines[1]


def suppressions(document: Document) -> tuple[Suppression, ...]:
    """Every suppression comment of a document, in order. Text inside strings is no comment."""
    if _MARK.search(document.text) is None:
        return ()
    return tuple(
        _suppression(document, comment, match)
        for comment in comments_of(document)
        for match in _SUPPRESSION.finditer(comment.text)
    )


def _suppression(document: Document, comment: Comment, match: re.Match[str]) -> Suppression:
    group = next((g for g in _LISTS if match[g] is not None), None)
    rules = tuple(filter(None, _SEPARATOR.split(match[group]))) if group else ()
    fault = _fault(match, rules)
    end = comment.text.find("#", match.end())
    return Suppression(
        span=_place(document, comment, match.start(), len(match[0].rstrip()) + match.start()),
        rules=() if fault else rules,
        lines=_lines(document, comment, match),
        native=match["own"] is not None,
        rules_span=_place(document, comment, *match.span(group)) if group and not fault else None,
        removal=_removal(document, comment, match.start(), len(comment.text) if end < 0 else end),
        fault=fault,
    )


def _fault(match: re.Match[str], rules: tuple[str, ...]) -> str:
    """What is wrong with a comment of rnnlint's own, and the right form; "" when it can be followed."""
    if match["own"] is None:
        return ""
    directive = match["own"].lower()
    if directive not in (_LINE, _FILE):
        wrong = f'unknown directive "{match["own"]}"' if directive else "no directive"
    elif match["bracketed"] is None:
        return ""
    elif not match["closed"]:
        wrong = "the bracket is not closed"
    elif not rules:
        wrong = "no rule between the brackets"
    else:
        return ""
    meant = ", ".join(rule for rule in rules if re.fullmatch(_WORD, rule)) or "CODE"
    return f'{wrong}; write "# rnnlint: {_FILE if "file" in directive else _LINE}[{meant}]"'


def _lines(document: Document, comment: Comment, match: re.Match[str]) -> tuple[int, int] | None:
    """The lines a comment reaches, in its cell."""
    if match["flake8"] or (match["own"] or "").lower() == _FILE:
        return None
    if match["own"] is not None or (comment.line == comment.statement[1] and not comment.alone):
        first, last = comment.statement
    else:
        first = last = comment.line
    shift = comment.line - _place(document, comment, 0, 0).line
    return first - shift, last - shift


def _place(document: Document, comment: Comment, start: int, end: int) -> Span:
    column = comment.column
    return document.span(comment.line, column + start, comment.line, column + end)


def _removal(document: Document, comment: Comment, start: int, end: int) -> Span:
    """What to delete with the comment: the blanks before it, or its whole line when nothing else is there."""
    if end == len(comment.text):
        start = len(comment.text[:start].rstrip())
        if start == 0 and comment.alone:
            place = _place(document, comment, 0, end)
            return Span(place.path, place.cell, place.line, 1, place.line + 1, 1)
        if start == 0:
            start = -comment.blanks_before
    return _place(document, comment, start, end)
