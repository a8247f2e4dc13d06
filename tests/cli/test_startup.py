"""Files that name no framework cost little: none of the heavy libraries is imported for them."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
HEAVY = {
    "libcst",
    "astroid",
    "numpy",
    "rich",
    "msgspec",
    "pathspec",
    "tomllib",
    "tensorflow",
    "keras",
    "torch",
    "pygls",
    "lsprotocol",
}
PROGRAM = """
import json, sys
sys.path.insert(0, {root!r})
sys.argv = ["rnnlint", *{arguments!r}]
from rnnlint.cli.main import run
code = run()
print(json.dumps([code, sorted({{name.partition(".")[0] for name in sys.modules}}), sorted(sys.modules)]))
"""


def modules(folder: Path, *arguments: str) -> tuple[set[str], set[str]]:
    program = PROGRAM.format(root=str(ROOT), arguments=arguments)
    process = subprocess.run([sys.executable, "-c", program], cwd=folder, capture_output=True, text=True, check=True)
    code, packages, everything = json.loads(process.stdout.splitlines()[-1])
    assert code == 0, process.stdout
    return set(packages), set(everything)


@pytest.mark.parametrize("arguments", [["."], ["--output-format", "full"], ["check", "-q", "a.py"], ["version"]])
def test_no_heavy_import_without_a_framework(tmp_path: Path, arguments: list[str]) -> None:
    for name in ("a.py", "b.py"):
        (tmp_path / name).write_text("import os\nx = os.getcwd()\n", encoding="utf-8")
    (tmp_path / "pyproject.toml").write_text("[project]\nname = 'x'\n", encoding="utf-8")
    packages, everything = modules(tmp_path, *arguments)
    assert not packages & HEAVY
    assert "rnnlint.rules.registry" not in everything
    assert not [name for name in everything if name.startswith("rnnlint.frontend")]


def test_pathspec_only_with_a_gitignore(tmp_path: Path) -> None:
    (tmp_path / "a.py").write_text("x = 1\n", encoding="utf-8")
    (tmp_path / ".gitignore").write_text("build/\n", encoding="utf-8")
    packages, _ = modules(tmp_path, ".")
    assert packages & HEAVY == {"pathspec"}
    packages, _ = modules(tmp_path, "--no-respect-gitignore", ".")
    assert not packages & HEAVY


def test_importing_rnnlint_imports_nothing_else(tmp_path: Path) -> None:
    program = f"import sys; sys.path.insert(0, {str(ROOT)!r}); import rnnlint; print(*sys.modules)"
    process = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert [name for name in process.stdout.split() if name.startswith("rnnlint")] == ["rnnlint"]
