"""The order of events in loops: what one turn does, and what comes next when the loop goes round."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator

from rnnlint.program.events import Event, Turn
from rnnlint.program.value import Site


class Trace:
    """A program's events, in order, with the turns of loops that they stand in."""

    def __init__(self, events: tuple[Event, ...]) -> None:
        self.events = events
        self._turns: dict[Turn, list[Event]] = defaultdict(list)
        self._kinds: dict[str, list[Event]] = defaultdict(list)
        for event in events:
            self._kinds[event.how].append(event)
            for turn in event.turns:
                self._turns[turn].append(event)

    def of(self, *kinds: str) -> Iterator[Event]:
        """The events of some kinds, each place in the source once."""
        seen: set[tuple[str, Site]] = set()
        for kind in kinds:
            for event in self._kinds[kind]:
                if (kind, event.site) not in seen:
                    seen.add((kind, event.site))
                    yield event

    def during(self, turn: Turn) -> list[Event]:
        """The events of one turn, in order, with those of the loops inside it."""
        return self._turns[turn]

    def after(self, event: Event, turn: Turn, *kinds: str) -> Iterator[Event]:
        """What follows on `event`, of these kinds, and may concern it: the rest of its turn, then the start of the
        next, which is taken to do what this one does."""
        events = self.during(turn)
        place = events.index(event)
        yield from (o for o in (*events[place + 1 :], *events[:place]) if o.how in kinds and o.goes_with(event))

    def before(self, event: Event, turn: Turn, *kinds: str) -> Iterator[Event]:
        """What comes before `event`, of these kinds, and may concern it, the nearest first: the start of its turn, then
        the end of the one before."""
        events = self.during(turn)
        place = events.index(event)
        earlier = (*reversed(events[:place]), *reversed(events[place + 1 :]))
        yield from (o for o in earlier if o.how in kinds and o.goes_with(event))

    def concerning(self, event: Event, turn: Turn, *kinds: str) -> list[Event]:
        """What is done in a turn, of these kinds, to the weights or objects of an event; it may be, where those are
        not known."""
        return [other for other in self.during(turn) if other.how in kinds and other.concerns(event)]

    def turn_with(self, event: Event, how: str) -> Turn | None:
        """The turn of the innermost loop around `event` in which something of this kind that concerns it is done."""
        return next((turn for turn in reversed(event.turns) if self.concerning(event, turn, how)), None)

    def earlier(self, event: Event, *kinds: str) -> Iterator[Event]:
        """What the same piece of code did before, of these kinds, the latest first."""
        for other in reversed(self.events[: self.events.index(event)]):
            if other.how in kinds and other.origin == event.origin:
                yield other
