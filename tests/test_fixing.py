"""Rounds of fixing: conflicts wait, broken results are refused, and files that changed meanwhile are left alone."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path

import pytest

from rnnlint.finding import Applicability, Confirmation, Edit, Finding, Fix, Outcome, Severity, Span
from rnnlint.fixing import MOST_ROUNDS, fix, write_files
from rnnlint.outcome import LintResult
from rnnlint.report.base import Report
from rnnlint.report.concise import render


def finding(line: int, column: int, end: int, content: str, code: str = "RNN103", path: str = "a.py") -> Finding:
    span = Span(path, 0, line, column, line, end)
    repair = Fix("mend it", Applicability.SAFE, (Edit(span, content),))
    return Finding(code, "name", Severity.ERROR, f"{code} at {line}:{column}", span, fix=repair)


def result(*findings: Finding) -> LintResult:
    return LintResult(findings, ("a.py",))


def replacing(word: str, other: str, contents: Mapping[str, bytes]) -> LintResult:
    """A linter that wants each `word` to become `other`."""
    lines = contents["a.py"].decode().split("\n")
    places = [(n, line.index(word) + 1) for n, line in enumerate(lines, 1) if word in line]
    return result(*(finding(n, column, column + len(word), other) for n, column in places))


def test_fixes_that_touch_each_other_take_turns() -> None:
    fixed = fix(lambda contents: replacing("ab", "b", contents), False, {"a.py": b"aaab\n"})
    assert fixed.after == {"a.py": b"b\n"}
    assert len(fixed.repaired) == 3
    assert fixed.settled


def test_fixes_that_undo_each_other_end() -> None:
    def lint(contents: Mapping[str, bytes]) -> LintResult:
        return replacing("x", "y", contents) if b"x" in contents["a.py"] else replacing("y", "x", contents)

    fixed = fix(lint, False, {"a.py": b"x\n"})
    assert not fixed.settled
    assert len(fixed.repaired) == MOST_ROUNDS


def test_a_fix_that_breaks_the_text_is_refused_and_the_others_are_applied() -> None:
    def lint(contents: Mapping[str, bytes]) -> LintResult:
        broken = replacing("one", "(", contents).findings
        return result(*broken, *replacing("two", "three", contents).findings)

    fixed = fix(lint, False, {"a.py": b"one\ntwo\n"})
    assert fixed.after == {"a.py": b"one\nthree\n"}
    assert [repaired.span.line for repaired in fixed.repaired] == [2]


@pytest.mark.parametrize("applicability", [Applicability.UNSAFE, Applicability.DISPLAY])
def test_fixes_that_nobody_asked_for_are_not_applied(applicability: Applicability) -> None:
    span = Span("a.py", 0, 1, 1, 1, 2)
    repair = Fix("", applicability, (Edit(span, "y"),))
    found = Finding("RNN301", "name", Severity.WARNING, "", span, fix=repair)
    assert not fix(lambda _: result(found), False, {"a.py": b"x"}).repaired


def test_a_file_that_changed_meanwhile_stays(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    file = tmp_path / "a.py"
    file.write_bytes(b"x\n")

    def lint(contents: Mapping[str, bytes]) -> LintResult:
        return replacing("x", "y", {"a.py": file.read_bytes(), **contents})

    fixed = fix(lint, False)
    assert fixed.after == {"a.py": b"y\n"}
    file.write_bytes(b"x + 1\n")
    write_files(fixed, lint)
    assert file.read_bytes() == b"x + 1\n"
    assert [f.message for f in fixed.unwritten] == ["cannot be fixed: it has changed since it was read"]
    assert not fixed.repaired
    assert [f.code for f in fixed.result.findings] == ["RNN901", "RNN103"]


def test_edits_are_about_the_content_that_they_are_applied_to(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The file grows a line between the first look and the moment when it is kept."""
    monkeypatch.chdir(tmp_path)
    file = tmp_path / "a.py"
    file.write_bytes(b"x\n")
    seen: list[bytes] = []

    def lint(contents: Mapping[str, bytes]) -> LintResult:
        content = contents.get("a.py", file.read_bytes())
        seen.append(content)
        if len(seen) == 1:
            file.write_bytes(b"1\nx\n")
        return replacing("x", "y", {"a.py": content})

    assert fix(lint, False).after == {"a.py": b"1\ny\n"}


def test_what_a_probe_has_refuted_is_not_fixed_nor_counted_as_fixable() -> None:
    found = replace(finding(1, 1, 2, "y"), confirmation=Confirmation(Outcome.REFUTED))
    assert not found.fixable(unsafe=True)
    assert not fix(lambda _: result(found), False, {"a.py": b"x"}).repaired
    text = "".join(render(Report((found,), lambda _: [])))
    assert "[*]" not in text
    assert "fixable" not in text
