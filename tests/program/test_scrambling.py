"""Reshapes that keep the order of axes, and those that mix them."""

from __future__ import annotations

import pytest

from rnnlint.finding import Span
from rnnlint.program.data import Array
from rnnlint.program.scrambling import Mixed, mixed
from rnnlint.program.size import Size, term
from rnnlint.program.value import Known, Site

SITE = Site(Span("a.py", 0, 1, 1, 1, 2))
N, T = term("len", 1), term("axis", 1, 1)


def reshape(before: tuple[Size, ...], after: tuple[Size | None, ...], computed: bool = False) -> Array:
    source = Array("generate", SITE, 1, shape=before)
    settings = {"before": Known(before), "computed": Known(computed)}
    return Array("reshape", SITE, 2, (source,), settings, shape=after)


@pytest.mark.parametrize(
    "before, after",
    [
        ((N, 3, 128), (N, 128, 3)),
        ((N, T, 4), (T, N, 4)),
        ((500, 3, 128), (500, 128, 3)),
        ((N, T, 4), (T, N, None)),
    ],
)
def test_exchanged_axes(before: tuple[Size, ...], after: tuple[Size | None, ...]) -> None:
    assert mixed(reshape(before, after)) is Mixed.EXCHANGED


@pytest.mark.parametrize("after", [(N, 192), (N, None)])
def test_axes_merged_over_others(after: tuple[Size | None, ...]) -> None:
    assert mixed(reshape((3, N, 64), after)) is Mixed.MERGED


@pytest.mark.parametrize(
    "before, after",
    [
        ((N, 3, 128), (N, 384)),
        ((N, T, 64), (N, T, 4, 16)),
        ((N, 1, 28, 28), (N, 28, 28)),
        ((500, 40, 20), (500, 20, 2, 20)),
        ((1, N, 64), (N, 64)),
        ((6000,), (100, 60)),
    ],
)
def test_order_is_kept(before: tuple[Size, ...], after: tuple[Size | None, ...]) -> None:
    assert mixed(reshape(before, after)) is Mixed.NOT


def test_sizes_computed_from_one_another_may_regroup() -> None:
    assert mixed(reshape((4, 40, 20), (4, 20, 40), computed=True)) is Mixed.NOT


def test_nothing_is_said_of_unknown_shapes() -> None:
    array = Array("reshape", SITE, 2, (Array("read", SITE, 1),), {}, shape=(None, 3))
    assert mixed(array) is None
