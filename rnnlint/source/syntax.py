"""CPython's own verdict on a text: does it parse, and if not, where and why, in a reader's words."""

from __future__ import annotations

import re
import warnings
from _ast import PyCF_ONLY_AST
from dataclasses import dataclass

_PYTHON_2_MESSAGES = (
    "Missing parentheses in call to 'print'",
    "Missing parentheses in call to 'exec'",
    "multiple exception types must be parenthesized",
    "leading zeros in decimal integer literals are not permitted",
    "Lambda expression parameters cannot be parenthesized",
    "Function parameters cannot be parenthesized",
)
_PYTHON_2_LINE = re.compile(
    r"""
      ^\s*print\s+[^\s=(.,)\]:]             # print x
    | ^\s*print\s*>>                        # print >>stream, x
    | ^\s*exec\s+["'\w]                     # exec code
    | ^\s*except\s+[\w.]+\s*,\s*\w+\s*:     # except Error, error:
    | ^\s*raise\s+[\w.]+\s*,                # raise Error, "message"
    | `[^`]+`                               # `x`
    | <>                                    # x <> y
    | \b\d+[lL]\b                           # 10L
    | \b[uU][rR]["']                        # ur"text"
    """,
    re.VERBOSE,
)
_MAGIC_LINE = re.compile(r"^\s*(?:[%!]|\?{1,2}\w)|^\s*[\w.]+\?{1,2}\s*$|^[^#=]+=\s*(?:!|%[A-Za-z])")


@dataclass(frozen=True, slots=True)
class SyntaxProblem:
    """Why a text does not parse, and where: 1-based, end exclusive."""

    message: str
    line: int
    column: int
    end_line: int
    end_column: int


def syntax_problem(text: str, *, script: bool = True) -> SyntaxProblem | None:
    """The first thing CPython's parser objects to, or None.

    In a script, Python 2 code and IPython magics are named as such; a notebook's cells have their own masks.
    """
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            compile(text, "<text>", "exec", PyCF_ONLY_AST, dont_inherit=True)
    except SyntaxError as error:
        if error.lineno is None:
            return _invalid_character(error, text)
        return _explain(error, text.split("\n"), script)
    except (RecursionError, MemoryError, OverflowError):
        return SyntaxProblem("too deeply nested for Python to parse", 1, 1, 1, 1)
    except ValueError as error:
        return _invalid_character(error, text)
    return None


def _explain(error: SyntaxError, lines: list[str], script: bool) -> SyntaxProblem:
    line = min(max(error.lineno or 1, 1), len(lines))
    column = min(max(error.offset or 1, 1), len(lines[line - 1]) + 1)
    end_line = min(max(error.end_lineno or line, line), len(lines))
    end_column = min(max(error.end_offset or 1, 1), len(lines[end_line - 1]) + 1)
    end_line, end_column = max((end_line, end_column), (line, column))
    message = f"{type(error).__name__}: {error.msg}"
    source = lines[line - 1]
    if script and _MAGIC_LINE.match(source):
        message = f"IPython magic in a .py file: {source.strip()} ({message})"
    elif error.msg.startswith(_PYTHON_2_MESSAGES) or _PYTHON_2_LINE.search(source):
        message = f"this looks like Python 2 code: {message}"
    return SyntaxProblem(message, line, column, end_line, end_column)


def _invalid_character(error: Exception, text: str) -> SyntaxProblem:
    """A null byte or a lone surrogate: CPython refuses the whole text without naming a place."""
    for position, character in enumerate(text):
        if character == "\0" or "\ud800" <= character <= "\udfff":
            line = text.count("\n", 0, position) + 1
            column = position - text.rfind("\n", 0, position)
            kind = "null byte" if character == "\0" else "lone surrogate"
            return SyntaxProblem(f"source code cannot contain a {kind}", line, column, line, column + 1)
    return SyntaxProblem(str(error), 1, 1, 1, 1)
