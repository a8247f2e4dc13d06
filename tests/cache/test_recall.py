"""A result is used again exactly as long as nothing has changed that it rests on."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from rnnlint.cache import fingerprint
from rnnlint.cache.entries import Shelf
from rnnlint.cache.folder import NAME
from rnnlint.cache.recall import ResultCache
from rnnlint.config.settings import Layer, Settings, make_settings
from rnnlint.engine import lint_paths
from rnnlint.outcome import LintResult

TRAIN = """import keras
from model import build

net = build(90)
net.compile(loss="mse", optimizer=keras.optimizers.Adam(clipnorm=1.0))
net.fit(x, y)
"""
MODEL = """import keras
from keras.layers import LSTM, Dense


def build(steps):
    return keras.Sequential([LSTM(32, activation="relu", input_shape=(steps, 1)), Dense(1)])
"""
BOUNDED = MODEL.replace(', activation="relu"', "")
STACK = """from keras import Input, Sequential, layers

net = Sequential([Input((30, 4)), layers.LSTM(64), layers.LSTM(32), layers.Dense(1)])
"""
TABLE = """import pandas as pd
import keras

frame = pd.read_csv("grid.csv")
net = keras.Sequential([keras.layers.LSTM(4)])
net.fit(frame.values, frame.values)
"""
PREPARE = """import pandas as pd
from sklearn.preprocessing import MinMaxScaler

