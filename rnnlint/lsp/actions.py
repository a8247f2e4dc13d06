"""Code actions: repair one finding, silence it, or repair all that is safe to repair."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from lsprotocol import types

from rnnlint.finding import Applicability, Edit, Finding, Fix, Span
from rnnlint.fix.choose import choose
from rnnlint.lsp.diagnostics import SOURCE, Presenter
from rnnlint.lsp.positions import Text, overlap
from rnnlint.source.noqa import noqa_edits
from rnnlint.source.reading import read_document

FIX_ALL = f"{types.CodeActionKind.SourceFixAll.value}.{SOURCE}"
NOTEBOOK_FIX_ALL = f"notebook.{FIX_ALL}"
QUICK_FIX = types.CodeActionKind.QuickFix.value
KINDS = (QUICK_FIX, FIX_ALL, NOTEBOOK_FIX_ALL)


@dataclass(frozen=True, slots=True)
class Actions:
    """The actions that one lint offers. With `versioned`, the client refuses edits of a text that has moved on."""

    presenter: Presenter
    versioned: bool = True

    def at(self, uri: str, place: types.Range, only: Sequence[str] | None) -> Iterator[types.CodeAction]:
        """The actions for a range of a document, of the kinds that are asked for."""
        if _wanted(QUICK_FIX, only):
            for finding in self.presenter.lint.findings:
                text = self.presenter.text(finding.span)
                if text is not None and text.uri == uri and overlap(text.range_of(finding.span), place):
                    yield from self._for(finding, text)
        for kind in (FIX_ALL, NOTEBOOK_FIX_ALL):
            if _wanted(kind, only) and (only or kind == FIX_ALL):
                yield from self._all(kind)

    def _for(self, finding: Finding, text: Text) -> Iterator[types.CodeAction]:
        fix = finding.fix
        diagnostics = [self.presenter.diagnostic(finding, text)]
        if fix is not None and fix.applicability is not Applicability.DISPLAY and (edit := self._edit(fix.edits)):
            yield types.CodeAction(
                title=f"{SOURCE} ({finding.code}): {fix.message}",
                kind=types.CodeActionKind.QuickFix,
                diagnostics=diagnostics,
                is_preferred=fix.applicability is Applicability.SAFE,
                edit=edit,
            )
        if silencing := self._edit(self._silencing(finding)):
            yield types.CodeAction(
                title=f"{SOURCE} ({finding.code}): Disable for this line",
                kind=types.CodeActionKind.QuickFix,
                diagnostics=diagnostics,
                is_preferred=False,
                edit=silencing,
            )

    def _silencing(self, finding: Finding) -> tuple[Edit, ...]:
        snapshot = self.presenter.lint.snapshot
        document = read_document(snapshot.data, finding.span.path).document
        if document is None:
            return ()
        return noqa_edits(document, [finding], self._lines)

    def _lines(self, span: Span) -> list[str]:
        """The lines of the text in the editor that a place lies in."""
        text = self.presenter.text(span)
        return [line.rstrip("\r\n") for line in text.lines] if text is not None else []

    def _all(self, kind: str) -> Iterator[types.CodeAction]:
        chosen = choose(finding for finding in self.presenter.lint.findings if finding.fixable(unsafe=False))
        edits = tuple(sorted((edit for own in chosen.edits.values() for edit in own), key=lambda edit: edit.span))
        if edit := self._edit(edits):
            yield types.CodeAction(title=f"{SOURCE}: Fix all that is safe to fix", kind=kind, edit=edit)

    def _edit(self, edits: tuple[Edit, ...]) -> types.WorkspaceEdit | None:
        by_uri = self.presenter.edits(Fix("", Applicability.SAFE, edits))
        if not by_uri:
            return None
        if not self.versioned:
            return types.WorkspaceEdit(changes=by_uri)
        versions = {text.uri: text.version for text in self.presenter.lint.snapshot.texts.values()}
        return types.WorkspaceEdit(
            document_changes=[
                types.TextDocumentEdit(types.OptionalVersionedTextDocumentIdentifier(uri, versions[uri]), own)
                for uri, own in by_uri.items()
            ]
        )


def _wanted(kind: str, only: Sequence[str] | None) -> bool:
    """A kind stands for itself and for those below it."""
    return not only or any(kind == wanted or kind.startswith(f"{wanted}.") for wanted in only)
