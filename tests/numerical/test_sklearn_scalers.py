"""scikit-learn: what a scaler does with numbers of columns that it was not fit on, and what a mixed score is worth."""

from __future__ import annotations

from typing import Any

import pytest

np: Any = pytest.importorskip("numpy")
preprocessing: Any = pytest.importorskip("sklearn.preprocessing")

SCALERS = ("MinMaxScaler", "StandardScaler", "RobustScaler", "MaxAbsScaler")


def fitted(name: str, columns: int) -> Any:
    rows = np.random.default_rng(1).normal(50, 20, (200, columns))
    return getattr(preprocessing, name)().fit(rows)


@pytest.mark.parametrize("name", SCALERS)
def test_rnn408_one_column_cannot_be_inverted_by_the_scaler_of_three(name: str) -> None:
    with pytest.raises(ValueError, match=r"broadcast|features"):
        fitted(name, 3).inverse_transform(np.zeros((5, 1)))


@pytest.mark.parametrize("name", SCALERS)
@pytest.mark.parametrize("columns", [1, 3])
def test_rnn408_transform_takes_only_the_width_of_the_fit(name: str, columns: int) -> None:
    with pytest.raises(ValueError, match="features"):
        fitted(name, columns).transform(np.zeros((5, 2)))


@pytest.mark.parametrize("name", SCALERS)
def test_rnn408_the_scaler_of_one_column_inverts_several_steps(name: str) -> None:
    assert fitted(name, 1).inverse_transform(np.zeros((5, 7))).shape == (5, 7)


def test_rnn408_a_perfect_forecast_is_far_off_in_another_unit() -> None:
    truth = np.random.default_rng(1).normal(50, 20, (200, 1))
    scaler = preprocessing.MinMaxScaler().fit(truth)
    assert np.sqrt(((truth - scaler.transform(truth)) ** 2).mean()) > 50
    assert np.abs(truth - scaler.inverse_transform(scaler.transform(truth))).max() < 1e-9
