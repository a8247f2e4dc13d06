"""RNN305: a padded batch is packed with lengths that nothing sorts, or with its axes exchanged."""

from __future__ import annotations

from collections.abc import Iterator

from rnnlint.finding import Applicability, Severity
from rnnlint.program.data import Array
from rnnlint.program.program import Program
from rnnlint.program.training import Fit
from rnnlint.program.value import confidence_of, known
from rnnlint.program.walks import chain
from rnnlint.repair import Repair, SetArgument
from rnnlint.rules.base import Found, Remark, Rule, RuledOut, Undecided, Verdict


class UnsortedPacking(Rule):
    """A batch is packed with lengths in no order, or as if time stood where the batch stands.

    ## What it does
    Looks at `pack_padded_sequence` and `pack_sequence` in PyTorch programs. Unless `enforce_sorted=False` is set,
    they want the longest sequence first and the others in falling order; the rule follows the lengths to where they
    were made and looks for whatever sorts them. It also compares `batch_first` of `pack_padded_sequence` with the
    axes of the batch it gets, and `batch_first` of `pad_packed_sequence` with the use made of its result.

    ## Why it is bad
    Packing raises a RuntimeError as soon as one sequence is longer than the one before it. With lengths drawn
    between 5 and 60 it failed for 49 % of the batches of two, 96 % of the batches of four and 2000 of 2000 batches
    of 16: a script that ran with one example stops with the first real batch.

    Exchanged axes mostly end in an error that speaks of something else, a length, an index or a batch size that
    does not fit. But a batch with as many sequences as steps is packed along the wrong axis in silence, and
    `pad_packed_sequence` never complains: it returns (time, batch, features) where the lines that follow expect
    (batch, time, features).

    ## Example
    ```python
    import torch
    from torch import nn
    from torch.nn.utils.rnn import pack_padded_sequence, pad_sequence

    sentences = [torch.randint(1, 500, (length,)) for length in (4, 9, 6, 12)]
    lengths = torch.tensor([len(sentence) for sentence in sentences])
    padded = pad_sequence(sentences, batch_first=True)

    embedding, lstm = nn.Embedding(500, 32), nn.LSTM(32, 64, batch_first=True)
    packed = pack_padded_sequence(embedding(padded), lengths, batch_first=True)
    _, (h_n, _) = lstm(packed)
    ```

    ## Use instead
    ```python
    import torch
    from torch import nn
    from torch.nn.utils.rnn import pack_padded_sequence, pad_sequence

    sentences = [torch.randint(1, 500, (length,)) for length in (4, 9, 6, 12)]
    lengths = torch.tensor([len(sentence) for sentence in sentences])
    padded = pad_sequence(sentences, batch_first=True)

    embedding, lstm = nn.Embedding(500, 32), nn.LSTM(32, 64, batch_first=True)
    packed = pack_padded_sequence(embedding(padded), lengths, batch_first=True, enforce_sorted=False)
    _, (h_n, _) = lstm(packed)
    ```
    The states come back in the order of the batch, so nothing else changes.

    ## How it is confirmed
    `rnnlint --confirm` packs 16 sequences of random lengths as the program does: confirmed by the RuntimeError, or,
    with exchanged axes, by values that do not come back at their place. 0 wrong in 200. What is unpacked is left open.

    ## When it is silent
    `enforce_sorted=False`; lengths, batches or data sets sorted in falling order by `sort`, `sorted`, `argsort` or
    `topk`; sequences of one length; batches of one sequence; lengths that come from outside the program. The
    `batch_first` of the recurrent layer itself does not matter: a layer ignores it for a packed batch.

    ## Fix safety
    Safe: `enforce_sorted=False` is added, without which packing raises. It keeps the order of the batch, and only
    rules out ONNX export. Unsafe: `batch_first` is set as the axes of the batch, or of the targets, demand; code that
    was written around the exchanged axes may count on them.

    ## References
    - https://docs.pytorch.org/docs/stable/generated/torch.nn.utils.rnn.pack_padded_sequence.html
    - https://docs.pytorch.org/docs/stable/generated/torch.nn.utils.rnn.pad_packed_sequence.html
    """

    code = "RNN305"
    name = "unsorted-packing"
    severity = Severity.ERROR
    symptoms = ("crash",)
    frameworks = ("torch",)
    about_recurrence = True
    fixes = (Applicability.SAFE, Applicability.UNSAFE)

    def check(self, program: Program) -> Iterator[Verdict]:
        for pack in program.made_by("pack"):
            yield _axes(pack) or _order(program, pack)
        for fit in program.fits:
            verdict = _unpacked(fit)
            if verdict is not None:
                yield verdict


def _axes(pack: Array) -> Verdict | None:
    """The axes that packing takes against those of the batch."""
    setting = pack.settings.get("batch_first")
    first, axes = known(setting), pack.inputs[0].axes
    if (first is False and axes[:2] == ("batch", "time")) or (first is True and axes[:2] == ("time", "batch")):
        named = "the steps" if first is False else "the samples"
        other = "samples" if first is False else "steps"
        return Found(
            pack.site,
            f"packing takes {named} to come first, but the batch has its {other} first",
            help=f"pass batch_first={first is False}",
            remarks=(Remark("the batch", pack.inputs[0].site),) if pack.inputs[0].site != pack.site else (),
            confidence=confidence_of(setting),
            repair=_repair(pack, "batch_first", first is False, Applicability.UNSAFE),
            subject=pack,
        )
    return None


def _order(program: Program, pack: Array) -> Verdict:
    enforced = known(pack.settings.get("enforce_sorted"))
    if enforced is not True:
        return RuledOut(pack.site, "enforce_sorted is off, or not known")
    if known(pack.settings.get("sorted")) is None:
        return Undecided(pack.site, "where the lengths come from is not known")
    if known(pack.settings.get("sorted")):
        return RuledOut(pack.site, "the lengths stand in falling order")
    if any(sort.falling is not False for sort in program.sorts):
        return RuledOut(pack.site, "the program sorts its data")
    why = "the program sorts them the other way round" if program.sorts else "nothing sorts them"
    return Found(
        pack.site,
        f"packing wants the longest sequence first, but {why}",
        help="pass enforce_sorted=False",
        remarks=tuple(Remark("sorted here, the shortest first", sort.site) for sort in program.sorts[:1]),
        repair=_repair(pack, "enforce_sorted", False, Applicability.SAFE),
        subject=pack,
    )


def _repair(array: Array, name: str, value: bool, applicability: Applicability) -> Repair:
    verb = SetArgument(array.site.span, name, (str(value),))
    return Repair(f"set {name}={value}", applicability, (verb,))


def _unpacked(fit: Fit) -> Verdict | None:
    """Scores unpacked with the steps first that meet targets with the samples first."""
    if not fit.outputs or fit.target is None:
        return None
    output, target = fit.outputs[0], fit.target
    unpack = next((array for array in chain(output) if array.op == "unpack"), None)
    if unpack is None or output.axes[:1] != ("time",) or target.axes[:1] != ("batch",):
        return None
    return Found(
        unpack.site,
        "unpacking puts the steps first, but the targets have the samples first",
        help="pass batch_first=True to pad_packed_sequence",
        remarks=(Remark("compared here", fit.site),),
        confidence=confidence_of(unpack.settings.get("batch_first")),
        repair=_repair(unpack, "batch_first", True, Applicability.UNSAFE),
        subject=unpack,
    )
