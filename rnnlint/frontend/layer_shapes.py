"""What a layer does to the axes of an array: the shape of its output, and which axes stay what they were."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from rnnlint.program.data import Array
from rnnlint.program.network import ELEMENTWISE_KINDS, Layer
from rnnlint.program.size import Linear, Size, add, known_int, scale
from rnnlint.program.value import Known, known

Shape = tuple[Size | None, ...] | None

MERGES = frozenset({"add", "multiply", "average", "maximum", "minimum", "subtract", "concatenate"})


def output_axes(layer: Layer, source: Array) -> tuple[str, ...]:
    """Roles of the axes that a layer leaves where they are."""
    if layer.kind in ELEMENTWISE_KINDS or layer.kind == "embedding" or layer.is_set("return_sequences", True):
        return source.axes
    if layer.kind == "dense":
        return source.axes if source.shape is None else source.axes[: len(source.shape) - 1]
    if layer.kind == "conv1d" and layer.framework == "keras":
        return source.axes[:2]
    return source.axes[:1]


def merged_shape(layer: Layer, inputs: tuple[Array, ...]) -> Shape:
    """The shape of several tensors put together by a merge layer."""
    first = inputs[0].shape
    if layer.kind not in MERGES or len(inputs) < 2 or first is None:
        return None
    ranks = {len(array.shape) if array.shape is not None else None for array in inputs}
    if layer.kind != "concatenate" and len(ranks) > 1:
        return None if None in ranks else (None,) * max(rank for rank in ranks if rank is not None)
    if layer.kind != "concatenate":
        return first
    axis = known(layer.settings.get("axis"), -1)
    if any(array.shape is None or len(array.shape) != len(first) for array in inputs):
        return None
    if not isinstance(axis, int) or not -len(first) <= axis < len(first):
        return None
    total: Size = 0
    for array in inputs:
        size = array.shape[axis] if array.shape is not None else None
        if size is None:
            return (*first[:-1], None) if axis in {-1, len(first) - 1} else None
        total = add(total, size)
    place = axis % len(first)
    return (*first[:place], total, *first[place + 1 :])


def output_shape(layer: Layer, shape: Shape) -> Shape:
    """The shape that a layer makes of one."""
    if not shape:
        return shape if layer.kind in ELEMENTWISE_KINDS else None
    if layer.is_set("time_distributed", True) and len(shape) > 2:
        inner = output_shape(
            replace(layer, settings={**layer.settings, "time_distributed": Known(False)}), _step(shape)
        )
        return (shape[0], shape[1], *inner[1:]) if inner is not None else None
    if layer.kind in ELEMENTWISE_KINDS:
        return shape
    handler = _SHAPES.get("recurrent" if layer.recurrent else layer.kind)
    return handler(layer, shape) if handler is not None else None


def _step(shape: tuple[Size | None, ...]) -> tuple[Size | None, ...]:
    """The shape of one step of a sequence."""
    return (shape[0], *shape[2:])


def width(layer: Layer) -> Size | None:
    """The size of a recurrent layer's output: both directions where they are concatenated."""
    units = known(layer.settings.get("proj_size")) or known(layer.settings.get("units"))
    if isinstance(units, bool) or not isinstance(units, int | float | Linear):
        return None
    if not isinstance(layer.settings.get("bidirectional"), Known):
        return None
    both = layer.is_set("bidirectional", True) and known(layer.settings.get("merge_mode"), "concat") == "concat"
    return scale(units, 2) if both else units


def _recurrent(layer: Layer, shape: tuple[Size | None, ...]) -> Shape:
    if layer.is_set("return_sequences", True):
        return (shape[0], shape[1] if len(shape) > 1 else None, width(layer))
    return (shape[0], width(layer)) if layer.is_set("return_sequences", False) else None


def _last_axis(name: str) -> Callable[[Layer, tuple[Size | None, ...]], Shape]:
    return lambda layer, shape: (*shape[:-1], size_setting(layer, name))


