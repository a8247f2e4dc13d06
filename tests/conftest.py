"""What all tests share."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from rnnlint import rulebook
from tests import stubs


@pytest.fixture
def stubbed(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """The engine with a stub frontend and stub rules."""
    stubs.install(monkeypatch)
    yield
    monkeypatch.undo()
    rulebook.every_label.cache_clear()
    rulebook.codes_selected.cache_clear()
    rulebook.preview_codes.cache_clear()


def pytest_addoption(parser: pytest.Parser) -> None:
    """Options of the tests."""
    parser.addoption(
        "--every-rewrite", action="store_true", help="try every fixture in every form, not in some of them"
    )
    parser.addoption(
        "--update-fixed", action="store_true", help="write what fixes make of the fixtures that have such a file"
    )
