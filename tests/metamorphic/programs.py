"""Fixtures as programs that can be rewritten, and rewritten programs as files."""

from __future__ import annotations

import ast
from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import partial
from pathlib import Path

import libcst as cst

from tests.metamorphic.aliases import alias_imports, star_imports
from tests.metamorphic.cells import cut_into_cells, notebook, script
from tests.metamorphic.extract import MODULE_NAME, move_definitions
from tests.metamorphic.functional import make_functional
from tests.metamorphic.names import bound_by_imports, bound_in_scope
from tests.metamorphic.rename import rename_everything
from tests.metamorphic.wrap import pass_as_arguments, wrap_in_main
from tests.rules.support import Fixture, Place, findings_in, place_of

NOT_OF_THE_PROGRAM = frozenset({"RNN902"})

Files = Mapping[str, str]
Rewrite = Callable[[cst.Module], cst.Module | None]


@dataclass(frozen=True)
class Program:
    """The text of each file by its name; `main` is the one that no other imports."""

    files: Files
    main: str

    def with_main(self, text: str, name: str | None = None) -> Program:
        """The program with another main file."""
        others = {file: content for file, content in self.files.items() if file != self.main}
        name = name or self.main
        return Program({**others, name: text}, name)


def program_of(fixture: Fixture) -> Program:
    """A fixture's scripts; a notebook becomes one script."""
    files = {file.name: file.read_text("utf-8") for file in fixture.files}
    files = {
        name.replace(".ipynb", ".py"): script(text) if name.endswith(".ipynb") else text for name, text in files.items()
    }
    imported = {name for text in files.values() for name in _modules(text)}
    return Program(files, next(name for name in sorted(files) if Path(name).stem not in imported))


def expected_verdicts(fixture: Fixture) -> Counter[str]:
    """How often each code must be reported with which severity, whatever the program's form."""
    return Counter(
        f"{marker.code} {marker.wanted_severity}" for marker in fixture.markers if marker.code not in NOT_OF_THE_PROGRAM
    )


def reported_verdicts(program: Program, folder: Path, code: str) -> tuple[Counter[str], str]:
    """How often each code is reported with which severity in a fixture of the rule `code`, and the findings as text."""
    for name, text in program.files.items():
        (folder / name).write_text(text, "utf-8")
    findings = findings_in([folder], code)
    places: set[tuple[Place, str]] = {
        (place_of(finding), f"{finding.code} {finding.severity.value}") for finding in findings
    }
    lines = [f"  {place_of(finding)} {finding.code} {finding.message}" for finding in findings]
    return Counter(verdict for _, verdict in places), "\n".join(lines)


def rewritten_main(rewrite: Rewrite, program: Program) -> Program | None:
    """The program with its main file rewritten."""
    module = rewrite(cst.parse_module(program.files[program.main]))
    return program.with_main(module.code) if module else None


def rewritten_everywhere(rewrite: Rewrite, program: Program) -> Program | None:
    """The program with each file rewritten that can be."""
    modules = {name: rewrite(cst.parse_module(text)) for name, text in program.files.items()}
    if not any(modules.values()):
        return None
    files = {name: module.code if module else program.files[name] for name, module in modules.items()}
    return Program(files, program.main)


def renamed(program: Program) -> Program | None:
    """Every name renamed; what several files share keeps its name."""
    shared = frozenset(name for text in program.files.values() for name in _shared_names(text))
    return rewritten_everywhere(
        partial(rename_everything, keep=shared if len(program.files) > 1 else frozenset()), program
    )


def in_two_files(program: Program) -> Program | None:
    """The main file's definitions moved to a file of their own."""
    parts = move_definitions(cst.parse_module(program.files[program.main]))
    if parts is None:
        return None
    main, definitions = parts
    moved = program.with_main(main.code)
    return Program({**moved.files, f"{MODULE_NAME}.py": definitions.code}, moved.main)


def in_cells(program: Program) -> Program | None:
    """The main file as a notebook."""
    cells = cut_into_cells(cst.parse_module(program.files[program.main]))
    if cells is None:
        return None
    return program.with_main(notebook(cells), program.main.replace(".py", ".ipynb"))


REWRITES: Mapping[str, Callable[[Program], Program | None]] = {
    "renamed": renamed,
    "aliased": partial(rewritten_everywhere, alias_imports),
    "starred": partial(rewritten_everywhere, star_imports),
    "in_main": partial(rewritten_main, wrap_in_main),
    "as_arguments": partial(rewritten_main, pass_as_arguments),
    "in_two_files": in_two_files,
    "in_cells": in_cells,
    "functional": partial(rewritten_everywhere, make_functional),
}


def _modules(text: str) -> set[str]:
    """The modules that a script imports, by the first part of their names."""
    found: set[str] = set()
    for node in ast.walk(ast.parse(text)):
        if isinstance(node, ast.ImportFrom) and node.module:
            found.add(node.module.split(".")[0])
        elif isinstance(node, ast.Import):
            found |= bound_by_imports(node) | {alias.name.split(".")[0] for alias in node.names}
    return found


def _shared_names(text: str) -> set[str]:
    """Names of a file that another one may know: those at module level, parameters, attributes."""
    tree = ast.parse(text)
    parameters = {node.arg for node in ast.walk(tree) if isinstance(node, ast.arg)}
    attributes = {node.attr for node in ast.walk(tree) if isinstance(node, ast.Attribute)}
    return bound_in_scope(tree.body) | parameters | attributes
