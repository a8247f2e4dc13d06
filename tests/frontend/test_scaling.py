"""Statistics: which rows they are taken from, and what is put through them."""

from __future__ import annotations

import pytest

from rnnlint.program.data import Kind, ScalerFit
from rnnlint.program.program import Program
from tests.frontend.support import array_after, build

HEAD = """
import numpy as np
import pandas as pd
from sklearn.decomposition import PCA
from sklearn.pipeline import make_pipeline, Pipeline
from sklearn.preprocessing import *
from sklearn import preprocessing
table = pd.read_csv("a.csv")
n = int(len(table) * 0.8)
"""


def only_fit(code: str) -> tuple[Program, ScalerFit]:
    program = build(HEAD + code)
    (fit,) = program.scaler_fits
    return program, fit


def test_fit_and_transform_apart() -> None:
    program, fit = only_fit(
        "s = StandardScaler()\ns.fit(table[:n])\na = s.transform(table[:n])\nb = s.transform(table[n:])\n"
    )
    assert (fit.name, fit.type_name, fit.method) == ("s", "StandardScaler", "fit")
    assert [scaling.fit for scaling in program.scalings] == [fit, fit]
    first, second = (scaling.data.rows for scaling in program.scalings)
    assert fit.data.rows == first
    assert first is not None
    assert second is not None
    assert first.disjoint(second)


@pytest.mark.parametrize(
    "code",
    [
        "a = StandardScaler().fit_transform(table)\n",
        "a = preprocessing.StandardScaler().fit(table).transform(table)\n",
        "a = make_pipeline(StandardScaler(), PCA(2)).fit_transform(table)\n",
        "a = Pipeline([('s', StandardScaler())]).fit_transform(table)\n",
        "a = preprocessing.scale(table)\n",
        "a = minmax_scale(table)\n",
        "def put(s, x):\n    return s.fit_transform(x)\na = put(MinMaxScaler(), table)\n",
        "class A:\n    def __init__(self):\n        self.s = MinMaxScaler()\n"
        "    def f(self, x):\n        return self.s.fit_transform(x)\nA().f(table)\n",
    ],
)
def test_fit_on_the_whole_table(code: str) -> None:
    program, fit = only_fit(code)
    assert fit.data.rows is not None
    assert fit.data.rows.path == ()
    (scaling,) = program.scalings
    assert fit in scaling.result.scaled_by
    assert not fit.by_hand


def test_refit_takes_the_place_of_the_earlier_statistics() -> None:
    program = build(
        f"{HEAD}s = MinMaxScaler()\na = s.fit_transform(table[:n])\n"
        "b = s.fit_transform(table[n:])\nc = s.transform(table)\n"
    )
    first, second = program.scaler_fits
    assert [scaling.fit for scaling in program.scalings] == [first, second, second]


def test_two_scalers_in_a_row_are_both_remembered() -> None:
    array = array_after(f"{HEAD}a = PCA(2).fit_transform(StandardScaler().fit_transform(table))\n", "a")
    assert {fit.type_name for fit in array.scaled_by} == {"PCA", "StandardScaler"}


def test_statistics_follow_windows_splits_and_tensors() -> None:
    code = """
import torch
from sklearn.model_selection import train_test_split
s = MinMaxScaler().fit_transform(table)
x = np.array([s[i:i + 9] for i in range(len(s) - 9)])
a, b = train_test_split(x)
t = torch.tensor(a).float()
"""
    assert len(array_after(HEAD + code, "t").scaled_by) == 1


@pytest.mark.parametrize(
    "code, kind, low, high",
    [
        ("MinMaxScaler().fit_transform(table)", Kind.SCALED, 0.0, 1.0),
        ("MinMaxScaler((-1, 1)).fit_transform(table)", Kind.SCALED, -1.0, 1.0),
        ("MinMaxScaler(feature_range=(0, 5)).fit_transform(table)", Kind.SCALED, 0.0, 5.0),
        ("MaxAbsScaler().fit_transform(table)", Kind.SCALED, -1.0, 1.0),
        ("StandardScaler().fit_transform(table)", Kind.STANDARDISED, None, None),
        ("normalize(table)", Kind.SCALED, 0.0, 1.0),
        ("PCA(2).fit_transform(table)", Kind.UNKNOWN, None, None),
        ("(table - table.mean()) / table.std()", Kind.STANDARDISED, None, None),
        ("(table - table.min()) / (table.max() - table.min())", Kind.SCALED, 0.0, 1.0),
        ("(table - np.mean(table)) / np.std(table)", Kind.STANDARDISED, None, None),
        ("table / table.max()", Kind.SCALED, 0.0, 1.0),
        ("OneHotEncoder().fit_transform(table)", Kind.ONE_HOT, 0.0, 1.0),
        ("LabelEncoder().fit_transform(table['a'])", Kind.CLASSES, 0.0, None),
        ("StandardScaler().inverse_transform(table)", Kind.UNKNOWN, None, None),
    ],
)
def test_values_behind_a_scaler(code: str, kind: Kind, low: float | None, high: float | None) -> None:
    quantity = array_after(HEAD, code).quantity
    assert (quantity.kind, quantity.low, quantity.high) == (kind, low, high)


