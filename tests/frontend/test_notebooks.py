"""Cells are one program, and facts stand in their cells."""

from __future__ import annotations

from tests.frontend.support import build_notebook, settings_of


def test_names_pass_from_cell_to_cell() -> None:
    program = build_notebook("import keras\nUNITS = 4", "UNITS += 1", "keras.layers.LSTM(UNITS)")
    assert settings_of(program, "units") == [5]


def test_site_counts_all_cells_and_the_lines_within_its_own() -> None:
    program = build_notebook("import keras", "# a comment\nkeras.layers.LSTM(3)")
    span = program.layers[0].site.span
    assert (span.cell, span.line, span.column) == (3, 2, 1)


def test_magics_and_broken_cells_do_not_end_the_run() -> None:
    program = build_notebook(
        "%matplotlib inline\n!pip install keras\nimport keras", "this is (no python", "keras.layers.LSTM(3)"
    )
    assert settings_of(program, "units") == [3]
    assert program.layers[0].site.span.cell == 4


def test_cell_that_defines_a_function_again_replaces_it() -> None:
    program = build_notebook(
        "import keras",
        "def make():\n    return keras.layers.LSTM(3)",
        "def make():\n    return keras.layers.GRU(4)",
        "make()",
    )
    assert [layer.kind for layer in program.layers] == ["gru"]


def test_statistics_and_split_in_different_cells() -> None:
    program = build_notebook(
        "import pandas as pd\nfrom sklearn.preprocessing import StandardScaler\ntable = pd.read_csv('a.csv')",
        "values = StandardScaler().fit_transform(table)",
        "n = int(len(values) * 0.8)\ntrain, test = values[:n], values[n:]",
    )
    (split,) = program.splits
    (fit,) = program.scaler_fits
    assert fit in split.scaled_by
    assert (fit.site.span.cell, split.site.span.cell) == (3, 4)
