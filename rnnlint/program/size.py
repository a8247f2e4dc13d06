"""Sizes that may be symbolic: linear combinations of opaque terms, so that `i + n - i` is `n`."""

from __future__ import annotations

from collections.abc import Hashable
from dataclasses import dataclass

Number = int | float


@dataclass(frozen=True, slots=True)
class Linear:
    """`sum(coefficient * term) + constant`; a term is any hashable that names a quantity."""

    terms: tuple[tuple[Hashable, Number], ...]
    constant: Number = 0

    def mentions(self, kind: str) -> bool:
        """Whether a term of this kind (the first item of its key) occurs, at any depth."""
        return any(_mentions(term, kind) for term, _ in self.terms)

    @property
    def varies(self) -> bool:
        """Whether it differs from one sequence to the next, as lengths do."""
        return any(self.mentions(kind) for kind in ("len", "axis", "unknown"))


Size = int | float | Linear


def term(*key: Hashable) -> Linear:
    """The symbolic size named by `key`; `key[0]` is its kind."""
    return Linear(((key, 1),))


def add(left: Size, right: Size, sign: int = 1) -> Size:
    """`left + sign * right`."""
    one, two = _linear(left), _linear(right)
    terms = dict(one.terms)
    for key, coefficient in two.terms:
        terms[key] = terms.get(key, 0) + sign * coefficient
    return _settle(terms, one.constant + sign * two.constant)


def scale(size: Size, factor: Number) -> Size:
    """`size * factor`."""
    linear = _linear(size)
    return _settle({key: c * factor for key, c in linear.terms}, linear.constant * factor)


def counts(key: Hashable) -> bool:
    """Whether a term is a number of things, so that it is not negative: a length, a default."""
    return isinstance(key, tuple) and bool(key) and key[0] in {"len", "axis", "default"}


def at(size: Size, length: Hashable, count: int) -> float | None:
    """The size where the one length that it speaks of is `count`; None where it speaks of anything else."""
    if not isinstance(size, Linear):
        return size
    total: float = size.constant
    for key, share in size.terms:
        value = _at(key, length, count)
        if value is None:
            return None
        total += share * value
    return total


def _at(key: Hashable, length: Hashable, count: int) -> float | None:
    if key == length:
        return count
    if not isinstance(key, tuple) or key[0] not in {"int", "//"}:
        return None
    value = at(key[1], length, count)
    if value is None or key[0] == "int":
        return None if value is None else int(value)
    return value // key[2] if isinstance(key[2], int | float) and key[2] else None


def known_int(size: Size | None) -> int | None:
    """The size when it is a settled whole number."""
    return int(size) if isinstance(size, int | float) and float(size).is_integer() else None


def likely_int(size: Size | None) -> int | None:
    """The size when it is a whole number, settled or by a default that callers may override."""
    if isinstance(size, Linear) and len(size.terms) == 1 and not size.constant:
        (key, coefficient) = size.terms[0]
        if coefficient == 1 and isinstance(key, tuple) and key[0] == "default":
            return known_int(key[1])
    return known_int(size)


def _linear(size: Size) -> Linear:
    return size if isinstance(size, Linear) else Linear((), size)


def _settle(terms: dict[Hashable, Number], constant: Number) -> Size:
    kept = tuple(sorted(((k, c) for k, c in terms.items() if c), key=repr))
    return Linear(kept, constant) if kept else constant


def _mentions(key: Hashable, kind: str) -> bool:
    if isinstance(key, Linear):
        return key.mentions(kind)
    if isinstance(key, tuple):
        return bool(key) and (key[0] == kind or any(_mentions(part, kind) for part in key[1:]))
    return False
