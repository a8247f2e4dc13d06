"""Orders that a program brings its data into."""

from __future__ import annotations

from rnnlint.frontend.dispatch import Call
from rnnlint.frontend.sequences import generic
from rnnlint.frontend.values import ArrayRef, Const, Opaque, Sequence, Symbol, Value, settled
from rnnlint.program.data import Sort


def note_sort(call: Call, items: Value | None) -> None:
    """Record that something is sorted, and whether it falls: True, False, or None where it is not known."""
    reverse = call.get(None, "reverse") or call.get(None, "descending")
    key = call.get(None, "key")
    rising = _direction(call, key, items)
    turned = settled(reverse, False if reverse is None else None)
    if isinstance(items, ArrayRef) and turned is not True:
        rising = None  # it may be negated before, or turned round later
    falling = None if rising is None or not isinstance(turned, bool) else rising is turned
    call.machine.record.sorts.append(Sort(call.site, falling))


def _direction(call: Call, key: Value | None, items: Value | None) -> bool | None:
    """Whether the key rises with the length of what is sorted."""
    if key is None:
        return True
    item = generic(call.machine, items) if isinstance(items, Sequence) else None
    result = call.machine.call(key, (item or Opaque("an item"),), {}, call.node)
    if isinstance(result, Symbol) and len(result.size.terms) == 1:
        return result.size.terms[0][1] > 0
    return True if isinstance(result, Const) else None
