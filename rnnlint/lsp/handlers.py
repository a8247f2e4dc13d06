"""What the server does on each message of the protocol."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from lsprotocol import types

from rnnlint.lsp.actions import KINDS
from rnnlint.lsp.diagnostics import SOURCE, fingerprint
from rnnlint.lsp.documents import key_of, owner_of, text_of
from rnnlint.lsp.hover import hover
from rnnlint.lsp.session import Session

WATCHED = ("**/*.py", "**/*.ipynb", "**/rnnlint.toml", "**/.rnnlint.toml", "**/pyproject.toml", "**/requirements*.txt")


def _initialize(ls: Session, params: types.InitializeParams) -> None:
    ls.choose(params.initialization_options)
    if ls.pulls:  # others would show what is pushed and what they pull
        ls.feature(types.TEXT_DOCUMENT_DIAGNOSTIC, _PULLING)(_pull)
    ls.linter.warm_up()


async def _initialized(ls: Session, params: types.InitializedParams) -> None:
    workspace = ls.client_capabilities.workspace
    watching = workspace.did_change_watched_files if workspace is not None else None
    if watching is None or not watching.dynamic_registration:
        return
    watchers = [types.FileSystemWatcher(pattern) for pattern in WATCHED]
    options = types.DidChangeWatchedFilesRegistrationOptions(watchers)
    registration = types.Registration("rnnlint-files", types.WORKSPACE_DID_CHANGE_WATCHED_FILES, options)
    await ls.client_register_capability_async(types.RegistrationParams([registration]))


def _shutdown(ls: Session, _: None) -> None:
    ls.stopped_orderly = True


def _opened(ls: Session, params: types.DidOpenTextDocumentParams) -> None:
    _show(ls, params.text_document.uri)


def _changed(ls: Session, params: types.DidChangeTextDocumentParams) -> None:
    key = key_of(params.text_document.uri)
    ls.linter.edited(key)
    ls.refresh(key)


def _saved(ls: Session, params: types.DidSaveTextDocumentParams) -> None:
    ls.refresh_all()


def _closed(ls: Session, params: types.DidCloseTextDocumentParams) -> None:
    ls.close(key_of(params.text_document.uri))


def _notebook_opened(ls: Session, params: types.DidOpenNotebookDocumentParams) -> None:
    _show(ls, params.notebook_document.uri)


def _notebook_changed(ls: Session, params: types.DidChangeNotebookDocumentParams) -> None:
    key = key_of(params.notebook_document.uri)
    ls.linter.edited(key)
    ls.refresh(key)


def _notebook_saved(ls: Session, params: types.DidSaveNotebookDocumentParams) -> None:
    ls.refresh_all()


def _notebook_closed(ls: Session, params: types.DidCloseNotebookDocumentParams) -> None:
    ls.close(key_of(params.notebook_document.uri))


def _show(ls: Session, uri: str) -> None:
    key = key_of(uri)
    ls.linter.saved(key)
    ls.refresh(key)


def _files_changed(ls: Session, params: types.DidChangeWatchedFilesParams) -> None:
    ls.refresh_all()


def _settings_changed(ls: Session, params: types.DidChangeConfigurationParams) -> None:
    if isinstance(params.settings, Mapping) and SOURCE in params.settings:
        ls.choose(params.settings[SOURCE])
        ls.refresh_all()


def _folders_changed(ls: Session, params: types.DidChangeWorkspaceFoldersParams) -> None:
    ls.refresh_all()


async def _pull(ls: Session, params: types.DocumentDiagnosticParams) -> types.DocumentDiagnosticReport:
    items = await ls.pull(params.text_document.uri)
    result = fingerprint(items)
    if params.previous_result_id == result:
        return types.RelatedUnchangedDocumentDiagnosticReport(result_id=result)
    return types.RelatedFullDocumentDiagnosticReport(items=items, result_id=result)


async def _code_actions(ls: Session, params: types.CodeActionParams) -> list[types.CodeAction]:
    uri = params.text_document.uri
    lint = await ls.linter.latest(owner_of(ls.workspace, uri))
    if lint is None or not ls.is_current(lint):
        return []
    own = next((text.uri for text in lint.snapshot.texts.values() if key_of(text.uri) == key_of(uri)), uri)
    return list(ls.actions(lint).at(own, params.range, params.context.only))


def _hover(ls: Session, params: types.HoverParams) -> types.Hover | None:
    text = text_of(ls.workspace, params.text_document.uri)
    return hover(text, params.position) if text is not None else None


_HANDLERS: Mapping[str, Callable[..., Any]] = {
    types.INITIALIZE: _initialize,
    types.INITIALIZED: _initialized,
    types.SHUTDOWN: _shutdown,
    types.TEXT_DOCUMENT_DID_OPEN: _opened,
    types.TEXT_DOCUMENT_DID_CHANGE: _changed,
    types.TEXT_DOCUMENT_DID_SAVE: _saved,
    types.TEXT_DOCUMENT_DID_CLOSE: _closed,
    types.NOTEBOOK_DOCUMENT_DID_OPEN: _notebook_opened,
    types.NOTEBOOK_DOCUMENT_DID_CHANGE: _notebook_changed,
    types.NOTEBOOK_DOCUMENT_DID_SAVE: _notebook_saved,
    types.NOTEBOOK_DOCUMENT_DID_CLOSE: _notebook_closed,
    types.WORKSPACE_DID_CHANGE_WATCHED_FILES: _files_changed,
    types.WORKSPACE_DID_CHANGE_CONFIGURATION: _settings_changed,
    types.WORKSPACE_DID_CHANGE_WORKSPACE_FOLDERS: _folders_changed,
    types.TEXT_DOCUMENT_CODE_ACTION: _code_actions,
    types.TEXT_DOCUMENT_HOVER: _hover,
}
_PULLING = types.DiagnosticOptions(inter_file_dependencies=True, workspace_diagnostics=False, identifier=SOURCE)
_OPTIONS: Mapping[str, Any] = {
    types.TEXT_DOCUMENT_CODE_ACTION: types.CodeActionOptions(code_action_kinds=list(KINDS)),
}


def make_session() -> Session:
    """A server that answers all that rnnlint can answer."""
    session = Session()
    for method, handler in _HANDLERS.items():
        session.feature(method, _OPTIONS.get(method))(handler)
    return session
