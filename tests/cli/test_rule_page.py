"""`rnnlint rule`: the same text, rendered for a terminal and plain everywhere else."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from rnnlint.cli.rule import rule
from rnnlint.rulebook import every_rule
from rnnlint.rules.base import Rule
from tests.cli.test_startup import modules

_STYLE = re.compile(r"\x1b\[[0-9;]*m")


def printed(capsys: pytest.CaptureFixture[str], *arguments: str) -> str:
    assert rule([*arguments]) == 0
    return capsys.readouterr().out


def letters(text: str) -> str:
    """The text without colours, the language of code blocks, punctuation and where its lines end."""
    return re.sub(r"\W+|_", "", re.sub(r"^```\w+$", "", _STYLE.sub("", text), flags=re.MULTILINE))


def test_without_a_terminal_it_is_markdown(capsys: pytest.CaptureFixture[str]) -> None:
    text = printed(capsys, "RNN101")
    assert text.startswith("# unbounded-cell-activation (RNN101)\n\nSeverity: warning.")
    assert "\n## Why it is bad\n" in text
    assert "\x1b" not in text


def test_color_renders_it(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COLUMNS", "60")
    monkeypatch.setenv("NO_COLOR", "1")
    text = printed(capsys, "RNN101", "--color", "always")
    assert _STYLE.search(text)
    assert "## Why" not in text
    assert "```" not in text
    assert max(len(_STYLE.sub("", line)) for line in text.splitlines()) == 60


@pytest.mark.parametrize("entry", every_rule(), ids=lambda entry: entry.code)
def test_nothing_is_lost(entry: Rule, capsys: pytest.CaptureFixture[str]) -> None:
    assert letters(printed(capsys, entry.code)) == letters(printed(capsys, entry.code, "--color=always"))


def test_rich_is_imported_for_colors_only(tmp_path: Path) -> None:
    assert "rich" not in modules(tmp_path, "rule", "RNN101")[0]
    assert "rich" in modules(tmp_path, "rule", "RNN101", "--color=always")[0]


def test_json_has_no_colors(capsys: pytest.CaptureFixture[str]) -> None:
    assert "\x1b" not in printed(capsys, "RNN101", "--color", "always", "--output-format", "json")
