"""rnnlint: why this recurrent network will not learn, or why its score is not true.

The public interface; everything else may change in any release.

- Lint: `lint_source` and `lint_paths`, the latter with a `LintResult`, whose `Crash` objects tell of rnnlint's own
  failures. `Settings`, with a `Selection` of rules, replaces configuration files; `ConfigurationError` says what is
  wrong with them.
- What is found: a `Finding` with `Severity`, `Confidence`, `Span` and `Note`, a `Fix` of `Edit` objects with their
  `Applicability`, and a `Confirmation` with its `Outcome`.
- Everything that was judged: `diagnose`, with a `Diagnosis` that holds `Found`, `RuledOut` and `Undecided` by rule.
- `__version__`.
"""

from __future__ import annotations

TYPE_CHECKING = False
if TYPE_CHECKING:
    from rnnlint._version import __version__
    from rnnlint.config.select import ConfigurationError
    from rnnlint.config.settings import Selection, Settings
    from rnnlint.engine import diagnose, lint_paths, lint_source
    from rnnlint.finding import (
        Applicability,
        Confidence,
        Confirmation,
        Edit,
        Finding,
        Fix,
        Note,
        Outcome,
        Severity,
        Span,
    )
    from rnnlint.outcome import Crash, Diagnosis, LintResult
    from rnnlint.rules.base import Found, RuledOut, Undecided

__all__ = [
    "Applicability",
    "Confidence",
    "ConfigurationError",
    "Confirmation",
    "Crash",
    "Diagnosis",
    "Edit",
    "Finding",
    "Fix",
    "Found",
    "LintResult",
    "Note",
    "Outcome",
    "RuledOut",
    "Selection",
    "Settings",
    "Severity",
    "Span",
    "Undecided",
    "__version__",
    "diagnose",
    "lint_paths",
    "lint_source",
]

_HOMES = {
    "__version__": "rnnlint._version",
    "ConfigurationError": "rnnlint.config.select",
    "Crash": "rnnlint.outcome",
    "Diagnosis": "rnnlint.outcome",
    "Found": "rnnlint.rules.base",
    "LintResult": "rnnlint.outcome",
    "RuledOut": "rnnlint.rules.base",
    "Selection": "rnnlint.config.settings",
    "Settings": "rnnlint.config.settings",
    "Undecided": "rnnlint.rules.base",
    "diagnose": "rnnlint.engine",
    "lint_paths": "rnnlint.engine",
    "lint_source": "rnnlint.engine",
}


if not TYPE_CHECKING:  # a type checker would take every name for one that is there

    def __getattr__(name: str) -> object:
        """Import a public name when it is first asked for: `import rnnlint` itself costs nothing."""
        if name not in __all__:
            raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
        from importlib import import_module

        value = getattr(import_module(_HOMES.get(name, "rnnlint.finding")), name)
        globals()[name] = value
        return value


def __dir__() -> list[str]:
    return sorted({*globals(), *__all__})
