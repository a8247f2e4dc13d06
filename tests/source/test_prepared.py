"""Files of data that another script of the project has scaled."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from rnnlint.source.prepared import prepared_near


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Where the scripts are; what lies beside it is not another test's."""
    made = tmp_path / "project" / "models"
    made.mkdir(parents=True)
    return made


SCALING = "from sklearn.preprocessing import MinMaxScaler\n"


@pytest.mark.parametrize("place", ["prepare.py", "steps/prepare.py", "../data/prepare.py"])
def test_a_script_nearby_writes_what_it_scales(place: str, folder: Path) -> None:
    script = folder / place
    script.parent.mkdir(exist_ok=True)
    script.write_text(f"{SCALING}table.to_csv('../data/loads.csv')\nother.to_parquet(f\"x/rest.parquet\")\n")
    assert prepared_near(folder / "train.py") == {"loads.csv", "rest.parquet"}


def test_a_notebook_writes_too(folder: Path) -> None:
    cells = [{"cell_type": "code", "source": [SCALING, 'table.to_csv("loads.csv")']}]
    (folder / "prepare.ipynb").write_text(json.dumps({"cells": cells}))
    assert prepared_near(folder / "train.py") == {"loads.csv"}


def test_a_constant_names_what_is_written(folder: Path) -> None:
    text = f"{SCALING}OUT = '../data/train.csv'\nt = read_csv('raw.csv')\nscale(t).to_csv(OUT)\n"
    (folder / "prepare.py").write_text(text)
    assert prepared_near(folder / "train.py") == {"train.csv"}


def test_what_nobody_scales_is_raw(folder: Path) -> None:
    (folder / "download.py").write_text("table.to_csv('loads.csv')\n")
    (folder / "train.py").write_text(f"{SCALING}table.to_csv('mine.csv')\n")
    assert prepared_near(folder / "train.py") == frozenset()
    assert prepared_near(None) == frozenset()


def test_the_search_ends_at_the_repository(tmp_path: Path) -> None:
    (tmp_path / "project" / ".git").mkdir(parents=True)
    (tmp_path / "prepare.py").write_text(f"{SCALING}table.to_csv('loads.csv')\n")
    assert prepared_near(tmp_path / "project" / "train.py") == frozenset()
