"""Cuts a script into the cells of a notebook, and joins a notebook's cells to a script."""

from __future__ import annotations

import ast
import json

import libcst as cst

from tests.metamorphic.names import Statement, is_import


def cut_into_cells(module: cst.Module) -> list[str] | None:
    """The imports as one cell, then a cell for each statement; None if there is but one."""
    groups: list[list[Statement]] = []
    for node in module.body:
        if groups and is_import(node) and is_import(groups[-1][-1]):
            groups[-1].append(node)
        else:
            groups.append([node])
    if len(groups) < 2:
        return None
    return [cst.Module(body=group, header=module.header if not at else []).code for at, group in enumerate(groups)]


def notebook(cells: list[str]) -> str:
    """A notebook file with these code cells, a heading above them."""
    heading = {"cell_type": "markdown", "metadata": {}, "source": ["# The same program\n", "in cells"]}
    code: list[dict[str, object]] = [
        {
            "cell_type": "code",
            "execution_count": None,
            "metadata": {},
            "outputs": [],
            "source": cell.strip("\n").splitlines(keepends=True),
        }
        for cell in cells
    ]
    content = {"cells": [heading, *code], "metadata": {}, "nbformat": 4, "nbformat_minor": 4}
    return json.dumps(content, indent=1)


def script(text: str) -> str:
    """The code of a notebook file as one script, without magics and cells that are not Python."""
    cells = [cell for cell in json.loads(text)["cells"] if cell["cell_type"] == "code"]
    plain = ["\n".join(map(_without_magic, "".join(cell["source"]).splitlines())) for cell in cells]
    return "\n\n".join(filter(_is_python, plain)) + "\n"


def _without_magic(line: str) -> str:
    if line.startswith("%time "):
        return line.removeprefix("%time ")
    return "" if line.startswith(("%", "!")) else line


def _is_python(code: str) -> bool:
    try:
        ast.parse(code)
    except SyntaxError:
        return False
    return True
