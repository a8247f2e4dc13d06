"""torch functions and tensor methods."""

from __future__ import annotations

from typing import Any

from rnnlint.frontend import quantities
from rnnlint.frontend.arithmetic import comparison, multiplied
from rnnlint.frontend.catalog.activations import activation_name
from rnnlint.frontend.dispatch import Call, attribute, function, method
from rnnlint.frontend.dtypes import dtype_name
from rnnlint.frontend.machine import size_of
from rnnlint.frontend.reaches import windows_of
from rnnlint.frontend.sorting import note_sort
from rnnlint.frontend.stacking import array_of, stack
from rnnlint.frontend.values import ArrayRef, Const, Opaque, Sequence, Symbol, Thing, Value, settled
from rnnlint.program.data import Array, Kind, Padding, Quantity
from rnnlint.program.network import Layer
from rnnlint.program.ranges import BOUNDS
from rnnlint.program.size import known_int
from rnnlint.program.value import Known, Setting
from rnnlint.program.walks import width_of

_ACTIVATIONS = {*BOUNDS, "relu", "elu", "selu", "leaky_relu", "gelu", "swish", "softplus", "log_softmax"}


def activate(call: Call, source: Array, name: str) -> Value:
    """An activation function applied to a tensor."""
    settings: dict[str, Setting] = {"activation": Known(name, call.site)}
    if "softmax" in name:
        settings["axis"] = call.setting(0 if isinstance(call.receiver, ArrayRef) else 1, "dim")
    layer = Layer("activation", "torch", name, call.site, settings)
    low, high = BOUNDS.get(name, (None, None))
    quantity = Quantity(Kind.FEATURES, low, high, label=name, site=call.site)
    return ArrayRef(call.machine.derive(source, "apply", call.site, layer=layer, quantity=quantity))


@function("torch.nn.functional.*")
def functional(call: Call) -> Value:
    """torch.nn.functional: activations, dropout; the losses have handlers of their own."""
    name = activation_name(call.path.rsplit(".", 1)[-1])
    source = call.array(0, "input")
    if source is None:
        return Opaque(f"what {name} returns is not known")
    if name in _ACTIVATIONS:
        return activate(call, source.array, name)
    if name.startswith("dropout"):
        return ArrayRef(call.machine.derive(source.array, "dropout", call.site))
    return ArrayRef(call.machine.array("function", call.site, source.array, settings={"function": Known(name)}))


for _name in ("relu", "sigmoid", "tanh", "softmax", "log_softmax"):
    function(f"torch.{_name}")(functional)


@method("array", *(name for name in ("sigmoid", "tanh", "softmax", "relu", "log_softmax")))
def method_activation(call: Call) -> Value:
    """x.sigmoid()."""
    assert isinstance(call.receiver, ArrayRef)
    return activate(call, call.receiver.array, call.path)


@function("torch.tensor", "torch.as_tensor", "torch.from_numpy", "torch.autograd.Variable", "torch.Tensor",
          "torch.FloatTensor", "torch.LongTensor", "torch.IntTensor", "torch.DoubleTensor",
          "torch.cuda.FloatTensor")  # fmt: skip
def tensor(call: Call) -> Value:
    """Data as a tensor."""
    value = call.get(0, "data")
    array = array_of(call.machine, call.site, value)
    if array is None and not isinstance(value, Opaque):
        return Opaque("a tensor")
    if array is None:
        array = call.machine.array("data", call.site)
    dtype = dtype_name(call.get(1, "dtype"), _TYPES.get(call.path.rsplit(".", 1)[-1], array.dtype))
    copied = not isinstance(value, ArrayRef) or call.path.rsplit(".", 1)[-1] in {"tensor", "Variable", "from_numpy"}
    return ArrayRef(call.machine.derive(array, "cast", call.site, dtype=dtype, cut=call.site if copied else None))


@method("array", "detach_")
def detach_in_place(call: Call) -> Value:
    """x.detach_(): every name of this tensor sees it."""
    assert isinstance(call.receiver, ArrayRef)
    detached = call.machine.derive(call.own, "cast", call.site, cut=call.site)
    call.machine.heap.write(call.receiver, "array", detached)
    return call.receiver


_TYPES = {"Tensor": "float", "FloatTensor": "float", "DoubleTensor": "float", "LongTensor": "int", "IntTensor": "int"}


@function("torch.rand", "torch.randn", "torch.zeros", "torch.ones", "torch.randint", "torch.empty", "torch.full",
          "torch.arange", "torch.linspace")  # fmt: skip
