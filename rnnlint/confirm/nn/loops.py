"""Training loops of PyTorch, replayed around a small network."""

from __future__ import annotations

from math import lcm

import torch
from torch import Tensor, nn

from rnnlint.confirm.graph import LayerSpec
from rnnlint.confirm.measurement import Measurement, above, below, passed, raised
from rnnlint.confirm.nn.network import recurrent
from rnnlint.confirm.probes import Carried, Turns
from rnnlint.finding import Outcome

SEEDS = tuple(range(5))
SAMPLES, STEPS, FEATURES = 8, 7, 4
ROUNDS = 4  # steps of the optimizer
FACTOR = 65536.0  # by which mixed precision multiplies the loss
OVER = 100.0  # how far the gradients exceed the limit that is put to the test
RATE = 0.1
CLIPS = {"clip_grad_norm_": nn.utils.clip_grad_norm_, "clip_grad_norm": nn.utils.clip_grad_norm_,
         "clip_grad_value_": nn.utils.clip_grad_value_}  # fmt: skip


class _Trained(nn.Module):
    """The layer with a dense head."""

    def __init__(self, spec: LayerSpec) -> None:
        super().__init__()
        self.layer = recurrent(spec, FEATURES)
        self.layer.batch_first = True
        width = self.layer(torch.zeros(1, 2, FEATURES))[0].shape[-1]
        self.head = nn.Linear(width, 1)

    def forward(self, inputs: Tensor) -> Tensor:
        result: Tensor = self.head(self.layer(inputs)[0][:, -1])
        return result


class _Replay:
    """The moves around one network on one batch, whose gradients have the same norm in each turn."""

    def __init__(self, probe: Turns, seed: int) -> None:
        torch.manual_seed(seed)
        self._network = _Trained(probe.layer)
        self._parameters = list(self._network.parameters())
        self._inputs, self._targets = torch.randn(SAMPLES, STEPS, FEATURES), torch.randn(SAMPLES, 1)
        self._probe = probe
        self._scale = 1.0
        self._loss_factor = 1.0
        self.single = self._single()
        limits = [move.limit for move in probe.moves if move.how == "clip"]
        if limits:
            self._loss_factor = OVER * limits[0] / self.single[probe.moves[self._clip].by]
            self.single = self._single()
        self.used: list[dict[str, float]] = []
        self.moved = 0.0

    @property
    def _clip(self) -> int:
        return next(place for place, move in enumerate(self._probe.moves) if move.how == "clip")

    def _single(self) -> dict[str, float]:
        """The gradient of one batch, as each way of clipping measures it."""
        self._network.zero_grad()
        self._backward(1.0)
        sizes = self._sizes()
        self._network.zero_grad()
        return sizes

    def _sizes(self) -> dict[str, float]:
        gradients = [one.grad.flatten() for one in self._parameters if one.grad is not None]
        if not gradients:
            return dict.fromkeys(CLIPS, 0.0)
        every = torch.cat(gradients).double() / self._scale
        norm, largest = float(every.norm()), float(every.abs().max())
        return {"clip_grad_norm_": norm, "clip_grad_norm": norm, "clip_grad_value_": largest}

    def _backward(self, factor: float) -> None:
        loss = nn.functional.mse_loss(self._network(self._inputs), self._targets)
        (loss * self._loss_factor * factor).backward()

    def run(self) -> None:
        """Some turns, until the optimizer has made its steps."""
        period = lcm(*(move.every for move in self._probe.moves))
        steps = [move for move in self._probe.moves if move.how == "step"]
        most = ROUNDS * max(move.every for move in steps) if steps else ROUNDS * period
        for turn in range(1, most + 1):
            for move in self._probe.moves:
                if turn % move.every == 0:
                    self._make(move.how, move.scaled, move.by, move.limit)

    def _make(self, how: str, scaled: bool, by: str, limit: float) -> None:
        if how == "backward":
            self._scale = FACTOR if scaled else 1.0
            self._backward(self._scale)
        elif how == "zero_grad":
            self._network.zero_grad()
        elif how == "clip" and any(one.grad is not None for one in self._parameters):
            CLIPS[by](self._parameters, limit)
        elif how == "unscale":
            self._unscale()
        elif how == "step":
            self._step()

    def _unscale(self) -> None:
        for one in self._parameters:
            if one.grad is not None:
                one.grad /= self._scale
        self._scale = 1.0

    def _step(self) -> None:
        """Uses the gradients; the weights move only where that is what is asked."""
        self.used.append(self._sizes())
        if self._probe.wanted != "still":
            return
        with torch.no_grad():
            for one in self._parameters:
                if one.grad is not None:
                    before = one.clone()
                    one.sub_(RATE * one.grad / self._scale)
                    self.moved += float((one - before).abs().sum())


