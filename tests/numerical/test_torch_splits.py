"""PyTorch: scores on test rows that training reads as well."""

from __future__ import annotations

from typing import Any

import pytest

torch: Any = pytest.importorskip("torch")
pytestmark = pytest.mark.torch

ROWS, TRAINED, UNITS = 100, 80, 128


def test_rnn410_labels_drawn_by_lot_seem_learned_where_slices_overlap() -> None:
    torch.manual_seed(1)
    inputs, labels = torch.randn(ROWS, 6, 2), (torch.rand(ROWS, 1) > 0.5).float() - 0.5
    with torch.no_grad():
        states = torch.nn.LSTM(2, UNITS, batch_first=True)(inputs)[0][:, -1]
        head = torch.linalg.pinv(states[:TRAINED]) @ labels[:TRAINED]  # learns its rows by heart, as epochs would
        right = ((states @ head > 0) == (labels > 0)).float()
    assert right[:TRAINED].mean() > 0.95
    assert right[ROWS - TRAINED :].mean() > 0.8
    assert right[TRAINED:].mean() < 0.7
