"""`--baseline`, `--update-baseline` and `--prune-baseline` in whole runs of the process."""

from __future__ import annotations

import json
import os
from pathlib import Path

import pytest

from tests.cli.test_process import rnnlint

ALL = ("-q", "--baseline", "known.json")


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "a.py").write_text("x = 1  # noqa: RNN101\n", encoding="utf-8")
    (tmp_path / "old.py").write_text('print "loss"\n', encoding="utf-8")
    return tmp_path


def test_from_the_first_run_to_the_last(folder: Path) -> None:
    missing = rnnlint(folder, "--baseline", "known.json")
    assert (missing.code, missing.out) == (2, "")
    assert missing.err == (
        "rnnlint: error: cannot read the baseline FOLDER/known.json: no such file or directory "
        "(--update-baseline creates it)\n"
    )
    first = rnnlint(folder, "--baseline", "known.json", "--update-baseline")
    assert (first.code, first.out) == (0, "All checks passed!\n2 known findings hidden by the baseline.\n")
    assert first.err == "wrote known.json: 2 known findings (2 added, 0 removed)\n"
    assert rnnlint(folder, *ALL).code == 0
    (folder / "a.py").write_text("\nx = 1 # noqa: RNN101\nx = 2  # noqa: RNN101\n", encoding="utf-8")
    new = rnnlint(folder, *ALL)
    assert (new.code, new.out.count("\n")) == (1, 1)
    assert new.out.startswith("a.py:3:8: RNN001 ")
    (folder / "old.py").write_text("x = 1\n", encoding="utf-8")
    stale = rnnlint(folder, *ALL, "-v")
    assert "warning: known.json knows 1 finding that is gone (see --prune-baseline)\n" in stale.err
    assert "baseline: known.json hides 1 finding\n" in stale.err
    pruned = rnnlint(folder, "--baseline", "known.json", "--prune-baseline")
    assert (pruned.code, pruned.err) == (1, "wrote known.json: 1 known finding (0 added, 1 removed)\n")
    assert list(json.loads((folder / "known.json").read_bytes())["findings"]) == ["a.py"]
    assert rnnlint(folder, *ALL).err == ""
    before = (folder / "known.json").stat()
    assert rnnlint(folder, *ALL, "--prune-baseline").code == 1
    assert (folder / "known.json").stat() == before


def test_a_part_of_the_files_leaves_the_rest(folder: Path) -> None:
    rnnlint(folder, *ALL, "--update-baseline")
    (folder / "a.py").write_text("x = 1\n", encoding="utf-8")
    rnnlint(folder, *ALL, "--update-baseline", "a.py")
    assert list(json.loads((folder / "known.json").read_bytes())["findings"]) == ["old.py"]


def test_the_key_of_the_configuration(folder: Path) -> None:
    (folder / "sub").mkdir()
    (folder / "a.py").rename(folder / "sub" / "a.py")
    (folder / "rnnlint.toml").write_text('baseline = "known.json"\n', encoding="utf-8")
    assert rnnlint(folder / "sub", "--update-baseline", "..").code == 0
    assert sorted(json.loads((folder / "known.json").read_bytes())["findings"]) == ["old.py", "sub/a.py"]
    assert rnnlint(folder).code == 0
    assert rnnlint(folder, "--baseline", "").code == 1
    assert rnnlint(folder, "--isolated").code == 1


def test_what_cannot_be_read_is_not_recorded(folder: Path) -> None:
    run = rnnlint(folder, *ALL, "--update-baseline", ".", "gone.py")
    assert (run.code, run.out) == (1, "gone.py:1:1: RNN901 no such file or directory\n")


@pytest.mark.parametrize(
    ("arguments", "reason"),
    [
        (("--update-baseline",), "--update-baseline needs a file: --baseline FILE, or the key baseline"),
        (("--prune-baseline", "--baseline", "gone/known.json"), "cannot read the baseline FOLDER/gone/known.json"),
        (("--update-baseline", "--baseline", "gone/known.json"), "cannot write the baseline FOLDER/gone/known.json"),
        (("--update-baseline", "--baseline", "a.py"), "FOLDER/a.py is not a baseline: "),
        (("--update-baseline", "--baseline", "."), "cannot read the baseline FOLDER: is a directory"),
        (("--update-baseline", "--baseline", "known.json", "--diff"), "--update-baseline and --diff exclude"),
        (("--prune-baseline", "--baseline", "known.json", "-"), "--prune-baseline cannot be used with standard input"),
    ],
    ids=" ".join,
)
def test_wrong_use(folder: Path, arguments: tuple[str, ...], reason: str) -> None:
    before = sorted(folder.iterdir()), (folder / "a.py").read_bytes()
    run = rnnlint(folder, *arguments, text="" if "-" in arguments else None)
    assert (run.code, run.out) == (2, "")
    assert run.err.startswith(f"rnnlint: error: {reason}")
    assert (sorted(folder.iterdir()), (folder / "a.py").read_bytes()) == before


@pytest.mark.skipif(os.name == "nt", reason="POSIX permissions")
def test_a_baseline_that_is_read_only(folder: Path) -> None:
    rnnlint(folder, *ALL, "--update-baseline")
    (folder / "known.json").chmod(0o444)
    (folder / "a.py").unlink()
    run = rnnlint(folder, *ALL, "--prune-baseline")
    assert (run.code, run.out) == (2, "")
    assert "cannot write the baseline FOLDER/known.json: it is read-only" in run.err


def test_other_formats_show_new_findings_only(folder: Path) -> None:
    rnnlint(folder, *ALL, "--update-baseline", "old.py")
    shown = json.loads(rnnlint(folder, *ALL, "--output-format", "gitlab").out)
    assert [issue["check_name"] for issue in shown] == ["RNN001"]
