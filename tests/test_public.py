"""What other programs may build on: the names, their signatures and types, as the built wheel has them."""

from __future__ import annotations

import dataclasses
import inspect
import os
import re
import subprocess
import sys
import venv
import zipfile
from collections.abc import Iterator
from enum import Enum
from pathlib import Path
from typing import Any

import pytest
from syrupy.assertion import SnapshotAssertion

import rnnlint

ROOT = Path(__file__).parents[1]
FUNCTIONS_AND_CLASSES = sorted(set(rnnlint.__all__) - {"__version__"})
CONSUMER = """
from pathlib import Path

import rnnlint
from rnnlint import Finding, Found, RuledOut, Selection, Settings, Severity

settings = Settings(preview=True, selections=(Selection(select=("RNN0", "RNN9")),))
findings: list[Finding] = rnnlint.lint_source("x = 1  # noqa: RNN901\\n", "a.py", settings)
edits: list[tuple[int, str]] = [
    (edit.span.line, edit.content) for finding in findings if finding.fix for edit in finding.fix.edits
]
result = rnnlint.lint_paths([Path("a.py"), "b.py"], settings, jobs=1)
worst: Severity = min((finding.severity for finding in result.findings), key=lambda severity: severity.rank)
said: list[str] = [
    verdict.message if isinstance(verdict, Found) else verdict.evidence if isinstance(verdict, RuledOut) else ""
    for rule, verdicts in rnnlint.diagnose("a.py", source="import torch").verdicts
    for verdict in verdicts
]
version: str = rnnlint.__version__
print(rnnlint.__file__, edits, worst.value, result.fails(Severity.ERROR), said, version, sep="\\n")
"""
MISTAKES = {
    "rnnlint.lint_source(1)": "arg-type",
    "rnnlint.lint_paths([]).finding": "attr-defined",
    "rnnlint.lint_source('')[0].fix.edits": "union-attr",
    "from rnnlint import no_such_name": "attr-defined",
}


def test_the_package_names_its_public_interface() -> None:
    named = set(re.findall(r"`(\w+)`", rnnlint.__doc__ or ""))
    assert named == set(rnnlint.__all__)
    assert rnnlint.__all__ == sorted(rnnlint.__all__)
    assert set(rnnlint.__all__) <= set(dir(rnnlint))
    with pytest.raises(ImportError, match="cannot import name 'nothing'"):
        exec("from rnnlint import nothing")


@pytest.mark.parametrize("name", FUNCTIONS_AND_CLASSES)
def test_public_names_have_a_signature_and_documentation(name: str, snapshot: SnapshotAssertion) -> None:
    value = getattr(rnnlint, name)
    assert "\n".join(described(name, value)) == snapshot
    undocumented = [label for label, text in documents(name, value) if not text or text.startswith(f"{name}(")]
    assert undocumented == []


def described(name: str, value: Any) -> Iterator[str]:
    """A function's signature, or a class's fields, values and members, one a line."""
    if inspect.isfunction(value):
        yield f"def {name}{inspect.signature(value)}"
        return
    yield f"class {name}({', '.join(base.__name__ for base in value.__bases__)})"
    if issubclass(value, Enum):
        yield from (f"    {member.name} = {member.value!r}" for member in value)
    if dataclasses.is_dataclass(value):
        yield from (f"    {field.name}: {field.type}{default_of(field)}" for field in dataclasses.fields(value))
    for label, member in members(value):
        function: Any = member.fget if isinstance(member, property) else getattr(value, label)
        yield f"    {'property' if isinstance(member, property) else 'def'} {label}{inspect.signature(function)}"


def default_of(field: dataclasses.Field[Any]) -> str:
    """How a field's default is told."""
    if field.default is not dataclasses.MISSING:
        return f" = {field.default!r}"
    return "" if field.default_factory is dataclasses.MISSING else " = ..."


def members(value: type) -> Iterator[tuple[str, Any]]:
    """The public methods and properties that a class defines itself."""
    for label, member in vars(value).items():
        if not label.startswith("_") and (isinstance(member, property | classmethod) or inspect.isfunction(member)):
            yield label, member


def documents(name: str, value: Any) -> Iterator[tuple[str, str]]:
    """What is said of a public name, and of its methods and properties."""
    yield name, vars(value).get("__doc__") or "" if isinstance(value, type) else value.__doc__ or ""
    if isinstance(value, type):
        for label, member in members(value):
            yield f"{name}.{label}", member.__doc__ or ""


@pytest.fixture(scope="module")
def installed(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of packages of a virtual environment that has rnnlint's wheel and nothing else."""
    folder = tmp_path_factory.mktemp("wheel")
    command = [sys.executable, "-m", "hatchling", "build", "-t", "wheel", "-d", str(folder)]
    subprocess.run(command, cwd=ROOT, capture_output=True, check=True)
    venv.create(folder / "venv", symlinks=os.name != "nt")
    program = "import sysconfig; print(sysconfig.get_path('purelib'))"
    process = subprocess.run([interpreter(folder), "-c", program], capture_output=True, text=True, check=True)
    packages = Path(process.stdout.strip())
    (wheel,) = folder.glob("rnnlint-*.whl")
    with zipfile.ZipFile(wheel) as archive:
        archive.extractall(packages)
    return packages


def interpreter(folder: Path) -> str:
    """The Python of the virtual environment in a folder."""
    return str(folder / "venv" / ("Scripts/python.exe" if os.name == "nt" else "bin/python"))


def checked(installed: Path, folder: Path, text: str) -> subprocess.CompletedProcess[str]:
    """mypy's strict opinion of a program that uses the installed wheel."""
    program = folder / "consumer.py"
    program.write_text(text, "utf-8")
    home = next(parent for parent in installed.parents if (parent / "venv").is_dir())
    command = [sys.executable, "-m", "mypy", "--strict", "--python-executable", interpreter(home)]
    command += ["--config-file=", f"--cache-dir={home / 'mypy'}", str(program)]
    kept = {key: value for key, value in os.environ.items() if key not in ("MYPYPATH", "PYTHONPATH")}
    return subprocess.run(command, cwd=folder, env=kept, capture_output=True, text=True, check=False)


def test_a_program_that_uses_the_wheel_is_typed_and_runs(installed: Path, tmp_path: Path) -> None:
    process = checked(installed, tmp_path, CONSUMER)
    assert process.returncode == 0, process.stdout + process.stderr
    (tmp_path / "a.py").write_text("x = 1  # noqa: RNN901\n", "utf-8")
    kept = {**os.environ, "PYTHONPATH": str(installed)}
    command = [sys.executable, "consumer.py"]
    process = subprocess.run(command, cwd=tmp_path, env=kept, capture_output=True, text=True, check=True)
    file, edits, worst, fails, said, version = process.stdout.splitlines()
    assert Path(file).parent == installed / "rnnlint"
    assert (edits, worst, fails, said) == ("[(1, '')]", "error", "True", "[]")
    assert version == rnnlint.__version__


def test_the_wheel_tells_a_type_checker_what_is_wrong(installed: Path, tmp_path: Path) -> None:
    text = "import rnnlint\n" + "".join(f"{line}\n" for line in MISTAKES)
    process = checked(installed, tmp_path, text)
    assert re.findall(r"consumer\.py:\d+: error: .*\[([\w-]+)\]", process.stdout) == list(MISTAKES.values())
