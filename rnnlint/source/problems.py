"""The findings about a file itself: it cannot be read (RNN901) or it does not parse (RNN902)."""

from __future__ import annotations

from rnnlint.finding import Finding, Severity, Span

IO_ERROR = ("RNN901", "io-error")
INVALID_SYNTAX = ("RNN902", "invalid-syntax")


def io_error(display: str, reason: str) -> Finding:
    """The file is missing, unreadable, undecodable or not what its suffix says."""
    code, name = IO_ERROR
    return Finding(code, name, Severity.ERROR, reason, Span(display, 0, 1, 1, 1, 1))


def invalid_syntax(span: Span, message: str) -> Finding:
    """The file, or one cell of a notebook, is not Python."""
    code, name = INVALID_SYNTAX
    return Finding(code, name, Severity.ERROR, message, span)
