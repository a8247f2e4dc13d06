"""Keras' data helpers: padding, tokenizers, one-hot, windows of a series."""

from __future__ import annotations

from typing import Any

from rnnlint.frontend.dispatch import Call, attribute, function, method
from rnnlint.frontend.fitting import data_of, held_by, learn, put_through
from rnnlint.frontend.machine import size_of
from rnnlint.frontend.reaches import windows_of
from rnnlint.frontend.values import (
    ArrayRef,
    Const,
    Mapping,
    Numbering,
    Opaque,
    Sequence,
    Symbol,
    Thing,
    Value,
)
from rnnlint.frontend.vocabularies import tokens_in
from rnnlint.program import size as sizes
from rnnlint.program.data import UNKNOWN_QUANTITY, Array, Kind, Padding, Part, Quantity
from rnnlint.program.size import Linear, Size, known_int, term
from rnnlint.program.value import Known, Setting, known

NUMERIC = frozenset({Kind.RAW, Kind.GENERATED, Kind.STANDARDISED, Kind.SCALED, Kind.DIFFERENCED, Kind.LOGGED})


@function("keras.utils.pad_sequences")
def pad_sequences(call: Call) -> Value:
    """Sequences cut and filled to one length: before the data and as int32 unless told otherwise."""
    m = call.machine
    source = _sequences(call, call.get(0, "sequences"))
    maxlen, dtype = size_of(call.get(1, "maxlen")), call.setting(2, "dtype", Known("int32"))
    side: Setting = call.setting(3, "padding", Known("pre"))
    quantity = source.quantity if source is not None else UNKNOWN_QUANTITY
    integers = "int" in str(known(dtype, "?"))
    settings: dict[str, Setting] = {"dtype": dtype, "padding": side}
    inputs = (source,) if source is not None else ()
    if quantity.kind is Kind.UNKNOWN and integers:
        quantity = Quantity(Kind.TOKENS, label="pad_sequences")
    padding: Padding | None = None
    if not _equal_length(source, maxlen):
        value = call.setting(5, "value", Known(0.0))
        if isinstance(given := call.get(5, "value"), Symbol):
            value = Known(given.size)
        padding = Padding(call.site, side, not integers or quantity.kind in NUMERIC, "pad_sequences", value)
        m.record.paddings.append(padding)
    shape: tuple[Size | None, ...] | None = (None, maxlen) if integers else None
    if source is not None and source.shape is not None and len(source.shape) > 2:
        shape = (None, maxlen, *source.shape[2:])
    elif quantity.kind in NUMERIC:
        shape = None
    rows = source.rows if source is not None else None
    facts: dict[str, Any] = {"scaled_by": source.scaled_by if source is not None else frozenset()}
    result = m.array(
        "pad",
        call.site,
        *inputs,
        settings=settings,
        quantity=quantity,
        padding=padding,
        shape=shape,
        rows=rows,
        **facts,
    )
    return ArrayRef(result)


def _sequences(call: Call, value: Value | None) -> Array | None:
    """The sequences as one array with an open time axis."""
    if isinstance(value, ArrayRef):
        return value.array
    if isinstance(value, Sequence):
        from rnnlint.frontend.sequences import generic

        element = generic(call.machine, value)
        if isinstance(element, ArrayRef):
            inner = element.array
            shape = (None, *inner.shape) if inner.shape is not None else None
            return call.machine.derive(inner, "stack", call.site, shape=shape)
        if isinstance(element, Sequence):
            tokens = tokens_in(element)
            facts = {"quantity": tokens} if tokens is not None else {}
            return call.machine.array("stack", call.site, shape=(None, _length(element)), **facts)
    return None


def _length(value: Sequence) -> Size | None:
    return len(value.items) if value.items is not None and not value.slots["grown"] else None


def _equal_length(source: Array | None, maxlen: Size | None) -> bool:
    """Whether every sequence has one length by construction, so that nothing is filled in."""
    if source is None or source.shape is None or len(source.shape) < 2 or source.shape[1] is None:
        return False
    length = source.shape[1]
    if isinstance(length, Linear) and (length.mentions("unknown") or length.mentions("loop")):
        return False
    if maxlen is None or maxlen == length:
        return True
    difference = sizes.add(maxlen, length, -1)
    settled_difference = known_int(difference)
    return settled_difference is not None and settled_difference <= 0


@function("keras.utils.to_categorical")
def to_categorical(call: Call) -> Value:
    """Class numbers as one-hot rows."""
    source = call.array(0, "y")
    quantity = Quantity(Kind.ONE_HOT, 0.0, 1.0, label="to_categorical", site=call.site, nominal=True)
    if source is None:
        return ArrayRef(call.machine.array("one_hot", call.site, quantity=quantity))
    classes = size_of(call.get(1, "num_classes"))
    shape = (*source.array.shape, classes) if source.array.shape is not None else None
    return ArrayRef(
        call.machine.derive(source.array, "one_hot", call.site, quantity=quantity, padding=None, shape=shape)
    )


