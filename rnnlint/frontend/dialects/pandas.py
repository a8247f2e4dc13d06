"""pandas: files read, columns, rows by position, label and condition."""

from __future__ import annotations

import re
from pathlib import PurePosixPath
from typing import Any

from rnnlint.frontend import indexing, quantities
from rnnlint.frontend.dispatch import Call, attribute, function, method
from rnnlint.frontend.machine import size_of
from rnnlint.frontend.stacking import array_of, stack
from rnnlint.frontend.values import ArrayRef, Const, Mapping, Opaque, Sequence, Thing, Value, options_of, settled
from rnnlint.program import size as sizes
from rnnlint.program.data import UNKNOWN_QUANTITY, Array, Kind, Part, Quantity, Rows, Timeline
from rnnlint.program.value import Known
from rnnlint.source.prepared import prepared_near

# A file that says of itself that its values were prepared elsewhere.
_PREPARED = re.compile(
    r"scaled|normali[sz]ed|standardi[sz]ed|processed|prepared|transformed|encoded|embedd|features?\b", re.I
)
_READERS = ("read_csv", "read_excel", "read_table", "read_parquet", "read_hdf", "read_json", "read_feather", "read_sql",
            "read_pickle", "read_fwf")  # fmt: skip
_PRICES = ("yfinance.download", "pandas_datareader.DataReader", "pandas_datareader.data.DataReader",
           "pandas_datareader.data.get_data_yahoo", "pandas_datareader.get_data_yahoo", "quandl.get",
           "Quandl.get")  # fmt: skip
_POINT_IN_TIME = re.compile(r"(?<![a-z])(date|time|datetime|timestamp|month|year|day|hour)s?(?![a-z])", re.I)


@function(*(f"pandas.{name}" for name in _READERS))
def read(call: Call) -> Value:
    """A table from a file."""
    quantity = UNKNOWN_QUANTITY if _prepared(call) else Quantity(Kind.RAW, site=call.site)
    table = call.machine.source("read", call.site, quantity=quantity, timeline=_dated(call))
    names = indexing.column_names(call.get(None, "usecols") or Opaque())
    if names is not None:
        return indexing.select_columns(call.machine, ArrayRef(table), names, True, call.site)
    return ArrayRef(table)


def _prepared(call: Call) -> bool:
    """Whether the file's name says that its values were processed, or another script of the project scales them."""
    given = call.get(0, "filepath_or_buffer")
    paths = [path for option in options_of(given or Opaque()) if isinstance(path := settled(option), str)]
    if any(_PREPARED.search(path) for path in paths):
        return True
    written = prepared_near(call.machine.entry.document.path) if paths else frozenset()
    return any(PurePosixPath(path.replace("\\", "/")).name in written for path in paths)


def _dated(call: Call) -> Timeline | None:
    """The dates that a file is read with as its rows' labels."""
    label, parsed = call.get(None, "index_col"), call.get(None, "parse_dates")
    if label is None or settled(label, 0) is None:
        return None
    named = _is_date(label)
    if not named and (parsed is None or settled(parsed) is False):
        return None
    return Timeline("its rows are labelled with dates", call.site)


def _is_date(value: Value | None) -> bool:
    """Whether the one column that is named holds points in time."""
    names = indexing.column_names(value) if value is not None else None
    return names is not None and len(names) == 1 and bool(_POINT_IN_TIME.search(names[0]))


@method("array", "set_index", "sort_values")
def by_date(call: Call) -> Value:
    """Rows labelled or sorted by a column of dates are in the order of time."""
    facts: dict[str, Any] = {}
    labelled = call.path == "set_index"
    if _is_date(call.get(0, "keys" if labelled else "by")):
        facts["timeline"] = Timeline(f"its rows are {'labelled with' if labelled else 'sorted by'} dates", call.site)
    return _in_place(call, call.machine.derive(call.own, "cast", call.site, **facts))


@method("array", "groupby")
def grouped(call: Call) -> Value:
    """Rows put together by what they share: by dates they stay a series, by anything else they become several."""
    dated = _is_date(call.get(0, "by"))
    timeline = Timeline("its rows are grouped by dates", call.site) if dated else None
    facts: dict[str, Any] = {"quantity": UNKNOWN_QUANTITY, "columns": {}, "shape": None, "reach": None}
    op = "function" if dated else "group"
    return ArrayRef(call.machine.derive(call.own, op, call.site, **facts, timeline=timeline))


def _in_place(call: Call, result: Array) -> Value:
    """The result of a method, which takes the table's place if the call says so."""
    if settled(call.get(None, "inplace")) is True and isinstance(call.receiver, ArrayRef):
        call.machine.heap.write(call.receiver, "array", result)
        return Const(None)
    return ArrayRef(result)


@function(*_PRICES)
def download(call: Call) -> Value:
    """Prices from a service."""
    return _prices(call, call.path.split(".", 1)[0])


