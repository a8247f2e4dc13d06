"""Indices that a program gives to the tokens of a vocabulary, and arrays made of them."""

from __future__ import annotations

from rnnlint.frontend.values import Mapping, Numbering, Sequence, Symbol, Union, Value, options_of, settled
from rnnlint.program.data import Array, Kind, Quantity
from rnnlint.program.size import Linear, Size, add, term
from rnnlint.program.value import known

ENUMERATED, TOKEN = "enumerated", "token"


def enumerated(start: int, count: Size, index: Linear) -> Symbol:
    """The index that enumerate() gives to an item."""
    return Symbol(term("loop", index, (ENUMERATED, start, count)))


def numbering_of(value: Value) -> Numbering | None:
    """The numbering of a dictionary whose entries all have this value."""
    if not isinstance(value, Symbol) or len(value.size.terms) != 1:
        return None
    key, coefficient = value.size.terms[0]
    if coefficient != 1 or not isinstance(key, tuple) or len(key) != 3 or not isinstance(key[2], tuple):
        return None
    if key[2][0] != ENUMERATED or not isinstance(value.size.constant, int):
        return None
    return Numbering(key[2][1] + value.size.constant, key[2][2])


def complete_numbering(mapping: Mapping) -> Numbering | None:
    """The numbering of a dictionary that is known entry by entry."""
    if mapping.numbering is not None:
        return mapping.numbering
    numbers = sorted(number for value in mapping.slots.values() if isinstance(number := settled(value), int))
    if not mapping.complete or len(numbers) < 2 or len(numbers) < len(mapping.slots):
        return None
    whole = numbers == list(range(numbers[0], numbers[0] + len(numbers)))
    return Numbering(numbers[0], len(numbers)) if whole else None


def token(numbering: Numbering, default: Value | None = None) -> Value:
    """The index of a token that is not known; `default` is what tokens outside the vocabulary get."""
    other = settled(default)
    first = min(numbering.first, other) if isinstance(other, int) else numbering.first
    return Symbol(term(TOKEN, first, numbering.last))


def tokens_in(value: Value | None) -> Quantity | None:
    """The values of nested lists of indices into a vocabulary."""
    while isinstance(value, Sequence):
        value = value.element if value.items is None else (value.items[0] if value.items else None)
    if isinstance(value, Union):
        value = value.options[0]
    if not isinstance(value, Symbol) or len(value.size.terms) != 1:
        return None
    key, coefficient = value.size.terms[0]
    if coefficient != 1 or not isinstance(key, tuple) or key[0] != TOKEN:
        return None
    offset = value.size.constant
    return Quantity(Kind.TOKENS, float(key[1] + offset), label="indices of a vocabulary", last=add(key[2], offset))


def largest_of(array: Array) -> Value | None:
    """The number that `x.max()` is, as a symbol that names x."""
    stat = array
    while stat.op == "cast" and stat.inputs:
        stat = stat.inputs[0]
    if stat.op != "stat" or known(stat.settings.get("stat")) != "max" or not stat.inputs:
        return None
    return Symbol(term("max", stat.inputs[0].number))


def has_specials(words: Value) -> bool:
    """Whether tokens written out, such as one for padding, are among the words."""
    if isinstance(words, Sequence) and "specials" in words.slots:
        return True
    members = (words.element, *(words.items or ())) if isinstance(words, Sequence) else ()
    return any(isinstance(settled(option), str) for member in members if member for option in options_of(member))
