"""Settled and unsettled values, each with the place where the program says it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from rnnlint.finding import Confidence, Span


@dataclass(frozen=True, slots=True)
class Site:
    """Where a fact is stated.

    `via` is the place in the file under analysis from which another file's code was reached, or None when
    `span` itself lies in that file.
    """

    span: Span
    via: Span | None = None


@dataclass(frozen=True, slots=True)
class Known:
    """A value that the program states. Defaults of parameters and options have a lower confidence."""

    value: Any
    site: Site | None = None
    confidence: Confidence = Confidence.HIGH


@dataclass(frozen=True, slots=True)
class OneOf:
    """A value that is one of several, by branches that the analysis cannot settle."""

    options: tuple[Known | Unknown, ...]


@dataclass(frozen=True, slots=True)
class Unknown:
    """A value that the program does not show, with the reason."""

    reason: str
    site: Site | None = None


Setting = Known | OneOf | Unknown


def known(setting: Setting | None, default: Any = None) -> Any:
    """The one settled value, else `default`."""
    return setting.value if isinstance(setting, Known) else default


def possible(setting: Setting | None) -> tuple[Any, ...] | None:
    """Every value it can have, or None when one of them is not known."""
    if isinstance(setting, Known):
        return (setting.value,)
    if isinstance(setting, OneOf) and all(isinstance(option, Known) for option in setting.options):
        return tuple(option.value for option in setting.options if isinstance(option, Known))
    return None


def confidence_of(*settings: Setting | None) -> Confidence:
    """The weakest confidence among the settled settings."""
    result = Confidence.HIGH
    for setting in settings:
        if isinstance(setting, Known):
            result = result.and_(setting.confidence)
        elif isinstance(setting, OneOf):
            result = result.and_(Confidence.MEDIUM)
    return result
