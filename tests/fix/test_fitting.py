"""A fit that moves behind the split, or to the training slice, and the programs in which it may not."""

from __future__ import annotations

import pytest

from rnnlint.repair import FitBehindSplit, FitOnSlice
from tests.fix.test_statements import applied, at

SPLIT = "a, b, c, d = train_test_split(z, y)\n"


def behind(text: str) -> str | None:
    fit = text[text.index("s.fit_transform") :].partition("\n")[0]
    return applied(text, FitBehindSplit(at(text, fit), at(text, "train_test_split(z, y)")))


def on_slice(text: str) -> str | None:
    fit = text[text.index("s.fit_transform") :].partition("\n")[0]
    return applied(text, FitOnSlice(at(text, fit), at(text, "z[:n]")))


def test_the_parts_are_scaled_behind_the_split() -> None:
    after = "a, b, c, d = train_test_split(x, y)\na = s.fit_transform(a)\nb = s.transform(b)\n"
    assert behind(f"z = s.fit_transform(x)\n{SPLIT}") == after


@pytest.mark.parametrize(
    "text",
    [
        f"z = s.fit_transform(x)\n{SPLIT}print(z)\n",
        f"z = s.fit_transform(x, y)\n{SPLIT}",
        f"z = s.fit_transform(x)\nx = x[1:]\n{SPLIT}",
        f"z = s.fit_transform(x)\nx.dropna(inplace=True)\n{SPLIT}",
        f"z, w = s.fit_transform(x)\n{SPLIT}",
        f"z = s.fit_transform(x)\nprint(s.mean_)\n{SPLIT}",
        f"if big:\n    z = s.fit_transform(x)\n{SPLIT}",
        "z = s.fit_transform(x)\nparts = train_test_split(z, y)\n",
        "z = s.fit_transform(x)\na, b, *c = train_test_split(z, y)\n",
    ],
)
def test_no_move_behind_the_split(text: str) -> None:
    assert behind(text) is None


def test_a_fit_on_the_training_slice() -> None:
    before = "z = s.fit_transform(x)\nn = len(z) // 2\na, b = z[:n], z[n:]\n"
    after = "n = len(x) // 2\nz = s.fit(x[:n]).transform(x)\na, b = z[:n], z[n:]\n"
    assert on_slice(before) == after


@pytest.mark.parametrize(
    "text",
    [
        "z = s.fit_transform(x)\nn = z.sum()\na, b = z[:n], z[n:]\n",
        "z = s.fit_transform(x)\nx[0] = 1\na, b = z[:n], z[n:]\n",
        "z = s.fit_transform(x)\nif n:\n    a, b = z[:n], z[n:]\n",
        "z = q(s.fit_transform(x))\na, b = z[:n], z[n:]\n",
    ],
)
def test_no_fit_on_the_training_slice(text: str) -> None:
    assert on_slice(text) is None
