"""What a program uses of the frameworks' interfaces, and the versions of them that its project asks for."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum

from rnnlint.program.value import Site
from rnnlint.repair import Verb

Version = tuple[int, int]


class Change(Enum):
    """The edit that turns a use of what was removed into one of what stands `instead` of it."""

    NONE = "none"  # no single one does
    RENAME = "rename"  # it is called otherwise: the last part of `instead`
    MOVE = "move"  # the module `instead` has its names
    DROP = "drop"  # the argument is left out
    CALL = "call"  # the method is called otherwise, and takes other arguments by position
    FUNCTION = "function"  # the method is a function of that name


@dataclass(frozen=True, slots=True)
class Removal:
    """A name, an argument or a meaning that a library had and gave up in version `since`, called `release`.

    `ignored` says that it is still accepted and does nothing; otherwise it fails. It is `recent` if a version that
    is in general use still has it.
    """

    library: str
    since: Version
    release: str
    instead: str = ""
    ignored: bool = False
    recent: bool = False
    change: Change = Change.NONE


@dataclass(frozen=True, slots=True)
class RemovedUse:
    """A place that uses what a library gave up, `text` in the user's words; `topic` is shared by uses of one thing.

    `verbs` bring the place up to date; there are none where no single edit does.
    """

    removal: Removal
    text: str
    topic: str
    site: Site
    verbs: tuple[Verb, ...] = ()


@dataclass(frozen=True, slots=True)
class Requirement:
    """The versions of a library that a project asks for, between `lowest` and `highest` where they are bounded.

    `below` says that `highest` itself is not among them. `text` is the requirement and the file that states it.
    """

    library: str
    text: str
    lowest: Version | None = None
    highest: Version | None = None
    below: bool = False

    def precedes(self, version: Version) -> bool:
        """Whether every allowed version is older than `version`."""
        if self.highest is None:
            return False
        return self.highest < version or (self.below and self.highest <= version)

    def reaches(self, version: Version) -> bool:
        """Whether every allowed version is at least `version`."""
        return self.lowest is not None and self.lowest >= version


@dataclass(frozen=True, slots=True)
class Origin:
    """The Keras that made an object: the namespace in the user's words, and one name for those that share classes.

    A `private` one is not meant for users.
    """

    written: str
    classes: str
    private: bool = False


def by_topic(uses: tuple[RemovedUse, ...], library: str) -> list[tuple[RemovedUse, ...]]:
    """The uses of one library's former interface, those of one thing in one file together, each place once."""
    topics: dict[tuple[str, str], dict[Site, RemovedUse]] = {}
    for use in uses:
        if use.removal.library == library:
            topics.setdefault((use.topic, use.site.span.path), {}).setdefault(use.site, use)
    return [tuple(places.values()) for places in topics.values()]
