"""Python text to Program: the abstract interpreter over the libcst tree, and the dialects of the libraries."""

from __future__ import annotations

from pathlib import Path

from rnnlint.program.program import Program
from rnnlint.source.document import Document

__all__ = ["UnparsableError", "build_program"]


class UnparsableError(Exception):
    """CPython reads this text and libcst does not."""


def build_program(document: Document, roots: tuple[Path, ...] = ()) -> Program:
    """Run the document abstractly and return what it builds.

    `roots` are folders, besides the document's own, in which the project's modules are looked for.

    Raises:
        UnparsableError: the text cannot be analysed although CPython reads it.
    """
    from rnnlint.frontend.interpreter import interpret

    return interpret(document, roots)
