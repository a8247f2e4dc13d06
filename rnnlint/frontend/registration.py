"""Weights that a module holds without registering them: layers in plain lists and dictionaries, tensors of its own,
layers assigned before the module is ready to take them."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

import libcst as cst

from rnnlint.frontend.catalog.torch_layers import TRAINABLE
from rnnlint.frontend.dispatch import INSTANCE_KINDS, class_kind
from rnnlint.frontend.holders import replaceable
from rnnlint.frontend.machine import Machine
from rnnlint.frontend.names import canonical
from rnnlint.frontend.values import (
    ArrayRef,
    Class,
    External,
    Function,
    Instance,
    LayerValue,
    Mapping,
    ParameterTensor,
    Place,
    Sequence,
    Thing,
    Union,
    Value,
    options_of,
)
from rnnlint.program.network import Premature, Unregistered
from rnnlint.program.value import Site, known

OWN_WAY = ("parameters", "named_parameters", "modules", "named_modules", "children", "named_children", "__setattr__")
MAX_DEPTH = 6

Node = LayerValue | Instance | Thing | ParameterTensor


def unregistered(m: Machine) -> tuple[Unregistered, ...]:
    """Each weight once, by class and attribute; silent where it is registered, trained or frozen by other means."""
    modules = [made for made in m.record.models if isinstance(made, Instance) and class_kind(made.cls) == "module"]
    suspects = [found for module in modules for found in _suspects(module)]
    tensors = [found for module in modules for found in _tensors(m, module)]
    if not suspects and not tensors:
        return ()
    settled = {_site(node) for module in modules for node in _registered(module)}
    settled |= {
        _site(node)
        for path, value in m.record.handed
        for node in _nodes(value)
        if not (isinstance(node, ParameterTensor) and _computes(path))
    }
    found = {
        (fact.owner, fact.attribute): fact
        for node, fact in reversed(suspects)
        if _site(node) not in settled and not _any_settled(fact, suspects, settled)
    }
    held = [
        replace(fact, held=replaceable(module.cls, fact.attribute, module.slots[fact.attribute]))
        for fact in found.values()
        for module in [next(one for one in modules if one.cls.name == fact.owner and fact.attribute in one.slots)]
    ]
    return tuple(sorted([*held, *tensors], key=lambda fact: fact.site.span.line))


def note_registered(m: Machine, module: Value, value: Value, path: str) -> None:
    """Remember that a module is given a part under a name; a part that is not known may be any that it holds."""
    known_parts = tuple(_nodes(value))
    held = module.slots.values() if isinstance(module, Instance) and not known_parts else (value,)
    m.record.handed.extend((path, part) for part in held if isinstance(part, Value))


def _any_settled(fact: Unregistered, suspects: list[tuple[Node, Unregistered]], settled: set[Site | None]) -> bool:
    """Whether another layer in the same attribute is registered: then the list is only a second way to it."""
    same = (node for node, other in suspects if (other.owner, other.attribute) == (fact.owner, fact.attribute))
    return any(_site(node) in settled for node in same)


def _suspects(module: Instance) -> Iterator[tuple[Node, Unregistered]]:
    """What has weights in the plain lists and dictionaries of a module, and was made by the module itself."""
    if any(module.cls.lookup(name) is not None for name in OWN_WAY):
        return
    given = {_site(node) for value in module.given for node in _nodes(value)}
    for name, value in module.slots.items():
        if not isinstance(value, Sequence | Mapping) or _hides_one(value):
            continue
        holder = value.kind if isinstance(value, Sequence) else "dict"
        for node in _nodes(value):
            site = _site(node)
            if site is not None and site not in given and _has_weights(node):
                yield node, Unregistered(site, module.cls.name, str(name), holder, _type_name(node))


def _hides_one(value: Value) -> bool:
    """A list of one module is the usual way to keep it out of the parameters on purpose."""
    return isinstance(value, Sequence) and value.items is not None and len(value.items) == 1


def _tensors(m: Machine, module: Instance) -> Iterator[Unregistered]:
    """Tensors with gradients in a module whose parameters are trained by an optimizer that does not get them."""
    if not any(module is owner for update in m.record.updates for owner in update.owners):
        return
    kept = {array for path, value in m.record.handed if not _computes(path) for array in _arrays(value)}
    states = {state.number for array in m.record.arrays if array.op == "apply" for state in array.inputs[1:]}
    for name, value in module.slots.items():
        if isinstance(value, ArrayRef) and value.array.number not in kept | states:
            array = value.array
            if known(array.settings.get("requires_grad")) is True and array.op == "generate":
                yield Unregistered(array.site, module.cls.name, str(name), "tensor", "tensor")


def _computes(path: str) -> bool:
    """Whether a function only reads the tensors that it is given, or fills them."""
    functional = path.startswith(("torch.nn.functional.", "torch.nn.init."))
    return functional or (path.startswith("torch.") and path.count(".") == 1)


def _registered(module: Instance) -> Iterator[Node]:
    for value in module.slots.values():
        for option in options_of(value) if isinstance(value, Value) else ():
            if isinstance(option, LayerValue | Instance | Thing | ParameterTensor):
                yield from _nodes(option)


def _nodes(value: object, depth: int = 0) -> Iterator[Node]:
    """The modules in a value: through lists, dictionaries and containers, not into a user's own modules."""
    if depth > MAX_DEPTH:
        return
    if isinstance(value, LayerValue | Instance | ParameterTensor):
        yield value
        return
    if isinstance(value, Thing) and value.kind == "container":
        yield value
    for part in _parts(value):
        yield from _nodes(part, depth + 1)


