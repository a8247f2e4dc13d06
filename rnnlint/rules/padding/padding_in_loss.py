"""RNN306: the loss counts padded positions as if they were targets."""

from __future__ import annotations

from collections.abc import Iterator

from rnnlint.finding import Applicability, Severity
from rnnlint.program.data import Array, Kind, MaskState, Padding, Quantity
from rnnlint.program.program import Program
from rnnlint.program.training import Fit, Loss
from rnnlint.program.value import Known, known
from rnnlint.repair import Repair, SetArgument
from rnnlint.rules.base import Found, Remark, Rule, RuledOut, Undecided, Verdict

KEEPS = frozenset({"cast", "squeeze", "reshape", "index", "one_hot", "transpose", "unsqueeze", "pad", "part", "batch"})
AVERAGED = frozenset({"mean", "sum", "sum_over_batch_size", "auto", "mean_with_sample_weight"})
IGNORED = -100  # what torch's cross-entropy ignores unless told otherwise


class PaddingInLoss(Rule):
    """A loss over the steps of padded sequences scores the padding like real targets.

    ## What it does
    Looks at losses that compare one prediction a step with targets that were padded to a common length, and asks
    whether anything takes the padded positions out: `ignore_index`, a weight of zero, a mask, sample weights or,
    in Keras, the mask that the layers hand on to the loss.

    ## Why it is bad
    Padding is the easiest class there is, and often the largest. In a tagging task with sequences of 5 to 20 steps
    in rows of 60, four fifths of all positions were padding. After 150 training steps 85 to 88 % of all positions
    were right, and 30 to 43 % of the real ones (five runs). With `ignore_index` the same network and the same
    budget had 91 to 95 % of the real ones right: the loss looks better and the network learns less.

    ## Example
    ```python
    import torch
    from torch import nn
    from torch.nn.utils.rnn import pad_sequence

    sentences = [torch.randint(1, 90, (length,)) for length in range(5, 65)]
    words = pad_sequence(sentences, batch_first=True)
    tags = pad_sequence([sentence % 4 + 1 for sentence in sentences], batch_first=True)

    embedding = nn.Embedding(90, 32, padding_idx=0)
    lstm, head = nn.LSTM(32, 32, batch_first=True), nn.Linear(32, 5)
    criterion = nn.CrossEntropyLoss()
    scores = head(lstm(embedding(words))[0])
    loss = criterion(scores.transpose(1, 2), tags)
    ```

    ## Use instead
    ```python
    import torch
    from torch import nn
    from torch.nn.utils.rnn import pad_sequence

    sentences = [torch.randint(1, 90, (length,)) for length in range(5, 65)]
    words = pad_sequence(sentences, batch_first=True)
    tags = pad_sequence([sentence % 4 + 1 for sentence in sentences], batch_first=True)

    embedding = nn.Embedding(90, 32, padding_idx=0)
    lstm, head = nn.LSTM(32, 32, batch_first=True), nn.Linear(32, 5)
    criterion = nn.CrossEntropyLoss(ignore_index=0)
    scores = head(lstm(embedding(words))[0])
    loss = criterion(scores.transpose(1, 2), tags)
    ```
    In Keras, keep the mask alive up to the output, or pass `sample_weight` or a loss with `ignore_class`.

    ## How it is confirmed
    By changing the predictions at the padded positions only: the loss must not move.

    ## When it is silent
    `ignore_index` or `ignore_class` equal to the padding value; targets padded with -100; a class weight of zero
    for the padding; a loss per position that is multiplied or indexed by a mask; packed predictions and targets;
    sample weights; a Keras model whose mask reaches its output; a loss function of the user's own in which a mask
    is made; one target a sequence; targets of one length, or whose padding the program does not show.

    ## Fix safety
    Unsafe: `ignore_index` with the padding value is given to PyTorch's `CrossEntropyLoss` and `NLLLoss`, which is right
    only where no real class has that number. No fix is offered where a class is known to have it, where the loss
    already ignores another one, and elsewhere: a mask has to be made first.

    ## References
    - https://docs.pytorch.org/docs/stable/generated/torch.nn.CrossEntropyLoss.html
    - https://keras.io/guides/understanding_masking_and_padding/
    """

    code = "RNN306"
    name = "padding-in-loss"
    severity = Severity.WARNING
    symptoms = ("optimistic", "flat")
    frameworks = ("keras", "torch")
    about_recurrence = True
    fixes = (Applicability.UNSAFE,)

    def check(self, program: Program) -> Iterator[Verdict]:
        for fit in program.fits:
            padding = _padding(fit.target)
            if fit.loss is None or not fit.loss.kind or padding is None or not fit.outputs:
                continue
            if known(fit.loss.settings.get("reduction", Known("mean")), "none") not in AVERAGED:
                yield RuledOut(fit.loss.site, "the loss of each position is kept apart")
            else:
                torch = fit.framework == "torch"
                yield _torch(program, fit.loss, padding) if torch else _keras(fit, fit.loss, padding)


