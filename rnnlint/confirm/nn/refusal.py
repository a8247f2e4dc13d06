"""What PyTorch itself refuses: the rebuilt network is given one small batch, and the exception is caught."""

from __future__ import annotations

import torch
from torch import Tensor
from torch.nn.utils.rnn import pack_padded_sequence, pad_packed_sequence

from rnnlint.confirm.graph import Graph
from rnnlint.confirm.measurement import Measurement, above, meant, passed, raised
from rnnlint.confirm.nn.network import Network
from rnnlint.confirm.probes import Packing, Refused

SEED = 0
SAMPLES, STEPS, FEATURES = 16, 21, 3
REFUSALS = (RuntimeError, ValueError, TypeError, IndexError, AttributeError)


def refused(probe: Refused) -> Measurement:
    """Whether the last node raises; an exception of an earlier one is no answer."""
    network = Network(probe.graph).eval()
    try:
        network(*_fed(probe.graph))
    except REFUSALS as error:
        if network.reached != len(probe.graph.nodes) - 1 or not meant(error):
            raise
        return raised(error)
    return passed()


def _fed(graph: Graph) -> list[Tensor]:
    """A batch of zeros for each input."""
    settings = [graph.nodes[number].settings for number in graph.inputs]
    return [torch.zeros(*one["shape"], dtype=torch.long if "high" in one else torch.float) for one in settings]


def packing(probe: Packing) -> Measurement:
    """Whether 16 sequences of random lengths are packed, and all of their steps come back at their place."""
    torch.manual_seed(SEED)
    lengths = torch.randint(1, STEPS, (SAMPLES,)).sort(descending=True).values
    lengths[0] = STEPS
    if not probe.falling:
        lengths = lengths.flip(0)
    batch = torch.rand(SAMPLES, STEPS, FEATURES) + 0.5
    given = batch if probe.samples_first else batch.transpose(0, 1)
    first = probe.batch_first
    try:
        packed = pack_padded_sequence(given, lengths, batch_first=first, enforce_sorted=probe.enforce_sorted)
        back = pad_packed_sequence(packed, batch_first=first, total_length=STEPS)[0]
    except REFUSALS as error:
        return raised(error)
    back = back if probe.samples_first else back.transpose(0, 1)
    real = torch.arange(STEPS) < lengths[:, None]
    share = 1.0 if back.shape != batch.shape else float((back != batch)[real].float().mean())
    return above("share of the values that packing loses or moves", share, 0.01, 0.0, seeds=(SEED,))