def _parts(value: object) -> tuple[object, ...]:
    if isinstance(value, Sequence):
        return (*(value.items or ()), value.element)
    if isinstance(value, Mapping):
        return tuple(value.slots.values())
    if isinstance(value, Union):
        return value.options
    if isinstance(value, Thing) and value.kind == "container":
        layers: tuple[object, ...] = value.slots["layers"]
        return layers
    return ()


def _arrays(value: object, depth: int = 0) -> Iterator[int]:
    if isinstance(value, ArrayRef):
        yield value.array.number
    elif depth < MAX_DEPTH:
        for part in _parts(value):
            yield from _arrays(part, depth + 1)


def _has_weights(node: Node, depth: int = 0) -> bool:
    if depth > MAX_DEPTH:
        return False
    if isinstance(node, LayerValue):
        layer = node.layer
        return layer.framework == "torch" and layer.type_name in TRAINABLE and not known(layer.settings.get("freeze"))
    if isinstance(node, ParameterTensor):
        return True
    if isinstance(node, Instance) and class_kind(node.cls) != "module":
        return False
    held = _registered(node) if isinstance(node, Instance) else (part for part in _nodes(node) if part is not node)
    return any(_has_weights(part, depth + 1) for part in held)


def _type_name(node: Node) -> str:
    if isinstance(node, LayerValue):
        return node.layer.type_name
    if isinstance(node, Instance):
        return node.cls.name
    return "Sequential" if isinstance(node, Thing) else "Parameter"


def _site(node: Node) -> Site | None:
    return node.layer.site if isinstance(node, LayerValue) else node.site


def prepared_elsewhere(cls: Class, initialise: Function) -> bool:
    """Whether something other than `__init__` may initialise the library class: `__new__`, a metaclass, a decorator,
    a base class that is not known."""
    owners = cls.linearised()
    if any(owner.node.decorators or owner.node.keywords for owner in owners) or cls.lookup("__new__") is not None:
        return True
    bases = [base for owner in owners for base in owner.bases if not isinstance(base, Class)]
    readable = all(isinstance(base, External) and canonical(base.path) in INSTANCE_KINDS for base in bases)
    return not readable or not bases or bool(getattr(initialise.node, "decorators", ()))


def note_premature(m: Machine, holder: Instance, target: cst.Attribute, value: Value) -> None:
    """Remember that a network which is not initialised is given a layer."""
    kinds = {"module": "torch", "keras_model": "keras", "keras_layer": "keras"}
    framework = kinds.get(class_kind(holder.cls))
    if framework is not None and framework == _framework(value, kinds):
        m.record.premature.append((holder, m.place(target), target.attr.value, value))


def _framework(value: Value, kinds: dict[str, str]) -> str | None:
    if isinstance(value, LayerValue):
        return value.layer.framework
    if isinstance(value, Instance):
        return kinds.get(class_kind(value.cls))
    if isinstance(value, ParameterTensor):
        return "torch"
    return "torch" if isinstance(value, Thing) and value.kind == "container" else None


def premature(m: Machine) -> tuple[Premature, ...]:
    """The first such layer of each class. Keras takes layers early, but needs to be initialised by the end."""
    found: dict[str, Premature] = {}
    for holder, place, name, value in m.record.premature:
        framework = "torch" if class_kind(holder.cls) == "module" else "keras"
        if framework == "torch" or not holder.initialised:
            assert isinstance(value, LayerValue | Instance | Thing | ParameterTensor)
            owner = holder.cls.name
            fact = Premature(place.site(), owner, name, _type_name(value), framework, holder.initialised)
            found.setdefault(owner, _with_start(fact, holder, place))
    return tuple(found.values())


def _with_start(fact: Premature, holder: Instance, place: Place) -> Premature:
    """The fact with what is known of the `__init__` that lacks a line."""
    written = [owner.slots["__init__"] for owner in holder.cls.linearised() if "__init__" in owner.slots]
    node = written[0].node if len(written) == 1 and isinstance(written[0], Function) else None
    if not isinstance(node, cst.FunctionDef) or not place.syntax.has(node):
        return fact
    body = [line for line in node.body.body if not _is_docstring(line)]
    keywords = node.params.star_kwarg.name.value if node.params.star_kwarg is not None else ""
    call = next((line for line in body if ".__init__(" in place.syntax.tree.code_for_node(line)), None)
    first, later = (
        Place(place.syntax, line, place.via).site() if line is not None else None for line in (body[0], call)
    )
    return replace(fact, start=first, options=keywords, call=later)


def _is_docstring(line: cst.CSTNode) -> bool:
    return (
        isinstance(line, cst.SimpleStatementLine)
        and isinstance(line.body[0], cst.Expr)
        and isinstance(line.body[0].value, cst.SimpleString | cst.ConcatenatedString)
    )
