"""A client for the real server process, and the programs it opens."""

from __future__ import annotations

import asyncio
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

from lsprotocol import types
from pytest_lsp import LanguageClient

ROOT = Path(__file__).parents[2]
COMMAND = [sys.executable, "-m", "rnnlint", "server"]
ENVIRONMENT = {"PYTHONPATH": str(ROOT)}
PATIENCE = 15

FAULTY = """import torch
from torch import nn


class Tagger(nn.Module):
    def __init__(self):
        super().__init__()
        self.lstm = nn.LSTM(8, 16, num_layers=1, dropout=0.5)

    def forward(self, x):
        return self.lstm(x)[0]
"""
FAULT_LINE = 7  # 0-based
SOUND = FAULTY.replace(", dropout=0.5", "")
CODE = "RNN105"


def capabilities(
    *,
    pull: bool = False,
    refresh: bool = True,
    encodings: list[str] | None = None,
    edits: bool = True,
    related: bool = True,
) -> types.ClientCapabilities:
    """What an editor says it can do."""
    return types.ClientCapabilities(
        general=types.GeneralClientCapabilities(position_encodings=encodings) if encodings else None,
        notebook_document=types.NotebookDocumentClientCapabilities(types.NotebookDocumentSyncClientCapabilities()),
        text_document=types.TextDocumentClientCapabilities(
            publish_diagnostics=types.PublishDiagnosticsClientCapabilities(related_information=related),
            diagnostic=types.DiagnosticClientCapabilities(related_information=related) if pull else None,
        ),
        workspace=types.WorkspaceClientCapabilities(
            workspace_edit=types.WorkspaceEditClientCapabilities(document_changes=edits),
            diagnostics=types.DiagnosticWorkspaceClientCapabilities(refresh_support=True) if pull and refresh else None,
        ),
    )


async def start(
    client: LanguageClient, *folders: Path, options: Any = None, **abilities: Any
) -> types.InitializeResult:
    """Shake hands with the server over workspace folders."""
    return await client.initialize_session(
        types.InitializeParams(
            capabilities=capabilities(**abilities),
            initialization_options=options,
            workspace_folders=[types.WorkspaceFolder(folder.as_uri(), folder.name) for folder in folders],
        )
    )


def open_text(client: LanguageClient, uri: str, text: str, language: str = "python") -> None:
    """Open a document."""
    item = types.TextDocumentItem(uri, language, 1, text)
    client.text_document_did_open(types.DidOpenTextDocumentParams(item))


def insert(client: LanguageClient, uri: str, version: int, line: int, character: int, text: str) -> None:
    """Type a text at a place."""
    replace(client, uri, version, (line, character, line, character), text)


def replace(client: LanguageClient, uri: str, version: int, at: tuple[int, int, int, int], text: str) -> None:
    """Replace what stands at a range."""
    place = types.Range(types.Position(*at[:2]), types.Position(*at[2:]))
    change = types.TextDocumentContentChangePartial(place, text)
    client.text_document_did_change(
        types.DidChangeTextDocumentParams(types.VersionedTextDocumentIdentifier(version, uri), [change])
    )


def save(client: LanguageClient, uri: str) -> None:
    """Say that a document was saved."""
    client.text_document_did_save(types.DidSaveTextDocumentParams(types.TextDocumentIdentifier(uri)))


async def until(condition: Callable[[], bool]) -> None:
    """Wait for something that the server's messages bring about."""
    async with asyncio.timeout(PATIENCE):
        while not condition():
            await asyncio.sleep(0.01)


async def diagnostics(client: LanguageClient, uri: str, codes: list[str]) -> list[types.Diagnostic]:
    """The pushed diagnostics of a document, once they have these codes."""

    def shown() -> list[Any]:
        return [diagnostic.code for diagnostic in client.diagnostics.get(uri, ())]

    def arrived() -> bool:
        return uri in client.diagnostics and shown() == codes

    try:
        await until(arrived)
    except TimeoutError:
        raise AssertionError(f"{shown()}, not {codes}; {client.log_messages} {client.messages}") from None
    return list(client.diagnostics[uri])


async def pull(client: LanguageClient, uri: str, previous: str | None = None) -> types.DocumentDiagnosticReport:
    """Ask for the diagnostics of a document."""
    document = types.TextDocumentIdentifier(uri)
    return await client.text_document_diagnostic_async(
        types.DocumentDiagnosticParams(document, previous_result_id=previous)
    )


async def actions(client: LanguageClient, uri: str, line: int, only: list[str] | None = None) -> list[types.CodeAction]:
    """The code actions for a cursor at the beginning of a line's code."""
    place = types.Range(types.Position(line, 0), types.Position(line, 200))
    context = types.CodeActionContext([], only=only)
    found = await client.text_document_code_action_async(
        types.CodeActionParams(types.TextDocumentIdentifier(uri), place, context)
    )
    return [action for action in found or [] if isinstance(action, types.CodeAction)]


def applied(lines: str, edits: list[types.TextEdit]) -> str:
    """A text (of characters that count one unit each) after edits."""
    rows = lines.splitlines(keepends=True)

    def offset(position: types.Position) -> int:
        return sum(map(len, rows[: position.line])) + position.character

    for edit in sorted(edits, key=lambda e: offset(e.range.start), reverse=True):
        lines = lines[: offset(edit.range.start)] + edit.new_text + lines[offset(edit.range.end) :]
    return lines
