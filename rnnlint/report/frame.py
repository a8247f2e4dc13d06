"""Source lines with the place in question underlined."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterator

from rnnlint.finding import Severity, Span
from rnnlint.report.base import location, printable
from rnnlint.report.style import Style

_MOST_LINES = 6
_WIDEST = 140
_TAB = 4


def frame(span: Span, lines: list[str], style: Style, severity: Severity | None = None) -> Iterator[str]:
    """The place, then its lines with carets below; only the place when the lines cannot be read."""
    last = min(span.end_line, span.line + _MOST_LINES - 1, len(lines))
    gutter = len(str(last))
    yield f"{' ' * gutter}{style.frame('-->')} {location(span)}\n"
    if span.line > len(lines):
        return
    bar = style.frame(" " * gutter + " |")
    yield f"{bar}\n"
    for number in range(span.line, last + 1):
        source, blanks, carets = _excerpt(lines[number - 1], *_columns(span, number, lines[number - 1]))
        yield f"{style.frame(f'{number:>{gutter}} |')} {source}".rstrip() + "\n"
        yield f"{bar} {' ' * blanks}{_carets(carets, style, severity)}\n"
    if last < span.end_line:
        yield f"{style.frame('...'.rjust(gutter + 2))}\n"
    yield f"{bar}\n"


def _carets(width: int, style: Style, severity: Severity | None) -> str:
    carets = "^" * width
    return style.note(carets) if severity is None else style.severity(severity, carets)


def _columns(span: Span, number: int, line: str) -> tuple[int, int]:
    """The part of one line that the span covers, 0-based, without the indentation of its later lines."""
    start = span.column - 1 if number == span.line else len(line) - len(line.lstrip())
    end = span.end_column - 1 if number == span.end_line else len(line.rstrip())
    start = min(start, len(line))
    return start, max(end, start)


def _excerpt(line: str, start: int, end: int) -> tuple[str, int, int]:
    """A line cut to what a terminal shows, the cells before its marked part, and the cells of that part."""
    before, marked, after = line[:start], line[start:end], line[end:]
    if len(before) > _WIDEST // 2:
        before = "..." + before[-_WIDEST // 4 :]
    marked = marked[:_WIDEST]
    after = after[: max(0, _WIDEST - len(before) - len(marked))]
    before, marked, after = _shown(before), _shown(marked), _shown(after)
    return before + marked + after, _width(before), max(1, _width(marked))


def _shown(text: str) -> str:
    return printable(text).replace("\t", " " * _TAB)


def _width(text: str) -> int:
    """Terminal cells: wide characters take two, combining ones none."""
    if text.isascii():
        return len(text)
    return sum(0 if unicodedata.combining(c) else 2 if unicodedata.east_asian_width(c) in "WF" else 1 for c in text)
