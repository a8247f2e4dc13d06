"""Calls of the program's own functions and classes, and of what the dialects know."""

from __future__ import annotations

from collections.abc import Mapping as MappingOf

import libcst as cst

from rnnlint.finding import Confidence
from rnnlint.frontend import builtins, containers, dispatch, drift
from rnnlint.frontend.catalog.files import READERS
from rnnlint.frontend.devices import note_send
from rnnlint.frontend.disregard import note_disregard
from rnnlint.frontend.escapes import note_escape, note_given, note_initialised, note_touched, note_unseen
from rnnlint.frontend.machine import MAX_DEPTH, Frame, Machine
from rnnlint.frontend.names import canonical
from rnnlint.frontend.registration import prepared_elsewhere
from rnnlint.frontend.sequences import union
from rnnlint.frontend.values import (
    ArrayRef,
    BoundMethod,
    Class,
    Const,
    External,
    Function,
    Instance,
    LayerValue,
    Mapping,
    ModuleValue,
    Native,
    Opaque,
    Scope,
    Sequence,
    SuperProxy,
    Thing,
    Union,
    Value,
    options_of,
)
from rnnlint.program.data import Array
from rnnlint.program.training import Seed

MAX_RECURSION = 2
_TRANSPARENT = frozenset({"abc", "builtins", "functools", "keras", "tensorflow", "torch", "typing"})
_PASSES = frozenset({"forward", "call"})  # what the frameworks call to apply a network


def define_function(m: Machine, node: cst.FunctionDef, scope: Scope) -> Function:
    """Bind a function's name."""
    function = Function(node.name.value, node, scope)
    for parameter in (*node.params.posonly_params, *node.params.params, *node.params.kwonly_params):
        if parameter.default is not None:
            function.defaults[parameter.name.value] = m.evaluate(parameter.default, scope)
    for decorator in node.decorators:
        _decorate(m, function, decorator.decorator, scope)
    m.heap.write(scope, node.name.value, function)
    return function


def _decorate(m: Machine, function: Function, node: cst.BaseExpression, scope: Scope) -> None:
    target = node.func if isinstance(node, cst.Call) else node
    if isinstance(target, cst.Name) and target.value in {"staticmethod", "classmethod", "property"}:
        function.kind = target.value
        return
    if isinstance(target, cst.Attribute) and target.attr.value == "cached_property":
        function.kind = "property"
        return
    value = m.evaluate(target, scope)
    path = canonical(value.path) if isinstance(value, External) else ""
    if path in {"functools.cached_property", "builtins.property"}:
        function.kind = "property"
    elif path in {"torch.no_grad", "torch.inference_mode"}:
        function.slots["no_grad"] = Const(True)
    elif isinstance(value, External) and (path.split(".")[0] not in _TRANSPARENT or ".contrib." in path):
        function.wrapped = True


def define_class(m: Machine, node: cst.ClassDef, scope: Scope) -> None:
    """Run a class body and bind its name."""
    bases: list[Value] = []
    for argument in node.bases:
        bases.extend(options_of(m.evaluate(argument.value, scope)))
    assert scope.module is not None
    cls = Class(node.name.value, node, scope.module, tuple(bases))
    body = Scope(scope.module, scope)
    m.run(node.body.body, body)
    cls.slots.update(body.slots)
    for value in body.slots.values():
        if isinstance(value, Function):
            value.owner = cls
            value.scope = scope  # names of the class body are not seen from its functions
    if any(_is_dataclass(m, decorator.decorator, scope) for decorator in node.decorators):
        cls.fields = _fields(m, node, body)
    m.heap.write(scope, node.name.value, cls)


def _is_dataclass(m: Machine, node: cst.BaseExpression, scope: Scope) -> bool:
    value = m.evaluate(node.func if isinstance(node, cst.Call) else node, scope)
    return isinstance(value, External) and value.path in {"dataclasses.dataclass", "attr.s", "attrs.define"}


def _fields(m: Machine, node: cst.ClassDef, body: Scope) -> dict[str, Value | None]:
    fields: dict[str, Value | None] = {}
    for line in node.body.body:
        for statement in getattr(line, "body", ()) if isinstance(line, cst.SimpleStatementLine) else ():
            if isinstance(statement, cst.AnnAssign) and isinstance(statement.target, cst.Name):
                name = statement.target.value
                fields[name] = body.slots.get(name)
    return fields


