"""Code actions and hover, as an editor asks for them."""

from __future__ import annotations

from pathlib import Path

import pytest
from lsprotocol import types
from pytest_lsp import LanguageClient

from tests.lsp.support import CODE, FAULT_LINE, FAULTY, actions, applied, diagnostics, open_text, replace, start

IDLE = "x = 1  # noqa: RNN101\ny = 2  # noqa: E501, RNN201 why\n"


def edits_of(action: types.CodeAction, uri: str) -> list[types.TextEdit]:
    assert action.edit is not None
    if action.edit.changes is not None:
        return list(action.edit.changes[uri])
    (change,) = action.edit.document_changes or ()
    assert isinstance(change, types.TextDocumentEdit)
    assert change.text_document == types.OptionalVersionedTextDocumentIdentifier(uri, change.text_document.version)
    return [edit for edit in change.edits if isinstance(edit, types.TextEdit)]


@pytest.mark.asyncio
@pytest.mark.parametrize("versioned", [True, False])
async def test_fix_disable_and_fix_all(client: LanguageClient, tmp_path: Path, versioned: bool) -> None:
    await start(client, tmp_path, edits=versioned)
    uri = (tmp_path / "train.py").as_uri()
    open_text(client, uri, IDLE)
    found = await diagnostics(client, uri, ["RNN001", "RNN001"])

    first, *others = await actions(client, uri, 0)
    assert first.title == "rnnlint (RNN001): remove the comment"
    assert first.kind == types.CodeActionKind.QuickFix
    assert first.is_preferred
    assert [diagnostic.code for diagnostic in first.diagnostics or ()] == ["RNN001"]
    assert first.diagnostics and first.diagnostics[0].range == found[0].range
    assert applied(IDLE, edits_of(first, uri)).startswith("x = 1\ny")
    assert [(other.title, bool(other.is_preferred)) for other in others] == [
        ("rnnlint (RNN001): Disable for this line", False),
        ("rnnlint: Fix all that is safe to fix", False),
    ]
    (fix_all,) = await actions(client, uri, 1, ["source.fixAll"])
    assert fix_all.kind == "source.fixAll.rnnlint"
    assert applied(IDLE, edits_of(fix_all, uri)) == "x = 1\ny = 2  # noqa: E501 why\n"
    assert await actions(client, uri, 1, ["refactor"]) == []
    assert [action.title for action in await actions(client, uri, 5)] == ["rnnlint: Fix all that is safe to fix"]


@pytest.mark.asyncio
async def test_disabled_is_silent(client: LanguageClient, tmp_path: Path) -> None:
    await start(client, tmp_path)
    uri = (tmp_path / "train.py").as_uri()
    open_text(client, uri, FAULTY)
    await diagnostics(client, uri, [CODE])
    (disable,) = await actions(client, uri, FAULT_LINE)
    assert disable.title == f"rnnlint ({CODE}): Disable for this line"
    (edit,) = edits_of(disable, uri)
    assert edit.new_text == f"  # noqa: {CODE}"
    at = edit.range
    replace(client, uri, 2, (at.start.line, at.start.character, at.end.line, at.end.character), edit.new_text)
    await diagnostics(client, uri, [])

    async def hovered(line: int, character: int) -> types.Hover | None:
        where = types.TextDocumentIdentifier(uri), types.Position(line, character)
        return await client.text_document_hover_async(types.HoverParams(*where))

    page = await hovered(FAULT_LINE, at.start.character + 12)
    assert page is not None
    assert isinstance(page.contents, types.MarkupContent)
    assert page.contents.kind == types.MarkupKind.Markdown
    assert page.contents.value.startswith(f"# inactive-recurrent-dropout ({CODE})")
    assert page.range is not None
    assert (page.range.start.character, page.range.end.character) == (at.start.character + 10, at.start.character + 16)
    assert await hovered(FAULT_LINE, 10) is None
    replace(client, uri, 3, (0, 0, 0, 0), "'RNN101'  # ä😀 see inactive-recurrent-dropout\n")
    assert await hovered(0, 3) is None
    named = await hovered(0, 25)
    assert named is not None
    assert named.range == types.Range(types.Position(0, 20), types.Position(0, 46))
