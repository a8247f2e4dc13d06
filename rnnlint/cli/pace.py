"""How long each file takes: what `-v` tells of a run, and the progress of a long one."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from rnnlint.cli.progress import Progress
from rnnlint.outcome import OnStep, Step

NAMED = 5
WORTH_NAMING = 0.1  # seconds


class Pace:
    """The seconds of each analysed file, over all rounds of a run."""

    def __init__(self, shown: bool) -> None:
        """With `shown`, a round's progress is drawn on a terminal."""
        self._shown = shown
        self._seconds: dict[str, float] = {}

    @contextmanager
    def round(self) -> Iterator[OnStep]:
        """Linting once; what is given wants to hear of each file."""
        with Progress("linting", self._shown) as progress:

            def on_step(step: Step) -> None:
                self._seconds[step.display] = self._seconds.get(step.display, 0.0) + step.seconds
                progress.reach(step.done, step.total)

            yield on_step

    def slowest(self) -> list[str]:
        """A line for each of the files that took the most time; none for files that took next to nothing."""
        slow = sorted(self._seconds.items(), key=lambda item: -item[1])[:NAMED]
        return [f"{seconds:.2f} s for {display}" for display, seconds in slow if seconds >= WORTH_NAMING]
