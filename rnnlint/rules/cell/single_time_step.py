"""RNN108: the sequence is one step long."""

from __future__ import annotations

from collections.abc import Iterator

from rnnlint.finding import Severity
from rnnlint.program.data import Array
from rnnlint.program.network import Layer
from rnnlint.program.program import Program
from rnnlint.program.size import known_int
from rnnlint.program.value import confidence_of, known
from rnnlint.program.walks import behind_elementwise, chain
from rnnlint.rules.base import Found, Remark, Rule, RuledOut, Undecided, Verdict


class SingleTimeStep(Rule):
    """The time axis has a length of 1, so the recurrent layer has nothing to recur over.

    ## What it does
    Follows the shape of the data to each recurrent layer and reports an axis of steps that is known to have length
    1: made by `reshape(n, 1, k)`, `expand_dims`, `unsqueeze` or an index with None, or declared by an input shape
    such as `(1, 8)`.

    ## Why it is bad
    The past values of a series became features of one step. The layer starts from a state of zeros, makes its one
    step and stops: its recurrent kernel is multiplied by zero and gets a gradient of exactly 0. What is left is a
    dense network with gates, to which nothing tells that the values came one after the other. Of 622 recurrent files
    of public repositories 13 had this fault; forecasts of prices have it most often, where the axes of steps and
    features were exchanged.

    ## Example
    ```python
    import numpy as np
    from keras import Sequential
    from keras.layers import LSTM, Dense, Input

    series = np.sin(np.arange(1000) / 10)
    lags = np.array([series[i:i + 12] for i in range(900)])
    x = lags.reshape(len(lags), 1, 12)

    model = Sequential([Input((1, 12)), LSTM(32), Dense(1)])
    model.compile(optimizer="adam", loss="mse")
    model.fit(x, series[12:912], epochs=5)
    ```

    ## Use instead
    ```python
    import numpy as np
    from keras import Sequential
    from keras.layers import LSTM, Dense, Input

    series = np.sin(np.arange(1000) / 10)
    lags = np.array([series[i:i + 12] for i in range(900)])
    x = lags.reshape(len(lags), 12, 1)

    model = Sequential([Input((12, 1)), LSTM(32), Dense(1)])
    model.compile(optimizer="adam", loss="mse")
    model.fit(x, series[12:912], epochs=5)
    ```

    ## How it is confirmed
    `rnnlint --confirm` runs the rebuilt layer: with one step and a state of zeros the gradient of its recurrent kernel
    is exactly 0 (0 wrong in 200).

    ## When it is silent
    Step-by-step decoding, generation and policies that carry the state from call to call, and stateful layers; a
    batch of one sample, `(1, steps, features)`; a channel axis for a convolution; other axes of length 1, as of
    ConvLSTM's rows; one feature, `(samples, steps, 1)`; lengths that the program doesn't show.

    ## Fix safety
    No fix: whether the lags are steps, and whether older values are at hand, is not in the shape.

    ## References
    - https://keras.io/guides/working_with_rnns/
    - https://docs.pytorch.org/docs/stable/generated/torch.nn.LSTM.html
    """

    code = "RNN108"
    name = "single-time-step"
    severity = Severity.WARNING
    symptoms = ("flat",)
    frameworks = ("keras", "torch", "data")
    about_recurrence = True

    def check(self, program: Program) -> Iterator[Verdict]:
        for layer in program.layers:
            if not layer.recurrent:
                continue
            verdicts = [verdict for array in program.applications_of(layer) if (verdict := _judge(layer, array))]
            found = [verdict for verdict in verdicts if isinstance(verdict, Found)]
            if len(found) == len(verdicts):
                yield from [verdict for verdict in found if verdict.remarks] or found[:1]
            else:
                yield from (verdict for verdict in verdicts if not isinstance(verdict, Found))


def _judge(layer: Layer, output: Array) -> Verdict | None:
    source = output.inputs[0]
    carried = known(output.settings.get("carried"), False) or not layer.is_set("stateful", False)
    if (layer.framework == "keras" and carried and "stateful" in layer.settings) or (
        layer.framework == "torch" and known(output.settings.get("carried"), False)
    ):
        return RuledOut(layer.site, "the state is carried from step to step")
    if len(output.inputs) > 1 or known(output.settings.get("packed"), False):
        return RuledOut(layer.site, "the state is given")
    if any(
        array.op == "apply" and array.layer is not None and array.layer.site == layer.site for array in _behind(source)
    ):
        return RuledOut(layer.site, "what it returned is part of what it reads next")
    below = behind_elementwise(source)
    if below.op in {"apply", "sequence"} and (below.op == "sequence" or (below.layer and below.layer.recurrent)):
        return RuledOut(layer.site, "the steps are those of the recurrent layer below")
    place = _time_axis(layer)
    if place is None:
        return Undecided(layer.site, "which axis holds the steps is not known")
    steps = _steps(source, place)
    if steps is None:
        return Undecided(layer.site, "the number of steps is not known")
    if steps != 1:
        return RuledOut(layer.site, f"it reads {steps} steps")
    maker = _maker(source)
    site = maker.site if maker is not None else layer.site
    return Found(
        site,
        f"`{layer.type_name}` reads sequences of one time step: what could be steps are features, and nothing recurs",
        help="give the lags to the time axis: (samples, lags, 1) instead of (samples, 1, lags)",
        remarks=(Remark("the recurrent layer", layer.site),) if maker is not None and maker.op != "input" else (),
        confidence=confidence_of(layer.settings.get("batch_first")),
        subject=output,
    )


def _behind(source: Array) -> Iterator[Array]:
    """What the input was made of, when items were written into an array or joined."""
    return source.ancestry() if any(array.op in {"fill", "join"} for array in source.ancestry()) else iter(())


def _time_axis(layer: Layer) -> int | None:
    if layer.framework == "keras":
        return 1
    first = known(layer.settings.get("batch_first"))
    return None if first is None else int(first is True)


def _steps(source: Array, place: int) -> int | None:
    if source.shape is not None:
        return known_int(source.shape[place]) if len(source.shape) == 3 else None
    axis = known(source.settings.get("axis")) if source.op == "unsqueeze" else None
    return 1 if place == 1 and axis == 1 else None


def _maker(source: Array) -> Array | None:
    """What made or declared the axis of length 1."""
    for array in chain(source):
        new_axis = array.op == "index" and None in known(array.settings.get("keys"), ())
        if new_axis or array.op in {"reshape", "unsqueeze", "input"}:
            return array
    return None
