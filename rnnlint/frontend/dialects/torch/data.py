"""torch.utils.data: datasets, loaders, random splits."""

from __future__ import annotations

from rnnlint.frontend.arrangement import BATCH
from rnnlint.frontend.dispatch import Call, attribute, class_kind, function, instance_kind, method
from rnnlint.frontend.machine import size_of
from rnnlint.frontend.values import (
    ArrayRef,
    Instance,
    Mapping,
    Opaque,
    Place,
    Sequence,
    Thing,
    Value,
)
from rnnlint.program.data import Array, Batch, Loader, Part, Reading, Split
from rnnlint.program.size import Size
from rnnlint.program.value import Known, Setting, Unknown

instance_kind("dataset", "torch.utils.data.Dataset", "torch.utils.data.IterableDataset",
              "torch.utils.data.dataset.Dataset")  # fmt: skip


@function("torch.utils.data.TensorDataset")
def tensor_dataset(call: Call) -> Value:
    """Tensors that are indexed together."""
    return Thing("dataset", call.site, element=Sequence("tuple", call.args))


@function("torch.utils.data.DataLoader")
def loader(call: Call) -> Value:
    """Batches of a data set."""
    dataset = call.get(0, "dataset") or Opaque()
    made = _made_loader(call, dataset)
    call.machine.record.loaders.append(made)
    return Thing(
        "loader",
        call.site,
        dataset=dataset,
        collate=call.get(None, "collate_fn") or Opaque(),
        loader=made,
    )


def _made_loader(call: Call, dataset: Value) -> Loader:
    own_batches = any(name in call.keywords for name in ("batch_sampler", "**"))
    count: Value | None = Opaque("batches are made elsewhere") if own_batches else call.get(1, "batch_size")
    hidden: Setting | None = Unknown("batches are made elsewhere") if own_batches else None
    return Loader(
        call.site,
        size_of(count) if count is not None else 1,
        _count(call, dataset),
        drop_last=call.setting(8, "drop_last", hidden or Known(False)),
        shuffle=call.setting(2, "shuffle", hidden or Known(False)),
        workers=call.setting(5, "num_workers", hidden or Known(0)),
        pinned=call.setting(7, "pin_memory", hidden or Known(False)),
    )


def _count(call: Call, dataset: Value) -> Size | None:
    """How many samples a data set holds: by its `__len__`, or those of its tensors, where they were cut or all."""
    own = dataset.cls.lookup("__len__") if isinstance(dataset, Instance) else None
    if own is not None:
        return size_of(call.machine.call(own, (dataset,), {}, call.node))
    element = dataset.slots.get("element") if isinstance(dataset, Thing) else dataset
    arrays = _arrays(element) if isinstance(element, Value) else ()
    if not arrays:
        return None
    array = arrays[0]
    last = array.rows.path[-1] if array.rows is not None and array.rows.path else None
    if last is not None and last.kind == "slice" and last.low is None and last.high is not None:
        return last.high
    return call.machine.length(array)


@method("loader", "__iter__")
def batch(call: Call) -> Value:
    """One batch: items of the data set with a batch axis, or what collate_fn makes of them."""
    assert isinstance(call.receiver, Thing)
    dataset: Value = call.receiver.slots["dataset"]
    collate: Value = call.receiver.slots["collate"]
    made: Loader = call.receiver.slots["loader"]
    whole = isinstance(dataset, Thing) and dataset.kind == "dataset"
    item, files = _items(call, dataset)
    if not _inside_a_data_set(call):
        call.machine.record.readings.extend(Reading(made, file.site()) for file in files)
    if not isinstance(collate, Opaque):
        items = Sequence("list", (item,)) if made.batch_size == 1 else Sequence("list", None, item)
        return call.machine.call(collate, (items,), {}, call.node)
    if isinstance(dataset, Opaque):
        return item
    drawn = None if call.machine.drawing else Batch(made, call.machine.fresh("batch"))
    return _batched(call, item, whole, 1 if made.batch_size == 1 else None, drawn)


def _inside_a_data_set(call: Call) -> bool:
    """Whether a data set draws from a loader of its own, which the workers of the loader around it run."""
    return any(frame.owner is not None and class_kind(frame.owner) == "dataset" for frame in call.machine.frames)


