"""What the repairs of several rules have in common."""

from __future__ import annotations

from rnnlint.program.data import Array
from rnnlint.program.heads import Head
from rnnlint.program.network import Layer
from rnnlint.program.program import Program
from rnnlint.program.value import Known, OneOf, Setting, Site
from rnnlint.repair import RemoveArgument, Unapply, Verb


def made_once(program: Program, layer: Layer) -> bool:
    """Whether its place in the program makes no other layer, so that an edit there concerns this one alone."""
    return len(program.layers_at(layer.site)) <= 1  # an activation function is no layer of the program


def stated_in(site: Site, setting: Setting | None) -> bool:
    """Whether a setting is settled by what stands in the call at `site`, not by a value from somewhere else."""
    if isinstance(setting, OneOf):
        return False
    return isinstance(setting, Known) and (setting.site is None or _within(site, setting.site))


def _within(outer: Site, inner: Site) -> bool:
    one, two = outer.span, inner.span
    if (one.path, one.cell) != (two.path, two.cell):
        return False
    starts = (one.line, one.column) <= (two.line, two.column)
    return starts and (two.end_line, two.end_column) <= (one.end_line, one.end_column)


def read_by_layers(program: Program, layer: Layer) -> bool:
    """Whether a layer with weights reads what this one computes, so that it does not only end networks."""
    waiting = list(program.applications_of(layer))
    seen: set[int] = set()
    while waiting:
        array = waiting.pop()
        for user in program.users_of(array):
            if user.number in seen:
                continue
            seen.add(user.number)
            if user.op == "apply" and user.layer is not None and user.layer.kind not in {"activation", "dropout"}:
                return True
            waiting.append(user)
    return False


def without_activation(program: Program, head: Head) -> tuple[Verb, ...] | None:
    """Edits that leave the last layer linear, or None where the activation also stands elsewhere."""
    layer = head.layer
    if not made_once(program, layer) or read_by_layers(program, layer):
        return None
    if layer.kind == "dense" and not stated_in(layer.site, layer.settings.get("activation")):
        return None
    if layer.kind == "dense":
        return (RemoveArgument(layer.site.span, "activation"),)
    return (Unapply(layer.site.span, head.array.site.span),)


def fed_to(array: Array, kinds: frozenset[str]) -> bool:
    """Whether it was computed by a layer of one of these kinds."""
    return any(one.layer is not None and one.layer.kind in kinds for one in array.ancestry() if one.op == "apply")
