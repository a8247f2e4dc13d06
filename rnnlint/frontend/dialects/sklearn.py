"""scikit-learn: transformers that learn statistics, splits, generated data."""

from __future__ import annotations

from collections.abc import Hashable
from typing import Any

from rnnlint.frontend import quantities
from rnnlint.frontend.dispatch import Call, attribute, function, method
from rnnlint.frontend.fitting import data_of, held_by, learn, put_through, receiver_name
from rnnlint.frontend.stacking import array_of
from rnnlint.frontend.values import ArrayRef, Const, Mapping, Opaque, Scaler, Sequence, Thing, Value, settled
from rnnlint.program.data import (
    UNKNOWN_QUANTITY,
    Array,
    Kind,
    Part,
    Quantity,
    Rows,
    ScalerFit,
    ScalerUse,
    Split,
)
from rnnlint.program.value import Known, Setting, Unknown, known

# Transformers whose parameters depend on the values of the rows they see.
STATISTICAL = {
    "preprocessing": ("MinMaxScaler", "StandardScaler", "RobustScaler", "MaxAbsScaler", "PowerTransformer",
                      "QuantileTransformer", "KBinsDiscretizer", "TargetEncoder"),
    "impute": ("SimpleImputer", "KNNImputer", "IterativeImputer"),
    "decomposition": ("PCA", "TruncatedSVD", "FastICA", "KernelPCA", "NMF", "IncrementalPCA"),
    "feature_selection": ("SelectKBest", "SelectPercentile", "RFE", "RFECV", "VarianceThreshold", "SelectFromModel"),
}  # fmt: skip
SCALERS = frozenset(STATISTICAL["preprocessing"][:6])  # which change each column alone
_PARAMETERS = frozenset({"scale_", "min_", "mean_", "data_min_", "data_max_", "var_", "data_range_", "center_"})
CATEGORY_ENCODERS = (
    "OneHotEncoder",
    "OrdinalEncoder",
    "LabelEncoder",
    "LabelBinarizer",
    "MultiLabelBinarizer",
)


@function(*(f"sklearn.{module}.{name}" for module, names in STATISTICAL.items() for name in names))
def transformer(call: Call) -> Value:
    """A transformer that learns statistics."""
    name = call.path.rsplit(".", 1)[-1]
    bounds: Setting = Known((0.0, 1.0))
    given = call.get(0, "feature_range")
    if isinstance(given, Sequence) and given.items is not None:
        values = tuple(settled(item) for item in given.items)
        bounds = Known(values) if all(isinstance(value, int | float) for value in values) else Known(None)
    return Scaler(name, call.site, bounds=bounds)


@function(*(f"sklearn.preprocessing.{name}" for name in CATEGORY_ENCODERS))
def encoder(call: Call) -> Value:
    """An encoder that learns only which categories there are."""
    return Thing("encoder", call.site, type_name=call.path.rsplit(".", 1)[-1])


@method("encoder", "fit")
def fit_encoder(call: Call) -> Value:
    """encoder.fit."""
    return call.receiver


@method("encoder", "transform", "fit_transform", "inverse_transform")
def encode(call: Call) -> Value:
    """Categories as numbers or one-hot rows."""
    assert isinstance(call.receiver, Thing)
    one_hot = call.receiver.slots["type_name"] in {"OneHotEncoder", "LabelBinarizer", "MultiLabelBinarizer"}
    quantity = Quantity(Kind.ONE_HOT, 0.0, 1.0, nominal=True) if one_hot else quantities.classes(None, "class numbers")
    source = call.array(0, "X")
    if source is None:
        return ArrayRef(call.machine.source("encode", call.site, quantity=quantity))
    facts: dict[str, Any] = {"quantity": quantity, "dtype": "int"}
    if one_hot:
        facts["shape"] = (source.array.shape[0] if source.array.shape else None, None)
    return ArrayRef(call.machine.derive(source.array, "encode", call.site, **facts))


@attribute("encoder", "classes_")
def classes(call: Call) -> Value:
    """The categories."""
    return Sequence("list", None, Opaque("a category"))


@function("sklearn.feature_extraction.text.CountVectorizer", "sklearn.feature_extraction.text.TfidfVectorizer")
def vectorizer(call: Call) -> Value:
    """A vectorizer, which learns the words that there are."""
    return Thing("vectorizer", call.site, type_name=call.path.rsplit(".", 1)[-1], held=Const(None))