def call(
    m: Machine, callee: Value, args: tuple[Value, ...], keywords: MappingOf[str, Value], node: cst.CSTNode
) -> Value:
    """The value of any call."""
    if isinstance(callee, Union):
        with m.doubting():
            return union(m, [call(m, option, args, keywords, node) for option in callee.options])
    if isinstance(callee, Function):
        return call_function(m, callee, args, keywords, node)
    if isinstance(callee, BoundMethod):
        return _call_method(m, callee, args, keywords, node)
    if isinstance(callee, Class):
        return instantiate(m, callee, args, keywords, node)
    request = dispatch.Call(m, node, args, keywords)
    if isinstance(callee, Native):
        return callee.run(request)
    if isinstance(callee, External):
        return _call_external(m, callee, request)
    if isinstance(callee, Instance):
        return _call_instance(m, callee, request)
    if isinstance(callee, LayerValue | Thing) or dispatch.kind_of(callee):
        handler = dispatch.METHODS.get((dispatch.kind_of(callee), "__call__"))
        if handler is not None:
            request.receiver = callee
            return handler(request)
    note_given(request)
    note_unseen(request, callee.holder or callee if isinstance(callee, Opaque) else callee)
    _note_hidden_seed(request)
    return Opaque("the result of something that is not known")


def _call_external(m: Machine, callee: External, request: dispatch.Call) -> Value:
    request.path = canonical(callee.path)
    drift.note_call(m, request, callee.path)
    if request.path in READERS:
        m.record.files.append((request.place, len(m.branches)))
    m.record.autocast |= request.path.startswith("torch.") and request.path.endswith("autocast")
    if "device" in request.keywords:
        note_send(request, request.keywords["device"])
    handler = dispatch.FUNCTIONS.get(request.path)
    if handler is None and request.path.startswith("builtins."):
        handler = builtins.FUNCTIONS.get(request.path.removeprefix("builtins."))
    else:
        note_given(request)
    if handler is None:
        handler = dispatch.family(request.path)
    if handler is None:
        note_unseen(request)
        _note_hidden_seed(request)
        return Opaque(f"what {request.path} returns is not known")
    return handler(request)


def _note_hidden_seed(request: dispatch.Call) -> None:
    """Code that cannot be seen may seed random numbers, if its name says so."""
    name = f"{request.path} {request.machine.text(getattr(request.node, 'func', request.node))}".lower()
    if "seed" in name or "determinis" in name:
        request.machine.record.seeds.append(Seed(request.site, frozenset()))


def _call_instance(m: Machine, instance: Instance, request: dispatch.Call) -> Value:
    own = instance.cls.lookup("__call__")
    if isinstance(own, Function):
        return call_function(m, own, (instance, *request.args), request.keywords, request.node)
    handler = dispatch.METHODS.get((dispatch.class_kind(instance.cls), "__call__"))
    if handler is None:
        return Opaque("the call of an object")
    request.receiver = instance
    return handler(request)


def _call_method(
    m: Machine, bound: BoundMethod, args: tuple[Value, ...], keywords: MappingOf[str, Value], node: cst.CSTNode
) -> Value:
    if bound.function is not None:
        return call_function(m, bound.function, (bound.receiver, *args), keywords, node)
    request = dispatch.Call(m, node, args, keywords, bound.receiver, bound.name)
    drift.note_method(m, request)
    handler = dispatch.METHODS.get((dispatch.kind_of(bound.receiver), bound.name))
    if handler is None:
        handler = containers.METHODS.get((type(bound.receiver).__name__, bound.name))
    if handler is not None:
        return handler(request)
    note_given(request)
    note_unseen(request)
    return Opaque(f"what .{bound.name}() returns is not known")


def call_function(
    m: Machine,
    function: Function,
    args: tuple[Value, ...],
    keywords: MappingOf[str, Value],
    node: cst.CSTNode,
    entry: bool = False,
) -> Value:
    """Run a user's function. As an `entry` nobody is known to call it, and its parameters are open."""
    m.executed.add(id(function.node))
    depth = sum(1 for frame in m.frames if frame.function is not None and frame.function.node is function.node)
    if depth >= MAX_RECURSION or len(m.frames) >= MAX_DEPTH:
        note_escape(dispatch.Call(m, node, args, keywords))
        note_initialised(args)
        m.record.cut |= len(m.frames) >= MAX_DEPTH
        return Opaque("a recursion")
    m.step()
    module = function.scope.module
    assert module is not None
    scope = Scope(module, function.scope)
    _bind(m, function, scope, args, keywords, entry)
    note_disregard(m, function, scope)
    leaves = m.frame.module.syntax is m.entry and module.syntax is not m.entry
    before, guards = m.via, m.guards
    if leaves:
        m.via = m.entry.span(node)
    silent = [m.site(node)] if "no_grad" in function.slots else []
    m.no_gradient.extend(silent)
    frame = Frame(module, function, function.owner)
    m.frames.append(frame)
    try:
        with m.named(""):
            result = _run_body(m, function, frame, scope)
            if function.owner is not None and function.name in _PASSES and dispatch.class_kind(function.owner):
                m.record.outputs.extend(arrays_within(result))
            return result
    finally:
        m.frames.pop()
        del m.no_gradient[len(m.no_gradient) - len(silent) :]
        m.via, m.guards = before, guards