def turns(probe: Turns) -> Measurement:
    """The gradients that are used at the steps, or how far the weights move."""
    replays = [_Replay(probe, seed) for seed in SEEDS]
    for replay in replays:
        replay.run()
    return _VERDICTS[probe.wanted](replays, probe)


def _median(values: list[float]) -> float:
    return sorted(values)[len(values) // 2]


def _grown(replays: list[_Replay], probe: Turns) -> Measurement:
    norms = [[sizes["clip_grad_norm_"] for sizes in replay.used] for replay in replays]
    value = _median([norm[-1] / max(norm[0], 1e-30) for norm in norms])
    what = f"gradient at the step {ROUNDS} relative to the first, on one batch at a rate of 0"
    return above(what, value, 2.0, 1.01, seeds=SEEDS, curve=tuple(norms[0]), curve_name="gradient norm per step")


def _of_limit(replays: list[_Replay], probe: Turns) -> float:
    clip = next(move for move in probe.moves if move.how == "clip")
    return _median([max(sizes[clip.by] for sizes in replay.used) / clip.limit for replay in replays])


def _unlimited(replays: list[_Replay], probe: Turns) -> Measurement:
    value = _of_limit(replays, probe)
    return above("gradient that is used relative to the limit, when it exceeds it", value, 2.0, 1.01, seeds=SEEDS)


def _strangled(replays: list[_Replay], probe: Turns) -> Measurement:
    value = _of_limit(replays, probe)
    return below("gradient that is used relative to the limit, when it exceeds it", value, 0.01, 0.5, seeds=SEEDS)


def _added(replays: list[_Replay], probe: Turns) -> Measurement:
    norm = "clip_grad_norm_"
    value = _median([replay.used[-1][norm] / replay.single[norm] for replay in replays])
    return above("gradient at the step relative to one batch's", value, 1.9, 1.1, seeds=SEEDS)


def _still(replays: list[_Replay], probe: Turns) -> Measurement:
    value = max(replay.moved for replay in replays)
    outcome = Outcome.CONFIRMED if value == 0.0 else Outcome.REFUTED
    return Measurement(outcome, f"movement of the weights in {ROUNDS} steps", value, 0.0, SEEDS)


_VERDICTS = {"grown": _grown, "unlimited": _unlimited, "strangled": _strangled, "added": _added, "still": _still}


def carried(probe: Carried) -> Measurement:
    """Two turns of a loop that hands its state on."""
    torch.manual_seed(SEEDS[0])
    network = _Trained(probe.layer)
    optimizer = torch.optim.SGD(network.parameters(), lr=1e-3)
    state = None
    try:
        for _ in range(2):
            output, state = network.layer(torch.randn(SAMPLES, STEPS, FEATURES), state)
            if probe.detached:
                state = tuple(one.detach() for one in state) if isinstance(state, tuple) else state.detach()
            optimizer.zero_grad()
            network.head(output[:, -1]).square().mean().backward(retain_graph=probe.retained)
            if probe.stepped:
                optimizer.step()
    except RuntimeError as error:
        return raised(error)
    return passed()
