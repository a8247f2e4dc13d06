"""rnnlint: why this recurrent network will not learn, or why its score is not true.

The public interface: `lint_source`, `lint_paths` and the data they return.
"""

from __future__ import annotations

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from rnnlint._version import __version__
    from rnnlint.engine import lint_paths, lint_source
    from rnnlint.finding import Applicability, Confidence, Edit, Finding, Fix, Note, Severity, Span
    from rnnlint.outcome import LintResult

__all__ = [
    "Applicability",
    "Confidence",
    "Edit",
    "Finding",
    "Fix",
    "LintResult",
    "Note",
    "Severity",
    "Span",
    "__version__",
    "lint_paths",
    "lint_source",
]

_HOMES = {
    "__version__": "rnnlint._version",
    "LintResult": "rnnlint.outcome",
    "lint_paths": "rnnlint.engine",
    "lint_source": "rnnlint.engine",
}


def __getattr__(name: str) -> Any:
    """Import a public name when it is first asked for: `import rnnlint` itself costs nothing."""
    if name not in __all__:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    from importlib import import_module

    value = getattr(import_module(_HOMES.get(name, "rnnlint.finding")), name)
    globals()[name] = value
    return value


def __dir__() -> list[str]:
    return sorted({*globals(), *__all__})