def generated(call: Call) -> Value:
    """Tensors from generators."""
    name = call.path.rsplit(".", 1)[-1]
    sizes = call.args[0] if call.args and isinstance(call.args[0], Sequence) else Sequence("tuple", call.args)
    shape = tuple(size_of(item) for item in sizes.items) if sizes.items is not None else None
    quantity = Quantity()
    label = call.machine.text(call.node)
    if name == "rand":
        quantity = quantities.uniform(0.0, 1.0, label, call.site)
    elif name == "randn":
        quantity = quantities.normal(0.0, 1.0, label, call.site)
    elif name == "randint":
        return _randint(call, label)
    elif name == "linspace":
        low, high = settled(call.get(0, "start")), settled(call.get(1, "end"))
        if isinstance(low, int | float) and isinstance(high, int | float):
            quantity = quantities.uniform(float(low), float(high), label, call.site)
        shape = None
    elif name == "arange":
        shape = (size_of(call.args[0]),) if len(call.args) == 1 else (None,)
    op = "zeros" if name in {"zeros", "empty"} else "generate"
    dtype = dtype_name(call.get(None, "dtype"), "" if name in {"arange", "full"} else "float")
    constant = {"zeros": 0.0, "ones": 1.0}.get(name)
    settings: dict[str, Setting] = {"constant": Known(constant)} if constant is not None else {}
    if "requires_grad" in call.keywords:
        settings["requires_grad"] = call.setting(None, "requires_grad")
    if name in {"rand", "randn"}:
        settings |= call.machine.drawn()
    facts: dict[str, Any] = {"shape": shape, "quantity": quantity, "dtype": dtype, "settings": settings}
    return ArrayRef(call.machine.source(op, call.site, **facts))


def _randint(call: Call, label: str) -> Value:
    numbers = [settled(value) for value in call.args]
    bounds = [number for number in numbers if isinstance(number, int)][:2]
    low, high = (0, bounds[0]) if len(bounds) == 1 else (bounds[0], bounds[1]) if bounds else (0, 0)
    kind = Kind.CLASSES if high - low <= 20 else Kind.TOKENS
    shape_value = next((value for value in call.args if isinstance(value, Sequence)), None)
    shape = tuple(size_of(i) for i in shape_value.items) if shape_value is not None and shape_value.items else None
    facts: dict[str, Any] = {"shape": shape, "quantity": Quantity(kind, low, high - 1, label=label), "dtype": "int"}
    return ArrayRef(call.machine.source("generate", call.site, **facts, settings=call.machine.drawn()))


@function("torch.cat", "torch.stack", "torch.concat", "torch.hstack", "torch.vstack")
def joined(call: Call) -> Value:
    """Several tensors in one."""
    name = call.path.rsplit(".", 1)[-1]
    axis = 1 if name == "hstack" else settled(call.get(1, "dim"), 0)
    tensors = call.get(0, "tensors")
    made = stack(call.machine, call.site, tensors, name == "stack", axis if isinstance(axis, int) else 0)
    items = tensors.items if isinstance(tensors, Sequence) else None
    if axis == -1 and name != "stack" and items and isinstance(made, ArrayRef) and made.array.shape is None:
        widths = [width_of(item.array) if isinstance(item, ArrayRef) else None for item in items]
        if None not in widths:
            total = sum(width for width in widths if width is not None)
            return ArrayRef(call.machine.derive(made.array, "join", call.site, settings={"width": Known(total)}))
    return made


@function("torch.nn.utils.rnn.pad_sequence")
def pad_sequence(call: Call) -> Value:
    """Sequences of different length in one batch, padded behind unless told otherwise."""
    sequences = call.get(0, "sequences")
    stacked = stack(call.machine, call.site, sequences, new_axis=True)
    if isinstance(sequences, Sequence) and sequences.items is not None and len(sequences.items) == 1:
        return stacked  # one sequence alone is as long as the longest
    side = settled(call.get(3, "padding_side"), "right")
    first: Setting = Known("pre" if side == "left" else "post")
    base = stacked.array if isinstance(stacked, ArrayRef) else call.machine.array("sequences", call.site)
    of_floats = base.quantity.kind not in {Kind.TOKENS, Kind.CLASSES}
    value = call.setting(2, "padding_value", Known(0.0))
    if isinstance(given := call.get(2, "padding_value"), Symbol):
        value = Known(given.size)
    padding = Padding(call.site, first, of_floats, "pad_sequence", value)
    call.machine.record.paddings.append(padding)
    settings: dict[str, Setting] = {"batch_first": call.setting(1, "batch_first", Known(False))}
    batch_first = settled(call.get(1, "batch_first"), False)
    facts: dict[str, Any] = {"padding": padding, "shape": _padded_shape(base, batch_first), "axes": ()}
    if isinstance(batch_first, bool):
        facts["axes"] = ("batch", "time") if batch_first else ("time", "batch")
    return ArrayRef(call.machine.derive(base, "pad", call.site, settings=settings, **facts))


