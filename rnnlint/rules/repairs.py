"""What the repairs of several rules have in common."""

from __future__ import annotations

from rnnlint.finding import Applicability
from rnnlint.program.data import Array
from rnnlint.program.heads import PASSING, Head, head_of
from rnnlint.program.network import Layer
from rnnlint.program.program import Program
from rnnlint.program.training import Fit, Loss
from rnnlint.program.value import Known, OneOf, Setting, Site, known
from rnnlint.repair import RemoveArgument, Repair, Unapply, Verb


def applications_at(program: Program, layer: Layer) -> list[Array]:
    """What all layers compute that the place of this one makes: an edit there concerns each of them."""
    made = dict.fromkeys((layer, *program.layers_at(layer.site)))
    found = {array.number: array for one in made for array in program.applications_of(one)}
    return list(found.values())


def heads_at(program: Program, layer: Layer) -> list[tuple[Fit, Head]]:
    """The training calls of networks that end in a layer of this place, with what ends them."""
    ends = [(fit, head_of(output)) for fit in program.fits for output in fit.outputs[:1]]
    return [(fit, head) for fit, head in ends if head is not None and head.layer.site.span == layer.site.span]


def stated_in(site: Site, setting: Setting | None) -> bool:
    """Whether a setting is settled by what stands in the call at `site`, not by a value from somewhere else."""
    if isinstance(setting, OneOf):
        return False
    return isinstance(setting, Known) and (setting.site is None or site.span.holds(setting.site.span))


def read_by_layers(program: Program, layer: Layer) -> bool:
    """Whether a layer with weights reads what one of this place computes, so that it does not only end networks."""
    waiting = applications_at(program, layer)
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
    if read_by_layers(program, layer):
        return None
    if layer.kind == "dense":
        stated = stated_in(layer.site, layer.settings.get("activation"))
        return (RemoveArgument(layer.site.span, "activation"),) if stated else None
    return (Unapply(layer.site.span, head.array.site.span),)


def only_compared(program: Program, layer: Layer) -> bool:
    """Whether nothing but losses and the search for the largest value reads what a layer at the end computes."""
    waiting = applications_at(program, layer)
    seen: set[int] = set()
    while waiting:
        array = waiting.pop()
        users = program.users_of(array)
        if not users:
            return False  # it is shown, saved or returned
        for user in users:
            largest = user.op == "argmax" or (user.op == "reduce" and known(user.settings.get("stat")) == "max")
            if user.op == "loss" or largest or user.number in seen:
                continue
            if user.op not in PASSING:
                return False
            seen.add(user.number)
            waiting.append(user)
    return True


def without_from_logits(program: Program, loss: Loss, activations: tuple[str, ...]) -> Repair | None:
    """Takes from_logits off a Keras loss, or None where the loss also meets an output of another kind."""
    heads = heads_with(program, loss)
    if not all(head is not None and head.activation in activations for head in heads):
        return None
    verb = RemoveArgument(loss.site.span, "from_logits")
    return Repair("leave from_logits out", Applicability.UNSAFE, (verb,))


def heads_with(program: Program, loss: Loss) -> list[Head | None]:
    """What ends the networks that this loss judges."""
    judged = [fit for fit in program.fits if fit.loss is not None and fit.loss.site.span == loss.site.span]
    return [head_of(output) for fit in judged for output in fit.outputs[:1]]
