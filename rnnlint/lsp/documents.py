"""What is open in the editor, as rnnlint lints it: a script, or all cells of a notebook together."""

from __future__ import annotations

import json
import os
from dataclasses import dataclass
from urllib.parse import unquote

from lsprotocol import types
from pygls.uris import to_fs_path, uri_scheme
from pygls.workspace import TextDocument, Workspace

from rnnlint.engine import STDIN
from rnnlint.lsp.positions import Text
from rnnlint.source.reading import NOTEBOOK_SUFFIX

PYTHON = "python"
SCRIPT_SUFFIXES = (".py", ".pyw", ".pyi")
UNTITLED = "untitled"


@dataclass(frozen=True, slots=True)
class Snapshot:
    """One script or notebook at one moment: its bytes, the name they are linted under, and the texts they consist of.

    `folder` is the workspace folder that the file belongs to: the working directory of a lint. `path` is absolute,
    or None for what was never saved. `texts` holds the cells of a notebook by their number, a script as number 0.
    """

    key: str
    filename: str
    path: str | None
    folder: str
    data: bytes
    texts: dict[int, Text]

    @property
    def versions(self) -> tuple[tuple[int, str, int | None], ...]:
        """What tells one moment from another."""
        return tuple((number, text.uri, text.version) for number, text in self.texts.items())


def key_of(uri: str) -> str:
    """The URI as one spelling: clients differ in what they escape."""
    return unquote(uri)


def open_documents(workspace: Workspace) -> list[str]:
    """The keys of all scripts and notebooks that are open."""
    cells = {key_of(cell.document) for book in workspace.notebook_documents.values() for cell in book.cells}
    return [*(key for key in workspace.text_documents if key not in cells), *workspace.notebook_documents]


def owner_of(workspace: Workspace, uri: str) -> str:
    """The key of the notebook that a cell belongs to, or the document's own."""
    notebook = workspace.get_notebook_document(cell_uri=uri)
    return key_of(notebook.uri) if notebook is not None else key_of(uri)


def is_cell(workspace: Workspace, uri: str) -> bool:
    """Whether a document is a cell of a notebook."""
    return owner_of(workspace, uri) != key_of(uri)


def snapshot(workspace: Workspace, key: str) -> Snapshot | None:
    """The open script or notebook as it is now; None when it is not open, or not Python."""
    notebook = workspace.notebook_documents.get(key)
    if notebook is not None:
        return _notebook(workspace, notebook, key)
    document = workspace.text_documents.get(key)
    return _script(workspace, document, key) if document is not None else None


def text_of(workspace: Workspace, uri: str) -> Text | None:
    """An open text document or cell as it is now."""
    document = workspace.text_documents.get(key_of(uri))
    return _text(workspace, document) if document is not None else None


def _script(workspace: Workspace, document: TextDocument, key: str) -> Snapshot | None:
    path = to_fs_path(document.uri)
    if path is None and uri_scheme(document.uri) != UNTITLED:
        return None
    if document.language_id != PYTHON and not (path or "").endswith(SCRIPT_SUFFIXES):
        return None
    filename = path or STDIN
    if filename.lower().endswith(NOTEBOOK_SUFFIX):  # an editor that shows a notebook as a script
        filename += ".py"
    data = document.source.encode("utf-8", "surrogatepass")
    return Snapshot(key, filename, path, folder_of(workspace, path), data, {0: _text(workspace, document)})


def _notebook(workspace: Workspace, notebook: types.NotebookDocument, key: str) -> Snapshot | None:
    path = to_fs_path(notebook.uri)
    cells = []
    texts = {}
    for number, cell in enumerate(notebook.cells, start=1):
        document = workspace.text_documents.get(key_of(cell.document))
        if document is None:
            cells.append({"cell_type": "markdown", "source": ""})
            continue
        kind = "code" if cell.kind == types.NotebookCellKind.Code else "markdown"
        cells.append({"cell_type": kind, "source": document.source, "language": document.language_id or PYTHON})
        texts[number] = _text(workspace, document)
    folder = folder_of(workspace, path)
    name = path if path is not None else os.path.join(folder, "untitled")
    filename = name if name.lower().endswith(NOTEBOOK_SUFFIX) else name + NOTEBOOK_SUFFIX
    return Snapshot(key, filename, path, folder, json.dumps({"cells": cells, "metadata": {}}).encode(), texts)


def _text(workspace: Workspace, document: TextDocument) -> Text:
    return Text(document.uri, document.version, document.lines, workspace.position_codec)


def folder_of(workspace: Workspace, path: str | None) -> str:
    """The innermost workspace folder that holds a file, else the file's own folder, else where the server runs."""
    uris = [folder.uri for folder in workspace.folders.values()] or ([workspace.root_uri] if workspace.root_uri else [])
    folders = [found for uri in uris if (found := to_fs_path(uri)) and os.path.isdir(found)]
    if path is None:
        return folders[0] if folders else os.getcwd()
    holding = [folder for folder in folders if path.startswith(os.path.join(folder, ""))]
    return max(holding, key=len) if holding else os.path.dirname(path)
