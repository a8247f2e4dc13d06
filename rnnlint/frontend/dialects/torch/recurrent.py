"""What recurrent layers of torch return: outputs of all steps, final states, tuples of both; packed batches."""

from __future__ import annotations

from typing import Any

from rnnlint.frontend import arrangement, layer_shapes
from rnnlint.frontend.dispatch import Call, function
from rnnlint.frontend.machine import size_of
from rnnlint.frontend.values import ArrayRef, Const, Opaque, Sequence, Thing, Union, Value, settled
from rnnlint.program.data import Array, Kind, Quantity
from rnnlint.program.network import Layer
from rnnlint.program.size import Linear, Size, known_int
from rnnlint.program.value import Known, Setting, known


def apply(call: Call, layer: Layer, source: Array, packed: bool) -> Value:
    """(output, h_n) or (output, (h_n, c_n)); a packed batch gives a packed output."""
    m, states = call.machine, states_in(call.get(1, "hx"))
    given = call.get(1, "hx")
    leading = known(layer.settings.get("batch_first")) is True
    batch, steps = (m.dimension(source, axis) for axis in ((0, 1) if leading else (1, 0)))
    kept: dict[str, Setting] = {
        "packed": Known(packed),
        "doubtful": Known(m.doubts > 0),
        "carried": Known(given is not None and not (isinstance(given, Const) and given.value is None)),
        "batch": Known(batch),
        "steps": Known(steps),
    }
    facts: dict[str, Any] = {
        **_arrangement(call, layer, source),
        "quantity": Quantity(Kind.FEATURES, -1.0, 1.0, label=layer.type_name, site=call.site),
        "columns": {},
        "recurrent_output": None,
        "settings": kept,
        "dtype": "float",
    }
    output = m.derive(source, "apply", call.site, *states, layer=layer, **facts)
    sequence = m.derive(output, "sequence", call.site, layer=None, recurrent_output=output, settings={})
    final = [_final_state(call, layer, source, output, name) for name in ("h", "c")[: 2 if layer.kind == "lstm" else 1]]
    state: Value = Sequence("tuple", tuple(final)) if layer.kind == "lstm" else final[0]
    first: Value = Thing("packed", call.site, array=ArrayRef(sequence)) if packed else ArrayRef(sequence)
    result = Sequence("tuple", (first, state))
    result.slots["recurrent"] = output
    return result


def _arrangement(call: Call, layer: Layer, source: Array) -> dict[str, Any]:
    """The output has the input's leading axes, and the layer's width as its last."""
    m, width = call.machine, layer_shapes.width(layer)
    if source.shape is not None and len(source.shape) in {2, 3}:
        return {"shape": (*source.shape[:-1], width), "axes": source.axes[: len(source.shape) - 1]}
    if source.shape is None:
        return {"shape": (m.dimension(source, 0), m.dimension(source, 1), width), "axes": source.axes[:2]}
    return {"shape": None, "axes": source.axes[:2]}


def _final_state(call: Call, layer: Layer, source: Array, output: Array, name: str) -> ArrayRef:
    m = call.machine
    first = known(layer.settings.get("batch_first")) is True
    batch: Size | None = None
    if source.shape is None or len(source.shape) == 3:
        batch = m.dimension(source, 0 if first else 1)
    units = known(layer.setting("units")) if name == "c" else state_width(layer)
    state = m.derive(
        output,
        "final_state",
        call.site,
        layer=None,
        padding=None,
        rows=None,
        shape=(state_count(layer), batch, units if isinstance(units, int) else None),
        axes=("", arrangement.BATCH if first and source.axes[:1] == (arrangement.BATCH,) else ""),
        settings={"state": Known(name)},
    )
    return ArrayRef(state)


def state_width(layer: Layer) -> object:
    """The width of h: the units, or what they are projected to."""
    projected = known(layer.settings.get("proj_size"), 0)
    return projected if projected else known(layer.setting("units"))


def state_count(layer: Layer) -> int | None:
    """The leading size of a state: layers times directions."""
    layers = known(layer.settings.get("num_layers"))
    both = known(layer.settings.get("bidirectional"))
    if not isinstance(layers, int) or not isinstance(both, bool):
        return None
    return layers * (2 if both else 1)