@method("vectorizer", "fit")
def fit_vectorizer(call: Call) -> Value:
    """vectorizer.fit."""
    assert isinstance(call.receiver, Thing)
    learn(call, call.receiver, call.receiver.slots["type_name"], data_of(call, "raw_documents"), vocabulary=True)
    return call.receiver


@method("vectorizer", "transform", "fit_transform")
def vectorize(call: Call) -> Value:
    """Texts as rows of numbers, one for each word."""
    if call.path == "fit_transform":
        fit_vectorizer(call)
    data = data_of(call, "raw_documents")
    fit = next(iter(held_by(call.receiver)[-1:]), None)
    facts: dict[str, Any] = {"quantity": UNKNOWN_QUANTITY, "columns": {}, "shape": None}
    if fit is not None:
        facts["scaled_by"] = data.scaled_by | {fit}
    result = call.machine.derive(data, "encode", call.site, **facts)
    put_through(call, fit, data, result)
    return ArrayRef(result)


@method("array", "toarray", "todense")
def dense(call: Call) -> Value:
    """A sparse matrix written out."""
    return ArrayRef(call.machine.derive(call.own, "cast", call.site))


@function("sklearn.compose.ColumnTransformer", "sklearn.compose.make_column_transformer", "sklearn.pipeline.Pipeline",
          "sklearn.pipeline.make_pipeline")  # fmt: skip
def combined(call: Call) -> Value:
    """Several transformers in one; it learns statistics when one of them does."""
    if any(_holds_statistics(value) for value in (*call.args, *call.keywords.values())):
        return Scaler(call.path.rsplit(".", 1)[-1], call.site, bounds=Known(None))
    return Opaque("a transformer")


def _holds_statistics(value: Value | None) -> bool:
    if isinstance(value, Scaler):
        return True
    return isinstance(value, Sequence) and any(
        _holds_statistics(item) for item in (*(value.items or ()), value.element)
    )


def _note_use(call: Call, scaler: Scaler, data: Array, result: Array) -> None:
    """Record what a scaler is used for, unless its parameters are written by hand."""
    if scaler.type_name in SCALERS and scaler.fits and not call.machine.doubts and not _PARAMETERS & set(scaler.slots):
        use = ScalerUse(call.path, receiver_name(call), scaler.fits, data, result, call.site)
        call.machine.record.scaler_uses.append(use)


@method("scaler", "fit", "partial_fit")
def fit(call: Call) -> Value:
    """scaler.fit."""
    assert isinstance(call.receiver, Scaler)
    learn(call, call.receiver, call.receiver.type_name, data_of(call))
    return call.receiver


@method("scaler", "fit_transform")
def fit_transform(call: Call) -> Value:
    """scaler.fit_transform."""
    assert isinstance(call.receiver, Scaler)
    data = data_of(call)
    return _transform(call, call.receiver, data, learn(call, call.receiver, call.receiver.type_name, data))


@method("scaler", "transform")
def transform(call: Call) -> Value:
    """scaler.transform."""
    assert isinstance(call.receiver, Scaler)
    data = data_of(call)
    result = _transform(call, call.receiver, data, call.receiver.fit)
    _note_use(call, call.receiver, data, result.array)
    return result


def _transform(call: Call, scaler: Scaler, data: Array, fit: ScalerFit | None) -> ArrayRef:
    facts: dict[str, Any] = {"quantity": _scaled(scaler, data, call), "columns": {}}
    if scaler.type_name not in SCALERS and scaler.type_name not in STATISTICAL["impute"]:
        facts["shape"] = (data.shape[0], None) if data.shape else None
    if fit is not None:
        facts["scaled_by"] = data.scaled_by | {fit}
    result = call.machine.derive(data, "scale", call.site, **facts)
    put_through(call, fit, data, result)
    return ArrayRef(result)


