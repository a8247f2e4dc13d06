"""RNN103: a layer that needs a sequence gets a last step."""

from __future__ import annotations

from collections.abc import Iterator

from rnnlint.finding import Applicability, Severity
from rnnlint.program.data import Array
from rnnlint.program.network import RECURRENT_KINDS, Layer
from rnnlint.program.program import Program
from rnnlint.program.value import confidence_of, possible
from rnnlint.program.walks import behind_elementwise
from rnnlint.repair import Repair, SetArgument
from rnnlint.rules.base import Found, Remark, Rule, RuledOut, Undecided, Verdict
from rnnlint.rules.repairs import applications_at

NEED_STEPS = frozenset(
    {"lstm", "gru", "rnn", "conv1d", "max_pooling1d", "average_pooling1d", "global_max_pooling1d",
     "global_average_pooling1d", "attention", "additive_attention", "multi_head_attention"}
)  # fmt: skip


class MissingReturnSequences(Rule):
    """A layer that needs a sequence is fed by a recurrent layer that returns only its last step.

    ## What it does
    Follows the output of every Keras recurrent layer without `return_sequences=True` to the layers that take it:
    in lists, with `.add`, in loops, in functional calls and in subclassed models, also through Dropout,
    normalisation and Bidirectional. It reports those that reach a recurrent layer, Conv1D, TimeDistributed or an
    attention layer with their time axis gone.

    ## Why it is bad
    The next layer expects three axes (samples, steps, features) and gets two, so Keras raises a ValueError
    ("expected ndim=3, found ndim=2"). With an Input it is raised while the model is built, 0.3 s after the start;
    without one only when `fit` sees the first batch, after all the data have been read and prepared.

    Attention and AdditiveAttention accept the two axes and fail without a word: they take the samples of the batch
    for steps. Changing the other samples of a batch of five moved the output of the first by 1.1 and 0.8.

    ## Example
    ```python
    from keras import Sequential
    from keras.layers import LSTM, Dense, Input

    model = Sequential([Input((30, 4)), LSTM(64), LSTM(32), Dense(1)])
    ```

    ## Use instead
    ```python
    from keras import Sequential
    from keras.layers import LSTM, Dense, Input

    model = Sequential([Input((30, 4)), LSTM(64, return_sequences=True), LSTM(32), Dense(1)])
    ```

    ## How it is confirmed
    `rnnlint --confirm` builds the two layers and what stands between them, and sends one batch through: confirmed by
    Keras' ValueError (0 wrong in 200 random stacks). Before attention, which takes the samples for steps, it exchanges
    all samples but one and looks whether that one's output changes (0 wrong in 200, 2 inconclusive).

    ## When it is silent
    A layer between the two that makes a time axis again (RepeatVector, Reshape, an operation such as expand_dims);
    parallel branches that read the same input; TimeDistributed around the recurrent layer, which leaves the outer
    axis of steps; ConvLSTM1D, whose last step is a sequence of positions; a flag or a list of layers that the
    program doesn't settle.

    ## Fix safety
    Safe: `return_sequences=True` is added to the layer that lacks it. The program failed before, so nothing that
    worked can change. No fix is offered where something that needs no steps reads the layer too, or may do so by
    another branch, nor before Attention and AdditiveAttention, where nothing failed: their output becomes a sequence
    too, which the layers behind them must expect.

    ## References
    - https://keras.io/api/layers/recurrent_layers/lstm/
    - https://keras.io/guides/working_with_rnns/
    """

    code = "RNN103"
    name = "missing-return-sequences"
    severity = Severity.ERROR
    symptoms = ("crash",)
    frameworks = ("keras",)
    about_recurrence = True
    fixes = (Applicability.SAFE,)

    def check(self, program: Program) -> Iterator[Verdict]:
        for array in program.applications:
            layer = array.layer
            if layer is None or layer.framework != "keras":
                continue
            if layer.kind in NEED_STEPS or layer.is_set("time_distributed", True):
                taken = array.inputs if "attention" in layer.kind else array.inputs[:1]
                for source in taken:
                    verdict = _judge(program, layer, array, source)
                    if verdict is not None:
                        yield verdict


def _judge(program: Program, consumer: Layer, output: Array, source: Array) -> Verdict | None:
    origin = behind_elementwise(source)
    maker = origin.layer if origin.op == "apply" else None
    if maker is None or not maker.recurrent or maker.framework != "keras" or maker.is_set("time_distributed", True):
        return None
    setting = maker.setting("return_sequences")
    values = possible(setting)
    if values is None:
        return Undecided(maker.site, f"the return_sequences of {maker.type_name} is not known")
    if any(values):
        return RuledOut(maker.site, f"`{maker.type_name}` returns sequences")
    return Found(
        maker.site,
        f"`{maker.type_name}` returns only its last step, but `{consumer.type_name}` behind it needs all steps",
        help="set return_sequences=True on every recurrent layer that feeds another layer over time",
        remarks=(Remark("this layer needs the steps", consumer.site),),
        confidence=confidence_of(setting),
        repair=_repair(program, maker) if "attention" not in consumer.kind else None,
        subject=output,
    )


def _repair(program: Program, layer: Layer) -> Repair | None:
    """None where the same line makes layers whose readers need no steps."""
    readers = [reader for array in applications_at(program, layer) for reader in _readers(program, array)]
    if not all(_needs_steps(reader) for reader in readers) or _has_other_ways(program, layer):
        return None
    verb = SetArgument(layer.site.span, "return_sequences", ("True",))
    return Repair("set return_sequences=True", Applicability.SAFE, (verb,))


def _has_other_ways(program: Program, layer: Layer) -> bool:
    """Whether a layer further down is never reached, so that it may stand behind this one by another branch."""
    place = layer.site.span
    below = (one for one in program.layers if (one.site.span.path, one.site.span.cell) == (place.path, place.cell))
    later = (one for one in below if one.site.span.line > place.line and one.kind in RECURRENT_KINDS | {"dense"})
    return not all(program.applications_of(one) for one in later)


def _readers(program: Program, array: Array) -> Iterator[Array]:
    """What is computed from this array next, but by layers that work on each value alone."""
    for user in program.users_of(array):
        if behind_elementwise(user) is user:
            yield user
        else:
            yield from _readers(program, user)


def _needs_steps(array: Array) -> bool:
    layer = array.layer if array.op == "apply" else None
    return layer is not None and (layer.kind in NEED_STEPS or layer.is_set("time_distributed", True))
