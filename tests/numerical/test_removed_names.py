"""What the catalogue calls removed is gone from the installed frameworks, and what it offers instead is there."""

from __future__ import annotations

import importlib
import inspect
from collections.abc import Callable
from typing import Any

import pytest

from rnnlint.frontend.catalog import removed_names as catalog
from rnnlint.frontend.catalog.public_names import PUBLIC

LEGACY = "keras.optimizers.legacy"  # can still be imported; whatever is called there raises an error
RAISING = {"torch.symeig", "torch.eig", "torch.lstsq", "torch.solve", "torch.matrix_rank"}  # still there, only to raise
KERAS_NAMES = sorted(name for name in catalog.NAMES if name.startswith("keras.") and name != LEGACY)
TORCH_NAMES = sorted(name for name in catalog.NAMES if name.startswith("torch.") and name not in RAISING)


def exists(path: str) -> bool:
    """Whether a dotted path can be imported or looked up."""
    parts = path.split(".")
    for length in range(len(parts), 0, -1):
        try:
            found = importlib.import_module(".".join(parts[:length]))
        except ImportError:
            continue
        for part in parts[length:]:
            if not hasattr(found, part):
                return False
            found = getattr(found, part)
        return True
    return False


def replacements(library: str) -> list[str]:
    tables = (catalog.NAMES, catalog.ARGUMENTS, catalog.MEMBERS)
    offered = {removal.instead for table in tables for removal in table.values() if removal.library == library}
    return sorted(name for name in offered if name.startswith(f"{library}.") and "(" not in name)


@pytest.mark.keras
@pytest.mark.parametrize("name", KERAS_NAMES)
def test_rnn702_name_is_gone(name: str) -> None:
    pytest.importorskip("keras")
    pytest.importorskip("tensorflow")
    namespace = catalog.ONLY.get(name, "")
    if namespace in {"", "keras"}:
        assert not exists(name)
    if namespace in {"", "tensorflow.keras"}:
        assert not exists(f"tensorflow.{name}")


@pytest.mark.keras
@pytest.mark.parametrize("name", sorted(catalog.ONLY))
def test_rnn702_other_namespace_still_has_it(name: str) -> None:
    pytest.importorskip("tensorflow")
    assert exists(name if catalog.ONLY[name] == "tensorflow.keras" else f"tensorflow.{name}")


@pytest.mark.keras
def test_rnn702_legacy_optimizers_cannot_be_made() -> None:
    keras = pytest.importorskip("keras")
    with pytest.raises(ImportError):
        keras.optimizers.legacy.Adam(0.1)


@pytest.mark.keras
@pytest.mark.parametrize("name", replacements("keras"))
def test_rnn702_replacement_exists(name: str) -> None:
    pytest.importorskip("keras")
    assert exists(name)


def small_model() -> Any:
    keras = pytest.importorskip("keras")
    model = keras.Sequential([keras.Input((5, 2)), keras.layers.LSTM(2), keras.layers.Dense(1)])
    model.compile("adam", "mse", metrics=["accuracy"])
    return model


def arrays() -> tuple[Any, Any]:
    np = pytest.importorskip("numpy")
    return np.zeros((4, 5, 2), "float32"), np.zeros((4, 1), "float32")


