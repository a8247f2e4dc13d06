"""Programs from text, and what they say of one expression."""

from __future__ import annotations

from pathlib import Path
from textwrap import dedent

from rnnlint.frontend import build_program
from rnnlint.program.data import Array
from rnnlint.program.program import Program
from rnnlint.program.value import Setting, known
from rnnlint.source.document import Document
from rnnlint.source.reading import read_document
from tests.metamorphic.cells import notebook

MAIN = "main.py"


def build(text: str, folder: Path | None = None, **files: str) -> Program:
    """The Program of a script; `files` are other modules beside it, by their paths without a suffix."""
    if folder is None:
        return build_program(Document(MAIN, dedent(text)))
    for name, content in {**files, MAIN.removesuffix(".py"): text}.items():
        path = folder / f"{name}.py"
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(dedent(content), "utf-8")
    return build_program(Document(MAIN, dedent(text), folder / MAIN))


def build_notebook(*cells: str) -> Program:
    """The Program of a notebook with these code cells, behind a first cell of text."""
    reading = read_document(notebook([dedent(cell) for cell in cells]).encode(), "main.ipynb")
    assert reading.document is not None
    return build_program(reading.document)


def settings_of(program: Program, name: str) -> list[object]:
    """One setting of every layer, "?" where it is not settled."""
    return [known(layer.settings.get(name), "?") for layer in program.layers]


def setting_after(code: str, expression: str) -> Setting:
    """What is known of an expression's value after some code."""
    program = build(f"{dedent(code)}\nimport keras as keras_of_the_test\nkeras_of_the_test.layers.LSTM({expression})\n")
    return program.layers[-1].settings["units"]


def value_after(code: str, expression: str) -> object:
    """An expression's settled value after some code, or "?"."""
    return known(setting_after(code, expression), "?")


def arrays_after(code: str, *expressions: str) -> list[Array]:
    """The arrays that expressions stand for after some code."""
    lines = [f"judge_of_the_test.evaluate({expression})" for expression in expressions]
    head = "import keras as keras_of_the_test\njudge_of_the_test = keras_of_the_test.Sequential()"
    program = build("\n".join([dedent(code), head, *lines]))
    return [array for score in program.evaluations[-len(lines) :] for array in score.data[:1]]


def array_after(code: str, expression: str) -> Array:
    """The array that an expression stands for after some code."""
    (array,) = arrays_after(code, expression)
    return array
