"""Bytes of every kind become a document or a finding, never a traceback."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rnnlint.source.reading import UnreadableError, decode, encode, read_document
from rnnlint.source.syntax import syntax_problem


def problem_of(data: bytes, display: str = "train.py") -> str:
    reading = read_document(data, display)
    assert reading.document is None
    (finding,) = reading.problems
    return f"{finding.span.line}:{finding.span.column}: {finding.code} {finding.message}"


@pytest.mark.parametrize(
    ("data", "text"),
    [
        (b"", ""),
        (b"\xef\xbb\xbfx = 1\n", "x = 1\n"),
        (b"# -*- coding: latin-1 -*-\nx = '\xe9'\n", "# -*- coding: latin-1 -*-\nx = 'é'\n"),
        (b"#!/usr/bin/python\n# vim: set fileencoding=cp1252 :\n'\x80'\n", None),
        (b"x = 1\r\ny = 2\r", "x = 1\ny = 2\n"),
        (b"x = 1\n\x0c\ny = 2\n", "x = 1\n\x0c\ny = 2\n"),
    ],
)
def test_text_is_read_as_python_reads_it(data: bytes, text: str | None) -> None:
    document = read_document(data, "train.py").document
    assert document is not None
    assert text is None or document.text == text


@pytest.mark.parametrize(
    ("data", "problem"),
    [
        (b"\xff\xfex\0", "1:1: RNN901 encoded in UTF-16, which Python source cannot be"),
        (
            b"x = 1\ny = '\xe9'\n",
            "1:1: RNN901 not valid utf-8: byte 0xe9 in line 2 (invalid continuation byte)",
        ),
        (b"# coding: klingon\n", "1:1: RNN901 its coding cookie is wrong: unknown encoding: klingon"),
        (b"x = 1\ny\0 = 2\n", "2:2: RNN902 source code cannot contain a null byte"),
        (b"def f(:\n", "1:7: RNN902 SyntaxError: invalid syntax"),
        (
            b"if x:\ny\n",
            "2:1: RNN902 IndentationError: expected an indented block after 'if' statement on line 1",
        ),
    ],
)
def test_unreadable_bytes_are_named(data: bytes, problem: str) -> None:
    assert problem_of(data) == problem


@pytest.mark.parametrize(
    "source",
    [
        "print 'hi'\n",
        "try:\n    f()\nexcept ValueError, error:\n    pass\n",
        "x = `y`\n",
        "exec code\n",
        "if a <> b:\n    pass\n",
        "raise ValueError, 'no'\n",
        "x = 10L\n",
        "mode = 0777\n",
        "s = ur'x'\n",
        "first = lambda (x, y): x\n",
        "def first((x, y)):\n    return x\n",
    ],
)
def test_python_2_is_named(source: str) -> None:
    assert "this looks like Python 2 code: SyntaxError: " in problem_of(source.encode())


@pytest.mark.parametrize("line", ["%matplotlib inline", "!pip install keras", "files = !ls", "model?", "?model"])
def test_magics_in_a_script_are_named(line: str) -> None:
    assert f"IPython magic in a .py file: {line}" in problem_of(f"import os\n{line}\n".encode())


@pytest.mark.parametrize("source", ["(" * 5000 + ")" * 5000, "-" * 300_000 + "1", "x" + ".a" * 300_000])
def test_deep_nesting_is_a_finding(source: str) -> None:
    assert "RNN902" in problem_of(source.encode())


def test_too_much_text_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("rnnlint.source.reading.LONGEST_TEXT", 10)
    assert "too large" in problem_of(b"x = 1  # more than ten\n")


def test_lone_surrogates_are_located() -> None:
    problem = syntax_problem("x = 1\ny = '\ud800'\n")
    assert problem is not None
    assert (problem.line, problem.column) == (2, 6)


@given(st.binary())
def test_any_bytes_are_read(data: bytes) -> None:
    reading = read_document(data, "any.py")
    assert (reading.document is None) == bool(reading.problems)


@given(st.text(alphabet=st.characters(), max_size=200) | st.from_regex(r"[a-z=()\[\]'\"#:\\%! \n]{0,80}"))
def test_any_text_is_read(text: str) -> None:
    for finding in read_document(text.encode("utf-8", "surrogatepass"), "any.py").problems:
        span = finding.span
        assert (1, 1) <= (span.line, span.column) <= (span.end_line, span.end_column)


@pytest.mark.parametrize("cookie", ["", "# coding: utf-8\n", "# -*- coding: latin-1 -*-\n", "# coding: nonsense\n"])
def test_text_is_encoded_as_it_is_read(cookie: str) -> None:
    text = f'{cookie}size = "größe"\n'
    data = encode(text)
    if "nonsense" in cookie:
        with pytest.raises(UnreadableError):
            decode(data)
    else:
        assert decode(data) == text