def called(path: str) -> list[Callable[..., Any]]:
    """The calls that an entry of the table speaks of, with the arguments that they need."""
    keras = pytest.importorskip("keras")
    x, y = arrays()
    family, _, name = path.rpartition(".")
    if family == "keras_model":
        given = {"fit": (x, y), "evaluate": (x, y), "predict": (x,), "train_on_batch": (x, y),
                 "compile": ("adam", "mse"), "save_weights": ("removed.weights.h5",)}[name]  # fmt: skip
        return [lambda **options: getattr(small_model(), name)(*given, **options)]
    if family == "keras.optimizers":
        names = ("Adam", "SGD", "RMSprop", "Adagrad", "Adadelta", "Adamax", "Nadam") if name == "*" else (name,)
        return [getattr(keras.optimizers, one) for one in names]
    if path == "keras.layers.*":
        layers = keras.layers
        return [
            lambda **options: layers.Dense(3, **options),
            lambda **options: layers.LSTM(3, **options),
            lambda **options: layers.Embedding(5, 3, **options),
            lambda **options: layers.Conv1D(3, 3, **options),
            lambda **options: layers.MaxPooling1D(2, **options),
        ]
    given = {"Embedding": (5, 3), "Dropout": (0.5,), "RepeatVector": (3,), "ModelCheckpoint": ("a.keras",),
             "TensorBoard": (), "to_categorical": ([0, 1],), "Model": ()}.get(name, (3,))  # fmt: skip
    owner = keras
    for part in path.split(".")[1:-1]:
        owner = getattr(owner, part)
    return [lambda **options: getattr(owner, name)(*given, **options)]


KERAS_ARGUMENTS = sorted(
    key for key, removal in catalog.ARGUMENTS.items() if removal.library == "keras" and "CuDNN" not in key[0]
)


def renamed(path: str, argument: str) -> bool:
    """Whether the same call takes the argument under another name."""
    return catalog.ARGUMENTS[path, argument].instead.isidentifier() and path != "keras.models.Model"


@pytest.mark.keras
@pytest.mark.parametrize("path, argument", KERAS_ARGUMENTS)
def test_rnn702_argument_is_gone(path: str, argument: str) -> None:
    keras = pytest.importorskip("keras")
    removal = catalog.ARGUMENTS[path, argument]
    value = keras.Input((3,)) if path == "keras.models.Model" else 1
    for call in called(path):
        if removal.ignored:
            with pytest.warns(UserWarning, match="ignored"):
                call(**{argument: value})
        else:
            with pytest.raises((TypeError, ValueError)):
                call(**{argument: value})


@pytest.mark.keras
@pytest.mark.parametrize("path, argument", [key for key in KERAS_ARGUMENTS if renamed(*key)])
def test_rnn702_new_argument_exists(path: str, argument: str) -> None:
    keras = pytest.importorskip("keras")
    new = catalog.ARGUMENTS[path, argument].instead
    layers = keras.layers
    owners = {
        "keras.layers.*": [layers.Dense, layers.LSTM, layers.GRU, layers.Conv1D, layers.MaxPooling1D],
        "keras.optimizers.*": [keras.optimizers.Adam],
        "keras_model.fit": [keras.Model.fit],
        "keras_model.evaluate": [keras.Model.compile],
        "keras_model.compile": [keras.Model.compile],
    }.get(path)
    if owners is None:
        owners = [getattr(importlib.import_module(path.rpartition(".")[0]), path.rpartition(".")[2])]
    owners.append(keras.Model.compile)
    assert any(new in inspect.signature(owner).parameters for owner in owners)


@pytest.mark.keras
@pytest.mark.parametrize("kind, name", sorted(key for key in catalog.MEMBERS if "keras" in key[0]))
def test_rnn702_member_is_gone(kind: str, name: str) -> None:
    model = small_model()
    owner = {"keras_model": model, "layer:keras": model.layers[0], "optimizer:keras": model.optimizer}[kind]
    assert not hasattr(owner, name)


@pytest.mark.keras
def test_rnn702_learning_rate_is_not_set() -> None:
    model = small_model()
    before = float(model.optimizer.learning_rate)
    model.optimizer.lr = 0.5
    assert float(model.optimizer.learning_rate) == before


@pytest.mark.keras
def test_rnn702_history_has_the_long_key() -> None:
    x, y = arrays()
    history = small_model().fit(x, y, validation_split=0.5, verbose=0).history
    assert set(catalog.SHORTENED).isdisjoint(history)
    assert set(catalog.SHORTENED.values()) <= set(history)


