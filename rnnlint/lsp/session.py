"""One session with an editor: what it can do, what it was told, and when it is told again."""

from __future__ import annotations

import asyncio
from typing import Any

from lsprotocol import types
from pygls.lsp.server import LanguageServer

from rnnlint._version import __version__
from rnnlint.config.select import ConfigurationError
from rnnlint.lsp.actions import Actions
from rnnlint.lsp.diagnostics import SOURCE, Presenter
from rnnlint.lsp.documents import PYTHON, is_cell, key_of, open_documents, snapshot
from rnnlint.lsp.linting import Lint, Linter
from rnnlint.lsp.options import read_options
from rnnlint.lsp.texts import Protocol

NOTEBOOKS = types.NotebookDocumentSyncOptions(
    notebook_selector=[
        types.NotebookDocumentFilterWithCells(cells=[types.NotebookCellLanguage(language=PYTHON)], notebook=kind)
        for kind in ("jupyter-notebook", "interactive")
    ],
    save=True,
)


class Session(LanguageServer):
    """The server, for one editor. Notebooks are always pushed: editors do not pull for cells."""

    def __init__(self) -> None:
        super().__init__(SOURCE, __version__, notebook_document_sync=NOTEBOOKS, protocol_cls=Protocol)
        self.linter = Linter(lambda key: snapshot(self.workspace, key))
        self.stopped_orderly = False
        self._pushes: dict[str, asyncio.Task[None]] = {}
        self._pushed: dict[str, set[str]] = {}
        self._told: set[str] = set()

    @property
    def pulls(self) -> bool:
        """Whether the editor asks for diagnostics by itself, and can be told when to ask again."""
        text, workspace = self.client_capabilities.text_document, self.client_capabilities.workspace
        again = workspace.diagnostics if workspace is not None else None
        return text is not None and text.diagnostic is not None and again is not None and bool(again.refresh_support)

    def is_current(self, lint: Lint) -> bool:
        """Whether the document is still what was linted."""
        now = snapshot(self.workspace, lint.snapshot.key)
        return now is not None and now.versions == lint.snapshot.versions

    def choose(self, given: object) -> None:
        """Take over what the editor's settings say; what is wrong in them is told, and the rest stays as it was."""
        try:
            self.linter.options = read_options(given)
        except ConfigurationError as error:
            self.tell(str(error))

    def refresh(self, key: str) -> None:
        """A document may have other findings now: push them, unless the editor comes for them."""
        pulled = self.pulls and key not in self.workspace.notebook_documents
        if not pulled and key not in self._pushes:
            self._pushes[key] = asyncio.ensure_future(self._push(key))

    def refresh_all(self) -> None:
        """What lies around the documents has changed."""
        self.linter.invalidate()
        for key in open_documents(self.workspace):
            self.refresh(key)
        if self.pulls:
            self.workspace_diagnostic_refresh(None)

    def close(self, key: str) -> None:
        """A document was closed: its findings are no longer shown."""
        self.linter.forget(key)
        for uri in self._pushed.pop(key, ()):
            self.text_document_publish_diagnostics(types.PublishDiagnosticsParams(uri, []))

    async def _push(self, key: str) -> None:
        try:
            lint = await self.linter.latest(key)
        except Exception as error:
            self.log(f"internal error: {error!r}")
            return
        finally:
            self._pushes.pop(key, None)
        if lint is None:
            return
        self.complain(lint)
        shown = self.presenter(lint).by_document()
        for uri in self._pushed.get(key, set()) - shown.keys():
            self.text_document_publish_diagnostics(types.PublishDiagnosticsParams(uri, []))
        for text in lint.snapshot.texts.values():
            pushed = types.PublishDiagnosticsParams(text.uri, shown[text.uri], text.version)
            self.text_document_publish_diagnostics(pushed)
        self._pushed[key] = set(shown)

    async def pull(self, uri: str) -> list[types.Diagnostic]:
        """A script's diagnostics. Cells have none here, as notebooks are pushed."""
        if is_cell(self.workspace, uri):
            return []
        lint = await self.linter.latest(key_of(uri))
        if lint is None:
            return []
        self.complain(lint)
        return next(iter(self.presenter(lint).by_document().values()), [])

    def presenter(self, lint: Lint) -> Presenter:
        """How the editor wants to see findings."""
        text = self.client_capabilities.text_document
        shows = [text.publish_diagnostics if text else None, text.diagnostic if text else None]
        related = any(show is not None and show.related_information for show in shows)
        return Presenter(self.workspace, lint, self.linter.options.severity, related)

    def actions(self, lint: Lint) -> Actions:
        """How the editor takes edits."""
        workspace = self.client_capabilities.workspace
        edits = workspace.workspace_edit if workspace is not None else None
        return Actions(self.presenter(lint), versioned=bool(edits is not None and edits.document_changes))

    def complain(self, lint: Lint) -> None:
        """Tell of a wrong configuration and log a failure of rnnlint, once each."""
        if lint.trouble:
            self.tell(lint.trouble)
        if lint.crash and lint.crash not in self._told:
            self._told.add(lint.crash)
            self.log(f"internal error on {lint.snapshot.filename}\n{lint.crash}")

    def tell(self, message: str) -> None:
        """Show a message to the user, once."""
        if message not in self._told:
            self._told.add(message)
            shown = types.ShowMessageParams(types.MessageType.Error, f"rnnlint: {message}")
            self.window_show_message(shown)

    def log(self, message: str) -> None:
        """Write to the editor's log."""
        self.window_log_message(types.LogMessageParams(types.MessageType.Error, f"rnnlint: {message}"))

    def report_server_error(self, error: Exception, source: Any) -> None:
        """A failure in a handler goes to the log; the session lives on."""
        self.log(f"internal error: {error}")
