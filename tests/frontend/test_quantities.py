"""What is known of values: their origin, their kind and their range."""

from __future__ import annotations

import math

import pytest

from rnnlint.program.data import Kind
from tests.frontend.support import array_after

HEAD = """
import numpy as np
import pandas as pd
import torch
import yfinance as yf
table = pd.read_csv("a.csv")
"""


@pytest.mark.parametrize(
    "expression, low, high",
    [
        ("np.random.rand(9)", 0, 1),
        ("np.random.random((9, 2))", 0, 1),
        ("np.random.uniform(2, 5, 9)", 2, 5),
        ("np.random.default_rng(1).uniform(2, 5, 9)", 2, 5),
        ("torch.rand(9)", 0, 1),
        ("np.arange(50)", 0, 50),
        ("np.linspace(-3, 3, 9)", -3, 3),
        ("np.sin(np.arange(50) / 9)", -1, 1),
        ("np.random.rand(9) * 10", 0, 10),
        ("10 * np.random.rand(9) + 5", 5, 15),
        ("5 - np.random.rand(9)", 4, 5),
        ("-np.random.rand(9)", -1, 0),
        ("np.random.rand(9) / 4", 0, 0.25),
        ("np.random.rand(9) + np.random.rand(9)", 0, 2),
        ("np.random.rand(9) - np.random.rand(9)", -1, 1),
        ("np.random.rand(9) * -2", -2, 0),
        ("np.array([1.5, -2.5, 30.0])", -2.5, 30),
    ],
)
def test_range_of_generated_values(expression: str, low: float, high: float) -> None:
    quantity = array_after(HEAD, expression).quantity
    assert quantity.kind is Kind.GENERATED
    assert (quantity.low, quantity.high) == (low, high)


@pytest.mark.parametrize(
    "expression, mean, std",
    [
        ("np.random.randn(9)", 0, 1),
        ("np.random.normal(50, 20, 9)", 50, 20),
        ("np.random.normal(loc=50, scale=20, size=9)", 50, 20),
        ("np.random.default_rng(1).normal(50, 20, 9)", 50, 20),
        ("torch.randn(9) * 3 + 1", 1, 3),
        ("np.random.normal(50, 20, 9) / 10", 5, 2),
        ("np.random.normal(3, 3, 9) - np.random.normal(1, 4, 9)", 2, 5),
        ("np.random.randn(9)[2:].reshape(-1, 1).astype('float32')", 0, 1),
    ],
)
def test_mean_and_deviation_of_generated_values(expression: str, mean: float, std: float) -> None:
    quantity = array_after(HEAD, expression).quantity
    assert quantity.kind is Kind.GENERATED
    assert quantity.mean is not None
    assert quantity.std is not None
    assert math.isclose(quantity.mean, mean)
    assert math.isclose(quantity.std, std)


@pytest.mark.parametrize(
    "expression, kind",
    [
        ("table", Kind.RAW),
        ("table['Close']", Kind.RAW),
        ("table.Close", Kind.RAW),
        ("table[['Open', 'Close']].values", Kind.RAW),
        ("table['Close'].values.reshape(-1, 1)", Kind.RAW),
        ("table['Close'] + 1", Kind.RAW),
        ("table['Close'] * 2", Kind.RAW),
        ("table['Close'].fillna(0).dropna()", Kind.RAW),
        ("np.array([table['Close'].values[i:i + 9] for i in range(90)])", Kind.RAW),
        ("table['Close'] / 1000", Kind.SCALED),
        ("table['Close'] * 0.01", Kind.SCALED),
        ("np.log(table['Close'])", Kind.LOGGED),
        ("np.log1p(table['Close'])", Kind.LOGGED),
        ("table['Close'].diff()", Kind.DIFFERENCED),
        ("table['Close'].pct_change()", Kind.DIFFERENCED),
        ("np.diff(table['Close'])", Kind.DIFFERENCED),
        ("table['Close'] - table['Close'].shift(1)", Kind.DIFFERENCED),
        ("table['Close'] / table['Open']", Kind.DIFFERENCED),
        ("table['Close'].rolling(7).mean()", Kind.UNKNOWN),
        ("table['Close'].apply(prepare)", Kind.UNKNOWN),
        ("pd.get_dummies(table['a'].astype(str))", Kind.RAW),
        ("pd.read_csv('scaled_features.csv')", Kind.UNKNOWN),
        ("np.load('x.npy')", Kind.UNKNOWN),
        ("np.random.randint(0, 2, 9)", Kind.CLASSES),
        ("np.random.randint(0, 5000, 9)", Kind.TOKENS),
        ("torch.randint(0, 5000, (9,)).float()", Kind.GENERATED),
        ("(table['Close'] > 5)", Kind.CLASSES),
    ],
)
def test_kind_of_values(expression: str, kind: Kind) -> None:
    assert array_after(HEAD, expression).quantity.kind is kind


def test_raw_values_bear_the_name_of_their_column() -> None:
    one = array_after(HEAD, "table['Close'].values").quantity
    assert (one.label, one.large) == ("column 'Close'", True)
    two = array_after(HEAD, "table[['Open', 'Volume']]").quantity
    assert two.label == "columns 'Open', 'Volume'"
    many = array_after(HEAD, "table[['a', 'b', 'c', 'd']]").quantity
    assert many.label == "columns 'a', 'b', 'c' …"


def test_column_whose_name_says_nothing_is_not_known_to_be_large() -> None:
    assert not array_after(HEAD, "table['x17']").quantity.large


def test_prices_of_a_service_are_large() -> None:
    quantity = array_after(HEAD, "yf.download('AAPL')['Close']").quantity
    assert (quantity.kind, quantity.large) == (Kind.RAW, True)


def test_column_that_is_replaced_has_its_own_values() -> None:
    code = f"{HEAD}table['Close'] = (table['Close'] - table['Close'].mean()) / table['Close'].std()\n"
    assert array_after(code, "table['Close']").quantity.kind is Kind.STANDARDISED
    assert array_after(code, "table['Open']").quantity.kind is Kind.RAW
    assert array_after(code, "table[['Open', 'Close']]").quantity.label == "column 'Open'"


def test_frame_of_several_columns_and_its_attributes() -> None:
    code = f"{HEAD}f = pd.DataFrame({{'a': np.random.rand(9), 'b': np.random.rand(9) * 500}})\n"
    assert array_after(code, "f.a").quantity.high == 1
    assert array_after(code, "f['b']").quantity.high == 500
    assert array_after(code, "f.values").quantity.high == 500


def test_arrays_side_by_side_reach_as_far_as_the_largest() -> None:
    quantity = array_after(HEAD, "np.column_stack([np.random.rand(9), np.random.rand(9) * 500])").quantity
    assert (quantity.low, quantity.high, quantity.mean) == (0, 500, None)


def test_values_behind_a_layer_are_features() -> None:
    code = f"{HEAD}from torch import nn\n"
    assert array_after(code, "nn.Linear(2, 3)(torch.randn(9, 2))").quantity.kind is Kind.FEATURES
    assert array_after(code, "nn.Dropout(0.1)(torch.rand(9, 2))").quantity.high == 1


def test_label_is_the_call_as_written() -> None:
    assert array_after(HEAD, "np.random.normal(50,  20, 9)").quantity.label == "np.random.normal(50, 20, 9)"