def _prices(call: Call, service: str) -> Value:
    quantity = Quantity(Kind.RAW, label=f"prices from {service}", site=call.site, large=True)
    timeline = Timeline("they are prices of one day after another", call.site)
    return ArrayRef(call.machine.source("read", call.site, quantity=quantity, timeline=timeline))


@function("yfinance.Ticker")
def ticker(call: Call) -> Value:
    """One share at a service."""
    return Thing("ticker", call.site)


@method("ticker", "history")
def history(call: Call) -> Value:
    """Its prices."""
    return _prices(call, "yfinance")


@function("pandas.DataFrame", "pandas.Series")
def frame(call: Call) -> Value:
    """A table from arrays, a list or a dictionary of columns."""
    given = call.get(0, "data")
    if isinstance(given, Mapping):
        columns: dict[str, Quantity] = {}
        arrays: list[Array] = []
        for name, value in given.slots.items():
            array = array_of(call.machine, call.site, value)
            columns[str(name)] = array.quantity if array is not None else UNKNOWN_QUANTITY
            arrays.extend([array] if array is not None else [])
        base = arrays[0] if arrays else None
        facts: dict[str, Any] = {"columns": columns, "quantity": quantities.combine(list(columns.values()))}
        if base is None:
            return ArrayRef(call.machine.source("frame", call.site, **facts))
        return ArrayRef(call.machine.derive(base, "frame", call.site, *arrays[1:], shape=(None, len(columns)), **facts))
    array = array_of(call.machine, call.site, given)
    if array is None:
        return ArrayRef(call.machine.source("frame", call.site))
    return ArrayRef(call.machine.derive(array, "frame", call.site))


@function("pandas.concat", "pandas.merge")
def concat(call: Call) -> Value:
    """Tables joined."""
    if call.path.endswith("merge"):
        left = call.array(0, "left")
        right = call.array(1, "right")
        return _beside(call, left.array, right) if left is not None else Opaque("a table")
    parts = call.get(0, "objs")
    beside = settled(call.get(1, "axis"), 0) in {1, "columns"}
    joined_parts = stack(call.machine, call.site, parts, new_axis=False, axis=int(beside))
    if isinstance(joined_parts, ArrayRef) and not beside and joined_parts.array.rows is None:
        below = Rows(call.machine.unique())  # rows of several tables are the rows of a new one
        joined_parts = ArrayRef(call.machine.derive(joined_parts.array, "join", call.site, rows=below))
    members = parts.items if isinstance(parts, Sequence) else None
    kinds = {item.array.quantity.kind for item in members or () if isinstance(item, ArrayRef)}
    if isinstance(joined_parts, ArrayRef) and len(kinds) > 1:
        return ArrayRef(call.machine.derive(joined_parts.array, "join", call.site, quantity=UNKNOWN_QUANTITY))
    return joined_parts


def _beside(call: Call, left: Array, right: ArrayRef | None) -> Value:
    """Two tables side by side: a column is as its own table has it, so columns nobody changed are not judged."""
    if right is None:
        return ArrayRef(call.machine.derive(left, "join", call.site, quantity=UNKNOWN_QUANTITY, shape=None))
    other = right.array
    alike = left.quantity.kind is other.quantity.kind
    columns = {**other.columns, **left.columns}
    quantity = left.quantity if alike else UNKNOWN_QUANTITY
    scaled_by = left.scaled_by | other.scaled_by
    facts: dict[str, Any] = {"quantity": quantity, "columns": columns, "scaled_by": scaled_by, "shape": None}
    facts["timeline"] = left.timeline or other.timeline
    return ArrayRef(call.machine.derive(left, "join", call.site, other, **facts))


@function("pandas.to_datetime", "pandas.to_numeric")
def convert(call: Call) -> Value:
    """A column converted."""
    source = call.array(0, "arg")
    if source is None:
        return Opaque("a date")
    quantity = source.array.quantity if call.path.endswith("numeric") else UNKNOWN_QUANTITY
    return ArrayRef(call.machine.derive(source.array, "convert", call.site, quantity=quantity))


@function("pandas.get_dummies")
def dummies(call: Call) -> Value:
    """Categories as columns of 0 and 1."""
    source = call.array(0, "data")
    quantity = Quantity(Kind.ONE_HOT, 0.0, 1.0, site=call.site)
    if source is None:
        return ArrayRef(call.machine.source("one_hot", call.site, quantity=quantity))
    wide = source.array.quantity if source.array.quantity.kind is Kind.RAW else quantity
    return ArrayRef(call.machine.derive(source.array, "one_hot", call.site, quantity=wide, shape=None))


@attribute("array", "iloc", "loc", "iat", "at")
def locator(call: Call) -> Value:
    """df.iloc, df.loc."""
    return Thing("locator", call.site, target=call.receiver, by_label=Const(call.path == "loc"))


