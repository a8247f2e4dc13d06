"""Python text to Program: the abstract interpreter over the libcst tree, and the dialects of the libraries."""

from __future__ import annotations

from pathlib import Path

from rnnlint.program.program import Program
from rnnlint.source.document import Document

__all__ = ["build_program"]


def build_program(document: Document, roots: tuple[Path, ...] = ()) -> Program:
    """Run the document abstractly and return what it builds.

    `roots` are folders, besides the document's own, in which the project's modules are looked for.
    """
    from rnnlint.frontend.interpreter import interpret

    return interpret(document, roots)
