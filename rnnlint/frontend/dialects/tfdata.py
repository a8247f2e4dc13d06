"""tf.data: data sets as pipelines."""

from __future__ import annotations

from rnnlint.frontend.dispatch import Call, attribute, function, method
from rnnlint.frontend.machine import size_of
from rnnlint.frontend.stacking import array_of
from rnnlint.frontend.values import ArrayRef, Const, Function, Mapping, Opaque, Sequence, Thing, Value, settled
from rnnlint.program.data import Kind, Padding, Part
from rnnlint.program.value import Known


def _element(call: Call) -> Value:
    assert isinstance(call.receiver, Thing)
    element: Value = call.receiver.slots["element"]
    return element


@function("tensorflow.data.Dataset.from_tensor_slices", "tensorflow.data.Dataset.from_tensors")
def from_tensor_slices(call: Call) -> Value:
    """A data set over the rows of arrays."""
    return Thing("tf_dataset", call.site, element=call.get(0, "tensors") or Opaque())


@function("tensorflow.data.Dataset.from_generator")
def from_generator(call: Call) -> Value:
    """A data set of what a generator yields."""
    source = call.get(0, "generator")
    items = call.machine.call(source, (), {}, call.node) if isinstance(source, Function) else Opaque()
    element = items.element if isinstance(items, Sequence) else None
    item = element or Opaque("an item of a data set")
    return Thing("tf_dataset", call.site, element=item, batched=Const(True))  # items without an axis of samples


@function("tensorflow.data.TextLineDataset", "tensorflow.data.TFRecordDataset",
          "tensorflow_datasets.load")  # fmt: skip
def unknown_source(call: Call) -> Value:
    """A data set whose items are not known."""
    return Thing("tf_dataset", call.site, element=Opaque("an item of a data set"))


@function("tensorflow.data.Dataset.zip")
def zipped(call: Call) -> Value:
    """Data sets side by side."""
    given = call.args[0] if len(call.args) == 1 else Sequence("tuple", call.args)
    items = given.items if isinstance(given, Sequence) else None
    if items is None or not all(isinstance(item, Thing) for item in items):
        return Thing("tf_dataset", call.site, element=Opaque("items of data sets"))
    elements = tuple(item.slots["element"] for item in items if isinstance(item, Thing))
    return Thing("tf_dataset", call.site, element=Sequence("tuple", elements))


@method("tf_dataset", "batch")
def batched(call: Call) -> Value:
    """Items put together: the samples' axis is that of the whole data, a second one comes before it."""
    assert isinstance(call.receiver, Thing)
    element = _element(call)
    twice = settled(call.receiver.slots.get("batched")) is True
    return Thing("tf_dataset", call.site, element=_deeper(call, element) if twice else element, batched=Const(True))


def _deeper(call: Call, value: Value) -> Value:
    if isinstance(value, ArrayRef):
        return ArrayRef(call.machine.derive(value.array, value.array.op, value.array.site, shape=None))
    if isinstance(value, Sequence) and value.items is not None:
        return Sequence(value.kind, tuple(_deeper(call, item) for item in value.items))
    return value


@method("tf_dataset", "shuffle", "prefetch", "cache", "repeat", "unbatch", "with_options", "as_numpy_iterator",
        "apply", "concatenate", "enumerate", "filter", "rebatch")  # fmt: skip
def same(call: Call) -> Value:
    """Steps that keep what is known of the items."""
    return call.receiver


@method("tf_dataset", "map")
def mapped(call: Call) -> Value:
    """Each item through a function."""
    element = _element(call)
    args = element.items if isinstance(element, Sequence) and element.items is not None else (element,)
    result = call.machine.call(call.args[0], args, {}, call.node) if call.args else Opaque()
    return _like(call, result)


@method("tf_dataset", "take", "skip")
def part(call: Call) -> Value:
    """The first items, or those after them."""
    count = size_of(call.get(0, "count"))
    if count is None:
        key = ("items", call.site)
        selection = Part("split", key, 0 if call.path == "take" else 1)
    elif call.path == "take":
        selection = Part("slice", None, 0, None, count)
    else:
        selection = Part("slice", None, 0, count, None)
    return _like(call, _selected(call, _element(call), selection))


def _like(call: Call, element: Value) -> Thing:
    """A data set of other items, batched as this one is."""
    made = Thing("tf_dataset", call.site, element=element)
    if isinstance(call.receiver, Thing) and "batched" in call.receiver.slots:
        made.slots["batched"] = Const(True)
    return made


def _selected(call: Call, value: Value, selection: Part) -> Value:
    if isinstance(value, ArrayRef):
        rows = value.array.rows.select(selection) if value.array.rows is not None else None
        return ArrayRef(call.machine.derive(value.array, "rows", call.site, rows=rows))
    if isinstance(value, Sequence) and value.items is not None:
        return Sequence(value.kind, tuple(_selected(call, item, selection) for item in value.items))
    if isinstance(value, Mapping):
        return Mapping({k: _selected(call, v, selection) for k, v in value.slots.items()}, value.complete)
    return value


@method("tf_dataset", "padded_batch")
def padded_batch(call: Call) -> Value:
    """Batches filled up behind each item."""

    def padded(value: Value) -> Value:
        array = array_of(call.machine, call.site, value) or call.machine.array("sequences", call.site)
        floats = array.quantity.kind not in {Kind.TOKENS, Kind.CLASSES, Kind.UNKNOWN}
        padding = Padding(call.site, Known("post"), floats, "padded_batch", call.setting(2, "padding_values", Known(0)))
        call.machine.record.paddings.append(padding)
        return ArrayRef(call.machine.derive(array, "pad", call.site, padding=padding, shape=None))

    element = _element(call)
    if isinstance(element, Sequence) and element.items:
        element = Sequence(element.kind, (padded(element.items[0]), *element.items[1:]))
    else:
        element = padded(element)
    return Thing("tf_dataset", call.site, element=element)


@method("tf_dataset", "__iter__")
def each(call: Call) -> Value:
    """One item or batch."""
    return _element(call)


@attribute("tf_dataset", "element_spec", "class_names")
def facts(call: Call) -> Value:
    """What the data set says of itself."""
    return Opaque("a property of a data set")


@method("tf_dataset", "cardinality", "save", "reduce")
def counts(call: Call) -> Value:
    """Numbers about a data set."""
    return Const(None)