def _padded_shape(base: Array, batch_first: object) -> Any:
    """Samples and steps first, then what a step holds."""
    if base.shape is None or len(base.shape) < 2 or not isinstance(batch_first, bool):
        return None
    leading = (base.shape[0], None) if batch_first else (None, base.shape[0])
    return (*leading, *base.shape[2:])


@function("torch.no_grad", "torch.inference_mode", "torch.autograd.no_grad")
def no_grad(call: Call) -> Value:
    """with torch.no_grad()."""
    return Thing("no_grad", call.site)


@function("torch.set_grad_enabled")
def set_grad_enabled(call: Call) -> Value:
    """with torch.set_grad_enabled(flag)."""
    return Thing("no_grad" if settled(call.get(0, "mode")) is False else "grad", call.site)


@function("torch.save")
def silent(call: Call) -> Value:
    """Calls without effect on what is known."""
    return Const(None)


@function("torch.mean", "torch.sum", "torch.max", "torch.min", "torch.std", "torch.flatten", "torch.transpose",
          "torch.permute", "torch.reshape", "torch.abs", "torch.log", "torch.exp", "torch.sqrt", "torch.sin",
          "torch.cos", "torch.clamp")  # fmt: skip
def as_method(call: Call) -> Value:
    """torch.f(x, ...) as x.f(...)."""
    from rnnlint.frontend.dispatch import METHODS

    name = call.path.rsplit(".", 1)[-1]
    source = call.array(0, "input")
    handler = METHODS.get(("array", name))
    if source is None or handler is None:
        return Opaque(f"what torch.{name} returns is not known")
    return handler(Call(call.machine, call.node, call.args[1:], call.keywords, source, name))


@method("array", "size")
def size(call: Call) -> Value:
    """x.size(), x.size(i)."""
    from rnnlint.frontend.machine import number

    assert isinstance(call.receiver, ArrayRef)
    array, axis = call.receiver.array, settled(call.get(0, "dim"))
    if isinstance(axis, int):
        found = call.machine.dimension(array, axis)
        return number(found) if found is not None else Opaque("a size")
    return call.machine.attribute(call.receiver, "shape", call.node)


@attribute("", "backward")
def unknown_backward(call: Call) -> Value:
    """The gradients of something that is not known."""
    call.machine.happen("unknown backward", call.node)
    return Opaque("the gradients of something that is not known")


@method("array", "new_zeros", "new_ones", "new_empty", "new_full")
def new_like(call: Call) -> Value:
    """A tensor of one value, of another's type."""
    sizes = call.args[0] if call.args and isinstance(call.args[0], Sequence) else Sequence("tuple", call.args)
    shape = tuple(size_of(item) for item in sizes.items) if sizes.items is not None else None
    return ArrayRef(call.machine.source("zeros", call.site, shape=shape, dtype=call.own.dtype))


@function("torch.zeros_like", "torch.ones_like", "torch.rand_like", "torch.randn_like", "torch.empty_like")
def like(call: Call) -> Value:
    """A tensor of another's shape."""
    source = call.array(0, "input")
    if source is None:
        return Opaque("a tensor like one that is not known")
    facts: dict[str, Any] = {"shape": source.array.shape, "axes": source.array.axes, "layout": source.array.layout}
    op = "zeros" if "zeros" in call.path or "empty" in call.path else "generate"
    return ArrayRef(call.machine.array(op, call.site, **facts, dtype="float"))


@method("array", "unfold")
def unfold(call: Call) -> Value:
    """Windows along the first axis."""
    base, axis = call.own, settled(call.get(0, "dimension"))
    width, step = size_of(call.get(1, "size")), settled(call.get(2, "step"))
    reach = windows_of(width, step) if axis == 0 else base.reach
    if axis != 0 or base.shape is None:
        return ArrayRef(call.machine.derive(base, "windows", call.site, shape=None, reach=reach))
    rows, size = known_int(base.shape[0]), known_int(width)
    count = (rows - size) // step + 1 if rows and size and isinstance(step, int) and step > 0 else None
    shape = (count, *base.shape[1:], width)
    axes = ("batch", "time") if len(shape) == 2 else ("batch",)
    return ArrayRef(call.machine.derive(base, "windows", call.site, shape=shape, axes=axes, reach=reach))


