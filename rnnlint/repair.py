"""Repairs as rules state them: edit verbs on places of the program, with nothing known of how its text is laid out."""

from __future__ import annotations

from dataclasses import dataclass

from rnnlint.finding import Applicability, Span


@dataclass(frozen=True, slots=True)
class Argument:
    """The place of an argument of a call, by its position or its name."""

    call: Span
    index: int
    name: str

    @property
    def path(self) -> str:
        """The file that it stands in."""
        return self.call.path


@dataclass(frozen=True, slots=True)
class Operand:
    """The place of one side of an operator with two sides: 0 for the left one, 1 for the right one."""

    operation: Span
    index: int

    @property
    def path(self) -> str:
        """The file that it stands in."""
        return self.operation.path


@dataclass(frozen=True, slots=True)
class Assigned:
    """The place of what a statement assigns, or adds to something."""

    statement: Span

    @property
    def path(self) -> str:
        """The file that it stands in."""
        return self.statement.path


Place = Span | Argument | Operand | Assigned


@dataclass(frozen=True, slots=True)
class Code:
    """The program's own text at a place, which an expression takes up."""

    place: Place


@dataclass(frozen=True, slots=True)
class Receiver:
    """What a method is called on: `optimizer` for the place of `optimizer.step()`."""

    call: Span


@dataclass(frozen=True, slots=True)
class Called:
    """What a call calls: `model` for the place of `model(x)`."""

    call: Span


@dataclass(frozen=True, slots=True)
class Qualified:
    """A library's name as the file can write it with what it imports: `nn.ModuleList` for "torch.nn.ModuleList"."""

    name: str


Part = str | Code | Receiver | Called | Qualified
Content = tuple[Part, ...]


@dataclass(frozen=True, slots=True)
class SetArgument:
    """Gives a call a keyword argument, or the one it has another value."""

    call: Span
    name: str
    value: Content


@dataclass(frozen=True, slots=True)
class RemoveArgument:
    """Takes an argument off a call: one with this name, or the last one where its position has this name."""

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
    """Replaces the last part of a dotted name: at a name, an attribute, or what a call calls; or what a string says.

    A `member` is renamed only behind a dot, where nothing has to be imported for the new name.
    """

    place: Span
    new: str
    member: bool = False


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
class Reimport:
    """Imports what a call calls, with all of its import statement, from the same place in another copy of Keras.

    `old` and `new` are the roots of the two copies.
    """

    place: Span
    old: str
    new: str


@dataclass(frozen=True, slots=True)
class Replace:
    """Puts other code in place of an expression."""

    place: Place
    content: Content


@dataclass(frozen=True, slots=True)
class Surround:
    """Puts code before and behind an expression; parentheses are added where the expression needs them."""

    place: Place
    before: Content = ()
    behind: Content = ()


@dataclass(frozen=True, slots=True)
class Recall:
    """Calls something else with the same arguments."""

    place: Span
    callee: Content


@dataclass(frozen=True, slots=True)
class RemoveItem:
    """Takes an expression out of the list, tuple or set that it is an item of."""

    place: Span


@dataclass(frozen=True, slots=True)
class Unapply:
    """Takes out a layer that is applied once: from its stack, or where `application` applies it to an input."""

    place: Span
    application: Span


@dataclass(frozen=True, slots=True)
class RepeatAnew:
    """Writes `[made()] * k` as `[made() for _ in range(k)]`."""

    place: Span


@dataclass(frozen=True, slots=True)
class InsertBefore:
    """A line of its own before the statement that an expression stands in; names in it mean the same in both places."""

    place: Span
    content: Content


@dataclass(frozen=True, slots=True)
class InsertBehind:
    """A line of its own behind the statement that an expression stands in."""

    place: Span
    content: Content


@dataclass(frozen=True, slots=True)
class FitBehindSplit:
    """Splits first: `a = scaler.fit_transform(x)` goes, and behind the split its parts are fitted and transformed.

    Both stand in one block, the split is assigned to names, and nothing else uses what was fitted.
    """

    fit: Span
    split: Span

    @property
    def place(self) -> Span:
        """The place of the fit."""
        return self.fit


@dataclass(frozen=True, slots=True)
class FitOnSlice:
    """Fits on the training slice: `a = scaler.fit_transform(x)` becomes `a = scaler.fit(x[:n]).transform(x)`.

    It moves to the line before the slice `a[:n]` is taken, in the same block.
    """

    fit: Span
    taken: Span

    @property
    def place(self) -> Span:
        """The place of the fit."""
        return self.fit


@dataclass(frozen=True, slots=True)
class MoveBefore:
    """Moves the statement around a place before the one around `target`, which stands in the same block."""

    place: Span
    target: Span


@dataclass(frozen=True, slots=True)
class MoveBehind:
    """Moves the statement around a place behind the one around `target`, which stands in the same block."""

    place: Span
    target: Span


Verb = (
    SetArgument
    | RemoveArgument
    | RenameArgument
    | Rename
    | RenameCall
    | AsFunction
    | RenameImport
    | MoveImport
    | Reimport
    | Replace
    | Surround
    | Recall
    | RemoveItem
    | Unapply
    | RepeatAnew
    | InsertBefore
    | InsertBehind
    | FitBehindSplit
    | FitOnSlice
    | MoveBefore
    | MoveBehind
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
