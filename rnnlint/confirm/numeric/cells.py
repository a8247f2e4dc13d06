"""Recurrent layers in numpy, run forward and backward through time for many seeds at once.

Arrays have the axes (seeds, batch, time, feature). The equations are those of Keras 3 and PyTorch: gates in the order
input, forget, candidate, output for an LSTM, and the reset gate after the recurrent product for a GRU.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field

import numpy as np

from rnnlint.confirm.numeric.activations import ACTIVATIONS, Activation, Numbers
from rnnlint.confirm.probes import CellSpec

NUMBER = np.float32  # the frameworks' own default
GATES = {"lstm": 4, "gru": 3, "rnn": 1}

Weights = dict[str, Numbers]
StepBack = Callable[[Numbers], Numbers]


@dataclass(slots=True)
class Trace:
    """What one pass computed: `states` (seeds, batch, time, units), each step's `gates`, and what goes back."""

    states: Numbers
    gates: list[Numbers] = field(default_factory=list)
    steps: list[tuple[Numbers, ...]] = field(default_factory=list)


def _functions(cell: CellSpec) -> tuple[Activation, Activation]:
    """The cell's activation and its gates'."""
    return ACTIVATIONS[cell.activation], ACTIVATIONS[cell.gate_activation]


def initial_weights(cell: CellSpec, seeds: list[int]) -> Weights:
    """kernel (seeds, features, gates·units), recurrent (seeds, units, gates·units), bias (seeds, 1, gates·units)."""
    drawn = [_draw(cell, np.random.default_rng(seed)) for seed in seeds]
    return {name: np.stack([weights[name] for weights in drawn]).astype(NUMBER) for name in drawn[0]}


def _draw(cell: CellSpec, rng: np.random.Generator) -> Weights:
    width = GATES[cell.kind] * cell.units
    if cell.start == "torch":
        limit = cell.units**-0.5
        return {
            "kernel": rng.uniform(-limit, limit, (cell.features, width)),
            "recurrent": rng.uniform(-limit, limit, (cell.units, width)),
            "bias": rng.uniform(-limit, limit, (1, width)),
        }
    limit = (6.0 / (cell.features + width)) ** 0.5
    bias = np.zeros((1, width))
    if cell.kind == "lstm" and cell.unit_forget_bias:
        bias[:, cell.units : 2 * cell.units] = 1.0
    return {
        "kernel": rng.uniform(-limit, limit, (cell.features, width)),
        "recurrent": _orthogonal(rng, cell.units, width),
        "bias": bias,
    }


def _orthogonal(rng: np.random.Generator, rows: int, columns: int) -> Numbers:
    q, r = np.linalg.qr(rng.standard_normal((columns, rows)))
    value: Numbers = (q * np.sign(np.diag(r))).T
    return value


def forward(cell: CellSpec, weights: Weights, inputs: Numbers) -> Trace:
    """All states for inputs (seeds, batch, time, features), from a state of zeros."""
    seeds, batch, steps, _ = inputs.shape
    step = _FORWARD[cell.kind]
    projected = inputs @ weights["kernel"][:, None] + weights["bias"][:, None]
    state = np.zeros((seeds, batch, cell.units), inputs.dtype)
    memory = np.zeros_like(state)
    trace = Trace(np.empty((seeds, batch, steps, cell.units), inputs.dtype))
    for time in range(steps):
        state, memory, gates, kept = step(cell, weights, projected[:, :, time], state, memory)
        trace.states[:, :, time] = state
        trace.gates.append(gates)
        trace.steps.append(kept)
    return trace


def backward(
    cell: CellSpec, weights: Weights, inputs: Numbers, trace: Trace, upstream: Numbers
) -> tuple[Weights, Numbers]:
    """Gradients of the weights, and those that reach the inputs; `upstream` (seeds, batch, time, units)."""
    step = _BACKWARD[cell.kind]
    state = np.zeros_like(upstream[:, :, 0])
    memory = np.zeros_like(state)
    recurrent = np.zeros_like(weights["recurrent"])
    projected = np.empty((*inputs.shape[:3], weights["bias"].shape[2]), inputs.dtype)
    for time in reversed(range(inputs.shape[2])):
        projected[:, :, time], state, memory, part = step(
            cell, weights, trace.steps[time], state + upstream[:, :, time], memory
        )
        recurrent += part
    flat = inputs.reshape(inputs.shape[0], -1, inputs.shape[3])
    flat_back = projected.reshape(inputs.shape[0], -1, projected.shape[3])
    gradients = {
        "kernel": flat.transpose(0, 2, 1) @ flat_back,
        "recurrent": recurrent,
        "bias": flat_back.sum(axis=1, keepdims=True),
    }
    return gradients, projected @ weights["kernel"][:, None].transpose(0, 1, 3, 2)