@method("array", "chunk", "split", "unbind")
@function("torch.chunk", "torch.split", "torch.unbind")
def parts(call: Call) -> Value:
    """A tensor in parts along an axis."""
    method_call = isinstance(call.receiver, ArrayRef)
    source = call.receiver if method_call else call.get(0, "input")
    count = settled(call.get(0 if method_call else 1, "chunks"))
    if not isinstance(source, ArrayRef):
        return Opaque("parts of a tensor that is not known")
    axis = settled(call.get(1 if method_call else 2, "dim"), 0)
    part = _part(call, source.array, axis if isinstance(axis, int) else 0)
    if call.path.endswith("chunk") and isinstance(count, int) and 0 < count <= 16:
        return Sequence("tuple", (part,) * count)
    return Sequence("tuple", None, part)


def _part(call: Call, base: Array, axis: int) -> ArrayRef:
    shape: Any = None
    if base.shape is not None and -len(base.shape) <= axis < len(base.shape):
        place = axis % len(base.shape)
        shape = (*base.shape[:place], None, *base.shape[place + 1 :])
    facts: dict[str, Any] = {"shape": shape, "axes": base.axes, "recurrent_output": None}
    return ArrayRef(call.machine.derive(base, "part", call.site, **facts))


@method("array", "expand")
def expand(call: Call) -> Value:
    """Axes of length 1 repeated; -1 leaves a size as it is."""
    base = call.own
    given = call.args[0].items if call.args and isinstance(call.args[0], Sequence) else call.args
    sizes = [size_of(value) for value in given or ()]
    kept = [None if size == -1 else size for size in sizes]
    if base.shape is not None and len(base.shape) == len(kept):
        kept = [old if size == -1 else size for size, old in zip(sizes, base.shape, strict=True)]
    facts: dict[str, Any] = {"shape": tuple(kept) if kept else None, "recurrent_output": None}
    made = call.machine.derive(base, "expand", call.site, **facts, settings=_width_kept(base, sizes))
    return ArrayRef(made)


def _width_kept(base: Array, sizes: list[Any]) -> dict[str, Setting]:
    width = width_of(base)
    return {"width": Known(width)} if width is not None and sizes and sizes[-1] == -1 else {}


@method("array", "bmm", "matmul", "mm")
@function("torch.bmm", "torch.matmul", "torch.mm")
def product(call: Call) -> Value:
    """A product of matrices."""
    method_call = isinstance(call.receiver, ArrayRef)
    one = call.receiver if method_call else call.get(0, "input")
    two = call.get(0 if method_call else 1, "other") or call.get(None, "mat2")
    if not isinstance(one, ArrayRef) or not isinstance(two, ArrayRef):
        return Opaque("a product with a tensor that is not known")
    return ArrayRef(multiplied(call.machine, one.array, two.array, call.site))


@function("torch.nn.functional.one_hot")
def one_hot(call: Call) -> Value:
    """Class numbers as whole-number rows of 0 and 1."""
    source = call.array(0, "tensor")
    if source is None:
        return Opaque("rows of classes that are not known")
    base, count = source.array, size_of(call.get(1, "num_classes"))
    quantity = Quantity(Kind.ONE_HOT, 0.0, 1.0, label="one_hot", site=call.site, nominal=True)
    shape = (*base.shape, count) if base.shape is not None else None
    facts: dict[str, Any] = {"shape": shape, "axes": base.axes, "quantity": quantity, "dtype": "int"}
    return ArrayRef(call.machine.derive(base, "one_hot", call.site, **facts))


@method("array", "eq")
@function("torch.eq")
def equality(call: Call) -> Value:
    """x == y."""
    method_call = isinstance(call.receiver, ArrayRef)
    one = call.receiver if method_call else call.get(0, "input")
    two = call.get(0 if method_call else 1, "other")
    if not isinstance(one, ArrayRef) or two is None:
        return Opaque("a comparison with values that are not known")
    return comparison(call.machine, "==", one, two, call.node)


@method("array", "sort", "argsort")
@function("torch.sort", "torch.argsort", "numpy.argsort", "numpy.sort")
def sort(call: Call) -> Value:
    """Values in order, with their places; or the places alone."""
    method_call = isinstance(call.receiver, ArrayRef)
    source = call.receiver if method_call else call.get(0, "input")
    note_sort(call, source)
    if not isinstance(source, ArrayRef):
        return Opaque("an order")
    ordered = ArrayRef(call.machine.derive(source.array, "sorted", call.site, columns={}))
    order = ArrayRef(call.machine.array("order", call.site))
    if call.path.endswith("argsort"):
        return order
    return Sequence("tuple", (ordered, order)) if call.path != "numpy.sort" else ordered