@attribute("array", "columns")
def columns(call: Call) -> Value:
    """df.columns."""
    return Sequence("list", None, Opaque("a column name"))


@attribute("array", "index")
def index(call: Call) -> Value:
    """df.index, by which rows may be chosen."""
    assert isinstance(call.receiver, ArrayRef)
    return ArrayRef(
        call.machine.derive(call.receiver.array, "index_of", call.site, quantity=UNKNOWN_QUANTITY, columns={})
    )


@attribute("array", "*")
def column(call: Call) -> Value:
    """df.Close: a column as an attribute."""
    assert isinstance(call.receiver, ArrayRef)
    base = call.receiver.array
    tabular = (
        base.op in {"read", "columns", "rows", "assign", "frame", "cast", "scale", "join"}
        and base.recurrent_output is None
    )
    if (
        base.quantity.kind is Kind.RAW
        or base.columns
        or (tabular and base.rows is not None and not call.path.startswith("_"))
    ):
        return indexing.select_columns(call.machine, call.receiver, (call.path,), False, call.site)
    return Opaque(f"the attribute {call.path} of an array")


@method("array", "dropna", "drop_duplicates", "query", "sample", "filter", "nlargest")
def some_rows(call: Call) -> Value:
    """Rows left out; what is left stands for the table."""
    assert isinstance(call.receiver, ArrayRef)
    base = call.receiver.array
    if call.path == "sample" and base.rows is not None:
        whole = settled(call.get(None, "frac")) == 1
        key = Part("sample", call.machine.fresh("sample"))
        rows = base.rows if whole else base.rows.select(key)
        return ArrayRef(call.machine.derive(base, "shuffle" if whole else "rows", call.site, rows=rows))
    return _in_place(call, call.machine.derive(base, "cast", call.site))


@method("array", "head", "tail")
def ends(call: Call) -> Value:
    """The first or the last rows."""
    assert isinstance(call.receiver, ArrayRef)
    base = call.receiver.array
    count = size_of(call.get(0, "n"))
    count = 5 if count is None and not call.args else count
    if base.rows is None or count is None:
        return ArrayRef(call.machine.derive(base, "rows", call.site, rows=None))
    if call.path == "head":
        part = Part("slice", None, 0, None, count)
    else:
        part = Part("slice", None, 0, sizes.add(call.machine.length(base), count, -1), None)
    return ArrayRef(call.machine.derive(base, "rows", call.site, rows=base.rows.select(part)))


@method("array", "drop", "pop", "insert")
def drop(call: Call) -> Value:
    """Columns or rows taken away."""
    assert isinstance(call.receiver, ArrayRef)
    base = call.receiver.array
    names = indexing.column_names(call.get(None, "columns") or call.get(0, "labels") or Opaque())
    if call.path == "pop" and names is not None:
        kept = {name: quantity for name, quantity in base.columns.items() if name not in names}
        width = sizes.known_int(base.shape[1]) if base.shape is not None and len(base.shape) == 2 else None
        shape = (base.shape[0], width - len(names)) if base.shape is not None and width is not None else None
        facts: dict[str, Any] = {"columns": kept, "shape": shape, "name": base.name}
        rest = call.machine.derive(base, "columns", call.site, **facts, settings={"dropped": Known(names)})
        call.machine.heap.write(call.receiver, "array", rest)
        return indexing.select_columns(call.machine, ArrayRef(base), names, False, call.site)
    kept = {name: quantity for name, quantity in base.columns.items() if not names or name not in names}
    axis = settled(call.get(1, "axis"), 0)
    by_row = "columns" not in call.keywords and axis in {0, "index"} and "index" not in call.keywords
    rows = base.rows
    if by_row and names is None and rows is not None:
        given = call.get(0, "labels")
        excluded = given.array.rows if isinstance(given, ArrayRef) and given.array.op == "index_of" else None
        key = (
            Part("filter", ("without", excluded), 1)
            if excluded is not None
            else Part("sample", call.machine.fresh("sample"))
        )
        rows = rows.select(key)
    op, settings = ("rows", {}) if by_row else ("columns", {"dropped": Known(names or ())})
    result = call.machine.derive(base, op, call.site, columns=kept, rows=rows, shape=None, settings=settings)
    return _in_place(call, result)


@method("array", "join", "merge", "append")
def joined(call: Call) -> Value:
    """A table with another beside or below it."""
    return _beside(call, call.own, call.array(0, "other"))


@method("array", "to_csv", "plot", "hist", "info", "to_excel", "to_pickle")
def silent(call: Call) -> Value:
    """Calls without effect on what is known."""
    return Const(None)


@method("array", "get_loc")
def position(call: Call) -> Value:
    """The position of a column."""
    return Opaque("the position of a column")
