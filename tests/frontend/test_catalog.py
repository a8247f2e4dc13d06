"""The catalogue of Keras' layers is what Keras says, and the rest of the frontend speaks its language."""

from __future__ import annotations

import importlib.util
import re
from types import ModuleType

import pytest

from rnnlint.frontend import layer_shapes, transfer
from rnnlint.frontend.catalog import keras_layers, torch_layers
from rnnlint.frontend.catalog.activations import snake
from rnnlint.frontend.catalog.keras_layers import LAYERS
from rnnlint.frontend.dialects.keras.layers import ACTIVATION_LAYERS, KINDS
from rnnlint.program import network
from tests.rules.support import FIXTURES

SCRIPT = FIXTURES.parent / "scripts" / "generate_catalog.py"
FATES = {"passes", "drops", "makes", "ends", "unknown"}


def generator() -> ModuleType:
    """The script that writes the catalogue, as a module."""
    spec = importlib.util.spec_from_file_location("generate_catalog", SCRIPT)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def test_catalogue_is_what_the_installed_keras_says() -> None:
    keras = pytest.importorskip("keras")
    version = re.search(r"Generated from Keras (\S+) by", keras_layers.__doc__ or "")
    assert version is not None
    if keras.__version__ != version[1]:
        pytest.skip(f"the catalogue is of Keras {version[1]}, not {keras.__version__}")
    module = generator()
    assert module.generate() == module.TARGET.read_text("utf-8")


def test_every_fate_of_a_mask_is_a_known_one() -> None:
    assert {facts.mask for facts in LAYERS.values()} <= FATES


@pytest.mark.parametrize(
    "name, fate",
    [
        ("Conv1D", "drops"),
        ("MaxPooling1D", "drops"),
        ("Flatten", "drops"),
        ("LSTM", "passes"),
        ("GRU", "passes"),
        ("Bidirectional", "unknown"),
        ("Dense", "passes"),
        ("Dropout", "passes"),
        ("TimeDistributed", "passes"),
        ("Embedding", "makes"),
        ("Masking", "makes"),
        ("GlobalAveragePooling1D", "ends"),
    ],
)
def test_fate_of_a_mask_in_well_known_layers(name: str, fate: str) -> None:
    assert LAYERS[name].mask == fate


def test_defaults_belong_to_parameters() -> None:
    for name, facts in LAYERS.items():
        assert set(facts.defaults) <= set(facts.parameters), name


def test_recurrent_layers_have_their_defaults() -> None:
    for name in ("LSTM", "GRU", "SimpleRNN"):
        assert LAYERS[name].parameters[:2] == ("units", "activation")
        assert LAYERS[name].defaults["activation"] == "tanh"
        assert LAYERS[name].defaults["return_sequences"] is False


@pytest.mark.parametrize("table", ["ELEMENTWISE_KINDS", "NORMALISING", "KEEPS_VALUES", "KEEPS_STEPS"])
def test_kinds_of_the_tables_are_those_of_some_layer(table: str) -> None:
    made = {KINDS.get(name, snake(name)) for name in LAYERS} | set(torch_layers.KINDS.values())
    made |= {snake(name) for name in torch_layers.ACTIVATIONS} | ACTIVATION_LAYERS | {"input"}
    assert set(getattr(network if table == "ELEMENTWISE_KINDS" else transfer, table)) - made == set()


def test_shapes_are_those_of_some_layer() -> None:
    made = {KINDS.get(name, snake(name)) for name in LAYERS} | set(torch_layers.KINDS.values()) | {"recurrent"}
    assert set(layer_shapes._SHAPES) - made == set()


def test_settings_of_torch_layers_are_named_once() -> None:
    assert set(torch_layers.PARAMETERS) <= set(torch_layers.KINDS.values())
    for kind, names in torch_layers.PARAMETERS.items():
        shared = [name for _, name in names]
        assert len(shared) == len(set(shared)), kind
