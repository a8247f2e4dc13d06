"""Comments and the statements they belong to, read off the token stream."""

from __future__ import annotations

import io
import tokenize
from bisect import bisect_right
from collections.abc import Iterator
from dataclasses import dataclass, field

from rnnlint.finding import Span
from rnnlint.source.document import Document

_CLAUSES = frozenset({"elif", "else", "except", "finally"})
_TRIVIA = frozenset({tokenize.INDENT, tokenize.DEDENT, tokenize.ENCODING, tokenize.ENDMARKER})


@dataclass(frozen=True, slots=True)
class Comment:
    """A comment, its place in `Document.text`, and the first and last line of the statement it is about.

    A comment behind code is about that logical line; one on a line of its own (`alone`) is about the whole
    next statement with its body. Without one, it is about its own line.
    """

    text: str
    line: int
    column: int
    alone: bool
    blanks_before: int
    statement: tuple[int, int]


@dataclass(frozen=True, slots=True)
class LogicalLine:
    """A statement, or the head of a compound one: its first and last line, its code.

    `code` is the text of those lines without comments. `breaks` are the lines before the last at whose end a
    comment may stand: not inside of a string, not before a backslash.
    """

    first: int
    last: int
    code: str
    breaks: frozenset[int] = frozenset()


@dataclass(slots=True)
class _LogicalLine:
    first: int
    depth: int
    opens_with: str
    last: int
    breaks: list[int] = field(default_factory=list)


@dataclass(slots=True)
class _Scan:
    lines: list[_LogicalLine] = field(default_factory=list)
    comments: list[tokenize.TokenInfo] = field(default_factory=list)


def comments_of(document: Document) -> Iterator[Comment]:
    """Every comment in order; a text that stops making sense yields those before that place."""
    scan = _scan(document.text)
    starts = [line.first for line in scan.lines]
    text_lines = document.text.split("\n")
    for token in scan.comments:
        line, column = token.start
        before = text_lines[line - 1][:column]
        alone = not before.strip()
        index = bisect_right(starts, line) - 1
        within = index >= 0 and line <= scan.lines[index].last
        if within:
            statement = (scan.lines[index].first, scan.lines[index].last)
        else:
            statement = _next_statement(document, scan.lines, index + 1, line)
        blanks = len(before) - len(before.rstrip())
        yield Comment(token.string, line, column + 1, alone, blanks, statement)


class LogicalLines:
    """The statements of a document, by place; a text that stops making sense has those before that place."""

    def __init__(self, document: Document) -> None:
        scan = _scan(document.text)
        text_lines = document.text.split("\n")
        for token in scan.comments:
            line, column = token.start
            text_lines[line - 1] = text_lines[line - 1][:column]
        self._first_lines = {cell.number: cell.first_line for cell in document.cells} or {0: 1}
        self._starts = [line.first for line in scan.lines]
        self._lines = [
            LogicalLine(
                line.first, line.last, "\n".join(text_lines[line.first - 1 : line.last]), frozenset(line.breaks)
            )
            for line in scan.lines
        ]

    def at(self, span: Span) -> LogicalLine | None:
        """The statement that a place of the file starts in, its lines counted as those of the place are."""
        if span.cell not in self._first_lines:
            return None
        shift = self._first_lines[span.cell] - 1
        index = bisect_right(self._starts, span.line + shift) - 1
        if index < 0 or span.line + shift > self._lines[index].last:
            return None
        line = self._lines[index]
        breaks = frozenset(each - shift for each in line.breaks)
        return LogicalLine(line.first - shift, line.last - shift, line.code, breaks)


def _scan(text: str) -> _Scan:
    scan = _Scan()
    depth = strings = 0
    current: _LogicalLine | None = None
    try:
        for token in tokenize.generate_tokens(io.StringIO(text).readline):
            if token.type == tokenize.COMMENT:
                scan.comments.append(token)
            elif token.type in (tokenize.INDENT, tokenize.DEDENT):
                depth += 1 if token.type == tokenize.INDENT else -1
            elif token.type == tokenize.NEWLINE:
                if current is not None:
                    current.last = token.start[0]
                current = None
            elif token.type == tokenize.NL:
                if current is not None and not strings:
                    current.breaks.append(token.start[0])
            elif token.type not in _TRIVIA:
                strings += _depth_of_strings(token.type)
                if current is None:
                    current = _LogicalLine(token.start[0], depth, token.string, token.end[0])
                    scan.lines.append(current)
                current.last = token.end[0]
    except (tokenize.TokenError, SyntaxError, RecursionError):
        pass
    return scan


def _depth_of_strings(kind: int) -> int:
    """1 at the start of an f-string, -1 at its end, where Python has tokens for these (3.12)."""
    name = tokenize.tok_name[kind]
    return name.endswith("STRING_START") - name.endswith("STRING_END")


def _next_statement(document: Document, lines: list[_LogicalLine], index: int, line: int) -> tuple[int, int]:
    """From the logical line at `index` to the end of its body, clauses and decorated definition included."""
    if index >= len(lines) or not _same_cell(document, line, lines[index].first):
        return line, line
    first = lines[index]
    last = first.last
    decorated = first.opens_with == "@"
    for follower in lines[index + 1 :]:
        continues = follower.depth > first.depth or (
            follower.depth == first.depth and (decorated or follower.opens_with in _CLAUSES)
        )
        if not continues:
            break
        if follower.depth == first.depth:
            decorated = follower.opens_with == "@"
        last = follower.last
    return first.first, last


def _same_cell(document: Document, line: int, other: int) -> bool:
    return document.span(line, 1, line, 1).cell == document.span(other, 1, other, 1).cell