def _transposed(array: Numbers) -> Numbers:
    return array.transpose(0, 2, 1)


def _lstm_forward(
    cell: CellSpec, weights: Weights, projected: Numbers, state: Numbers, memory: Numbers
) -> tuple[Numbers, Numbers, Numbers, tuple[Numbers, ...]]:
    activation, gate = _functions(cell)
    units = cell.units
    z = projected + state @ weights["recurrent"]
    candidate_in = z[..., 2 * units : 3 * units]
    gates_in = np.concatenate([z[..., : 2 * units], z[..., 3 * units :]], axis=-1)
    gates = gate.function(gates_in)
    take, keep, show = gates[..., :units], gates[..., units : 2 * units], gates[..., 2 * units :]
    candidate = activation.function(candidate_in)
    new = keep * memory + take * candidate
    shown = activation.function(new)
    return show * shown, new, gates, (state, memory, gates_in, gates, candidate_in, candidate, new, shown)


def _lstm_backward(
    cell: CellSpec, weights: Weights, kept: tuple[Numbers, ...], d_state: Numbers, d_memory: Numbers
) -> tuple[Numbers, Numbers, Numbers, Numbers]:
    activation, gate = _functions(cell)
    units = cell.units
    state, memory, gates_in, gates, candidate_in, candidate, new, shown = kept
    take, keep, show = gates[..., :units], gates[..., units : 2 * units], gates[..., 2 * units :]
    d_new = d_memory + d_state * show * activation.slope(new, shown)
    d_gates = np.concatenate([d_new * candidate, d_new * memory, d_state * shown], axis=-1)
    d_gates = d_gates * gate.slope(gates_in, gates)
    d_candidate = d_new * take * activation.slope(candidate_in, candidate)
    d_z = np.concatenate([d_gates[..., : 2 * units], d_candidate, d_gates[..., 2 * units :]], axis=-1)
    return d_z, d_z @ _transposed(weights["recurrent"]), d_new * keep, _transposed(state) @ d_z


def _gru_forward(
    cell: CellSpec, weights: Weights, projected: Numbers, state: Numbers, memory: Numbers
) -> tuple[Numbers, Numbers, Numbers, tuple[Numbers, ...]]:
    activation, gate = _functions(cell)
    units = cell.units
    recurrent = state @ weights["recurrent"]
    gates_in = projected[..., : 2 * units] + recurrent[..., : 2 * units]
    gates = gate.function(gates_in)
    update, reset = gates[..., :units], gates[..., units:]
    candidate_in = projected[..., 2 * units :] + reset * recurrent[..., 2 * units :]
    candidate = activation.function(candidate_in)
    new = update * state + (1.0 - update) * candidate
    return new, memory, gates, (state, gates_in, gates, recurrent[..., 2 * units :], candidate_in, candidate)


def _gru_backward(
    cell: CellSpec, weights: Weights, kept: tuple[Numbers, ...], d_state: Numbers, d_memory: Numbers
) -> tuple[Numbers, Numbers, Numbers, Numbers]:
    activation, gate = _functions(cell)
    units = cell.units
    state, gates_in, gates, recurrent, candidate_in, candidate = kept
    update, reset = gates[..., :units], gates[..., units:]
    d_candidate = d_state * (1.0 - update) * activation.slope(candidate_in, candidate)
    d_gates = np.concatenate([d_state * (state - candidate), d_candidate * recurrent], axis=-1)
    d_gates = d_gates * gate.slope(gates_in, gates)
    d_recurrent = np.concatenate([d_gates, d_candidate * reset], axis=-1)
    back = d_recurrent @ _transposed(weights["recurrent"]) + d_state * update
    return np.concatenate([d_gates, d_candidate], axis=-1), back, d_memory, _transposed(state) @ d_recurrent


def _rnn_forward(
    cell: CellSpec, weights: Weights, projected: Numbers, state: Numbers, memory: Numbers
) -> tuple[Numbers, Numbers, Numbers, tuple[Numbers, ...]]:
    activation, _ = _functions(cell)
    z = projected + state @ weights["recurrent"]
    new = activation.function(z)
    return new, memory, new, (state, z, new)


def _rnn_backward(
    cell: CellSpec, weights: Weights, kept: tuple[Numbers, ...], d_state: Numbers, d_memory: Numbers
) -> tuple[Numbers, Numbers, Numbers, Numbers]:
    activation, _ = _functions(cell)
    state, z, new = kept
    d_z = d_state * activation.slope(z, new)
    return d_z, d_z @ _transposed(weights["recurrent"]), d_memory, _transposed(state) @ d_z


_FORWARD = {"lstm": _lstm_forward, "gru": _gru_forward, "rnn": _rnn_forward}
_BACKWARD = {"lstm": _lstm_backward, "gru": _gru_backward, "rnn": _rnn_backward}
