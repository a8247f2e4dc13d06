"""Places of nodes are those that libcst finds."""

from __future__ import annotations

from pathlib import Path

import libcst as cst
import pytest
from libcst.metadata import CodeRange, PositionProvider

from rnnlint.frontend.parse import parse
from rnnlint.frontend.positions import code_range, ranges_of
from rnnlint.source.document import Document

TEXTS = (
    "",
    "\n",
    "x = 1",
    "# a comment\n\n\n@decorated\n# inside\n\ndef f(a, *, b=(\n  1), **c) -> int: # b\n\n    return (a\n + b)\n# end\n",
    "class A(B, metaclass=C):\n\n    def f(self): pass; x = 1\n    # at the end\n\nfor i in a:\n\tb\nelse:\n\tc\n",
    "text = '''one\ntwo''' + f'{x!r:>{width}}' 'three' \\\n    'four'\r\ny = [a for a in (b, ) if (c)]\r\n",
    "try:\n    a\nexcept* (B, C) as d:\n    with e as f, g: pass\nmatch h:\n    case [1, *_] | {'k': v}: i = 1\n",
)


@pytest.mark.parametrize("text", TEXTS)
def test_places_are_those_of_libcst(text: str) -> None:
    assert _places(text) == _expected(text)


def test_places_of_a_whole_module_are_those_of_libcst() -> None:
    text = Path(__file__).with_name("test_other_files.py").read_text("utf-8")
    assert _places(text) == _expected(text)


def test_each_node_has_its_place_in_the_file() -> None:
    syntax = parse(Document("a.py", "if a:\n    b = (c)\n"))
    branch = cst.ensure_type(syntax.tree.body[0], cst.If)
    assert syntax.has(branch.test) and not syntax.has(cst.Name("a"))
    assert syntax.span(branch.test) == syntax.document.span(1, 4, 1, 5)
    assert syntax.positions[branch.body].start.line == 2


def _places(text: str) -> list[tuple[str, CodeRange]]:
    tree = cst.parse_module(text)
    return [(type(node).__name__, code_range(place)) for node, place in ranges_of(tree).values()]


def _expected(text: str) -> list[tuple[str, CodeRange]]:
    wrapper = cst.MetadataWrapper(cst.parse_module(text), unsafe_skip_copy=True)
    found = wrapper.resolve(PositionProvider).items()
    return [(type(node).__name__, place) for node, place in found if isinstance(place, CodeRange)]
