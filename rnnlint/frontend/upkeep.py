"""The edits that bring a use of something removed up to date, by the way in which the catalogue says it changed."""

from __future__ import annotations

from typing import TYPE_CHECKING

import libcst as cst

from rnnlint.frontend.catalog.public_names import PUBLIC
from rnnlint.program.interface import Change, Removal
from rnnlint.repair import (
    AsFunction,
    Code,
    MoveImport,
    RemoveArgument,
    Rename,
    RenameArgument,
    RenameCall,
    RenameImport,
    Replace,
    Verb,
)

if TYPE_CHECKING:
    from rnnlint.frontend.machine import Machine

Verbs = tuple[Verb, ...]
# Arguments of the methods that take a generator, and what others call them; counts of samples are no counts of batches.
GENERATOR_ARGUMENTS = {"generator": "x", **dict.fromkeys(
    ("samples_per_epoch", "nb_val_samples", "val_samples", "nb_worker", "pickle_safe", "max_q_size"), "")}  # fmt: skip


def of_name(m: Machine, removal: Removal, path: str, namespace: str, node: cst.CSTNode) -> Verbs:
    """For a name of a library: `path` in the user's words, which begin with `namespace`, imported or in an expression.

    A name of Keras is imported from the same namespace afterwards.
    """
    span, new = m.site(node).span, _last(removal.instead)
    if removal.change is Change.RENAME:
        return (Rename(span, new),) if isinstance(node, cst.Attribute) else (RenameImport(span, new),)
    if removal.change is Change.MOVE and isinstance(node, cst.ImportAlias) and removal.instead in PUBLIC:
        module = namespace + removal.instead.removeprefix("keras")
        return (MoveImport(span, path, module, PUBLIC[removal.instead]),)
    return ()


def of_argument(m: Machine, removal: Removal, name: str, call: cst.CSTNode) -> Verbs:
    """For an argument of a call."""
    span = m.site(call).span
    if removal.change is Change.RENAME:
        return (RenameArgument(span, name, removal.instead),)
    return (RemoveArgument(span, name),) if removal.change is Change.DROP else ()


def of_member(m: Machine, removal: Removal, node: cst.CSTNode) -> Verbs:
    """For an attribute or a method."""
    span = m.site(node).span
    if removal.change is Change.RENAME:
        return (Rename(span, removal.instead),)
    if removal.change is Change.CALL:
        return (RenameCall(span, removal.instead, tuple(GENERATOR_ARGUMENTS.items())),)
    return (AsFunction(span, removal.instead.partition("(")[0]),) if removal.change is Change.FUNCTION else ()


def of_key(m: Machine, new: str, node: cst.CSTNode) -> Verbs:
    """For the key of an item, where it is written out."""
    index = node.slice[0].slice if isinstance(node, cst.Subscript) and len(node.slice) == 1 else None
    written = index.value if isinstance(index, cst.Index) else None
    return (Rename(m.site(written).span, new),) if isinstance(written, cst.SimpleString) else ()


def of_item(m: Machine, node: cst.CSTNode) -> Verbs:
    """For the only item of a loss, or of its `data`."""
    if not isinstance(node, cst.Subscript):
        return ()
    loss = node.value
    if isinstance(loss, cst.Attribute) and loss.attr.value == "data":
        loss = loss.value
    return (Replace(m.site(node).span, (Code(m.site(loss).span), ".item()")),)


def _last(name: str) -> str:
    return name.rpartition(".")[2]
