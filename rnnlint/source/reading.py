"""From bytes to a Document, or to the finding that says why there is none."""

from __future__ import annotations

import codecs
import re
import stat
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from rnnlint.finding import Finding
from rnnlint.source.document import Document
from rnnlint.source.problems import invalid_syntax, io_error
from rnnlint.source.syntax import syntax_problem

NOTEBOOK_SUFFIX = ".ipynb"
LONGEST_TEXT = 10_000_000

_CODING_COOKIE = re.compile(rb"\A(?:[^\n]*\n)?[ \t\f]*#.*?coding[:=]")
_WIDE_BYTE_ORDER_MARKS = ((b"\xff\xfe\0\0", "UTF-32"), (b"\xff\xfe", "UTF-16"), (b"\xfe\xff", "UTF-16"))


class UnreadableError(Exception):
    """The bytes cannot become text; the argument is the reason as the reader should see it."""


@dataclass(frozen=True, slots=True)
class Reading:
    """What came of reading one file. A notebook can have both a document and problems."""

    document: Document | None
    problems: tuple[Finding, ...] = ()


_held: dict[str, bytes] = {}


@contextmanager
def holding(contents: Mapping[str, bytes]) -> Iterator[None]:
    """Files, by their real paths, that have these contents for whoever reads them inside, whatever the disk says."""
    before = dict(_held)
    _held.update(contents)
    try:
        yield
    finally:
        _held.clear()
        _held.update(before)


def read_bytes(path: Path) -> bytes:
    """The file's bytes, or UnreadableError with the system's reason."""
    if _held and (held := _held.get(str(path.resolve()))) is not None:
        return held
    try:
        if not _may_be_read(path):
            raise UnreadableError("not a regular file")
        return path.read_bytes()
    except (OSError, ValueError) as error:
        raise UnreadableError(system_reason(error)) from error


def _may_be_read(path: Path) -> bool:
    """Whether reading ends and can be repeated: not with pipes, sockets and devices. A folder is left to the system."""
    mode = path.stat().st_mode
    return stat.S_ISREG(mode) or stat.S_ISDIR(mode)


def system_reason(error: OSError | ValueError) -> str:
    """The operating system's words for a failure, without the path and the error number."""
    reason = getattr(error, "strerror", None) or str(error)
    return reason[:1].lower() + reason[1:]


def read_document(data: bytes, display: str, path: Path | None = None) -> Reading:
    """A script, or a notebook when `display` ends in .ipynb, as one Python program."""
    try:
        if display.lower().endswith(NOTEBOOK_SUFFIX):
            from rnnlint.source.notebook import read_notebook

            return read_notebook(data, display, path)
        return _read_script(decode(data), display, path)
    except UnreadableError as error:
        return Reading(None, (io_error(display, str(error)),))


def _read_script(text: str, display: str, path: Path | None) -> Reading:
    document = Document(display, text, path)
    problem = syntax_problem(text)
    if problem is None:
        return Reading(document)
    span = document.span(problem.line, problem.column, problem.end_line, problem.end_column)
    return Reading(None, (invalid_syntax(span, problem.message),))


def encoding_of(data: bytes) -> str:
    """The encoding of Python source: UTF-8, with a byte order mark or without, unless a coding cookie says otherwise.

    Raises:
        UnreadableError: the cookie names no encoding, or the bytes are of one that Python source cannot be in.
    """
    for mark, encoding in _WIDE_BYTE_ORDER_MARKS:
        if data.startswith(mark):
            raise UnreadableError(f"encoded in {encoding}, which Python source cannot be")
    if _CODING_COOKIE.match(data):
        return _declared_encoding(data)
    return "utf-8-sig" if data.startswith(codecs.BOM_UTF8) else "utf-8"


def decode(data: bytes) -> str:
    """Python source as text with `\\n` line ends."""
    encoding = encoding_of(data)
    try:
        text = data.decode(encoding)
    except UnicodeDecodeError as error:
        line = data.count(b"\n", 0, error.start) + 1
        name = encoding.removesuffix("-sig")
        raise UnreadableError(
            f"not valid {name}: byte 0x{data[error.start]:02x} in line {line} ({error.reason})"
        ) from error
    except (UnicodeError, ValueError) as error:
        raise UnreadableError(f"cannot be decoded as {encoding}: {error}") from error
    if len(text) > LONGEST_TEXT:
        raise UnreadableError(f"{len(text):,} characters of source: too large, the limit is {LONGEST_TEXT:,}")
    return normalize_newlines(text)


def encode(text: str) -> bytes:
    """Python source as bytes that `decode` reads back: in the encoding of its coding cookie, if it has a right one."""
    data = text.encode("utf-8", "surrogatepass")
    if _CODING_COOKIE.match(data):
        try:
            return text.encode(_declared_encoding(data))
        except (UnreadableError, UnicodeEncodeError):
            return data
    return data


def normalize_newlines(text: str) -> str:
    """Every line end that Python's parser accepts, as `\\n`; positions stay the same."""
    return text.replace("\r\n", "\n").replace("\r", "\n") if "\r" in text else text


def _declared_encoding(data: bytes) -> str:
    """The encoding of a PEP 263 cookie, checked against a byte order mark."""
    import io
    import tokenize

    try:
        encoding, _ = tokenize.detect_encoding(io.BytesIO(data).readline)
        "".encode(encoding)
    except (SyntaxError, LookupError) as error:
        reason = error.msg if isinstance(error, SyntaxError) else str(error)
        raise UnreadableError(f"its coding cookie is wrong: {reason}") from error
    return encoding