frame = pd.read_csv("raw.csv")
frame[:] = MinMaxScaler().fit_transform(frame)
frame.to_csv("grid.csv")
"""


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    (tmp_path / ".git").mkdir()
    (tmp_path / "train.py").write_text(TRAIN, encoding="utf-8")
    (tmp_path / "model.py").write_text(MODEL, encoding="utf-8")
    return tmp_path


def settings(values: dict[str, Any] | None = None) -> Settings:
    return make_settings([Layer("test", str(Path.cwd()), values or {})], str(Path.cwd()))


def lint(*files: str, jobs: int = 1, options: dict[str, Any] | None = None) -> tuple[int, LintResult]:
    """How many results were recalled, and the result, which must be that of a run without a cache."""
    cache = ResultCache(str(Path.cwd() / NAME))
    given = settings(options or {})
    result = lint_paths(files, given, jobs, cache=cache)
    assert result == lint_paths(files, given, 1)
    assert cache.problem == ""
    return cache.recalled, result


@pytest.mark.usefixtures("folder")
def test_second_run_recalls_equal_findings() -> None:
    recalled, first = lint("train.py", "model.py")
    assert recalled == 0
    assert [finding.code for finding in first.findings] == ["RNN101"]
    assert lint("train.py", "model.py") == (2, first)


def edit_model(folder: Path) -> None:
    (folder / "model.py").write_text(BOUNDED, encoding="utf-8")


def edit_itself(folder: Path) -> None:
    (folder / "train.py").write_text(TRAIN + "\n", encoding="utf-8")


def remove_model(folder: Path) -> None:
    (folder / "model.py").unlink()


def shadow_model(folder: Path) -> None:
    (folder / "model").mkdir()
    (folder / "model" / "__init__.py").write_text(BOUNDED, encoding="utf-8")


def own_keras(folder: Path) -> None:
    (folder / "keras.py").write_text("Sequential = list\n", encoding="utf-8")


@pytest.mark.parametrize("change", [edit_model, edit_itself, remove_model, shadow_model, own_keras])
def test_a_change_is_seen(folder: Path, change: Callable[[Path], None]) -> None:
    assert lint("train.py")[0] == 0
    assert lint("train.py")[0] == 1
    change(folder)
    assert lint("train.py")[0] == 0
    assert lint("train.py")[0] == 1


def test_a_module_that_appears_is_seen(folder: Path) -> None:
    (folder / "model.py").unlink()
    assert lint("train.py")[1].findings == ()
    assert lint("train.py")[0] == 1
    (folder / "model.py").write_text(MODEL, encoding="utf-8")
    recalled, result = lint("train.py")
    assert recalled == 0
    assert [finding.code for finding in result.findings] == ["RNN101"]


def test_a_submodule_that_appears_is_seen(folder: Path) -> None:
    (folder / "train.py").write_text(TRAIN.replace("from model", "from nets.model"), encoding="utf-8")
    (folder / "nets").mkdir()
    assert lint("train.py")[1].findings == ()
    (folder / "nets" / "model.py").write_text(MODEL, encoding="utf-8")
    recalled, result = lint("train.py")
    assert recalled == 0
    assert [finding.code for finding in result.findings] == ["RNN101"]


def test_versions_that_the_project_asks_for_are_seen(folder: Path) -> None:
    (folder / "train.py").write_text("from keras.utils import np_utils\nnp_utils.to_categorical(y)\nfit(y)\n", "utf-8")
    _, before = lint("train.py")
    assert lint("train.py")[0] == 1
    (folder / "requirements.txt").write_text("keras==2.2.4\n", encoding="utf-8")
    recalled, after = lint("train.py")
    assert recalled == 0
    assert after != before
    (folder / "requirements.txt").write_text("keras==3.5\n", encoding="utf-8")
    assert lint("train.py")[0] == 0


def test_a_script_that_prepares_data_is_seen(folder: Path) -> None:
    (folder / "train.py").write_text(TABLE, encoding="utf-8")
    lint("train.py")
    assert lint("train.py")[0] == 1
    (folder / "prepare.py").write_text(PREPARE, encoding="utf-8")
    assert lint("train.py")[0] == 0
    assert lint("train.py")[0] == 1


@pytest.mark.usefixtures("folder")
def test_settings_that_matter_are_seen() -> None:
    lint("train.py")
    assert lint("train.py", options={"fail-on": "error", "min-confidence": "low"})[0] == 1
    assert lint("train.py", options={"extend-ignore": ["RNN101"]})[0] == 0
    assert lint("train.py", options={"scope": "recurrent"})[0] == 0
    assert lint("train.py", options={"per-file-ignores": {"train.py": ["RNN1"]}})[0] == 0
    assert lint("train.py")[0] == 1


@pytest.mark.usefixtures("folder")
def test_another_working_directory_is_seen(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    cache = str(folder / NAME)
    lint_paths(["train.py"], settings(), 1, cache=ResultCache(cache))
    (folder / "sub").mkdir()
    monkeypatch.chdir(folder / "sub")
    again = ResultCache(cache)
    (finding,) = lint_paths([folder / "model.py", folder / "train.py"], settings(), 1, cache=again).findings
    assert again.recalled == 0
    assert finding.span.path == str(folder / "model.py")


@pytest.mark.usefixtures("folder")
@pytest.mark.parametrize(
    "rubbish", [b"", b"\xc1", b"\x93\xc4\x00\x90\x80", b"cos\nsystem\n(S'true'\ntR.", b"\xff" * 99]
)
def test_corrupt_entries_are_written_anew(folder: Path, rubbish: bytes) -> None:
    lint("train.py")
    (entry,) = folder.glob(f"{NAME}/*/*.msgpack")
    good = entry.read_bytes()
    entry.write_bytes(rubbish)
    assert lint("train.py")[0] == 0
    assert entry.read_bytes() == good
    entry.write_bytes(good[:-20])
    assert lint("train.py")[0] == 0
    assert lint("train.py")[0] == 1


def test_another_rnnlint_has_other_entries(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    lint("train.py")
    monkeypatch.setattr(fingerprint, "__version__", "9.9.9")
    assert lint("train.py")[0] == 0
    assert len(list(folder.glob(f"{NAME}/*/*.msgpack"))) == 2


def test_fingerprint_sees_the_code(tmp_path: Path) -> None:
    package = tmp_path / "package"
    (package / "inner").mkdir(parents=True)
    module = package / "inner" / "rule.py"
    module.write_text("x = 1\n", encoding="utf-8")
    before = list(fingerprint._sources(str(package), ""))
    assert [name for name, *_ in before] == ["inner/rule.py"]
    module.write_text("x = 22\n", encoding="utf-8")
    assert list(fingerprint._sources(str(package), "")) != before
    assert fingerprint.fingerprint() == fingerprint.fingerprint()


def test_processes_share_the_folder(folder: Path) -> None:
    names = [f"train_{number}.py" for number in range(6)]
    for name in names:
        (folder / name).write_text(TRAIN, encoding="utf-8")
    assert lint(*names, jobs=2)[0] == 0
    assert lint(*names, jobs=2)[0] == len(names)
    assert not list(folder.glob(f"{NAME}/*/*.tmp"))


def test_failures_of_rnnlint_are_not_kept(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(*_: object) -> None:
        raise RuntimeError("no")

    with monkeypatch.context() as patch:
        patch.setattr("rnnlint.frontend.build_program", broken)
        assert lint_paths(["train.py"], settings(), 1, cache=ResultCache(str(folder / NAME))).crashes
    assert lint("train.py")[0] == 0


def test_a_folder_that_cannot_be_made_is_no_failure(folder: Path) -> None:
    blocked = folder / "file"
    blocked.write_text("x", encoding="utf-8")
    for place in (blocked, blocked / "inner"):
        cache = ResultCache(str(place))
        assert lint_paths(["train.py"], settings(), 1, cache=cache) == lint_paths(["train.py"], settings(), 1)
        assert cache.problem
    assert blocked.read_text(encoding="utf-8") == "x"


def test_an_entry_that_cannot_be_stored_is_none(tmp_path: Path) -> None:
    assert Shelf(str(tmp_path / "missing")).read("key") is None
    assert not list(tmp_path.iterdir())


def test_fixes_are_recalled_and_their_rounds_are_not_kept(folder: Path) -> None:
    (folder / "train.py").write_text(STACK, encoding="utf-8")
    _, first = lint("train.py")
    assert any(finding.fix for finding in first.findings)
    recalled, second = lint("train.py")
    assert (recalled, second) == (1, first)
    cache = ResultCache(str(folder / NAME))
    held = lint_paths(["train.py"], settings(), 1, contents={"train.py": b"import keras\n"}, cache=cache)
    assert held.findings == ()
    assert cache.recalled == 0
    assert lint("train.py") == (1, first)


def test_contents_in_memory_use_what_they_do_not_touch(folder: Path) -> None:
    """A round of fixes: `train` imports the module that is different in memory, `stack` does not."""
    (folder / "stack.py").write_text(STACK, encoding="utf-8")
    lint("train.py", "stack.py")
    cache = ResultCache(str(folder / NAME))
    files, contents = ["train.py", "stack.py"], {"model.py": BOUNDED.encode()}
    changed = lint_paths(files, settings(), 1, contents=contents, cache=cache)
    assert cache.recalled == 1
    assert [finding.code for finding in changed.findings] == ["RNN103"]
    assert changed == lint_paths(files, settings(), 1, contents=contents)
    same = lint_paths(files, settings(), 1, contents={"model.py": MODEL.encode()}, cache=cache)
    assert cache.recalled == 3
    assert [finding.code for finding in same.findings] == ["RNN103", "RNN101"]
