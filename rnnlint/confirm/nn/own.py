"""Probes of a user's own torch module, without knowing what stands in it."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import torch
from torch import Tensor, nn

from rnnlint.confirm.measurement import Measurement, above
from rnnlint.confirm.nn.recurrence import zero_share
from rnnlint.confirm.probes import OwnNetwork
from rnnlint.finding import Outcome

SEEDS = tuple(range(5))
SEED = SEEDS[0]


def _inputs(probe: OwnNetwork) -> Tensor:
    torch.manual_seed(SEED)
    if probe.high:
        return torch.randint(1, probe.high, probe.shape)
    return torch.randn(*probe.shape)


def _output(network: nn.Module, inputs: Tensor) -> Tensor:
    result = network(inputs)
    while isinstance(result, tuple | list):
        result = result[0]
    assert isinstance(result, Tensor)
    return result


def _drawn(network: nn.Module) -> Iterator[int]:
    """Seeds, for each of which the network has other weights: one draw may have units that are dead by chance."""
    for seed in SEEDS:
        if seed:
            torch.manual_seed(seed)
            for module in network.modules():
                if callable(reset := getattr(module, "reset_parameters", None)):
                    reset()
        yield seed


def leak(network: nn.Module, probe: OwnNetwork) -> Measurement:
    """How much the first and the last sample's output change when all other samples do, relative to the outputs."""
    network.eval()
    inputs = _inputs(probe)
    changes: list[float] = []
    with torch.no_grad():
        for seed in _drawn(network):
            before = _output(network, inputs)
            samples = inputs.shape[probe.axis]
            places = [axis for axis, size in enumerate(before.shape) if size == samples]
            if not places:
                reason = f"the output has the shape {tuple(before.shape)} for {samples} samples"
                what = "samples without an output of their own"
                return Measurement(Outcome.CONFIRMED, what, 1.0, 0.01, (seed,), reason)
            changes += [_change(network, inputs, before, probe.axis, places[0], sample) for sample in (0, samples - 1)]
    return above("change of a sample's output when the others change", max(changes), 0.01, 1e-5, seeds=SEEDS)


def _change(network: nn.Module, inputs: Tensor, before: Tensor, axis: int, place: int, sample: int) -> float:
    others = inputs.flip(axis).clone() if inputs.shape[axis] % 2 == 0 else inputs.roll(1, axis).clone()
    others.select(axis, sample).copy_(inputs.select(axis, sample))
    after = _output(network, others)
    own, new = before.select(place, sample), after.select(place, sample)
    return float((own - new).norm() / own.norm().clamp_min(1e-9))


def unread(network: nn.Module, probe: OwnNetwork) -> Measurement:
    """The share of the recurrent layers' weights whose gradient is exactly 0."""
    network.train()
    shares = []
    for _ in _drawn(network):
        network.zero_grad()
        output = _output(network, _inputs(probe))
        (output * torch.randn_like(output)).sum().backward()
        shares.append(zero_share(network))
    value = min(shares)
    outcome = Outcome.CONFIRMED if value > 0.0 else Outcome.REFUTED
    return Measurement(outcome, "share of recurrent parameters with a gradient of exactly 0", value, 0.0, SEEDS)


def passes(network: nn.Module, probe: OwnNetwork) -> Measurement:
    """The difference of two passes over one batch in training mode, with the dropout of recurrent layers alone."""
    network.train()
    for module in network.modules():
        if isinstance(module, nn.modules.dropout._DropoutNd):
            module.p = 0.0
    inputs = _inputs(probe)
    with torch.no_grad():
        value = float((_output(network, inputs) - _output(network, inputs)).abs().max())
    outcome = Outcome.CONFIRMED if value == 0.0 else Outcome.REFUTED
    return Measurement(outcome, "difference of two passes in training mode", value, 0.0, (SEED,))


def unregistered(network: nn.Module, probe: OwnNetwork) -> Measurement:
    """The weights that the output depends on and that are none of the module's parameters."""
    output = _output(network.train(), _inputs(probe))
    own = {id(parameter) for parameter in network.parameters()}
    strangers = {id(leaf): leaf.numel() for leaf in _leaves(output) if id(leaf) not in own}
    value = float(sum(strangers.values()))
    return above("weights behind the output that are no parameters of the module", value, 1.0, 0.0, seeds=(SEED,))


def _leaves(output: Tensor) -> Iterator[Tensor]:
    """The tensors that gradients of the output end at."""
    seen, waiting = set(), [output.grad_fn]
    while waiting:
        function = waiting.pop()
        if function is None or function in seen:
            continue
        seen.add(function)
        leaf = getattr(function, "variable", None)
        if isinstance(leaf, Tensor):
            yield leaf
        waiting.extend(source for source, _ in function.next_functions)


CHECKS: dict[str, Callable[[Any, OwnNetwork], Measurement]] = {
    "leak": leak,
    "unread": unread,
    "passes": passes,
    "unregistered": unregistered,
}
