"""Findings as the protocol's diagnostics, by the document they lie in."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass

from lsprotocol import types
from pygls.uris import from_fs_path
from pygls.workspace import Workspace

from rnnlint.finding import Finding, Fix, Note, Severity, Span
from rnnlint.lsp.documents import text_of
from rnnlint.lsp.linting import Lint
from rnnlint.lsp.positions import Text
from rnnlint.lsp.texts import split_lines
from rnnlint.silencing import UNUSED_SUPPRESSION
from rnnlint.source.reading import UnreadableError, decode

SOURCE = "rnnlint"
LEVELS = {
    "error": types.DiagnosticSeverity.Error,
    "warning": types.DiagnosticSeverity.Warning,
    "information": types.DiagnosticSeverity.Information,
    "hint": types.DiagnosticSeverity.Hint,
}


@dataclass(frozen=True, slots=True)
class Presenter:
    """Turns the findings of one lint into what the client is shown.

    Without `related`, the client cannot show second places: they are told in the message.
    """

    workspace: Workspace
    lint: Lint
    levels: Mapping[Severity, str]
    related: bool = True

    def by_document(self) -> dict[str, list[types.Diagnostic]]:
        """The diagnostics of each text of the snapshot, those without any included."""
        texts = self.lint.snapshot.texts
        shown: dict[str, list[types.Diagnostic]] = {text.uri: [] for text in texts.values()}
        for finding in self.lint.findings:
            text = self.text(finding.span)
            if text is not None:
                shown[text.uri].append(self.diagnostic(finding, text))
        return shown

    def text(self, span: Span) -> Text | None:
        """The text that a place of the linted file lies in; what lies in no cell is shown at the first one."""
        texts = self.lint.snapshot.texts
        return texts.get(span.cell) or (next(iter(texts.values()), None) if not span.cell else None)

    def diagnostic(self, finding: Finding, text: Text) -> types.Diagnostic:
        """A finding as the client shows it; `data` carries its fix."""
        message = f"{finding.message}\nhelp: {finding.help}" if finding.help else finding.message
        located = [(note, self._location(note)) for note in finding.notes]
        if not self.related:
            message += "".join(f"\nnote: {note.message} ({_words(at)})" for note, at in located if at)
        return types.Diagnostic(
            range=text.range_of(finding.span),
            message=message,
            severity=LEVELS[self.levels[finding.severity]],
            code=finding.code,
            code_description=types.CodeDescription(finding.url),
            source=SOURCE,
            tags=[types.DiagnosticTag.Unnecessary] if finding.code == UNUSED_SUPPRESSION[0] else None,
            related_information=[types.DiagnosticRelatedInformation(at, note.message) for note, at in located if at]
            if self.related
            else None,
            data={"fix": self._fix(finding.fix)} if finding.fix is not None else None,
        )

    def edits(self, fix: Fix) -> dict[str, list[types.TextEdit]] | None:
        """A fix's edits by document; None when one of them lies elsewhere."""
        edits: dict[str, list[types.TextEdit]] = {}
        for edit in fix.edits:
            text = self.lint.snapshot.texts.get(edit.span.cell)
            if text is None:
                return None
            edits.setdefault(text.uri, []).append(types.TextEdit(text.range_of(edit.span), edit.content))
        return edits

    def _fix(self, fix: Fix) -> dict[str, object]:
        edits = [
            {"uri": uri, "range": _as_table(edit.range), "newText": edit.new_text}
            for uri, own in (self.edits(fix) or {}).items()
            for edit in own
        ]
        return {"message": fix.message, "applicability": fix.applicability.value, "edits": edits}

    def _location(self, note: Note) -> types.Location | None:
        own = self.lint.findings[0].span.path
        if note.span.path == own:
            text = self.text(note.span)
        else:
            text = self._other(self.lint.path_of(note.span.path))
        return types.Location(text.uri, text.range_of(note.span)) if text is not None else None

    def _other(self, path: str) -> Text | None:
        """Another file, as the editor or the disk has it; its lines only matter for columns behind rare characters."""
        uri = from_fs_path(path)
        if uri is None:
            return None
        lines: tuple[str, ...] = ()
        try:
            with open(path, "rb") as stream:
                lines = split_lines(decode(stream.read()))
        except (OSError, UnreadableError):
            pass
        return text_of(self.workspace, uri) or Text(uri, None, lines, self.workspace.position_codec)


def fingerprint(diagnostics: list[types.Diagnostic]) -> str:
    """What stays the same as long as the client need not be told anew."""
    text = json.dumps([repr(diagnostic) for diagnostic in diagnostics])
    return hashlib.sha1(text.encode("utf-8", "surrogatepass"), usedforsecurity=False).hexdigest()


def _as_table(at: types.Range) -> dict[str, dict[str, int]]:
    return {
        name: {"line": position.line, "character": position.character}
        for name, position in (("start", at.start), ("end", at.end))
    }


def _words(location: types.Location) -> str:
    return f"{location.uri.rpartition('/')[2]}, line {location.range.start.line + 1}"
