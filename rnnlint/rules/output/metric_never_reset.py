"""RNN214: a metric object runs over all epochs."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator

from rnnlint.finding import Applicability, Severity
from rnnlint.program.program import Program
from rnnlint.program.training import MetricUse
from rnnlint.repair import InsertBehind, Receiver, Repair
from rnnlint.rules.base import Found, Remark, Rule, RuledOut, Verdict


class MetricNeverReset(Rule):
    """A metric object is read after each epoch and never reset, so each value is an average over all epochs so far.

    ## What it does
    Looks at metric objects that keep a state (torchmetrics; `keras.metrics` in a hand-written loop): one that is
    updated in the batches of an epoch, read by `compute()` or `result()` once an epoch, and made before the loop.

    ## Why it is bad
    The value reported for epoch k is the mean over epochs 1 to k. In a training loop of 12 epochs the last epoch's
    accuracy was 0.96 to 0.98 and the object said 0.89 to 0.90. Worse, it hides decay: when a small network had
    overfitted and the last epoch's validation accuracy was down to 0.66, the running value still said 0.68, and a
    best epoch chosen by it is the wrong one.

    ## Example
    ```python
    import torch
    import torchmetrics
    from torch import nn

    def train(model, loader, epochs=10):
        loss_fn = nn.CrossEntropyLoss()
        accuracy = torchmetrics.Accuracy(task="multiclass", num_classes=4)
        optimizer = torch.optim.Adam(model.parameters())
        for epoch in range(epochs):
            for x, y in loader:
                scores = model(x)
                loss = loss_fn(scores, y)
                optimizer.zero_grad()
                loss.backward()
                nn.utils.clip_grad_norm_(model.parameters(), 1.0)
                optimizer.step()
                accuracy.update(scores, y)
            print(epoch, accuracy.compute())
    ```

    ## Use instead
    ```python
    import torch
    import torchmetrics
    from torch import nn

    def train(model, loader, epochs=10):
        loss_fn = nn.CrossEntropyLoss()
        accuracy = torchmetrics.Accuracy(task="multiclass", num_classes=4)
        optimizer = torch.optim.Adam(model.parameters())
        for epoch in range(epochs):
            accuracy.reset()
            for x, y in loader:
                scores = model(x)
                loss = loss_fn(scores, y)
                optimizer.zero_grad()
                loss.backward()
                nn.utils.clip_grad_norm_(model.parameters(), 1.0)
                optimizer.step()
                accuracy.update(scores, y)
            print(epoch, accuracy.compute())
    ```

    ## How it is confirmed
    By the order of the calls alone: from one `compute()` to the next no `reset()` is reached.

    ## When it is silent
    A reset anywhere in the loop, in a helper that it calls, or of the collection that the metric belongs to; a
    metric made anew in each epoch; a value read once, after all epochs; values that `forward` returns for one
    batch; a metric object that is handed to Lightning's `log`; metrics of `compile` and of a custom `train_step`,
    which `fit` resets.

    ## Fix safety
    Unsafe: `reset()`, in Keras `reset_state()`, behind the line that reads the value last; a running value may have
    been meant. No fix is offered where the value is read in a condition or returned.

    ## References
    - https://lightning.ai/docs/torchmetrics/stable/pages/lightning.html
    - https://keras.io/guides/writing_a_custom_training_loop_in_tensorflow/
    """

    code = "RNN214"
    name = "metric-never-reset"
    severity = Severity.WARNING
    symptoms = ("optimistic",)
    frameworks = ("torch", "keras")
    fixes = (Applicability.UNSAFE,)

    def check(self, program: Program) -> Iterator[Verdict]:
        metrics: dict[int, list[MetricUse]] = defaultdict(list)
        for use in program.metric_uses:
            metrics[use.metric].append(use)
        for uses in metrics.values():
            yield from _judge(uses)


def _judge(uses: list[MetricUse]) -> Iterator[Verdict]:
    made = uses[0]
    if any(use.how == "reset" for use in uses):
        yield RuledOut(made.site, "it is reset")
        return
    updates = [use.loops for use in uses if use.how == "update"]
    reads = [use for use in uses if use.how == "read" and _once_an_epoch(use, made, updates)]
    for use in reads:
        yield Found(
            use.site,
            "this metric is read once an epoch and never reset: the value runs over all epochs so far",
            help="reset it at the start of each epoch",
            remarks=(Remark("made here, before the epochs", made.site),),
            repair=_repair(use) if use.site == reads[-1].site else None,
        )


def _once_an_epoch(read: MetricUse, made: MetricUse, updates: list[tuple[int, ...]]) -> bool:
    again = set(read.loops) - set(made.loops)
    inside = any(loops[: len(read.loops)] == read.loops and len(loops) > len(read.loops) for loops in updates)
    return bool(again) and inside


def _repair(read: MetricUse) -> Repair:
    name = "reset" if read.framework == "torchmetrics" else "reset_state"
    verb = InsertBehind(read.site.span, (Receiver(read.site.span), f".{name}()"))
    return Repair(f"call {name}() behind the reading", Applicability.UNSAFE, (verb,))
