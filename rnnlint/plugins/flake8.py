"""The flake8 plugin: rnnlint's findings in flake8's report.

flake8 imports this module in every run, so it imports nothing but the scan for markers; the rest follows with the
first file that names a framework.
"""

from __future__ import annotations

import sys
from collections.abc import Iterator, Sequence
from functools import cache
from pathlib import Path

from rnnlint.source.markers import has_marker, reaches_marker

TYPE_CHECKING = False
if TYPE_CHECKING:
    from rnnlint.config.load import Configuration
    from rnnlint.outcome import LintResult


class Plugin:
    """Checks one file that flake8 has read and parsed.

    rnnlint's configuration holds for what is looked for, flake8's for what is shown: `# noqa` is left to flake8,
    `# rnnlint: ignore` is heeded here.
    """

    def __init__(self, tree: object, filename: str, lines: Sequence[str]) -> None:
        """`tree` is asked for so that flake8 leaves out files that do not parse; it is not used."""
        self._filename = filename
        self._text = "".join(lines)

    def run(self) -> Iterator[tuple[int, int, str, type[Plugin]]]:
        """Each finding's line (from 1), column (from 0) and text."""
        data = self._text.encode("utf-8", "surrogatepass")
        if not (has_marker(data) or reaches_marker(data, Path(self._filename).absolute().parent)):
            return
        result = _lint(self._text, self._filename)
        for crash in result.crashes:
            sys.stderr.write(f"rnnlint: internal error: {crash.error} in {crash.where} on {crash.display}\n")
        for finding in result.findings:
            yield finding.span.line, finding.span.column - 1, f"{finding.code} {finding.message}", type(self)


def _lint(text: str, filename: str) -> LintResult:
    from dataclasses import replace

    from flake8.exceptions import ExecutionError

    from rnnlint.config.select import ConfigurationError
    from rnnlint.engine import lint_text
    from rnnlint.outcome import LintResult

    path = Path(filename).absolute()
    try:
        settings = _configuration().settings_for(str(path.parent))
        if settings.excludes_by_name(str(path)):
            return LintResult((), ())
        return lint_text(text, filename, replace(settings, foreign_noqa=False))
    except ConfigurationError as error:
        raise ExecutionError(f"rnnlint: {error}") from error


@cache
def _configuration() -> Configuration:
    from rnnlint.config.load import Configuration

    return Configuration()
