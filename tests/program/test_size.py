"""Symbolic sizes agree with the integers that their terms may stand for."""

from __future__ import annotations

from collections.abc import Mapping

from hypothesis import given
from hypothesis import strategies as st

from rnnlint.program.size import Linear, Size, add, known_int, scale, term

NAMES = ("a", "b", "c")
small = st.integers(-20, 20)
worlds = st.fixed_dictionaries(dict.fromkeys(NAMES, small))


@st.composite
def sizes(draw: st.DrawFn) -> Size:
    """A sum of multiples of named terms and a number."""
    total: Size = draw(small)
    for name in draw(st.lists(st.sampled_from(NAMES), max_size=4)):
        total = add(total, scale(term("symbol", name), draw(small)))
    return total


def value(size: Size, world: Mapping[str, int]) -> float:
    """The number that a size is when its terms are known."""
    if not isinstance(size, Linear):
        return size
    return size.constant + sum(coefficient * world[key[1]] for key, coefficient in size.terms if isinstance(key, tuple))


@given(sizes(), sizes(), worlds)
def test_sum_and_difference(one: Size, two: Size, world: Mapping[str, int]) -> None:
    assert value(add(one, two), world) == value(one, world) + value(two, world)
    assert value(add(one, two, -1), world) == value(one, world) - value(two, world)


@given(sizes(), small, worlds)
def test_multiple(size: Size, factor: int, world: Mapping[str, int]) -> None:
    assert value(scale(size, factor), world) == value(size, world) * factor


@given(sizes(), sizes())
def test_equal_sums_are_equal_objects(one: Size, two: Size) -> None:
    assert add(one, two) == add(two, one)
    assert add(add(one, two), two, -1) == one
    assert hash(add(one, two)) == hash(add(two, one))


@given(sizes())
def test_difference_to_itself_is_the_number_zero(size: Size) -> None:
    assert add(size, size, -1) == 0
    assert scale(size, 0) == 0


def test_window_bounds_differ_by_a_number() -> None:
    start = term("loop", 1)
    assert known_int(add(add(start, 30), start, -1)) == 30


def test_terms_are_found_at_any_depth() -> None:
    inner = term("int", scale(term("len", "rows"), 0.8))
    assert isinstance(inner, Linear)
    assert inner.mentions("len")
    assert inner.mentions("int")
    assert not inner.mentions("loop")


def test_lengths_vary_and_counters_do_not() -> None:
    assert term("len", 1).varies
    assert term("int", term("axis", 1, 2)).varies
    assert not term("loop", 1).varies


def test_known_whole_numbers() -> None:
    assert known_int(3) == 3
    assert known_int(3.0) == 3
    assert known_int(3.5) is None
    assert known_int(None) is None
    assert known_int(term("len", 1)) is None