def apply_cell(call: Call, layer: Layer, source: Array) -> Value:
    """One step of a cell: h, or (h, c)."""
    m, states = call.machine, states_in(call.get(1, "hx"))
    units = known(layer.settings.get("units"))
    shape = (m.dimension(source, 0), units if isinstance(units, int) else None)
    quantity = Quantity(Kind.FEATURES, -1.0, 1.0, label=layer.type_name, site=call.site)
    made = [
        m.derive(
            source, "apply", call.site, *states, layer=layer, shape=shape, axes=source.axes[:1], quantity=quantity,
            columns={}, recurrent_output=None, padding=None, settings={}, dtype="float",
        )
        for _ in range(2 if layer.kind == "lstm_cell" else 1)
    ]  # fmt: skip
    if len(made) == 1:
        return ArrayRef(made[0])
    result = Sequence("tuple", tuple(ArrayRef(array) for array in made))
    result.slots["recurrent"] = made[0]
    return result


def states_in(value: Value | None) -> tuple[Array, ...]:
    """The arrays of an initial state, also those that it may only be."""
    if isinstance(value, ArrayRef):
        return (value.array,)
    if isinstance(value, Sequence) and value.items is not None:
        return tuple(array for item in value.items for array in states_in(item))
    if isinstance(value, Union):
        return tuple(array for option in value.options for array in states_in(option))
    return ()


@function("torch.nn.utils.rnn.pack_padded_sequence", "torch.nn.utils.rnn.pack_sequence")
def pack(call: Call) -> Value:
    """A packed batch: its padding is not read."""
    m, value = call.machine, call.get(0, "input")
    source = value.array if isinstance(value, ArrayRef) else m.array("parameter", call.site)
    lengths = call.get(1, "lengths")
    settings: dict[str, Setting] = {
        "batch_first": call.setting(2, "batch_first", Known(False)),
        "enforce_sorted": call.setting(1 if call.path.endswith("pack_sequence") else 3, "enforce_sorted", Known(True)),
        "sorted": Known(_sorted(value if call.path.endswith("pack_sequence") else lengths)),
    }
    facts: dict[str, Any] = {"padding": None, "settings": settings, "mask": None}
    inputs = (lengths.array,) if isinstance(lengths, ArrayRef) else ()
    return Thing("packed", call.site, array=ArrayRef(m.derive(source, "pack", call.site, *inputs, **facts)))


def _sorted(lengths: Value | None) -> bool | None:
    """Whether lengths, or sequences, stand in falling order; None where nothing is known of them.

    Those that a program counts stand in no order.
    """
    if isinstance(lengths, Sequence) and lengths.items is not None:
        numbers = [_length(item) for item in lengths.items]
        if None not in numbers:
            return numbers == sorted((n for n in numbers if n is not None), reverse=True)
        return None
    if isinstance(lengths, Sequence):
        size = size_of(lengths.element)
        if isinstance(lengths.element, ArrayRef) and lengths.element.array.op in {"part", "item"}:
            return None  # parts of one array may be equally long
        if isinstance(lengths.element, ArrayRef) or (isinstance(size, Linear) and _counted(size)):
            return False
        return None
    if isinstance(lengths, ArrayRef):
        array = lengths.array
        written = next((known(a.settings["numbers"]) for a in array.ancestry() if "numbers" in a.settings), None)
        if written is not None:
            return bool(list(written) == sorted(written, reverse=True))
        counted = any(known(a.settings.get("lengths"), False) for a in array.ancestry())
        return False if counted or _positions_counted(array) else None
    return None


def _length(item: Value) -> int | None:
    if isinstance(item, ArrayRef):
        return known_int(item.array.shape[0]) if item.array.shape else None
    number = settled(item)
    return number if isinstance(number, int) else None


def _counted(size: Linear) -> bool:
    return size.varies or size.mentions("loop")


def _positions_counted(array: Array) -> bool:
    """`(ids != 0).sum(dim=1)` of a padded batch."""
    return any(a.op == "condition" and a.inputs and a.inputs[0].padding is not None for a in array.ancestry())


@function("torch.nn.utils.rnn.pad_packed_sequence")
def unpack(call: Call) -> Value:
    """A packed output padded again: zeros behind every sequence but the longest."""
    value = call.get(0, "sequence")
    lengths = Opaque("the lengths of a batch")
    if not (isinstance(value, Thing) and value.kind == "packed"):
        return Sequence("tuple", (Opaque("a packed batch that is not known"), lengths))
    source = value.slots["array"].array
    settings: dict[str, Setting] = {"batch_first": call.setting(1, "batch_first", Known(False))}
    array = call.machine.derive(
        source,
        "unpack",
        call.site,
        settings=settings,
        recurrent_output=source.recurrent_output,
        shape=source.shape,
        axes=_unpacked_axes(settings["batch_first"]),
    )
    return Sequence("tuple", (ArrayRef(array), lengths))


def _unpacked_axes(batch_first: Setting) -> tuple[str, ...]:
    first = known(batch_first)
    if first is True:
        return (arrangement.BATCH, arrangement.TIME)
    return (arrangement.TIME, arrangement.BATCH) if first is False else ()