@function("keras.preprocessing.text.Tokenizer", "keras.preprocessing.text.text.Tokenizer")
def tokenizer(call: Call) -> Value:
    """A Tokenizer."""
    words = call.get(0, "num_words")
    return Thing("tokenizer", call.site, num_words=words if words is not None else Const(None), held=Const(None))


@method("tokenizer", "fit_on_texts", "fit_on_sequences")
def fit_on_texts(call: Call) -> Value:
    """The vocabulary learned from texts."""
    assert isinstance(call.receiver, Thing)
    learn(call, call.receiver, "Tokenizer", data_of(call, "texts"), vocabulary=True)
    return Const(None)


@method("tokenizer", "texts_to_sequences", "sequences_to_texts", "texts_to_sequences_generator")
def texts_to_sequences(call: Call) -> Value:
    """Texts as lists of word numbers, each of its own length; [0] is one list."""
    given = call.get(0, "texts")
    quantity = Quantity(Kind.TOKENS, 1.0, label="word numbers", site=call.site, last=_last_word(call))
    if not isinstance(given, ArrayRef | Opaque):
        return ArrayRef(call.machine.array("tokens", call.site, quantity=quantity))
    texts, fit = data_of(call, "texts"), next(iter(held_by(call.receiver)[-1:]), None)
    scaled_by = texts.scaled_by | ({fit} if fit is not None else frozenset())
    facts: dict[str, Any] = {"quantity": quantity, "rows": texts.rows, "scaled_by": scaled_by}
    result = call.machine.array("tokens", call.site, texts, **facts)
    put_through(call, fit, texts, result)
    return ArrayRef(result)


def _last_word(call: Call) -> Size | None:
    """The largest number that a tokenizer gives; it counts from 1."""
    assert isinstance(call.receiver, Thing)
    limit = call.receiver.slots["num_words"]
    if isinstance(limit, Const) and limit.value is None:
        return term("words", call.receiver.born)
    return limit.value - 1 if isinstance(limit, Const) and isinstance(limit.value, int) else None


@attribute("tokenizer", "word_index", "index_word", "word_counts")
def word_index(call: Call) -> Value:
    """The vocabulary, which counts from 1."""
    assert isinstance(call.receiver, Thing)
    return Mapping({}, complete=False, numbering=Numbering(1, term("words", call.receiver.born)))


def _windows(call: Call, data: ArrayRef, targets: Value | None, length: Size | None, stop_shift: int) -> Value:
    """Windows of a series as a data set of (inputs, targets)."""
    m = call.machine
    low, high = size_of(call.get(None, "start_index")), size_of(call.get(None, "end_index"))
    base = data.array
    rows = base.rows
    bounded = "start_index" in call.keywords or "end_index" in call.keywords
    if rows is not None and bounded:
        high = sizes.add(high, stop_shift) if high is not None else None
        rows = rows.select(Part("slice", None, 0, None if low == 0 else low, high))
    shape = (None, length, *base.shape[1:]) if base.shape is not None else None
    stride = size_of(call.get(None, "sequence_stride") or call.get(None, "stride") or Const(1))
    reach = windows_of(length, stride)
    inputs = m.derive(base, "windows", call.site, shape=shape, rows=rows, reach=reach)
    target = targets.array if isinstance(targets, ArrayRef) else None
    second: Value = Opaque("the targets are not known")
    if target is not None:
        kept = (
            target.rows.select(rows.path[-1])
            if target.rows is not None and bounded and rows is not None
            else target.rows
        )
        second = ArrayRef(m.derive(target, "rows", call.site, rows=kept))
    if targets is None or (isinstance(targets, Const) and targets.value is None):
        return Thing("tf_dataset", call.site, element=ArrayRef(inputs))
    return Thing("tf_dataset", call.site, element=Sequence("tuple", (ArrayRef(inputs), second)))


@function("keras.utils.timeseries_dataset_from_array")
def timeseries_dataset(call: Call) -> Value:
    """keras.utils.timeseries_dataset_from_array."""
    data = call.array(0, "data")
    if data is None:
        return Thing("tf_dataset", call.site, element=Opaque("windows of data that are not known"))
    return _windows(call, data, call.get(1, "targets"), size_of(call.get(2, "sequence_length")), 0)


@function("keras.preprocessing.sequence.TimeseriesGenerator", "keras.utils.TimeseriesGenerator")
def timeseries_generator(call: Call) -> Value:
    """TimeseriesGenerator; its end_index is inclusive."""
    data = call.array(0, "data")
    if data is None:
        return Thing("tf_dataset", call.site, element=Opaque("windows of data that are not known"))
    return _windows(call, data, call.get(1, "targets"), size_of(call.get(2, "length")), 1)
