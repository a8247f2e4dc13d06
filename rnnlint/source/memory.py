"""What the disk said, remembered within a run: `forget` before the next one."""

from __future__ import annotations

from collections.abc import Callable
from functools import lru_cache

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import ParamSpec, TypeVar

    Answer = TypeVar("Answer")
    Arguments = ParamSpec("Arguments")

_KEPT = 4096
_memories: list[Callable[[], None]] = []


def remembered(function: Callable[Arguments, Answer]) -> Callable[Arguments, Answer]:
    """What a function said of the disk holds until `forget` is called."""
    memory = lru_cache(maxsize=_KEPT)(function)
    _memories.append(memory.cache_clear)
    return memory  # type: ignore[return-value]


def at_forget(clear: Callable[[], None]) -> Callable[[], None]:
    """`forget` calls this too."""
    _memories.append(clear)
    return clear


def forget() -> None:
    """The disk may have changed: everything remembered of it is asked anew."""
    for clear in _memories:
        clear()