@pytest.mark.parametrize(
    "code",
    [
        "a = (table - table.mean()) / table.std()\n",
        "mean, std = table.mean(), table.std()\na = (table - mean) / std\n",
        "mean = table.mean(axis=0)\nx = table - mean\nx = x / x.std(axis=0)\n",
        "low, high = table.min(), table.max()\na = (table - low) / (high - low)\n",
        "x = table.values\nx -= x.mean()\nx /= x.std()\n",
    ],
)
def test_statistics_by_hand_are_a_fit(code: str) -> None:
    program = build(HEAD + code)
    assert program.scaler_fits
    assert all(fit.by_hand for fit in program.scaler_fits)
    assert len({fit.site for fit in program.scaler_fits}) == 1
    assert all(fit.data.rows is not None and fit.data.rows.path == () for fit in program.scaler_fits)


def test_statistics_of_the_training_part_applied_to_the_rest() -> None:
    program = build(
        f"{HEAD}train, test = table[:n], table[n:]\nmean, std = train.mean(), train.std()\n"
        "train = (train - mean) / std\ntest = (test - mean) / std\n"
    )
    assert len(program.scalings) == 2
    first, second = (scaling.data.rows for scaling in program.scalings)
    assert first is not None
    assert second is not None
    assert first.disjoint(second)
    assert {scaling.fit.data.rows for scaling in program.scalings} == {first}


@pytest.mark.parametrize(
    "code",
    [
        "a = table / 100\n",
        "a = (table - 20.0) / 5.0\n",
        "x = table.values\na = (x - x.mean(axis=1)) / x.std(axis=1)\n",
        "normalize(table)\n",
        "OneHotEncoder().fit_transform(table)\n",
        "LabelEncoder().fit(table['a'])\n",
        "print(table.mean(), table.std())\n",
    ],
)
def test_constants_rows_and_categories_are_no_statistics(code: str) -> None:
    assert build(HEAD + code).scaler_fits == ()


@pytest.mark.parametrize(
    "body",
    [
        "parts.append(MinMaxScaler().fit_transform(w))",
        "parts.append((w - w.mean()) / w.std())",
        "parts.append((w - w.min()) / (w.max() - w.min()))",
    ],
)
def test_statistics_of_one_window_are_those_of_no_other(body: str) -> None:
    program = build(
        f"{HEAD}x = table.values\nparts = []\nfor i in range(len(x) - 9):\n    w = x[i:i + 9]\n    {body}\n"
    )
    assert all(fit.data.within_one_window for fit in program.scaler_fits)


def test_split_knows_the_statistics_in_its_parts() -> None:
    program, fit = only_fit("s = MinMaxScaler().fit_transform(table)\na, b = s[:n], s[n:]\n")
    (split,) = program.splits
    assert split.scaled_by == {fit}


def test_scaler_chosen_by_an_unsettled_condition_is_fit_either_way() -> None:
    program = build(f"{HEAD}s = MinMaxScaler() if input() else StandardScaler()\na = s.fit_transform(table)\n")
    assert {fit.type_name for fit in program.scaler_fits} == {"MinMaxScaler", "StandardScaler"}


def test_statistics_by_hand_are_one_fit_for_both_parts() -> None:
    program = build(
        """
        import pandas as pd
        table = pd.read_csv("a.csv")
        n = int(len(table) * 0.8)
        train, test = table[:n], table[n:]
        mean, std = train.mean(), train.std()
        train, test = (train - mean) / std, (test - mean) / std
        """
    )
    assert [fit.method for fit in program.scaler_fits] == ["mean"]
    assert len(program.scalings) == 2
