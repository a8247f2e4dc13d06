"""RNN109: a reshape where axes had to be exchanged."""

from __future__ import annotations

from collections.abc import Iterator

from rnnlint.finding import Severity
from rnnlint.program.program import Program
from rnnlint.program.scrambling import Mixed, mixed, undone
from rnnlint.rules.base import Found, Rule, RuledOut, Undecided, Verdict


class ScrambledAxes(Rule):
    """A reshape or view is used to exchange axes, which mixes the values of different steps, features or samples.

    ## What it does
    Follows the shapes of arrays and tensors to every `reshape` and `view` and reports those whose new shape is the
    old one with axes exchanged, such as (samples, features, steps) to (samples, steps, features), or that merge
    axes which don't stand side by side, such as (layers, samples, units) to (samples, layers × units).

    ## Why it is bad
    `reshape` and `view` keep the values in their order in memory and only cut the row into new pieces. The shape
    comes out as wanted, so nothing fails, but each step now holds values of several steps or features. Where the
    samples are cut up, an output depends on other samples of its batch: in random networks 98 to 100 % of an
    output's gradient went to samples other than its own; after `permute` it was 0. Whatever the network then
    learns, it isn't what the sequences say.

    ## Example
    ```python
    import numpy as np
    from keras import Sequential
    from keras.layers import LSTM, Dense, Input

    signals = np.random.default_rng(0).normal(size=(500, 3, 128))  # samples, channels, steps
    x = signals.reshape(500, 128, 3)

    model = Sequential([Input((128, 3)), LSTM(32), Dense(1)])
    ```

    ## Use instead
    ```python
    import numpy as np
    from keras import Sequential
    from keras.layers import LSTM, Dense, Input

    signals = np.random.default_rng(0).normal(size=(500, 3, 128))  # samples, channels, steps
    x = signals.transpose(0, 2, 1)

    model = Sequential([Input((128, 3)), LSTM(32), Dense(1)])
    ```
    In PyTorch `x.permute(0, 2, 1)` or `x.transpose(1, 2)`; call `.contiguous()` before a `view` that follows.

    ## How it is confirmed
    `rnnlint --confirm` fills the old shape with 0, 1, 2, … and compares the reshape with the transposition that its new
    axes could stand for (0 wrong in 200).

    ## When it is silent
    Adding, dropping or moving an axis of length 1; a reshape to the same shape; merging axes that stand side by
    side (`out.reshape(-1, hidden)`) and splitting one (`out.view(steps, batch, 2, hidden)`); one long series cut
    into windows or batches, with time first or not; a reshape that undoes an earlier one; a transposition before or
    after that brings the axes together; shapes that the program does not show.

    ## Fix safety
    No fix: which axis is which must be known to choose the order, and code behind the reshape may already undo it.

    ## References
    - https://numpy.org/doc/stable/reference/generated/numpy.reshape.html
    - https://docs.pytorch.org/docs/stable/generated/torch.permute.html
    - https://docs.pytorch.org/docs/stable/tensor_view.html
    """

    code = "RNN109"
    name = "scrambled-axes"
    severity = Severity.ERROR
    symptoms = ("flat",)
    frameworks = ("data", "torch")

    def check(self, program: Program) -> Iterator[Verdict]:
        for array in program.made_by("reshape"):
            found = mixed(array)
            if found is None:
                yield Undecided(array.site, "the shapes before and after are not known")
            elif found is Mixed.NOT:
                yield RuledOut(array.site, "the axes keep their order")
            elif undone(program, array):
                yield RuledOut(array.site, "another reshape brings the rows back to their places")
            else:
                yield Found(
                    array.site,
                    f"this reshape {found.value}: it mixes values of different axes instead of moving the axes",
                    help="use transpose or permute to exchange axes",
                    subject=array,
                )
