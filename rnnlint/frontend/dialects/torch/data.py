"""torch.utils.data: datasets, loaders, random splits."""

from __future__ import annotations

from rnnlint.frontend.arrangement import BATCH
from rnnlint.frontend.dispatch import Call, attribute, function, instance_kind, method
from rnnlint.frontend.values import (
    ArrayRef,
    Const,
    Mapping,
    Opaque,
    Sequence,
    Thing,
    Value,
    settled,
)
from rnnlint.program.data import Array, Part, Split
from rnnlint.program.size import Size
from rnnlint.program.value import Known

instance_kind("dataset", "torch.utils.data.Dataset", "torch.utils.data.IterableDataset",
              "torch.utils.data.dataset.Dataset")  # fmt: skip


@function("torch.utils.data.TensorDataset")
def tensor_dataset(call: Call) -> Value:
    """Tensors that are indexed together."""
    return Thing("dataset", call.site, element=Sequence("tuple", call.args))


@function("torch.utils.data.DataLoader")
def loader(call: Call) -> Value:
    """Batches of a data set."""
    single = settled(call.get(1, "batch_size"), 1) == 1
    return Thing(
        "loader",
        call.site,
        dataset=call.get(0, "dataset") or Opaque(),
        collate=call.get(None, "collate_fn") or Opaque(),
        single=Const(single),
    )


@method("loader", "__iter__")
def batch(call: Call) -> Value:
    """One batch: items of the data set with a batch axis, or what collate_fn makes of them."""
    from rnnlint.frontend.iteration import element_of

    assert isinstance(call.receiver, Thing)
    dataset: Value = call.receiver.slots["dataset"]
    collate: Value = call.receiver.slots["collate"]
    whole = isinstance(dataset, Thing) and dataset.kind == "dataset"
    item = (
        dataset.slots["element"]
        if whole and isinstance(dataset, Thing)
        else element_of(call.machine, dataset, call.node)
    )
    if not isinstance(collate, Opaque):
        single = settled(call.receiver.slots["single"]) is True
        items = Sequence("list", (item,)) if single else Sequence("list", None, item)
        return call.machine.call(collate, (items,), {}, call.node)
    if isinstance(dataset, Opaque):
        return item
    return _batched(call, item, whole, settled(call.receiver.slots["single"]) is True)


def _batched(call: Call, item: Value, whole: bool, single: bool) -> Value:
    """The item with an axis of samples before its own; tensors that are whole data sets have it already."""
    count = 1 if single else call.machine.fresh("batch")
    if isinstance(item, ArrayRef):
        base = item.array
        shape: tuple[Size | None, ...] | None = None
        if base.shape is not None:
            shape = (count, *(base.shape[1:] if whole else base.shape))
        axes = (BATCH, *(base.axes[1:] if whole else base.axes))
        return ArrayRef(call.machine.derive(base, base.op, base.site, shape=shape, axes=axes, name=base.name))
    if isinstance(item, Sequence) and item.items is not None:
        return Sequence(item.kind, tuple(_batched(call, value, whole, single) for value in item.items))
    if isinstance(item, Mapping):
        entries = {key: _batched(call, value, whole, single) for key, value in item.slots.items()}
        return Mapping(entries, item.complete)
    if isinstance(item, Opaque):
        return ArrayRef(call.machine.array("batch", call.site, axes=(BATCH,)))
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
    item = _part(call, _items(call, call.get(0, "dataset")), Part("sample", call.machine.fresh("sample")))
    return Thing("dataset", call.site, element=item)


@function("torch.utils.data.random_split")
def random_split(call: Call) -> Value:
    """Items shared out at random."""
    dataset, lengths = call.get(0, "dataset"), call.get(1, "lengths")
    count = len(lengths.items) if isinstance(lengths, Sequence) and lengths.items is not None else 2
    key = ("random_split", call.site)
    item = _items(call, dataset)
    parts = tuple(
        Thing("dataset", call.site, element=_part(call, item, Part("split", key, index))) for index in range(count)
    )
    arrays = _arrays(item)
    for rows in dict.fromkeys(array.rows for array in arrays if array.rows is not None):
        pieces = tuple(rows.select(Part("split", key, index)) for index in range(count))
        call.machine.record.splits.append(Split(call.site, "random_split", rows, pieces, Known(True), data=arrays))
    return Sequence("list", parts)


def _items(call: Call, dataset: Value | None) -> Value:
    from rnnlint.frontend.iteration import element_of

    return element_of(call.machine, dataset, call.node) if dataset is not None else Opaque("no data set")


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
