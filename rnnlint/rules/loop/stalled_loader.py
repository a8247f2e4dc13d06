"""RNN617: a loader reads its files in the training process, and the GPU waits for it."""

from __future__ import annotations

from collections.abc import Iterator

from rnnlint.finding import Confidence, Severity
from rnnlint.program.program import Program
from rnnlint.program.value import Unknown, confidence_of
from rnnlint.rules.base import Found, Remark, Rule, RuledOut, Undecided, Verdict


class StalledLoader(Rule):
    """A loader without workers or pinned memory reads a file for each sample while a network on a GPU waits for it.

    ## What it does
    Looks for a DataLoader with `num_workers=0` and `pin_memory=False`, the defaults, over a data set that reads a file
    for each sample, in a program that moves its network to CUDA.

    ## Why it is bad
    Without workers the next batch is read after the step is done, by the process that runs it: the GPU computes or
    waits, never both at once. Memory that is not pinned is copied to the GPU by way of a pinned buffer, and
    `non_blocking=True` has no effect on it. What that costs was not measured, for want of a GPU. On a CPU, with 960
    small .npy files in its cache, an LSTM of 64 units waited for 0.05 of the 0.17 seconds of an epoch; a worker
    did not pay there (0.30 to 0.39 seconds, with its start).

    ## Example
    ```python
    import numpy
    import torch
    from torch import nn
    from torch.utils.data import DataLoader, Dataset

    class Recordings(Dataset):
        def __init__(self, paths):
            self.paths = paths

        def __len__(self):
            return len(self.paths)

        def __getitem__(self, index):
            return torch.from_numpy(numpy.load(self.paths[index]))

    model = nn.LSTM(8, 16, batch_first=True).to("cuda")
    for batch in DataLoader(Recordings(paths), batch_size=32, shuffle=True):
        model(batch.to("cuda"))
    ```

    ## Use instead
    ```python
    import numpy
    import torch
    from torch import nn
    from torch.utils.data import DataLoader, Dataset

    class Recordings(Dataset):
        def __init__(self, paths):
            self.paths = paths

        def __len__(self):
            return len(self.paths)

        def __getitem__(self, index):
            return torch.from_numpy(numpy.load(self.paths[index]))

    model = nn.LSTM(8, 16, batch_first=True).to("cuda")
    loader = DataLoader(Recordings(paths), batch_size=32, shuffle=True, num_workers=4, pin_memory=True)
    for batch in loader:
        model(batch.to("cuda", non_blocking=True))
    ```

    ## How it is confirmed
    A profile shows the GPU idle between two steps, in which the processor reads and collates.

    ## When it is silent
    Data sets that are held in memory, as tensors, arrays or lists: for these, workers often cost more than they
    give. Loaders with workers or with pinned memory, or with settings that are not known; networks that stay on the
    CPU; loaders that the program does not iterate over, or that a data set draws from; samples whose work is not the
    reading of a file, or that are read under a condition, as a cache does; data sets that put samples on the GPU
    themselves, which workers cannot.

    ## Fix safety
    None is offered: how many workers pay depends on the machine, and random numbers in the data set are drawn by each
    worker on its own.

    ## References
    - https://docs.pytorch.org/docs/stable/data.html#multi-process-data-loading
    - https://docs.pytorch.org/docs/stable/data.html#memory-pinning
    """

    code = "RNN617"
    name = "stalled-loader"
    severity = Severity.ADVICE
    symptoms = ("slow",)
    frameworks = ("torch",)
    preview = True

    def check(self, program: Program) -> Iterator[Verdict]:
        loaders = {reading.loader.site: reading for reading in program.readings}
        for site, reading in loaders.items():
            loader = reading.loader
            if not program.accelerated:
                yield RuledOut(site, "no network is moved to a GPU")
            elif isinstance(loader.workers, Unknown) or isinstance(loader.pinned, Unknown):
                yield Undecided(site, "how the loader reads is not known")
            elif not (loader.is_set("workers", 0) and loader.is_set("pinned", False)):
                yield RuledOut(site, "it has workers or pinned memory")
            else:
                move = program.accelerated[0]
                yield Found(
                    site,
                    "the loader reads a file for each sample in the training process: the GPU waits for each batch",
                    help="give it num_workers and pin_memory=True",
                    remarks=(Remark("read here", reading.site), Remark("the network is moved here", move.site)),
                    confidence=Confidence.MEDIUM.and_(
                        confidence_of(move.settings["device"], loader.workers, loader.pinned)
                    ),
                )