def _scaled(scaler: Scaler, data: Array, call: Call) -> Quantity:
    source = quantities.whole(data)
    name = scaler.type_name
    if name == "MinMaxScaler":
        bounds = scaler.slots["bounds"].value
        if bounds is None:
            return Quantity(Kind.SCALED, label=source.label, site=call.site)
        return quantities.bounded(float(bounds[0]), float(bounds[1]), source, call.site)
    if name == "MaxAbsScaler":
        return quantities.bounded(-1.0, 1.0, source, call.site)
    if name in {"StandardScaler", "RobustScaler", "PowerTransformer", "QuantileTransformer"}:
        return quantities.standardised(source, call.site)
    if name in STATISTICAL["impute"] or name in STATISTICAL["feature_selection"]:
        return source
    return UNKNOWN_QUANTITY


@method("scaler", "inverse_transform")
def inverse_transform(call: Call) -> Value:
    """Back in the data's own units."""
    assert isinstance(call.receiver, Scaler)
    data = data_of(call)
    facts = {} if call.receiver.type_name in SCALERS else {"shape": None}
    result = call.machine.derive(data, "unscale", call.site, quantity=UNKNOWN_QUANTITY, **facts)
    _note_use(call, call.receiver, data, result)
    return ArrayRef(result)


@attribute("scaler", "scale_", "min_", "mean_", "data_min_", "data_max_", "var_", "data_range_")
def learned(call: Call) -> Value:
    """A learned parameter."""
    assert isinstance(call.receiver, Scaler)
    found = call.receiver.fit
    if found is None:
        return Opaque("a parameter of a scaler")
    return ArrayRef(call.machine.array("learned", call.site, found.data))


@function("sklearn.preprocessing.minmax_scale", "sklearn.preprocessing.scale", "sklearn.preprocessing.normalize",
          "sklearn.preprocessing.robust_scale", "sklearn.preprocessing.maxabs_scale")  # fmt: skip
def scale_function(call: Call) -> Value:
    """Scaling in one call; `normalize` works on each row alone."""
    data = data_of(call)
    name = call.path.rsplit(".", 1)[-1]
    site = call.site
    standard = name in {"scale", "robust_scale"}
    quantity = (
        quantities.standardised(data.quantity, site) if standard else quantities.bounded(0.0, 1.0, data.quantity, site)
    )
    if name == "normalize":
        return ArrayRef(call.machine.derive(data, "scale", site, quantity=quantity, columns={}))
    made = ScalerFit(name, name, site, data, method=name)
    call.machine.record.scaler_fits.append(made)
    result = call.machine.derive(data, "scale", site, quantity=quantity, columns={}, scaled_by=data.scaled_by | {made})
    put_through(call, made, data, result)
    return ArrayRef(result)


def _two_parts(rows: Rows, key: Hashable) -> tuple[Rows, Rows]:
    return rows.select(Part("split", key, 0)), rows.select(Part("split", key, 1))


@function("sklearn.model_selection.train_test_split", "sklearn.cross_validation.train_test_split")
def train_test_split(call: Call) -> Value:
    """Every array in two parts, of the same rows for all of them."""
    m = call.machine
    key = ("train_test_split", m.fresh("split"))
    shuffled = call.setting(None, "shuffle", Known(True))
    hidden = Unknown("it may be among arguments that are not known") if "**" in call.keywords else None
    seed = call.setting(None, "random_state", hidden or Known(None))
    shared = "numpy" if known(seed, 0) is None and known(shuffled) is True else ""
    stratified = call.get(None, "stratify") not in (None, Const(None)) or "**" in call.keywords
    arrays = [_divided(call, value) for value in call.args]
    wholes = [array.rows if array.rows is not None else Rows(array.number) for array in arrays]
    results: list[Value] = []
    for array, rows in zip(arrays, wholes, strict=True):
        shape = (None, *array.shape[1:]) if array.shape else None
        results.extend(
            ArrayRef(m.derive(array, "rows", call.site, rows=part, shape=shape, axes=array.axes))
            for part in _two_parts(rows, key)
        )
    for rows in dict.fromkeys(wholes):
        parts = _two_parts(rows, key)
        made = Split(
            call.site,
            "train_test_split",
            rows,
            parts,
            shuffled,
            data=tuple(arrays),
            drawn_from=shared,
            stratified=stratified,
        )
        m.record.splits.append(made)
    return Sequence("list", tuple(results))


def _divided(call: Call, value: Value) -> Array:
    if isinstance(value, Opaque):
        return call.machine.assumed(value, call.site)
    return array_of(call.machine, call.site, value) or call.machine.source("unknown", call.site)


