"""Diagnostics over the wire: pushed and pulled, in step with edits, in the client's own units."""

from __future__ import annotations

from pathlib import Path

import pytest
from lsprotocol import types
from pytest_lsp import LanguageClient

from tests.lsp.support import (
    CODE,
    FAULT_LINE,
    FAULTY,
    ROOT,
    SOUND,
    diagnostics,
    insert,
    open_text,
    pull,
    replace,
    start,
)

pytestmark = pytest.mark.asyncio

EXAMPLE = ROOT / "examples" / "stock_forecast.py"


async def test_pushed_with_link_and_severity(client: LanguageClient, tmp_path: Path) -> None:
    await start(client, tmp_path)
    uri = (tmp_path / "train.py").as_uri()
    open_text(client, uri, FAULTY)
    (found,) = await diagnostics(client, uri, [CODE])
    assert found.source == "rnnlint"
    assert found.severity == types.DiagnosticSeverity.Warning
    assert found.range == types.Range(types.Position(FAULT_LINE, 20), types.Position(FAULT_LINE, 61))
    assert found.code_description is not None
    assert found.code_description.href.endswith("/rules/inactive-recurrent-dropout")
    assert found.tags is None


async def test_edits_move_remove_and_bring_back(client: LanguageClient, tmp_path: Path) -> None:
    await start(client, tmp_path)
    uri = (tmp_path / "train.py").as_uri()
    open_text(client, uri, FAULTY)
    await diagnostics(client, uri, [CODE])
    replace(client, uri, 2, (FAULT_LINE, 47, FAULT_LINE, 60), "")
    await diagnostics(client, uri, [])
    insert(client, uri, 3, FAULT_LINE, 47, ", dropout=0.5")
    await diagnostics(client, uri, [CODE])
    insert(client, uri, 4, 0, 0, "import os\r\nimport re\n")
    client.diagnostics.clear()
    (found,) = await diagnostics(client, uri, [CODE])
    assert found.range.start.line == FAULT_LINE + 2
    insert(client, uri, 5, 1, 0, "(\n")
    (broken,) = await diagnostics(client, uri, ["RNN902"])
    assert broken.severity == types.DiagnosticSeverity.Error


async def test_a_form_feed_ends_no_line(client: LanguageClient, tmp_path: Path) -> None:
    await start(client, tmp_path)
    uri = (tmp_path / "train.py").as_uri()
    open_text(client, uri, "x = 1\n\f\ny = '\u2028'\n" + SOUND)
    await diagnostics(client, uri, [])
    insert(client, uri, 2, FAULT_LINE + 3, 47, ", dropout=0.5")
    (found,) = await diagnostics(client, uri, [CODE])
    assert found.range == types.Range(types.Position(FAULT_LINE + 3, 20), types.Position(FAULT_LINE + 3, 61))


async def test_a_burst_of_edits_is_answered_for_its_end(client: LanguageClient, tmp_path: Path) -> None:
    versions: list[int | None] = []
    await start(client, tmp_path)
    uri = (tmp_path / "train.py").as_uri()
    open_text(client, uri, SOUND)
    await diagnostics(client, uri, [])

    def note(params: types.PublishDiagnosticsParams) -> None:
        versions.append(params.version)
        client.diagnostics[params.uri] = params.diagnostics

    client.protocol.fm.features[types.TEXT_DOCUMENT_PUBLISH_DIAGNOSTICS] = note
    for version in range(2, 42):
        insert(client, uri, version, 0, 0, "#\n")
    insert(client, uri, 42, FAULT_LINE + 40, 47, ", dropout=0.5")
    (found,) = await diagnostics(client, uri, [CODE])
    assert found.range.start.line == FAULT_LINE + 40
    assert versions == [42]


@pytest.mark.parametrize(
    ("encodings", "chosen", "column"),
    [(None, "utf-16", 27), (["utf-8", "utf-16"], "utf-8", 30), (["utf-32"], "utf-32", 26)],
)
async def test_columns_in_the_negotiated_units(
    client: LanguageClient, tmp_path: Path, encodings: list[str] | None, chosen: str, column: int
) -> None:
    result = await start(client, tmp_path, encodings=encodings)
    assert result.capabilities.position_encoding == chosen
    uri = (tmp_path / "train.py").as_uri()
    line = "import torch\nä = '😀'; layer = torch.nn.LSTM(8, 16, dropout=0.5)\n"
    open_text(client, uri, line.replace("layer", "layers"))
    (before,) = await diagnostics(client, uri, [CODE])
    assert before.range.start.character == column - 8
    replace(client, uri, 2, (1, column - 11, 1, column - 10), "")
    client.diagnostics.clear()
    (after,) = await diagnostics(client, uri, [CODE])
    assert after.range.start.character == column - 9