def size_setting(layer: Layer, name: str) -> Size | None:
    """A setting where it is a number."""
    value = known(layer.settings.get(name))
    return value if isinstance(value, int | float) and not isinstance(value, bool) else None


def _slid(layer: Layer, shape: tuple[Size | None, ...], name: str, stride: int | None) -> Size | None:
    """The number of steps behind a window that slides over them, by default by its own size."""
    steps = known_int(shape[1]) if len(shape) == 3 and layer.framework == "keras" else None
    window = _only(known(layer.settings.get(name)))
    step = _only(known(layer.settings.get("strides"))) or stride or window
    if steps is None or window is None or step is None:
        return None
    if known(layer.settings.get("padding"), "valid") == "valid":
        return max(0, (steps - window) // step + 1)
    return -(-steps // step)


def _flattened(layer: Layer, shape: tuple[Size | None, ...]) -> Shape:
    if known(layer.settings.get("start_dim"), 1) == 0:
        return (_product(shape),)
    if known(layer.settings.get("start_dim"), 1) != 1 or known(layer.settings.get("end_dim"), -1) != -1:
        return None
    return (shape[0], _product(shape[1:]))


def _convolved(layer: Layer, shape: tuple[Size | None, ...]) -> Shape:
    filters = size_setting(layer, "filters")
    if layer.framework == "torch":
        return (shape[0], filters, None) if len(shape) == 3 else None
    return (shape[0], _slid(layer, shape, "kernel_size", 1), filters)


def _pooled(layer: Layer, shape: tuple[Size | None, ...]) -> Shape:
    if layer.framework == "torch":
        return (*shape[:-1], None)
    return (shape[0], _slid(layer, shape, "pool_size", None), shape[-1])


def _only(value: object) -> int | None:
    """A size given as a number or as a tuple of one."""
    if isinstance(value, tuple) and len(value) == 1:
        value = value[0]
    return value if isinstance(value, int) and not isinstance(value, bool) and value > 0 else None


def _target_shape(layer: Layer, shape: tuple[Size | None, ...]) -> Shape:
    target = known(layer.settings.get("target_shape"))
    if not isinstance(target, tuple):
        return None
    return (shape[0], *(size if isinstance(size, int) and size >= 0 else None for size in target))


def _product(sizes: tuple[Size | None, ...]) -> Size | None:
    result = 1
    for size in sizes:
        whole = known_int(size) if size is not None else None
        if whole is None:
            return None
        result *= whole
    return result


def _permuted(layer: Layer, shape: tuple[Size | None, ...]) -> Shape:
    dims = known(layer.settings.get("dims"))
    if not isinstance(dims, tuple) or sorted(map(str, dims)) != [str(i) for i in range(1, len(shape))]:
        return None
    return (shape[0], *(shape[i] for i in dims))


_SHAPES: dict[str, Callable[[Layer, tuple[Size | None, ...]], Shape]] = {
    "recurrent": _recurrent,
    "dense": _last_axis("units"),
    "conv1d": _convolved,
    "embedding": lambda layer, shape: (*shape, size_setting(layer, "output_dim")),
    "flatten": _flattened,
    "max_pooling1d": _pooled,
    "average_pooling1d": _pooled,
    "global_max_pooling1d": lambda layer, shape: (shape[0], shape[-1]),
    "global_average_pooling1d": lambda layer, shape: (shape[0], shape[-1]),
    "repeat_vector": lambda layer, shape: (shape[0], size_setting(layer, "n"), shape[-1]),
    "reshape": _target_shape,
    "permute": _permuted,
    "attention": lambda layer, shape: shape,
    "additive_attention": lambda layer, shape: shape,
    "multi_head_attention": lambda layer, shape: shape,
    "multihead_attention": lambda layer, shape: shape,
    "add": lambda layer, shape: shape,
    "multiply": lambda layer, shape: shape,
    "average": lambda layer, shape: shape,
}
