"""PyTorch: modules that do not know their layers."""

from __future__ import annotations

from typing import Any

import pytest

torch: Any = pytest.importorskip("torch")
nn: Any = torch.nn
pytestmark = pytest.mark.torch

WIDTH, DEPTH = 4, 2


class Stack(nn.Module):  # type: ignore[misc]
    """Recurrent levels and a head; `keep` is what holds the levels."""

    def __init__(self, keep: Any) -> None:
        super().__init__()
        self.levels = keep(nn.GRU(WIDTH, WIDTH, batch_first=True) for _ in range(DEPTH))
        self.head = nn.Linear(WIDTH, 1)

    def forward(self, x: Any) -> Any:
        for level in self.levels:
            x, _ = level(x)
        return self.head(x[:, -1])


def change(keep: Any) -> float:
    """How far the levels' weights move in a few steps of training."""
    torch.manual_seed(1)
    stack = Stack(keep)
    weights = [weight for level in stack.levels for weight in level.parameters()]
    before = [weight.detach().clone() for weight in weights]
    optimizer = torch.optim.Adam(stack.parameters(), 1e-2)
    x, y = torch.randn(8, 5, WIDTH), torch.randn(8, 1)
    for _ in range(3):
        optimizer.zero_grad()
        nn.functional.mse_loss(stack(x), y).backward()
        optimizer.step()
    return max(float((a.detach() - b).abs().max()) for a, b in zip(weights, before, strict=True))


def test_rnn610_levels_in_a_list_are_neither_trained_nor_saved() -> None:
    assert change(list) == 0.0
    assert change(nn.ModuleList) > 1e-2
    assert set(Stack(list).state_dict()) == {"head.weight", "head.bias"}
    assert len(Stack(nn.ModuleList).state_dict()) == 2 + 4 * DEPTH


def test_rnn611_a_module_takes_no_layer_before_it_is_initialised() -> None:
    class Early(nn.Module):  # type: ignore[misc]
        def __init__(self) -> None:
            self.head = nn.Linear(WIDTH, 1)
            super().__init__()

    with pytest.raises(AttributeError, match=r"before Module\.__init__"):
        Early()
    assert len(list(Stack(nn.ModuleList).parameters())) == 2 + 4 * DEPTH
