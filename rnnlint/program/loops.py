"""The order of events in loops: what one turn does, and what comes next when the loop goes round."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator

from rnnlint.program.events import Event, Turn
from rnnlint.program.program import Program


class Trace:
    """A program's events by the turns of loops that they stand in."""

    def __init__(self, program: Program) -> None:
        self.events = program.events
        self._turns: dict[Turn, list[Event]] = defaultdict(list)
        for event in program.events:
            for turn in event.turns:
                self._turns[turn].append(event)

    def during(self, turn: Turn) -> list[Event]:
        """The events of one turn, in order, with those of the loops inside it."""
        return self._turns[turn]

    def round(self, event: Event, turn: Turn) -> Iterator[Event]:
        """The events that follow on `event` when the loop goes round: the rest of its turn, then the start of the next.

        The next turn is taken to do what this one does.
        """
        events = self.during(turn)
        place = events.index(event)
        yield from events[place + 1 :]
        yield from events[:place]

    def before(self, event: Event) -> Iterator[Event]:
        """The events of the same piece of code that come before, the nearest first."""
        for earlier in reversed(self.events[: self.events.index(event)]):
            if earlier.origin == event.origin:
                yield earlier

    def turn_with(self, event: Event, how: str) -> Turn | None:
        """The turn of the innermost loop around `event` in which something of this kind that concerns it is done."""
        for turn in reversed(event.turns):
            if any(other.how == how and other.concerns(event) for other in self.during(turn)):
                return turn
        return None
