"""RNN114: a setting keeps Keras from its fused GPU kernel."""

from __future__ import annotations

from collections.abc import Iterator

from rnnlint.finding import Severity
from rnnlint.program.network import OPEN_GATES, UNBOUNDED_ACTIVATIONS, Layer
from rnnlint.program.program import Program
from rnnlint.program.value import Known, confidence_of, known
from rnnlint.rules.base import Found, Rule, RuledOut, Verdict


class FusedKernelLost(Rule):
    """A setting of an LSTM or GRU keeps Keras from the fused cuDNN kernel, so the layer runs step by step.

    ## What it does
    Compares the settings of Keras' LSTM and GRU layers with those that the fused kernel supports: activation tanh,
    recurrent_activation sigmoid, no recurrent_dropout, no unroll, a bias, and for GRU reset_after=True. Asking for
    the kernel with `use_cudnn=True` and also for something that it lacks is reported as an error.

    ## Why it is bad
    The fused kernel computes all steps in one call of the GPU; without it each step is several small calls. Keras
    says nothing about the change. The condition was read from the source of Keras 3.15; on a CPU there is no such
    kernel and nothing to lose: a training step over 100 steps took 126 ms with tanh and 118 ms with another
    activation. With `use_cudnn=True` the layer raises a ValueError at its first call.

    ## Example
    ```python
    from keras import Sequential
    from keras.layers import LSTM, Dense, Input

    model = Sequential([Input((200, 8)), LSTM(64, recurrent_dropout=0.2), Dense(1)])
    ```

    ## Use instead
    ```python
    from keras import Sequential
    from keras.layers import LSTM, Dense, Input

    model = Sequential([Input((200, 8)), LSTM(64, dropout=0.2), Dense(1)])
    ```
    because dropout of the inputs is done before the kernel starts.

    ## How it is confirmed
    By comparing the settings with the condition in the installed Keras, without a run.

    ## When it is silent
    Settings that the kernel supports, also when they are written out; dropout of the inputs; `use_cudnn=False`,
    which gives the kernel up on purpose; layers that have no such kernel (SimpleRNN, ConvLSTM, RNN around a cell);
    an activation that RNN101 or RNN102 reports already; values that the program does not show.

    ## Fix safety
    No fix: each of these settings changes what the network computes, and some are wanted more than the speed.

    ## References
    - https://keras.io/api/layers/recurrent_layers/lstm/
    - https://keras.io/api/layers/recurrent_layers/gru/
    """

    code = "RNN114"
    name = "fused-kernel-lost"
    severity = Severity.ADVICE
    symptoms = ("slow",)
    frameworks = ("keras",)
    about_recurrence = True

    def check(self, program: Program) -> Iterator[Verdict]:
        for layer in program.layers:
            if layer.framework == "keras" and layer.type_name in {"LSTM", "GRU"}:
                yield _judge(layer)


def _judge(layer: Layer) -> Verdict:
    lost = [(name, reason) for name, reason in _obstacles(layer) if isinstance(layer.settings.get(name), Known)]
    demanded = layer.is_set("use_cudnn", True)
    if not lost:
        return RuledOut(layer.site, "its known settings are those of the fused kernel")
    if layer.is_set("use_cudnn", False):
        return RuledOut(layer.site, "the fused kernel is given up on purpose")
    if not demanded and all(_faulty(name, layer) for name, _ in lost):
        return RuledOut(layer.site, "the activations that rule the kernel out are a fault of their own")
    reasons = ", ".join(reason for _, reason in lost)
    if demanded:
        message = f"`{layer.type_name}` demands cuDNN with use_cudnn=True, which {reasons} rules out: Keras raises"
    else:
        message = f"`{layer.type_name}` runs without the fused GPU kernel because of {reasons}"
    return Found(
        layer.site,
        message,
        help="leave these settings at their defaults where training on a GPU must be fast",
        severity=Severity.ERROR if demanded else None,
        confidence=confidence_of(*(layer.settings[name] for name, _ in lost)),
    )


def _faulty(name: str, layer: Layer) -> bool:
    """Whether an activation is reported as worse than slow."""
    value = known(layer.settings.get(name))
    if name == "activation":
        return value in UNBOUNDED_ACTIVATIONS or value == "sigmoid"
    return name == "recurrent_activation" and value in OPEN_GATES


def _obstacles(layer: Layer) -> Iterator[tuple[str, str]]:
    for name, wanted in (("activation", "tanh"), ("recurrent_activation", "sigmoid")):
        value = known(layer.settings.get(name), wanted)
        if value != wanted:
            yield name, f"{name}={value}"
    rate = known(layer.settings.get("recurrent_dropout"), 0)
    if isinstance(rate, int | float) and rate > 0:
        yield "recurrent_dropout", f"recurrent_dropout={rate}"
    if layer.is_set("unroll", True):
        yield "unroll", "unroll=True"
    if layer.is_set("use_bias", False):
        yield "use_bias", "use_bias=False"
    if layer.kind == "gru" and layer.is_set("reset_after", False):
        yield "reset_after", "reset_after=False"