@pytest.mark.parametrize("related", [True, False])
async def test_second_places(client: LanguageClient, tmp_path: Path, related: bool) -> None:
    await start(client, tmp_path, related=related)
    uri = (tmp_path / "train.py").as_uri()
    open_text(client, uri, EXAMPLE.read_text(encoding="utf-8"))
    found = await diagnostics(client, uri, ["RNN401", "RNN101", "RNN101", "RNN201", "RNN501"])
    notes = [(note.location.uri, note.location.range.start.line) for note in found[3].related_information or ()]
    assert notes == ([(uri, 42)] if related else [])
    assert ("(train.py, line 43)" in found[3].message) is not related


async def test_pulled_with_unchanged(client: LanguageClient, tmp_path: Path) -> None:
    result = await start(client, tmp_path, pull=True)
    assert result.capabilities.diagnostic_provider
    uri = (tmp_path / "train.py").as_uri()
    open_text(client, uri, FAULTY)
    first = await pull(client, uri)
    assert isinstance(first, types.RelatedFullDocumentDiagnosticReport)
    assert [item.code for item in first.items] == [CODE]
    again = await pull(client, uri, first.result_id)
    assert isinstance(again, types.RelatedUnchangedDocumentDiagnosticReport)
    replace(client, uri, 2, (FAULT_LINE, 47, FAULT_LINE, 60), "")
    after = await pull(client, uri, first.result_id)
    assert isinstance(after, types.RelatedFullDocumentDiagnosticReport)
    assert not after.items
    assert uri not in client.diagnostics  # nothing is pushed to a client that pulls


async def test_pushed_to_a_client_that_cannot_be_told_to_pull_again(client: LanguageClient, tmp_path: Path) -> None:
    result = await start(client, tmp_path, pull=True, refresh=False)
    assert result.capabilities.diagnostic_provider is None
    uri = (tmp_path / "train.py").as_uri()
    open_text(client, uri, FAULTY)
    await diagnostics(client, uri, [CODE])


async def test_closed_documents_show_nothing(client: LanguageClient, tmp_path: Path) -> None:
    await start(client, tmp_path)
    uri = (tmp_path / "train.py").as_uri()
    open_text(client, uri, FAULTY)
    await diagnostics(client, uri, [CODE])
    client.text_document_did_close(types.DidCloseTextDocumentParams(types.TextDocumentIdentifier(uri)))
    await diagnostics(client, uri, [])


async def test_an_idle_comment_is_unnecessary(client: LanguageClient, tmp_path: Path) -> None:
    await start(client, tmp_path)
    uri = (tmp_path / "train.py").as_uri()
    open_text(client, uri, "x = 1  # noqa: RNN101\n")
    (found,) = await diagnostics(client, uri, ["RNN001"])
    assert list(found.tags or ()) == [types.DiagnosticTag.Unnecessary]
    assert found.data is not None
    assert found.data["fix"]["applicability"] == "safe"
    assert found.data["fix"]["edits"] == [
        {
            "uri": uri,
            "range": {"start": {"line": 0, "character": 5}, "end": {"line": 0, "character": 21}},
            "newText": "",
        }
    ]


async def test_paths_of_all_kinds(client: LanguageClient, tmp_path: Path) -> None:
    await start(client, tmp_path)
    names = ["mit leer zeichen.py", "grüße/schön😀.py", "100%.py", "a#b?.py", "no_suffix"]
    elsewhere = ["untitled:Untitled-1", "file:///c%3A/Users/x/train.py", "file:///D:/Users/x/train.py"]
    for uri in [*((tmp_path / name).as_uri() for name in names), *elsewhere]:
        open_text(client, uri, FAULTY)
        await diagnostics(client, uri, [CODE])


async def test_only_python_in_files_is_linted(client: LanguageClient, tmp_path: Path) -> None:
    await start(client, tmp_path)
    folder = tmp_path.as_uri()
    for uri, language in ((f"{folder}/a.md", "markdown"), (f"{folder}/b.ipynb", "json"), ("git:/train.py", "python")):
        open_text(client, uri, FAULTY, language)
    uri = f"{folder}/notebook_as_a_script.ipynb"
    open_text(client, uri, FAULTY)
    await diagnostics(client, uri, [CODE])
    assert list(client.diagnostics) == [uri]
