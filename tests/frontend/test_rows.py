"""Which rows of which source an array holds, and where rows are divided."""

from __future__ import annotations

import pytest

from rnnlint.program.data import Rows
from rnnlint.program.value import known
from tests.frontend.support import arrays_after, build

HEAD = """
import numpy as np
import pandas as pd
from sklearn.model_selection import KFold, TimeSeriesSplit, train_test_split
table = pd.read_csv("a.csv")
n = int(len(table) * 0.8)
m = int(len(table) * 0.9)
"""


def rows_of(code: str, *expressions: str) -> list[Rows]:
    found = [array.rows for array in arrays_after(HEAD + code, *expressions)]
    kept = [rows for rows in found if rows is not None]
    assert len(kept) == len(expressions)
    return kept


@pytest.mark.parametrize(
    "one, two",
    [
        ("table[:n]", "table[n:]"),
        ("table.iloc[:n]", "table.iloc[n:]"),
        ("table.iloc[:n, 1:]", "table.iloc[n:, 1:]"),
        ("table.values[0:n]", "table.values[n:len(table)]"),
        ("table[:-200]", "table[-200:]"),
        ("table[:-k]", "table[-k:]"),
        ("table[:n]", "table[n:m]"),
        ("table[:len(table) - 100]", "table[len(table) - 100:]"),
        ("table[table['day'] < '2020']", "table[table['day'] >= '2020']"),
        ("table.loc[table.day <= end]", "table.loc[table.day > end]"),
        ("table[mask]", "table[~mask]"),
        ("table.head(n)", "table.tail(len(table) - n)"),
        ("table[:n][['a']].values.reshape(-1, 1)", "np.array(table[n:]['a'])"),
        ("train_test_split(table)[0]", "train_test_split(table)[0]"),
    ],
)
def test_complementary_selections_share_no_row(one: str, two: str) -> None:
    first, second = rows_of("k = round(0.2 * len(table))\nend = '2020'\nmask = table['day'] < end\n", one, two)
    if one == two:
        assert not first.disjoint(second), "two splits of one table overlap"
    else:
        assert first.disjoint(second)
        assert second.disjoint(first)


@pytest.mark.parametrize(
    "one, two",
    [
        ("table", "table[:n]"),
        ("table", "table.dropna().sample(frac=0.3)"),
        ("table[:n]", "table[:n].values[:50]"),
        ("table", "table[['a', 'b']].to_numpy().astype('float32')"),
        ("table['a']", "table.iloc[:n, 3]"),
        ("table", "pd.DataFrame(table.values)[n:]"),
        ("table", "np.array([table.values[i:i + 9] for i in range(len(table) - 9)])[:n]"),
    ],
)
def test_whole_covers_what_is_made_from_it(one: str, two: str) -> None:
    whole, part = rows_of("", one, two)
    assert whole.covers(part)


@pytest.mark.parametrize(
    "whole", ["table[:]", "table[0:]", "table[:len(table)]", "table.sample(frac=1)", "table.reset_index()"]
)
def test_selection_of_everything_is_none(whole: str) -> None:
    first, second = rows_of("", "table", whole)
    assert first == second


def test_tables_of_two_files_have_nothing_in_common() -> None:
    first, second = rows_of("other = pd.read_csv('b.csv')\n", "table", "other")
    assert first.source != second.source
    assert not first.disjoint(second)
    assert not first.covers(second)


def test_split_of_several_arrays_selects_the_same_rows() -> None:
    code = "x, y = table[['a', 'b']], table['c']\na, b, c, d = train_test_split(x, y)\n"
    first, second, third, fourth = rows_of(code, "a", "b", "c", "d")
    assert (first, second) == (third, fourth)
    assert first.disjoint(second)


def test_train_test_split_twice_makes_three_parts() -> None:
    code = (
        "rest, test = train_test_split(table, test_size=0.2)\ntrain, check = train_test_split(rest, test_size=0.25)\n"
    )
    train, check, test = rows_of(code, "train", "check", "test")
    for one, two in ((train, check), (train, test), (check, test)):
        assert one.disjoint(two)
    program = build(HEAD + code)
    outer, inner = program.splits
    assert outer.parts[0] == inner.whole
    assert [known(split.shuffled) for split in program.splits] == [True, True]


def test_shuffle_off_is_seen() -> None:
    program = build(f"{HEAD}train_test_split(table, shuffle=False)\n")
    assert known(program.splits[0].shuffled) is False


def test_slices_at_a_share_are_a_split() -> None:
    program = build(f"{HEAD}train = table[:n]\ntest = table[n:]\n")
    (split,) = program.splits
    assert split.how == "slices"
    assert split.parts[0].disjoint(split.parts[1])
    assert split.site.span.line == 9


@pytest.mark.parametrize(
    "code",
    [
        "a, b = table[:5], table[5:]\n",
        "k = len(table) // 32 * 32\na, b = table[:k], table[k:]\n",
        "a = table[:n]\n",
        "a, b = table[:n], table[m:]\n",
        "a, b = table.head(), table.tail()\n",
    ],
)
def test_slices_that_divide_nothing_are_no_split(code: str) -> None:
    assert build(HEAD + code).splits == ()


@pytest.mark.parametrize("maker", ["KFold(5)", "KFold(n_splits=5, shuffle=True)", "TimeSeriesSplit()"])
def test_folds_give_disjoint_rows(maker: str) -> None:
    code = f"""
x = table.values
for inside, outside in {maker}.split(x):
    a, b = x[inside], x[outside]
"""
    inside, outside = rows_of(code, "a", "b")
    assert inside.disjoint(outside)
    (split,) = build(HEAD + code).splits
    assert split.how == maker.split("(", 1)[0]
    assert set(split.parts) == {inside, outside}


def test_rows_of_a_frame_by_position_lists() -> None:
    code = "for inside, outside in KFold(5).split(table):\n    a, b = table.iloc[inside], table.iloc[outside]\n"
    inside, outside = rows_of(code, "a", "b")
    assert inside.disjoint(outside)


def test_data_set_that_ships_with_its_test_part() -> None:
    program = build("import keras\n(a, b), (c, d) = keras.datasets.imdb.load_data(num_words=9)\n")
    (split,) = program.splits
    assert split.how == "load_data"
    assert split.parts[0].disjoint(split.parts[1])
