"""From a Jupyter notebook to one Python program in cell order."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from rnnlint.finding import Finding, Span
from rnnlint.source.document import Cell, Document
from rnnlint.source.magics import mask_magics, mask_shell_words
from rnnlint.source.problems import invalid_syntax
from rnnlint.source.reading import LONGEST_TEXT, Reading, UnreadableError, normalize_newlines
from rnnlint.source.syntax import SyntaxProblem, syntax_problem


@dataclass(frozen=True, slots=True)
class RawCell:
    """A code cell as the notebook holds it, numbered from 1 over all cells."""

    number: int
    text: str


def read_notebook(data: bytes, display: str, path: Path | None = None) -> Reading:
    """The code cells of a notebook as one document; cells that do not parse are blanked and reported."""
    lines: list[str] = []
    cells: list[Cell] = []
    problems: list[Finding] = []
    for raw in code_cells(data):
        masked, indent, problem = _mask(raw.text)
        if problem is not None:
            problems.append(_locate(problem, display, raw))
        cells.append(Cell(raw.number, len(lines) + 1, indent))
        lines.extend(masked.split("\n"))
    text = "\n".join(lines) + "\n" if lines else ""
    if len(text) > LONGEST_TEXT:
        raise UnreadableError(f"{len(text):,} characters of source: too large, the limit is {LONGEST_TEXT:,}")
    return Reading(Document(display, text, path, tuple(cells)), tuple(problems))


def code_cells(data: bytes) -> tuple[RawCell, ...]:
    """The Python code cells of a notebook in order; none when its kernel speaks another language."""
    notebook = _parse(data)
    if not _speaks_python(notebook.get("metadata")):
        return ()
    return tuple(
        RawCell(number, normalize_newlines(_source(cell)))
        for number, cell in enumerate(_cells(notebook), start=1)
        if isinstance(cell, dict) and cell.get("cell_type") == "code" and _is_python(cell.get("language"))
    )


def _parse(data: bytes) -> dict[str, Any]:
    try:
        notebook = json.loads(data.decode("utf-8-sig"))
    except UnicodeDecodeError as error:
        raise UnreadableError(f"not a notebook: not valid utf-8 ({error.reason})") from error
    except json.JSONDecodeError as error:
        raise UnreadableError(
            f"not a notebook: not JSON: {error.msg} in line {error.lineno}, column {error.colno}"
        ) from error
    except (ValueError, RecursionError) as error:
        raise UnreadableError(f"not a notebook: not JSON that can be read ({error})") from error
    if not isinstance(notebook, dict) or not ("cells" in notebook or "worksheets" in notebook):
        raise UnreadableError("not a notebook: JSON without cells")
    return notebook


def _cells(notebook: dict[str, Any]) -> Iterator[Any]:
    """The cells of format 4, or of every worksheet of format 3."""
    sheets = notebook.get("worksheets")
    holders = [notebook, *(sheets if isinstance(sheets, list) else [])]
    for holder in holders:
        cells = holder.get("cells") if isinstance(holder, dict) else None
        if isinstance(cells, list):
            yield from cells


def _source(cell: dict[str, Any]) -> str:
    source = cell.get("source", cell.get("input", ""))
    if isinstance(source, list):
        return "".join(part for part in source if isinstance(part, str))
    return source if isinstance(source, str) else ""


def _speaks_python(metadata: object) -> bool:
    if not isinstance(metadata, dict):
        return True
    for section, key in (("language_info", "name"), ("kernelspec", "language")):
        value = metadata.get(section)
        if isinstance(value, dict) and isinstance(value.get(key), str):
            return _is_python(value[key])
    return True


def _is_python(language: object) -> bool:
    return not isinstance(language, str) or language.lower().startswith(("python", "ipython"))


def _mask(text: str) -> tuple[str, int, SyntaxProblem | None]:
    """The cell as Python of the same lines, the indentation taken off it, and what is wrong with it."""
    problem = syntax_problem(text, script=False)
    if problem is None:
        return text, 0, None
    if problem.message.startswith("IndentationError: unexpected indent"):
        dedented, indent = _dedent(text)
        if indent:
            masked, _, inner = _mask(dedented)
            if inner is None:
                return masked, indent, None
    masked = mask_magics(text)
    for candidate in (masked, mask_shell_words(masked)):
        remaining = syntax_problem(candidate, script=False)
        if remaining is None:
            return candidate, 0, None
        problem = remaining if candidate is masked else problem
    return "\n" * text.count("\n"), 0, problem


def _dedent(text: str) -> tuple[str, int]:
    """IPython takes the first line's indentation off every line that has it."""
    lines = text.split("\n")
    first = next((line for line in lines if line.strip()), "")
    indent = first[: len(first) - len(first.lstrip())]
    return "\n".join(line.removeprefix(indent) for line in lines), len(indent)


def _locate(problem: SyntaxProblem, display: str, raw: RawCell) -> Finding:
    span = Span(display, raw.number, problem.line, problem.column, problem.end_line, problem.end_column)
    return invalid_syntax(span, problem.message)
