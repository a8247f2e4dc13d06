"""The probe of a user's own class."""

from __future__ import annotations

from rnnlint.confirm.probes.base import Probe


class OwnNetwork(Probe, frozen=True):
    """A check of the user's own class, run caged: "leak", "unread", "passes", "unregistered" or "more_padding".

    `definitions` are the part of the program that the network needs, `construction` the expression that makes it,
    `projects` the folders of its modules. Inputs have the `shape`, as ids below `high` where it is not 0; `axis` counts
    the samples.
    """

    engine = "own"
    framework: str
    check: str
    definitions: str
    construction: str
    projects: tuple[str, ...]
    shape: tuple[int, ...]
    high: int = 0
    axis: int = 0

    @property
    def requires(self) -> str:
        """The library that has to be installed for it."""
        return "torch" if self.framework == "torch" else "tensorflow"
