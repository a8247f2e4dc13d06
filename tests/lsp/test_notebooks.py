"""Notebooks: one program over all cells, with diagnostics and edits in each cell's own document."""

from __future__ import annotations

from pathlib import Path

import pytest
from lsprotocol import types
from pytest_lsp import LanguageClient

from tests.lsp.support import CODE, actions, diagnostics, pull, start

pytestmark = pytest.mark.asyncio

CELLS = ["%matplotlib inline\nfrom torch import nn", "size = 8", "layer = nn.LSTM(size, 16, dropout=0.5)\n"]


def cell_uri(number: int) -> str:
    return f"vscode-notebook-cell:/home/x/train.ipynb#W{number}sZmlsZQ%3D%3D"


def items(texts: dict[int, str]) -> list[types.TextDocumentItem]:
    return [types.TextDocumentItem(cell_uri(number), "python", 1, text) for number, text in texts.items()]


def cells(*numbers: int) -> list[types.NotebookCell]:
    return [types.NotebookCell(types.NotebookCellKind.Code, cell_uri(number)) for number in numbers]


def open_notebook(client: LanguageClient, uri: str, texts: list[str]) -> None:
    numbered = dict(enumerate(texts))
    book = types.NotebookDocument(uri, "jupyter-notebook", 1, cells(*numbered))
    client.notebook_document_did_open(types.DidOpenNotebookDocumentParams(book, items(numbered)))


def change(client: LanguageClient, uri: str, version: int, changes: types.NotebookDocumentCellChanges) -> None:
    client.notebook_document_did_change(
        types.DidChangeNotebookDocumentParams(
            types.VersionedNotebookDocumentIdentifier(version, uri), types.NotebookDocumentChangeEvent(cells=changes)
        )
    )


@pytest.mark.parametrize("pulls", [False, True])
async def test_cells_are_one_program(client: LanguageClient, tmp_path: Path, pulls: bool) -> None:
    result = await start(client, tmp_path, pull=pulls)
    assert result.capabilities.notebook_document_sync is not None
    uri = (tmp_path / "train.ipynb").as_uri()
    open_notebook(client, uri, CELLS)
    (found,) = await diagnostics(client, cell_uri(2), [CODE])
    assert found.range.start == types.Position(0, 8)
    assert [client.diagnostics[cell_uri(number)] for number in (0, 1)] == [(), ()]
    if pulls:  # the cells are pushed: told twice, a finding would be shown twice
        report = await pull(client, cell_uri(2))
        assert isinstance(report, types.RelatedFullDocumentDiagnosticReport)
        assert not report.items

    (disable,) = await actions(client, cell_uri(2), 0)
    assert disable.edit is not None
    (edit,) = disable.edit.document_changes or ()
    assert isinstance(edit, types.TextDocumentEdit)
    assert edit.text_document.uri == cell_uri(2)
    assert edit.edits[0] == types.TextEdit(
        types.Range(types.Position(0, 38), types.Position(0, 38)), f"  # noqa: {CODE}"
    )

    gone = types.NotebookDocumentCellChangeStructure(
        types.NotebookCellArrayChange(0, 2, cells(7)), items({7: "from torch import nn\nsize = 8"})
    )
    change(client, uri, 2, types.NotebookDocumentCellChanges(structure=gone))
    await diagnostics(client, cell_uri(7), [])
    document = types.VersionedTextDocumentIdentifier(2, cell_uri(2))
    place = types.Range(types.Position(0, 24), types.Position(0, 38))
    edited = types.NotebookDocumentCellContentChanges(document, [types.TextDocumentContentChangePartial(place, "")])
    change(client, uri, 3, types.NotebookDocumentCellChanges(text_content=[edited]))
    await diagnostics(client, cell_uri(2), ["RNN902"])
    client.notebook_document_did_close(
        types.DidCloseNotebookDocumentParams(
            types.NotebookDocumentIdentifier(uri), [types.TextDocumentIdentifier(cell_uri(2))]
        )
    )
    await diagnostics(client, cell_uri(2), [])