@function(*(f"sklearn.model_selection.{name}" for name in ("KFold", "StratifiedKFold", "TimeSeriesSplit",
          "ShuffleSplit",
                                                           "StratifiedShuffleSplit", "GroupKFold",
                                                           "RepeatedKFold")))  # fmt: skip
def folds(call: Call) -> Value:
    """A splitter."""
    name = call.path.rsplit(".", 1)[-1]
    position = 1 if name in {"KFold", "StratifiedKFold"} else None
    given = call.get(position, "shuffle") or Const(name.startswith(("Shuffle", "StratifiedShuffle", "Repeated")))
    return Thing("folds", call.site, type_name=Const(name), shuffle=given)


@method("folds", "split")
def split(call: Call) -> Value:
    """Pairs of indices of training and test rows."""
    m = call.machine
    key = ("folds", m.fresh("split"))
    indices = [
        ArrayRef(m.array("indices", call.site, rows=Rows(0, (Part("split", key, index),)))) for index in range(2)
    ]
    data = tuple(ref.array for ref in (call.array(0, "X"), call.array(1, "y")) if ref is not None)
    assert isinstance(call.receiver, Thing)
    if data and data[0].rows is not None:
        rows, how = data[0].rows, settled(call.receiver.slots["type_name"], "folds")
        shuffled = m.setting(call.receiver.slots["shuffle"])
        m.record.splits.append(Split(call.site, how, rows, _two_parts(rows, key), shuffled, data=data))
    return Sequence("list", None, Sequence("tuple", tuple(indices)))


@function("sklearn.datasets.make_regression", "sklearn.datasets.fetch_california_housing",
          "sklearn.datasets.load_diabetes",
          "sklearn.datasets.load_boston")  # fmt: skip
def regression_data(call: Call) -> Value:
    """Features and a target without bounds."""
    m, name = call.machine, call.path.rsplit(".", 1)[-1]
    if name == "make_regression":
        whole = m.source("generate", call.site, quantity=quantities.normal(0.0, 1.0, name, call.site))
        target = m.derive(
            whole,
            "generate",
            call.site,
            quantity=quantities.normal(0.0, 100.0, name, call.site),
            shape=(None,),
        )
        return Sequence("tuple", (ArrayRef(whole), ArrayRef(target)))
    raw = Quantity(Kind.RAW, label=f"the table of {name}", site=call.site)
    whole = m.source("read", call.site, quantity=raw)
    target = m.derive(whole, "columns", call.site, shape=(None,))
    if settled(call.get(None, "return_X_y")) is True:
        return Sequence("tuple", (ArrayRef(whole), ArrayRef(target)))
    return Mapping({"data": ArrayRef(whole), "target": ArrayRef(target)}, complete=False)


CLASSES = {"load_iris": 3, "load_wine": 3, "load_digits": 10, "load_breast_cancer": 2}


@function(*(f"sklearn.datasets.{name}" for name in CLASSES))
def class_table(call: Call) -> Value:
    """A table of measurements with classes."""
    m, name = call.machine, call.path.rsplit(".", 1)[-1]
    whole = m.source("read", call.site, shape=(None, None))
    target = m.derive(
        whole, "columns", call.site, shape=(None,), quantity=quantities.classes(CLASSES[name], name), dtype="int"
    )
    if settled(call.get(None, "return_X_y")) is True:
        return Sequence("tuple", (ArrayRef(whole), ArrayRef(target)))
    return Mapping({"data": ArrayRef(whole), "target": ArrayRef(target)}, complete=False)


@function("sklearn.datasets.make_classification", "sklearn.datasets.make_blobs")
def classification_data(call: Call) -> Value:
    """Features and classes."""
    whole = call.machine.source(
        "generate", call.site, quantity=quantities.normal(0.0, 1.0, "make_classification", call.site)
    )
    target = call.machine.derive(
        whole, "generate", call.site, quantity=quantities.classes(_classes(call), "labels"), shape=(None,)
    )
    return Sequence("tuple", (ArrayRef(whole), ArrayRef(target)))


def _classes(call: Call) -> int | None:
    blobs = call.path.endswith("blobs")
    count = settled(call.get(None, "centers" if blobs else "n_classes"), 3 if blobs else 2)
    return count if isinstance(count, int) else None
