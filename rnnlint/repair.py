"""Repairs as rules state them: edit verbs on places of the program, with nothing known of how its text is laid out."""

from __future__ import annotations

from dataclasses import dataclass

from rnnlint.finding import Applicability, Span


@dataclass(frozen=True, slots=True)
class Code:
    """The program's own text at a place, which an expression takes up."""

    place: Span


@dataclass(frozen=True, slots=True)
class Receiver:
    """What a method is called on: `optimizer` for the place of `optimizer.step()`."""

    call: Span


@dataclass(frozen=True, slots=True)
class Qualified:
    """A library's name as the file can write it with what it imports: `nn.ModuleList` for "torch.nn.ModuleList"."""

    name: str


Part = str | Code | Receiver | Qualified
Content = tuple[Part, ...]


@dataclass(frozen=True, slots=True)
class SetArgument:
    """Gives a call a keyword argument, or the one it has another value."""

    call: Span
    name: str
    value: Content


@dataclass(frozen=True, slots=True)
class RemoveArgument:
    """Takes a keyword argument off a call."""

    call: Span
    name: str


@dataclass(frozen=True, slots=True)
class RenameArgument:
    """Gives a keyword argument of a call another name."""

    call: Span
    name: str
    new: str


@dataclass(frozen=True, slots=True)
class Rename:
    """Replaces the last part of a dotted name: at a name, an attribute, or what a call calls; or what a string says."""

    place: Span
    new: str


@dataclass(frozen=True, slots=True)
class RenameCall:
    """Calls a method by another name, which takes no more than one argument by position.

    `keywords` are names of arguments, old and new; what has no new one cannot be given any more.
    """

    place: Span
    new: str
    keywords: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True, slots=True)
class AsFunction:
    """Calls a function on what a method without arguments was called on."""

    place: Span
    new: str


@dataclass(frozen=True, slots=True)
class RenameImport:
    """Imports another name of the same module, and uses it instead."""

    place: Span
    new: str


@dataclass(frozen=True, slots=True)
class MoveImport:
    """Imports from `module` what the import at `place` takes from the module `old`, if `names` holds all of it.

    Where the old module itself is imported, what is used of it is imported instead.
    """

    place: Span
    old: str
    module: str
    names: frozenset[str]


@dataclass(frozen=True, slots=True)
class Replace:
    """Puts other code in place of an expression."""

    place: Span
    content: Content


@dataclass(frozen=True, slots=True)
class Surround:
    """Puts code before and behind an expression; parentheses are added where the expression needs them."""

    place: Span
    before: Content = ()
    behind: Content = ()


@dataclass(frozen=True, slots=True)
class InsertBefore:
    """A line of its own before the statement that an expression stands in."""

    place: Span
    content: Content


@dataclass(frozen=True, slots=True)
class InsertBehind:
    """A line of its own behind the statement that an expression stands in."""

    place: Span
    content: Content


@dataclass(frozen=True, slots=True)
class RemoveStatement:
    """Takes out the statement that an expression stands in."""

    place: Span


Verb = (
    SetArgument
    | RemoveArgument
    | RenameArgument
    | Rename
    | RenameCall
    | AsFunction
    | RenameImport
    | MoveImport
    | Replace
    | Surround
    | InsertBefore
    | InsertBehind
    | RemoveStatement
)


@dataclass(frozen=True, slots=True)
class Repair:
    """What mends a fault: all of its verbs together, or none of them.

    It is SAFE if it changes nothing but what cannot work as written, UNSAFE if the program behaves differently from
    then on, which a person has to want, and DISPLAY if it only shows the way.
    """

    message: str
    applicability: Applicability
    verbs: tuple[Verb, ...]
