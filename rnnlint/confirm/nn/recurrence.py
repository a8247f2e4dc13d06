"""Structural probes of rebuilt torch networks, by gradients that are exactly 0 where nothing is read."""

from __future__ import annotations

import torch
from torch import Tensor, nn
from torch.nn.utils.rnn import pack_padded_sequence, pad_packed_sequence

from rnnlint.confirm.graph import Graph
from rnnlint.confirm.measurement import Measurement, above, below
from rnnlint.confirm.nn.network import Network, recurrent
from rnnlint.confirm.probes import InertDropout, Leak, PaddedReading, Unread
from rnnlint.finding import Outcome

SEEDS = tuple(range(5))
FEATURES = 4


def _fed(graph: Graph) -> Tensor:
    """Random numbers in the shape of the graph's input."""
    number = graph.inputs[0]
    return torch.randn(*graph.nodes[number].settings["shape"], requires_grad=True)


def leak(probe: Leak) -> Measurement:
    """The largest share of the first and the last sample's gradient that goes to other samples."""
    shares = []
    for seed in SEEDS:
        torch.manual_seed(seed)
        inputs = _fed(probe.graph)
        network = Network(probe.graph).eval()
        output = network(inputs)
        samples = inputs.shape[probe.axis]
        places = [axis for axis, size in enumerate(output.shape) if size == samples]
        if not places:
            reason = f"the output has the shape {tuple(output.shape)} for {samples} samples"
            return Measurement(Outcome.CONFIRMED, "samples without an output of their own", 1.0, 0.1, (seed,), reason)
        own = output.movedim(places[0], 0)
        shares += [_foreign(own[sample], inputs, probe.axis, sample) for sample in (0, samples - 1)]
    return above("share of a sample's gradient that goes to other samples", max(shares), 0.01, 1e-5, seeds=SEEDS)


def _foreign(output: Tensor, inputs: Tensor, axis: int, sample: int) -> float:
    (gradient,) = torch.autograd.grad(output.sum(), inputs, retain_graph=True)
    norms = gradient.abs().movedim(axis, 0).flatten(1).sum(1)
    total = float(norms.sum())
    return 1.0 - float(norms[sample]) / total if total else 0.0


def unread(probe: Unread) -> Measurement:
    """The share of the recurrent layers' parameters whose gradient is exactly 0."""
    shares = []
    for seed in SEEDS:
        torch.manual_seed(seed)
        network = Network(probe.graph)
        output = network(_fed(probe.graph))
        weights = torch.randn_like(output)
        (output * weights).sum().backward()
        shares.append(zero_share(network))
    value = min(shares)
    outcome = Outcome.CONFIRMED if value == 1.0 or (value > 0.0 and not probe.whole) else Outcome.REFUTED
    return Measurement(outcome, "share of recurrent parameters with a gradient of exactly 0", value, 0.0, SEEDS)


def zero_share(network: nn.Module) -> float:
    """The share of recurrent weights without a gradient; biases behind a state of zeros have one in any case."""
    zero = total = 0
    for module in network.modules():
        if isinstance(module, nn.RNNBase):
            for name, parameter in module.named_parameters():
                if name.startswith("weight"):
                    total += parameter.numel()
                    untouched = parameter.grad is None or not bool(parameter.grad.any())
                    zero += parameter.numel() if untouched else 0
    return zero / total if total else 0.0


def inert_dropout(probe: InertDropout) -> Measurement:
    """The largest difference of two passes over one batch in training mode."""
    settings = dict(probe.layer.settings)
    rate = settings.pop("dropout", 0.0)
    differences = []
    for seed in SEEDS:
        torch.manual_seed(seed)
        layer = recurrent(probe.layer, FEATURES).train()
        layer.dropout = rate
        inputs = torch.randn(5, 7, FEATURES)
        differences.append(float((layer(inputs)[0] - layer(inputs)[0]).abs().max()))
    value = max(differences)
    outcome = Outcome.CONFIRMED if value == 0.0 else Outcome.REFUTED
    return Measurement(outcome, "difference of two passes in training mode", value, 0.0, SEEDS)


def padded_reading(probe: PaddedReading) -> Measurement:
    """|gradient of the output to a short sequence's real steps| relative to the longest sequence's last steps."""
    ratios = []
    for seed in SEEDS:
        torch.manual_seed(seed)
        layer = recurrent(probe.layer, FEATURES)
        layer.batch_first = True
        inputs = torch.randn(2, probe.steps, FEATURES)
        inputs[1, probe.real :] = 0.0
        inputs.requires_grad_()
        output = _read(layer, inputs, probe)
        ratios.append(_reach(output[1], inputs, 1, probe.real) / max(_reach(output[0], inputs, 0, probe.steps), 1e-30))
    ratios.sort()
    return below(
        f"reach of {probe.real} real steps through {probe.steps - probe.real} padded ones, relative to none",
        ratios[len(ratios) // 2], 0.1, 0.5, seeds=SEEDS,
    )  # fmt: skip


def _read(layer: nn.Module, inputs: Tensor, probe: PaddedReading) -> Tensor:
    """The last step of the batch, as the program reads it."""
    if not probe.packed:
        output: Tensor = layer(inputs)[0]
        return output[:, -1]
    packed = pack_padded_sequence(inputs, torch.tensor([probe.steps, probe.real]), batch_first=True)
    padded: Tensor = pad_packed_sequence(layer(packed)[0], batch_first=True)[0]
    return padded[:, -1]


def _reach(output: Tensor, inputs: Tensor, sample: int, end: int) -> float:
    (gradient,) = torch.autograd.grad(output.sum(), inputs, retain_graph=True, allow_unused=True)
    return float(gradient[sample, :end].norm()) if gradient is not None else 0.0