def _padding(target: Array | None) -> Padding | None:
    """The padding of a target whose padded positions nothing has taken out."""
    array = target
    while array is not None and array.op in KEEPS:
        if array.padding is not None:
            return None if _one_step(array) else array.padding
        if array.op == "index" and any(isinstance(key, int) for key in known(array.settings.get("keys"), ())):
            return None  # one step of each sequence
        array = array.inputs[0] if array.inputs else None
    return array.padding if array is not None and array.op == "stack" else None


def _one_step(array: Array) -> bool:
    """Whether each sequence is cut to one step, so that none is filled up."""
    return array.shape is not None and len(array.shape) == 2 and array.shape[1] == 1


def _torch(program: Program, loss: Loss, padding: Padding) -> Verdict:
    if "weight" in loss.settings:
        return Undecided(loss.site, "whether the padding has a weight is not known")
    value, ignored = known(padding.value), known(loss.settings.get("ignore_index"), IGNORED)
    categorical = loss.kind in {"cross_entropy", "nll"}
    if categorical and (value is None or ignored is None or ("ignore_index" in loss.settings and ignored == value)):
        return RuledOut(loss.site, "the padding value is ignored, or not known")
    if categorical and value == ignored:
        return RuledOut(loss.site, "the padding value is ignored")
    help_text = f"pass ignore_index={value:g}" if categorical and isinstance(value, int | float) else "mask the loss"
    return _found(loss, padding, help_text, _repair(program, loss, value) if categorical else None)


def _repair(program: Program, loss: Loss, value: object) -> Repair | None:
    """None where the padding value is a class too, or the loss also judges targets that nothing fills up."""
    judged = [fit.target for fit in program.fits if fit.loss is not None and fit.loss.site == loss.site]
    if any(target is not None and _padding(target) is None for target in judged):
        return None
    if "ignore_index" in loss.settings or not isinstance(value, int | float) or value != int(value):
        return None
    if any(target is not None and _is_class(target.quantity, value) for target in judged):
        return None
    verb = SetArgument(loss.site.span, "ignore_index", (str(int(value)),))
    return Repair(f"pass ignore_index={int(value)}", Applicability.UNSAFE, (verb,))


def _keras(fit: Fit, loss: Loss, padding: Padding) -> Verdict:
    mask = fit.outputs[0].mask
    if fit.weighted or "ignore_class" in loss.settings:
        return RuledOut(loss.site, "samples are weighted, or a class is ignored")
    if mask is not None and mask.state is MaskState.PRESENT:
        return RuledOut(loss.site, "the mask reaches the output, and with it the loss")
    if mask is not None and mask.state is MaskState.UNKNOWN:
        return Undecided(loss.site, "whether the mask reaches the output is not known")
    return _found(loss, padding, "let the mask reach the output, or give sample weights of 0 to the padding")


def _is_class(quantity: Quantity, value: float) -> bool:
    """Whether the targets are known to hold this number before they are filled up."""
    if quantity.kind not in {Kind.CLASSES, Kind.TOKENS} or quantity.low is None or value < quantity.low:
        return False
    return quantity.high is None or value <= quantity.high


def _found(loss: Loss, padding: Padding, help_text: str, repair: Repair | None = None) -> Verdict:
    return Found(
        loss.site,
        f"`{loss.type_name}` counts padded positions: the targets are filled up by {padding.how}, and nothing leaves "
        "the filling out",
        help=help_text,
        remarks=(Remark("padded here", padding.site),),
        repair=repair,
    )