@pytest.mark.keras
@pytest.mark.parametrize("called_name", sorted(catalog.ENDINGS))
@pytest.mark.parametrize("file", ["model", "model.tf", "model.ckpt"])
def test_rnn702_file_name_is_refused(called_name: str, file: str, tmp_path: Any) -> None:
    keras = pytest.importorskip("keras")
    model = small_model()
    calls = {
        "keras_model.save": model.save,
        "keras_model.save_weights": model.save_weights,
        "keras.callbacks.ModelCheckpoint": keras.callbacks.ModelCheckpoint,
    }
    with pytest.raises(ValueError):
        calls[called_name](str(tmp_path / file))
    for ending in catalog.ENDINGS[called_name][2]:
        calls[called_name](str(tmp_path / f"model{ending}"))


@pytest.mark.torch
@pytest.mark.parametrize("name", TORCH_NAMES)
def test_rnn703_name_is_gone(name: str) -> None:
    pytest.importorskip("torch")
    assert not exists(name)


@pytest.mark.torch
@pytest.mark.parametrize("name", sorted(RAISING))
def test_rnn703_name_only_raises(name: str) -> None:
    torch = pytest.importorskip("torch")
    square = torch.eye(3)
    arguments = (square, square) if name in {"torch.solve", "torch.lstsq"} else (square,)
    with pytest.raises(RuntimeError, match="removed"):
        getattr(torch, name.removeprefix("torch."))(*arguments)


@pytest.mark.torch
@pytest.mark.parametrize("name", replacements("torch"))
def test_rnn703_replacement_exists(name: str) -> None:
    pytest.importorskip("torch")
    assert exists(name)


@pytest.mark.torch
def test_rnn703_scheduler_takes_no_verbose() -> None:
    torch = pytest.importorskip("torch")
    optimizer = torch.optim.SGD([torch.nn.Parameter(torch.zeros(3))], 0.1)
    for make in (torch.optim.lr_scheduler.ReduceLROnPlateau, lambda o, **k: torch.optim.lr_scheduler.StepLR(o, 1, **k)):
        with pytest.raises(TypeError):
            make(optimizer, verbose=True)


@pytest.mark.torch
def test_rnn703_volatile_switches_nothing_off() -> None:
    torch = pytest.importorskip("torch")
    layer = torch.nn.LSTM(2, 3)
    with pytest.warns(UserWarning, match="volatile was removed"):
        given = torch.autograd.Variable(torch.zeros(1, 4, 2), volatile=True)
    assert layer(given)[0].requires_grad
    with torch.no_grad():
        assert not layer(given)[0].requires_grad


@pytest.mark.torch
def test_rnn703_loss_has_no_items() -> None:
    torch = pytest.importorskip("torch")
    loss = torch.nn.functional.mse_loss(torch.zeros(3), torch.ones(3))
    with pytest.raises(IndexError):
        loss.data[0]
    assert loss.item() == 1.0


@pytest.mark.torch
def test_rnn703_iterator_has_no_next() -> None:
    torch = pytest.importorskip("torch")
    iterator = iter(torch.utils.data.DataLoader([1, 2, 3]))
    assert not hasattr(iterator, "next")
    assert next(iterator) == 1


@pytest.mark.keras
def test_rnn701_layer_of_another_keras_is_refused() -> None:
    keras = pytest.importorskip("keras")
    private = pytest.importorskip("tensorflow.python.keras.layers")
    public = pytest.importorskip("tensorflow").keras.layers
    with pytest.raises(ValueError, match=r"keras\.Layer"):
        keras.Sequential([keras.Input((5,)), private.Dense(1)])
    assert keras.Sequential([keras.Input((5,)), public.Dense(1)]).output_shape == (None, 1)


@pytest.mark.keras
@pytest.mark.parametrize("module", sorted(PUBLIC))
@pytest.mark.parametrize("prefix", ["", "tensorflow."])
def test_rnn702_names_that_imports_move_to_exist(module: str, prefix: str) -> None:
    pytest.importorskip("tensorflow")
    missing = [name for name in PUBLIC[module] if not exists(f"{prefix}{module}.{name}")]
    assert missing == []