def arrays_within(value: Value) -> list[Array]:
    """Every array in a value that a network returns."""
    if isinstance(value, ArrayRef):
        return [value.array]
    if isinstance(value, Sequence):
        return [array for item in (*(value.items or ()), value.element) if item for array in arrays_within(item)]
    if isinstance(value, Mapping):
        return [array for item in value.slots.values() if isinstance(item, Value) for array in arrays_within(item)]
    return []


def _run_body(m: Machine, function: Function, frame: Frame, scope: Scope) -> Value:
    if isinstance(function.node, cst.Lambda):
        return m.evaluate(function.node.body, scope)
    m.run(function.node.body.body, scope)
    for delta in frame.left:
        m.heap.merge({}, delta, m.join_slots)
    if frame.yielded:
        return Sequence("list", None, union(m, frame.yielded))
    return union(m, frame.returned) if frame.returned else Const(None)


def _bind(
    m: Machine,
    function: Function,
    scope: Scope,
    args: tuple[Value, ...],
    keywords: MappingOf[str, Value],
    entry: bool,
) -> None:
    params = function.node.params
    remaining = dict(keywords)
    spread = remaining.pop("**", None) or remaining.pop("*", None)
    opened = entry or spread is not None or function.wrapped
    positional = [*params.posonly_params, *params.params]
    for index, parameter in enumerate(positional):
        name = parameter.name.value
        if index < len(args):
            scope.slots[name] = args[index]
        elif name in remaining:
            scope.slots[name] = remaining.pop(name)
        else:
            scope.slots[name] = _default(function, name, opened)
    for parameter in params.kwonly_params:
        name = parameter.name.value
        scope.slots[name] = remaining.pop(name) if name in remaining else _default(function, name, opened)
    if isinstance(params.star_arg, cst.Param):
        extra = args[len(positional) :]
        scope.slots[params.star_arg.name.value] = (
            Sequence("tuple", None, Opaque("an argument")) if entry else Sequence("tuple", extra)
        )
    if params.star_kwarg is not None:
        scope.slots[params.star_kwarg.name.value] = Mapping(remaining, complete=not opened)


def _default(function: Function, name: str, opened: bool) -> Value:
    if name not in function.defaults:
        return Opaque(f"the parameter {name} is not known")
    default = function.defaults[name]
    if not opened:
        return default
    return open_default(default, name)


def open_default(default: Value, name: str) -> Value:
    """A default that callers out of sight may override: sizes and names are likely, switches are open."""
    if isinstance(default, Const):
        if default.value is None or isinstance(default.value, bool):
            return Opaque(f"the parameter {name} is not known")
        return Const(default.value, default.site, default.confidence.and_(Confidence.LOW))
    return default


def instantiate(
    m: Machine,
    cls: Class,
    args: tuple[Value, ...],
    keywords: MappingOf[str, Value],
    node: cst.CSTNode,
    entry: bool = False,
) -> Value:
    """A new object of a user's class."""
    instance = Instance(cls, m.site(node), (*args, *keywords.values()))
    kind = dispatch.class_kind(cls)
    if kind in {"module", "keras_model"}:
        m.record.models.append(instance)
    initialise = cls.lookup("__init__")
    instance.initialised = not isinstance(initialise, Function) or prepared_elsewhere(cls, initialise)
    if isinstance(initialise, Function):
        call_function(m, initialise, (instance, *args), keywords, node, entry)
        return instance
    fields = {name: default for owner in reversed(cls.linearised()) for name, default in (owner.fields or {}).items()}
    for index, (name, default) in enumerate(fields.items()):
        value = keywords.get(name, args[index] if index < len(args) else default)
        instance.slots[name] = value if value is not None else Opaque(f"the field {name} is not known")
    if not fields:
        handler = dispatch.METHODS.get((kind, "__init__"))
        if handler is not None:
            handler(dispatch.Call(m, node, args, keywords, instance))
    return instance


