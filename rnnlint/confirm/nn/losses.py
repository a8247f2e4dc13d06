"""PyTorch's own losses behind heads."""

from __future__ import annotations

import torch
from torch import Tensor, nn
from torch.nn import functional

from rnnlint.confirm.measurement import Measurement, raised
from rnnlint.confirm.nn.network import FUNCTIONS
from rnnlint.confirm.nn.refusal import REFUSALS
from rnnlint.confirm.observation import NOTHING, SAMPLES, SEEDS, SURE, Observation, judged
from rnnlint.confirm.probes import HeadLossTorch

LOSSES = {
    "cross_entropy": functional.cross_entropy, "nll": functional.nll_loss, "mse": functional.mse_loss,
    "binary_cross_entropy": functional.binary_cross_entropy,
    "binary_cross_entropy_with_logits": functional.binary_cross_entropy_with_logits,
}  # fmt: skip


def head_loss(probe: HeadLossTorch) -> Measurement:
    """An exception, or what the loss says of the outputs."""
    try:
        seen = [_observed(probe, seed) for seed in SEEDS]
    except REFUSALS as error:
        if "raises" not in probe.wanted:
            raise
        return raised(error)
    return judged(probe.wanted, seen)


def _observed(probe: HeadLossTorch, seed: int) -> Observation:
    torch.manual_seed(seed)
    labels = _labels(probe)
    guess, gradient = _graded(probe, 0.1 * torch.randn(SAMPLES, probe.columns).abs(), labels)
    random, spread = _graded(probe, torch.randn(SAMPLES, probe.columns), labels)
    best, _ = _graded(probe, -SURE * gradient.sign(), labels)
    return Observation(guess, best, random, float((spread.abs() < NOTHING).float().mean()))


def _graded(probe: HeadLossTorch, logits: Tensor, labels: Tensor) -> tuple[float, Tensor]:
    """The loss, and its gradient to the logits."""
    logits.requires_grad_()
    output = _head(probe.activation)(logits)
    loss = LOSSES[probe.loss](output.squeeze(-1) if probe.squeezed else output, labels)
    (gradient,) = torch.autograd.grad(loss, logits)
    return float(loss), gradient


def _head(name: str) -> nn.Module:
    if "softmax" in name:
        return nn.LogSoftmax(-1) if name == "log_softmax" else nn.Softmax(-1)
    return FUNCTIONS[name]()


def _labels(probe: HeadLossTorch) -> Tensor:
    labels = probe.labels
    kind = torch.long if labels.whole else torch.float
    if labels.kind == "one-hot":
        return torch.eye(labels.columns)[torch.randint(0, labels.columns, (SAMPLES,))].to(kind)
    shape = (SAMPLES, labels.columns) if labels.columns else (SAMPLES,)
    numbers = torch.randint(labels.low, labels.high + 1, shape)
    numbers.view(-1)[:2] = torch.tensor([labels.low, labels.high])
    return numbers.to(kind)
