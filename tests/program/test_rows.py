"""Selections of rows: which hold others, which share none."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from rnnlint.program.data import Part, Rows
from rnnlint.program.size import scale, term

SHARE = term("int", scale(term("len", "rows"), 0.8))
LATER = term("int", scale(term("len", "rows"), 0.9))
parts = st.one_of(
    st.builds(Part, st.just("split"), st.integers(0, 2), st.integers(0, 1)),
    st.builds(Part, st.just("filter"), st.integers(0, 2), st.integers(0, 1)),
    st.builds(Part, st.just("sample"), st.integers(0, 2)),
    st.builds(
        Part,
        st.just("slice"),
        st.none(),
        st.just(0),
        st.sampled_from([None, 10, SHARE]),
        st.sampled_from([None, SHARE, LATER]),
    ),
)
selections = st.builds(Rows, st.integers(1, 2), st.lists(parts, max_size=3).map(tuple))
WHOLE = Rows(1)


def part(low: object = None, high: object = None) -> Rows:
    """A slice of the whole."""
    return WHOLE.select(Part("slice", None, 0, low, high))  # type: ignore[arg-type]


@given(selections, parts)
def test_rows_cover_themselves_and_what_is_selected_from_them(rows: Rows, more: Part) -> None:
    assert rows.covers(rows)
    assert rows.covers(rows.select(more))
    assert not rows.select(more).covers(rows)


@given(selections, selections)
def test_relations_are_symmetric_and_exclude_each_other(one: Rows, two: Rows) -> None:
    assert one.disjoint(two) == two.disjoint(one)
    assert one.apart_from(two) == two.apart_from(one)
    if one.covers(two):
        assert not one.disjoint(two)
        assert not one.apart_from(two)
    if one.disjoint(two):
        assert one.apart_from(two)


@given(selections, selections, parts, parts)
def test_disjoint_rows_stay_disjoint_when_fewer_are_kept(one: Rows, two: Rows, more: Part, other: Part) -> None:
    if one.disjoint(two):
        assert one.select(more).disjoint(two.select(other))


def test_slices_that_meet_share_no_row() -> None:
    assert part(None, SHARE).disjoint(part(SHARE, None))
    assert part(None, SHARE).disjoint(part(SHARE, LATER))
    assert part(None, 10).disjoint(part(10, 20))


def test_slices_that_do_not_meet_may_share_rows() -> None:
    assert not part(None, LATER).disjoint(part(SHARE, None))
    assert not part(None, None).disjoint(part(SHARE, None))


def test_parts_of_one_split_share_no_row_and_those_of_two_may() -> None:
    one, two = WHOLE.select(Part("split", "first", 0)), WHOLE.select(Part("split", "first", 1))
    assert one.disjoint(two)
    assert not one.disjoint(WHOLE.select(Part("split", "second", 1)))


def test_condition_and_its_complement_share_no_row() -> None:
    assert WHOLE.select(Part("filter", "day", 0)).disjoint(WHOLE.select(Part("filter", "day", 1)))
    assert not WHOLE.select(Part("filter", "day", 0)).disjoint(WHOLE.select(Part("filter", "hour", 1)))


def test_two_samples_may_share_rows() -> None:
    assert not WHOLE.select(Part("sample", 1)).disjoint(WHOLE.select(Part("sample", 2)))


def test_nothing_is_said_of_two_sources() -> None:
    other = Rows(2)
    assert not WHOLE.covers(other)
    assert not WHOLE.disjoint(other)
    assert not WHOLE.apart_from(other)
