"""Colours of a terminal, as ANSI codes."""

from __future__ import annotations

from dataclasses import dataclass

from rnnlint.finding import Severity

_SEVERITY_CODES = {Severity.ERROR: "31", Severity.WARNING: "33", Severity.ADVICE: "36"}


@dataclass(frozen=True, slots=True)
class Style:
    """Paints text, or leaves it as it is."""

    color: bool

    def bold(self, text: str) -> str:
        """Emphasis."""
        return self._paint("1", text)

    def frame(self, text: str) -> str:
        """Line numbers and the rules beside source lines."""
        return self._paint("34", text)

    def severity(self, severity: Severity, text: str) -> str:
        """What is as bad as that."""
        return self._paint(f"1;{_SEVERITY_CODES[severity]}", text)

    def note(self, text: str) -> str:
        """What belongs to a note or to help."""
        return self._paint("1;36", text)

    def _paint(self, code: str, text: str) -> str:
        return f"\033[{code}m{text}\033[0m" if self.color and text else text
