"""RNN116: two dense layers with no activation between them are one."""

from __future__ import annotations

from collections.abc import Iterator

from rnnlint.finding import Severity
from rnnlint.program.data import Array
from rnnlint.program.network import Layer
from rnnlint.program.program import Program
from rnnlint.program.size import known_int
from rnnlint.program.value import confidence_of, known
from rnnlint.rules.base import Found, Remark, Rule, RuledOut, Verdict


class CollapsedDenseStack(Rule):
    """A dense layer without an activation feeds another dense layer: the two compute what one would.

    ## What it does
    Follows the output of each `Dense` or `Linear` layer that has no activation. If nothing but another dense layer
    reads it, directly or through dropout, the first of the two is reported.

    ## Why it is bad
    A linear map of a linear map is a linear map. For `Linear(50, 25)` and `Linear(25, 1)` one layer with the
    product of their weights gives the same outputs to within 3e-7, with 51 parameters in place of 1,301. The extra
    layer looks like depth and can express nothing more; most often an activation was forgotten.

    ## Example
    ```python
    from keras import Sequential
    from keras.layers import LSTM, Dense, Input

    model = Sequential([Input((60, 1)), LSTM(50), Dense(25), Dense(1)])
    ```

    ## Use instead
    ```python
    from keras import Sequential
    from keras.layers import LSTM, Dense, Input

    model = Sequential([Input((60, 1)), LSTM(50), Dense(25, activation="relu"), Dense(1)])
    ```

    ## How it is confirmed
    By replacing the two rebuilt layers with their product and comparing the outputs.

    ## When it is silent
    An activation, a normalisation, a recurrent layer, a reshape or the user's own function between the two; a
    first layer whose output is read elsewhere too (skip connections, bottlenecks that are returned, parallel
    heads); a first layer narrower than both its input and the second layer, which limits the rank on purpose; an
    activation that is not known.

    ## Fix safety
    No fix: adding an activation changes the network, and removing the layer changes what it can load.

    ## References
    - https://keras.io/api/layers/core_layers/dense/
    - https://docs.pytorch.org/docs/stable/generated/torch.nn.Linear.html
    """

    code = "RNN116"
    name = "collapsed-dense-stack"
    severity = Severity.ADVICE
    symptoms = ()
    frameworks = ("keras", "torch")

    def check(self, program: Program) -> Iterator[Verdict]:
        for layer in program.layers:
            if layer.kind == "dense" and _linear(layer):
                found = [_judge(program, layer, array) for array in program.applications_of(layer)]
                verdicts = [verdict for verdict in found if verdict is not None]
                if verdicts and all(isinstance(verdict, Found) for verdict in verdicts):
                    yield verdicts[0]
                elif verdicts:
                    yield RuledOut(layer.site, "something stands between it and another dense layer")


def _linear(layer: Layer) -> bool:
    return layer.framework == "torch" or known(layer.settings.get("activation")) == "linear"


def _judge(program: Program, layer: Layer, array: Array) -> Verdict | None:
    if array in program.outputs:
        return RuledOut(layer.site, "its output is returned")
    readers = list(_readers(program, array))
    if not readers:
        return None
    seconds = [reader.layer for reader in readers if reader.op == "apply" and reader.layer is not None]
    if len(seconds) < len(readers) or any(second.kind != "dense" for second in seconds):
        return RuledOut(layer.site, "its output is read by something other than a dense layer")
    if len({second.site for second in seconds}) > 1 or _narrow(layer, array, seconds[0]):
        return RuledOut(layer.site, "it is a bottleneck, or feeds several layers")
    if seconds[0].site == layer.site:
        return None
    return Found(
        layer.site,
        f"`{layer.type_name}` has no activation and feeds `{seconds[0].type_name}`: together they are one linear layer",
        help="give the first an activation, or leave it out",
        remarks=(Remark("the second dense layer", seconds[0].site),),
        confidence=confidence_of(layer.settings.get("activation")),
    )


def _readers(program: Program, array: Array) -> Iterator[Array]:
    """What reads the array, behind dropout."""
    for user in program.users_of(array):
        layer = user.layer if user.op == "apply" else None
        if user.op in {"dropout", "cast", "squeeze"} or (layer is not None and layer.kind == "dropout"):
            yield from _readers(program, user)
        else:
            yield user


def _narrow(first: Layer, array: Array, second: Layer) -> bool:
    """Whether the first is narrower than what it reads and than the second, which limits the rank on purpose."""
    width, next_width = known(first.settings.get("units")), known(second.settings.get("units"))
    source = array.inputs[0]
    before = known_int(source.shape[-1]) if source.shape else known(first.settings.get("input_size"))
    if not all(isinstance(size, int) for size in (width, next_width)):
        return True
    return bool((not isinstance(before, int) or width < before) and width < next_width)
