"""`rnnlint --select` with a rule in preview says that the rule is left out."""

from __future__ import annotations

from pathlib import Path

import pytest

from rnnlint.cli.check import check
from tests import stubs


class PreviewRule(stubs.StubRule):
    """A rule that is still being tried out."""

    preview = True


@pytest.mark.usefixtures("stubbed")
def test_naming_a_preview_rule_warns(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    stubs.install(monkeypatch, PreviewRule())
    (tmp_path / "train.py").write_text("LSTM(4)\n", encoding="utf-8")
    warning = f"warning: {PreviewRule.code} is in preview and is not checked without --preview"
    assert check(["--isolated", "--select", PreviewRule.code, str(tmp_path)]) == 0
    assert warning in capsys.readouterr().err
    check(["--isolated", "--preview", "--select", PreviewRule.code, str(tmp_path)])
    assert warning not in capsys.readouterr().err
