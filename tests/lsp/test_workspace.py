"""What lies around a document: configuration, other modules, excluded files, several folders, the editor's settings."""

from __future__ import annotations

from pathlib import Path

import pytest
from lsprotocol import types
from pytest_lsp import LanguageClient

from tests.lsp.support import CODE, FAULTY, diagnostics, insert, open_text, pull, save, start, until

pytestmark = pytest.mark.asyncio

USER = "from sizes import LAYERS\nfrom torch import nn\nlayer = nn.LSTM(8, 16, LAYERS, dropout=0.5)\n"


def watched(client: LanguageClient, path: Path) -> None:
    event = types.FileEvent(path.as_uri(), types.FileChangeType.Changed)
    client.workspace_did_change_watched_files(types.DidChangeWatchedFilesParams([event]))


async def test_each_folder_has_its_configuration(client: LanguageClient, tmp_path: Path) -> None:
    one, two = tmp_path / "one", tmp_path / "two"
    for folder in (one, two):
        folder.mkdir()
    (two / "rnnlint.toml").write_text('exclude = ["old"]\n[per-file-ignores]\n"gen_*.py" = ["RNN1"]\n')
    await start(client, one, two)
    for path, codes in (
        (one / "gen_a.py", [CODE]),
        (two / "train.py", [CODE]),
        (two / "gen_a.py", []),
        (two / "old" / "train.py", []),
    ):
        open_text(client, path.as_uri(), FAULTY)
        await diagnostics(client, path.as_uri(), codes)


@pytest.mark.parametrize("told", ["by a watcher", "by a save", "not at all"])
async def test_a_changed_configuration_holds(client: LanguageClient, tmp_path: Path, told: str) -> None:
    await start(client, tmp_path)
    uri = (tmp_path / "train.py").as_uri()
    open_text(client, uri, FAULTY)
    await diagnostics(client, uri, [CODE])
    file = tmp_path / "rnnlint.toml"
    file.write_text(f'ignore = ["{CODE}"]\n')
    if told == "by a watcher":
        watched(client, file)
    elif told == "by a save":
        save(client, uri)
    else:
        insert(client, uri, 2, 0, 0, "\n")
    await diagnostics(client, uri, [])
    file.write_text('ignor = ["RNN1"]\n')
    watched(client, file)
    await until(lambda: bool(client.messages))
    assert 'unknown key "ignor"; did you mean "ignore"?' in client.messages[0].message
    file.unlink()
    watched(client, file)
    await diagnostics(client, uri, [CODE])


@pytest.mark.parametrize("pulls", [False, True])
async def test_a_saved_module_is_read_again(client: LanguageClient, tmp_path: Path, pulls: bool) -> None:
    module = tmp_path / "sizes.py"
    module.write_text("LAYERS = 1\n")
    await start(client, tmp_path, pull=pulls)
    uri = (tmp_path / "train.py").as_uri()
    open_text(client, uri, USER)
    open_text(client, module.as_uri(), "LAYERS = 1\n")

    async def shown(codes: list[str]) -> None:
        if not pulls:
            await diagnostics(client, uri, codes)
            return
        report = await pull(client, uri)
        assert isinstance(report, types.RelatedFullDocumentDiagnosticReport)
        assert [item.code for item in report.items] == codes

    await shown([CODE])
    module.write_text("LAYERS = 2\n")
    save(client, module.as_uri())
    if pulls:
        await until(lambda: client.diagnostic_refresh_count > 0)
    await shown([])


async def test_the_editor_has_the_last_word(client: LanguageClient, tmp_path: Path) -> None:
    (tmp_path / "rnnlint.toml").write_text('ignore = ["ALL"]\n')
    await start(client, tmp_path, options={"configuration": {"select": ["RNN1"]}, "severity": {"warning": "hint"}})
    uri = (tmp_path / "train.py").as_uri()
    open_text(client, uri, FAULTY)
    (found,) = await diagnostics(client, uri, [CODE])
    assert found.severity == types.DiagnosticSeverity.Hint
    other = tmp_path / "other.toml"
    other.write_text('ignore = ["RNN105"]\n')
    settings = {"rnnlint": {"configuration": "other.toml"}}
    client.workspace_did_change_configuration(types.DidChangeConfigurationParams(settings))
    await diagnostics(client, uri, [])


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"confguration": {}}, 'unknown key "confguration"; did you mean "configuration"?'),
        ({"run": "never"}, '"run" must be "onType" or "onSave"'),
        ({"configuration": {"select": 1}}, '"select" must be a list of strings'),
        ({"configuration": {"select": ["RNN999"]}}, 'unknown rule "RNN999"'),
        ({"severity": {"warning": "loud"}}, "not warning to loud"),
        ([1], "must be a table"),
    ],
)
async def test_wrong_settings_are_told(client: LanguageClient, tmp_path: Path, options: object, message: str) -> None:
    await start(client, tmp_path, options=options)
    uri = (tmp_path / "train.py").as_uri()
    open_text(client, uri, FAULTY)
    await until(lambda: bool(client.messages))
    assert message in client.messages[0].message
    if "unknown rule" not in message:
        await diagnostics(client, uri, [CODE])


async def test_on_save_only(client: LanguageClient, tmp_path: Path) -> None:
    await start(client, tmp_path, options={"run": "onSave"})
    uri = (tmp_path / "train.py").as_uri()
    open_text(client, uri, "x = 1\n")
    await diagnostics(client, uri, [])
    insert(client, uri, 2, 0, 0, FAULTY)
    client.diagnostics.clear()
    await diagnostics(client, uri, [])
    save(client, uri)
    await diagnostics(client, uri, [CODE])