def _batched(call: Call, item: Value, whole: bool, count: Size | None, drawn: Batch | None) -> Value:
    """The item with an axis of samples before its own; tensors that are whole data sets have it already."""
    if isinstance(item, ArrayRef):
        base = item.array
        shape: tuple[Size | None, ...] | None = None
        if base.shape is not None:
            shape = (count or call.machine.fresh("batch"), *(base.shape[1:] if whole else base.shape))
        axes = (BATCH, *(base.axes[1:] if whole else base.axes))
        facts = {"shape": shape, "axes": axes, "name": base.name, "batch": drawn}
        return ArrayRef(call.machine.derive(base, base.op, base.site, **facts))
    if isinstance(item, Sequence) and item.items is not None:
        return Sequence(item.kind, tuple(_batched(call, value, whole, count, drawn) for value in item.items))
    if isinstance(item, Mapping):
        entries = {key: _batched(call, value, whole, count, drawn) for key, value in item.slots.items()}
        return Mapping(entries, item.complete)
    if isinstance(item, Opaque):
        return ArrayRef(call.machine.array("batch", call.site, axes=(BATCH,), batch=drawn))
    return item


@attribute("loader", "dataset")
def loader_dataset(call: Call) -> Value:
    """DataLoader.dataset."""
    assert isinstance(call.receiver, Thing)
    found: Value = call.receiver.slots["dataset"]
    return found


@method("dataset", "__iter__")
def each_item(call: Call) -> Value:
    """One item of a data set."""
    if isinstance(call.receiver, Thing):
        element: Value = call.receiver.slots["element"]
        return element
    return Opaque("an item of a data set")


@function("torch.utils.data.Subset")
def subset(call: Call) -> Value:
    """Some items of a data set."""
    items, files = _items(call, call.get(0, "dataset"))
    item = _part(call, items, Part("sample", call.machine.fresh("sample")))
    return Thing("dataset", call.site, element=item, files=files)


@function("torch.utils.data.random_split")
def random_split(call: Call) -> Value:
    """Items shared out at random."""
    dataset, lengths = call.get(0, "dataset"), call.get(1, "lengths")
    count = len(lengths.items) if isinstance(lengths, Sequence) and lengths.items is not None else 2
    key = ("random_split", call.site)
    item, files = _items(call, dataset)
    parts = tuple(
        Thing("dataset", call.site, element=_part(call, item, Part("split", key, index)), files=files)
        for index in range(count)
    )
    arrays = _arrays(item)
    shared = "torch" if call.get(2, "generator") is None else ""
    for rows in dict.fromkeys(array.rows for array in arrays if array.rows is not None):
        pieces = tuple(rows.select(Part("split", key, index)) for index in range(count))
        made = Split(call.site, "random_split", rows, pieces, Known(True), data=arrays, drawn_from=shared)
        call.machine.record.splits.append(made)
    return Sequence("list", parts)


def _items(call: Call, dataset: Value | None) -> tuple[Value, tuple[Place, ...]]:
    """One item of a data set, and where a file is read for each: nowhere if it may be kept, or if the data set itself
    puts items on a GPU, as workers cannot."""
    from rnnlint.frontend.iteration import element_of

    m = call.machine
    if dataset is None:
        return Opaque("no data set"), ()
    files, sends, choices = len(m.record.files), m.record.sends, len(m.branches)
    item = element_of(m, dataset, call.node)
    if isinstance(dataset, Thing):
        return item, dataset.slots.get("files", ())
    if m.record.sends > sends:
        return item, ()
    return item, tuple(place for place, around in m.record.files[files:] if around <= choices)


def _arrays(value: Value) -> tuple[Array, ...]:
    if isinstance(value, ArrayRef):
        return (value.array,)
    if isinstance(value, Sequence) and value.items is not None:
        return tuple(array for item in value.items for array in _arrays(item))
    return ()


def _part(call: Call, item: Value, part: Part) -> Value:
    """A data set of the items that a selection leaves."""
    if isinstance(item, ArrayRef):
        rows = item.array.rows.select(part) if item.array.rows is not None else None
        return ArrayRef(call.machine.derive(item.array, "rows", call.site, rows=rows))
    if isinstance(item, Sequence) and item.items is not None:
        return Sequence(item.kind, tuple(_part(call, value, part) for value in item.items))
    return item