def attribute(m: Machine, value: Value, name: str, node: cst.CSTNode) -> Value:
    """The value of `value.name`."""
    if isinstance(value, Union):
        with m.doubting():
            return union(m, [attribute(m, option, name, node) for option in value.options])
    if isinstance(value, External):
        drift.note_name(m, f"{value.path}.{name}", node)
        return External(f"{value.path}.{name}")
    if isinstance(value, Opaque) and name == "setattr":
        return Native(replace_attribute)
    if isinstance(value, ModuleValue):
        from rnnlint.frontend.expressions import lookup

        return lookup(m, name, value.scope) or Opaque(f"{name} is not found in {value.name}")
    if isinstance(value, SuperProxy):
        return _super_attribute(m, value, name)
    if isinstance(value, Instance):
        return _instance_attribute(m, value, name, node)
    if isinstance(value, Class):
        found = value.lookup(name)
        if isinstance(found, Function) and found.kind == "classmethod":
            return BoundMethod(value, name, found)
        return found if found is not None else Opaque(f"{name} is not an attribute of {value.name}")
    if isinstance(value, Function) and name in value.slots:
        own: Value = value.slots[name]
        return own
    if isinstance(value, Sequence) and "recurrent" in value.slots and _of_tensors(name) and value.kind == "tuple":
        value = m.misused(value, m.site(node)) or value
    drift.note_member(m, value, name, node)
    handler = dispatch.ATTRIBUTES.get((dispatch.kind_of(value), name))
    if handler is not None:
        return handler(dispatch.Call(m, node, (), {}, value, name))
    kind = dispatch.kind_of(value)
    if isinstance(value, Thing) and name in value.slots and isinstance(value.slots[name], Value):
        found_slot: Value = value.slots[name]
        return found_slot
    if (kind, name) in dispatch.METHODS or (type(value).__name__, name) in containers.METHODS:
        return BoundMethod(value, name)
    fallback = dispatch.ATTRIBUTES.get((kind, "*"))
    if fallback is not None:
        return fallback(dispatch.Call(m, node, (), {}, value, name))
    if isinstance(value, Mapping) and isinstance(value.slots.get(name), Value):
        return value.slots[name]  # type: ignore[no-any-return]  # namespaces made of dictionaries
    if isinstance(value, LayerValue | Thing):
        note_touched(m, value)
    if isinstance(value, Opaque):
        return m.member(value, name)
    return Opaque(f"the attribute {name} is not known", holder=value)


def replace_attribute(call: dispatch.Call) -> Value:
    """An attribute of a module or class replaced for a test, as pytest's monkeypatch does."""
    target, name = call.get(0, "target"), call.get(1, "name")
    if isinstance(name, Const) and isinstance(name.value, str) and len(call.args) > 2:
        holder = target.scope if isinstance(target, ModuleValue) else target
        if isinstance(holder, Scope | Class):
            call.machine.heap.write(holder, name.value, call.args[2])
    return Const(None)


def _of_tensors(name: str) -> bool:
    return ("array", name) in dispatch.METHODS or ("array", name) in dispatch.ATTRIBUTES


def _super_attribute(m: Machine, proxy: SuperProxy, name: str) -> Value:
    found = proxy.instance.cls.lookup(name, after=proxy.owner)
    if isinstance(found, Function):
        return BoundMethod(proxy.instance, name, found)
    if name == "__init__":
        proxy.instance.initialised = True
    kind = dispatch.class_kind(proxy.instance.cls)
    if (kind, name) in dispatch.METHODS:
        return BoundMethod(proxy.instance, name)
    return Native(lambda call: Const(None)) if name == "__init__" else Opaque(f"super().{name} is not known")


def _instance_attribute(m: Machine, value: Instance, name: str, node: cst.CSTNode) -> Value:
    if name in value.slots:
        own: Value = value.slots[name]
        return own
    found = value.cls.lookup(name)
    if isinstance(found, Function):
        if found.kind == "property":
            return call_function(m, found, (value,), {}, node)
        if found.kind == "staticmethod":
            return found
        return BoundMethod(value.cls if found.kind == "classmethod" else value, name, found)
    if found is not None:
        return found
    drift.note_member(m, value, name, node)
    kind = dispatch.class_kind(value.cls)
    handler = dispatch.ATTRIBUTES.get((kind, name))
    if handler is not None:
        return handler(dispatch.Call(m, node, (), {}, value, name))
    if (kind, name) in dispatch.METHODS:
        return BoundMethod(value, name)
    return Opaque(f"the attribute {name} of {value.cls.name} is not known", holder=value)
